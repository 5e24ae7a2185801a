package tikv

import (
	"errors"
	"testing"

	"github.com/pingcap/badger"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/config"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/lockstore"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/kverrors"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

var primary, row = []byte("t_primary"), []byte("t_row")

// shop is a store with one region, which holds all keys.
type shop struct {
	*MVCCStore
	t   *testing.T
	svr *Server
}

func openShop(t *testing.T) shop {
	t.Helper()
	options := badger.DefaultOptions
	options.Dir, options.ValueDir, options.ManagedTxns = t.TempDir(), t.TempDir(), true
	db, err := badger.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	bundle := &mvcc.DBBundle{DB: db, LockStore: lockstore.NewMemStore(4096)}
	store := NewMVCCStore(&config.DefaultConf, bundle, options.Dir, &SafePoint{}, NewDBWriter(bundle), nil)
	t.Cleanup(func() {
		if err := errors.Join(store.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return shop{store, t, NewServer(nil, nil, store, nil)}
}

func (s shop) request() *requestCtx {
	region := &regionCtx{meta: &metapb.Region{Id: 1}, latches: newLatches()}
	return &requestCtx{regCtx: region, rpcCtx: &kvrpcpb.Context{}, svr: s.svr}
}

func (s shop) prewrite(op kvrpcpb.Op, startTS uint64) error {
	mutations := []*kvrpcpb.Mutation{{Op: kvrpcpb.Op_Lock, Key: primary}, {Op: op, Key: row, Value: []byte("value")}}
	if op != kvrpcpb.Op_Put {
		mutations[1].Value = nil
	}
	return s.Prewrite(s.request(), &kvrpcpb.PrewriteRequest{
		Mutations: mutations, PrimaryLock: primary, StartVersion: startTS, LockTtl: 1000,
	})
}

// commit is a transaction from its prewrite on.
func (s shop) commit(op kvrpcpb.Op, startTS, commitTS uint64) {
	s.t.Helper()
	if err := errors.Join(s.prewrite(op, startTS), s.Commit(s.request(), keys(), startTS, commitTS)); err != nil {
		s.t.Fatal(err)
	}
}

func keys() [][]byte { return [][]byte{primary, row} }

func TestLockConflictsWithWhoBeganBeforeItsCommit(t *testing.T) {
	s := openShop(t)
	for n := range uint64(100) {
		s.commit(kvrpcpb.Op_Lock, 10*n+1, 10*n+5)
	}
	var conflict *kverrors.ErrConflict
	if err := s.prewrite(kvrpcpb.Op_Put, 994); !errors.As(err, &conflict) {
		t.Fatalf("began at 994, the row was locked until 995: %v", err)
	}
	if conflict.ConflictTS != 991 || conflict.ConflictCommitTS != 995 {
		t.Errorf("the last lock was that of 991 to 995, not %v", conflict)
	}
	if err := s.prewrite(kvrpcpb.Op_Put, 996); err != nil {
		t.Error(err)
	}
}

func TestSharedLockLeavesTheValue(t *testing.T) {
	s := openShop(t)
	s.commit(kvrpcpb.Op_Put, 1, 2)
	s.commit(sharedLock, 3, 4)
	if value, err := s.Get(s.request(), row, 5); string(value) != "value" || err != nil {
		t.Errorf("found %q, %v", value, err)
	}
}

func TestCommitOfALockMayBeSentAgain(t *testing.T) {
	s := openShop(t)
	s.commit(kvrpcpb.Op_Lock, 1, 2)
	if err := s.Commit(s.request(), keys(), 1, 2); err != nil {
		t.Error(err)
	}
	if err := s.Commit(s.request(), keys(), 3, 4); err == nil {
		t.Error("a transaction that locked nothing was committed")
	}
}

func TestLockThatWasCommittedIsNotRolledBack(t *testing.T) {
	s := openShop(t)
	s.commit(kvrpcpb.Op_Lock, 1, 2)
	var committed kverrors.ErrAlreadyCommitted
	if err := s.Rollback(s.request(), keys(), 1); !errors.As(err, &committed) || committed != 2 {
		t.Errorf("it was committed at 2: %v", err)
	}
}

func TestTraceIsKeptUntilItsCommitIsBehindTheSafePoint(t *testing.T) {
	trace, lockedFrom1To3 := lockTraceKey(row), mvcc.NewDBUserMeta(1, 3)
	for safePoint, kept := range map[uint64]badger.Decision{2: badger.DecisionKeep, 4: badger.DecisionDrop} {
		sp := &SafePoint{}
		sp.UpdateTS(safePoint)
		if got := sp.CreateCompactionFilter(1, nil, nil).Filter(trace, nil, lockedFrom1To3); got != kept {
			t.Errorf("at %d it was decided %v, not %v", safePoint, got, kept)
		}
	}
}
