package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// killed is a copy of the folder as a kill of the node at this moment leaves it.
func killed(t *testing.T, folder string) string {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func TestPrewrittenLockOutlivesAKill(t *testing.T) {
	folder := t.TempDir()
	n := start(t, folder)
	prewrite(t, n, 5, "a", "a", "b")
	// The primary is committed, the secondary not yet: the transaction is, all the same.
	commit(t, n, 5, "a")
	again := start(t, killed(t, folder))
	if got := get(t, again, "a"); got != "value of a" {
		t.Fatalf("a is %q", got)
	}
	response, err := again.KvGet(deadline(t), &kvrpcpb.GetRequest{Context: region(again, "b"), Key: []byte("b"), Version: now(t, again)})
	if err != nil || response.Error.GetLocked().GetLockVersion() != 5 {
		t.Fatalf("b must be locked, got %v %v", response, err)
	}
	commit(t, again, 5, "b")
	if got := get(t, again, "b"); got != "value of b" {
		t.Fatalf("b is %q", got)
	}
}

func TestPessimisticLockOutlivesAKill(t *testing.T) {
	folder := t.TempDir()
	lock(t, start(t, folder), 10, "a", 0)
	again := start(t, killed(t, folder))
	if errs := lock(t, again, 20, "a", -1); len(errs) != 1 || errs[0].GetLocked().GetLockVersion() != 10 {
		t.Fatalf("a must be locked by 10, got %v", errs)
	}
}

func TestEndedLockIsNotBackAfterAKill(t *testing.T) {
	folder := t.TempDir()
	n := start(t, folder)
	lock(t, n, 10, "a", 0)
	if _, err := n.KVPessimisticRollback(deadline(t), &kvrpcpb.PessimisticRollbackRequest{
		Context: region(n, "a"), StartVersion: 10, ForUpdateTs: 10, Keys: [][]byte{[]byte("a")},
	}); err != nil {
		t.Fatal(err)
	}
	if errs := lock(t, start(t, killed(t, folder)), 20, "a", -1); len(errs) > 0 {
		t.Fatalf("got %v", errs)
	}
}

func TestLogIsCutOffWhereARecordIs(t *testing.T) {
	data := lockRecord(lockRecord(nil, []byte("a"), []byte("one")), []byte("b"), []byte("two"))
	for cut := range data {
		var keys []byte
		for key := range lockRecords(data[:cut]) {
			keys = append(keys, key...)
		}
		want := ""
		if cut >= 12 {
			want = "a"
		}
		if string(keys) != want {
			t.Fatalf("of %d bytes came %q", cut, keys)
		}
	}
}

func TestLogIsWrittenAnewWithTheLocksThatAreLeft(t *testing.T) {
	folder := t.TempDir()
	n := start(t, folder)
	lock(t, n, 10, "a", 0)
	for range 100 {
		lock(t, n, 20, "b", 0)
		if _, err := n.KVPessimisticRollback(deadline(t), &kvrpcpb.PessimisticRollbackRequest{
			Context: region(n, "b"), StartVersion: 20, ForUpdateTs: 20, Keys: [][]byte{[]byte("b")},
		}); err != nil {
			t.Fatal(err)
		}
	}
	log := n.writer.(*lockLog)
	before := log.length
	if err := log.renew(); err != nil {
		t.Fatal(err)
	}
	if log.length >= before/100 {
		t.Fatalf("%d bytes, %d before", log.length, before)
	}
	// What comes after goes into the new one.
	lock(t, n, 30, "c", 0)
	file, err := os.Open(filepath.Join(folder, "locks.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	var keys [][]byte
	for key := range lockRecords(data) {
		keys = append(keys, key)
	}
	if got := string(bytes.Join(keys, []byte(","))); got != "a,c" {
		t.Fatalf("got %q", got)
	}
}

func TestLogIsWrittenAnewOnceHoweverManyWriteAtOnce(t *testing.T) {
	n := start(t, t.TempDir())
	log := n.writer.(*lockLog)
	log.limit = 1 << 10
	before := log.renewals
	var group sync.WaitGroup
	for i := range uint64(200) {
		group.Add(1)
		go func() {
			defer group.Done()
			key := fmt.Sprintf("key%03d", i)
			if response, err := n.KvPessimisticLock(context.Background(), lockRequest(n, 10+i, key, 0)); err != nil || len(response.Errors) > 0 {
				t.Errorf("got %v %v", response, err)
			}
		}()
	}
	group.Wait()
	// All locks are still held: the log has 200 records of some 60 bytes, and twice as many each time it is written anew.
	if renewals := log.renewals - before; renewals < 2 || renewals > 6 {
		t.Fatalf("written anew %d times", renewals)
	}
}
