package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestNodeIsTheSameStoreAfterARestart(t *testing.T) {
	folder := t.TempDir()
	first := startToKill(t, folder)
	id := first.store.Id
	first.close()
	if again := start(t, folder); again.store.Id != id {
		t.Fatalf("store %d is %d after a restart", id, again.store.Id)
	}
}

func TestEmptyFolderIsNoStoreOfAnExistingCluster(t *testing.T) {
	n, err := open(settings{addr: "127.0.0.1:1", dataDir: t.TempDir()}, &onePD{bootstrapped: true}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	if err := n.register(); err == nil || !strings.Contains(err.Error(), "both must be empty, or of the same cluster") {
		t.Fatalf("got %v", err)
	}
}

func TestRequestThatWaitsHoldsUpNoStop(t *testing.T) {
	n := startToKill(t, t.TempDir())
	lock(t, n, 10, "a", 0)
	go func() { _, _ = n.KvPessimisticLock(context.Background(), lockRequest(n, 20, "a", 3_000)) }()
	until(t, "a wait", func() bool { return len(waits(t, n)) == 1 })
	stopping := time.Now()
	n.close()
	if took := time.Since(stopping); took > 2500*time.Millisecond {
		t.Errorf("it took %s", took)
	}
	// Before its folder goes.
	<-n.stopped
}
