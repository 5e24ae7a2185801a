package lockwaiter

import (
	"sync"
	"testing"
)

type wait struct{ txn, holder uint64 }

func TestWaitIsThereUntilItIsOver(t *testing.T) {
	var waits Waits[wait]
	if got := len(waits.All()); got != 0 {
		t.Fatalf("%d waits before the first", got)
	}
	done := waits.Note(&wait{txn: 2, holder: 1})
	if got := waits.All(); len(got) != 1 || *got[0] != (wait{txn: 2, holder: 1}) {
		t.Fatalf("noted one, got %v", got)
	}
	done()
	done()
	if got := len(waits.All()); got != 0 {
		t.Fatalf("%d waits after the last", got)
	}
}

func TestWaiterThatWaitsAgainIsThereOnce(t *testing.T) {
	var waits Waits[wait]
	waits.Note(&wait{txn: 3, holder: 1})()
	defer waits.Note(&wait{txn: 3, holder: 2})()
	if got := waits.All(); len(got) != 1 || got[0].holder != 2 {
		t.Fatalf("it waits for 2, got %v", got)
	}
}

func TestEqualWaitsAreTwo(t *testing.T) {
	var waits Waits[wait]
	done := waits.Note(&wait{txn: 2, holder: 1})
	defer waits.Note(&wait{txn: 2, holder: 1})()
	done()
	if got := len(waits.All()); got != 1 {
		t.Fatalf("one of two is over, got %d", got)
	}
}

func TestManyAtOnce(t *testing.T) {
	var waits Waits[wait]
	var group sync.WaitGroup
	for txn := range uint64(100) {
		group.Add(1)
		go func() {
			defer group.Done()
			defer waits.Note(&wait{txn: txn})()
			waits.All()
		}()
	}
	group.Wait()
	if got := len(waits.All()); got != 0 {
		t.Fatalf("%d waits left over", got)
	}
}
