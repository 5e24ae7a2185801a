package main

import (
	"context"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/deadlock"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

func lockRequest(n *node, startTS uint64, key string, waitMs int64) *kvrpcpb.PessimisticLockRequest {
	return &kvrpcpb.PessimisticLockRequest{
		Context: region(n, key), PrimaryLock: []byte(key), StartVersion: startTS, ForUpdateTs: startTS, LockTtl: 20_000, WaitTimeout: waitMs,
		Mutations: []*kvrpcpb.Mutation{{Op: kvrpcpb.Op_PessimisticLock, Key: []byte(key)}},
	}
}

// lock asks for a pessimistic lock, and returns what was wrong with it, if anything.
func lock(t *testing.T, n *node, startTS uint64, key string, waitMs int64) []*kvrpcpb.KeyError {
	t.Helper()
	response, err := n.KvPessimisticLock(context.Background(), lockRequest(n, startTS, key, waitMs))
	if err != nil || response.RegionError != nil {
		t.Fatalf("lock %s: %v %v", key, response, err)
	}
	return response.Errors
}

func waits(t *testing.T, n *node) []*deadlock.WaitForEntry {
	t.Helper()
	response, err := n.GetLockWaitInfo(context.Background(), &kvrpcpb.GetLockWaitInfoRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return response.Entries
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

func TestWaitIsListedWithItsKeyItsHolderAndItsTime(t *testing.T) {
	n := start(t, t.TempDir())
	if errs := lock(t, n, 10, "a", 0); len(errs) > 0 {
		t.Fatal(errs)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = n.KvPessimisticLock(context.Background(), lockRequest(n, 20, "a", 20_000))
	}()
	var entry *deadlock.WaitForEntry
	until(t, "a wait", func() bool {
		got := waits(t, n)
		if len(got) == 1 {
			entry = got[0]
		}
		return entry != nil
	})
	if entry.Txn != 20 || entry.WaitForTxn != 10 || string(entry.Key) != "a" || entry.KeyHash == 0 {
		t.Fatalf("got %v", entry)
	}
	// Unistore ends a wait each second, and the client asks again: for a moment there is none.
	until(t, "a wait of 20 ms", func() bool { got := waits(t, n); return len(got) == 1 && got[0].WaitTime >= 20 })
	if _, err := n.KVPessimisticRollback(deadline(t), &kvrpcpb.PessimisticRollbackRequest{
		Context: region(n, "a"), StartVersion: 10, ForUpdateTs: 10, Keys: [][]byte{[]byte("a")},
	}); err != nil {
		t.Fatal(err)
	}
	<-over
	if got := waits(t, n); len(got) != 0 {
		t.Fatalf("got %v", got)
	}
}

func TestManyLocksThatNobodyHoldsAreNeverListed(t *testing.T) {
	n := start(t, t.TempDir())
	req := &kvrpcpb.PessimisticLockRequest{
		Context: region(n, "a"), PrimaryLock: []byte("key00000"), StartVersion: 10, ForUpdateTs: 10, LockTtl: 20_000, WaitTimeout: 20_000,
	}
	for i := range 16_000 {
		key := []byte("key00000")
		for at := len(key) - 1; i > 0; at, i = at-1, i/10 {
			key[at] = byte('0' + i%10)
		}
		req.Mutations = append(req.Mutations, &kvrpcpb.Mutation{Op: kvrpcpb.Op_PessimisticLock, Key: key})
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		if response, err := n.KvPessimisticLock(context.Background(), req); err != nil || len(response.Errors) > 0 {
			t.Errorf("got %v %v", response, err)
		}
	}()
	for asked := 0; ; asked++ {
		if got := waits(t, n); len(got) > 0 {
			t.Fatalf("got %v", got)
		}
		select {
		case <-over:
			t.Logf("asked %d times", asked)
			return
		default:
		}
	}
}
