package tikv

import (
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/util/lockwaiter"
)

func (s shop) lockRow(startTS uint64) *lockwaiter.Waiter {
	s.t.Helper()
	waiter, err := s.PessimisticLock(s.request(), &kvrpcpb.PessimisticLockRequest{
		Mutations:    []*kvrpcpb.Mutation{{Op: kvrpcpb.Op_PessimisticLock, Key: row}},
		PrimaryLock:  row,
		StartVersion: startTS,
		ForUpdateTs:  startTS,
		LockTtl:      1000,
		WaitTimeout:  100,
		IsFirstLock:  true,
	}, &kvrpcpb.PessimisticLockResponse{})
	if waiter == nil && err != nil {
		s.t.Fatal(err)
	}
	return waiter
}

func (s shop) unlockRow(startTS uint64) {
	s.t.Helper()
	if err := s.PessimisticRollback(s.request(), &kvrpcpb.PessimisticRollbackRequest{
		Keys: [][]byte{row}, StartVersion: startTS, ForUpdateTs: startTS,
	}); err != nil {
		s.t.Fatal(err)
	}
}

// A client rolls back, late and in the background, what a statement that is tried again may have locked: all its keys.
func TestRollbackOfALockThatIsNotHeldWakesNobody(t *testing.T) {
	s := openShop(t)
	if s.lockRow(10) != nil {
		t.Fatal("nobody has locked the row, and it is waited for")
	}
	waiter := s.lockRow(20)
	s.unlockRow(20)
	s.unlockRow(30)
	if result := waiter.Wait(); result.WakeupSleepTime != lockwaiter.WaitTimeout {
		t.Errorf("the row is locked still, and who waits for it was woken: %v", result)
	}
	s.lockWaiterManager.CleanUp(waiter)
	waiter = s.lockRow(40)
	s.unlockRow(10)
	if result := waiter.Wait(); result.WakeupSleepTime != lockwaiter.WakeUpThisWaiter {
		t.Errorf("the row is free, and who waited for it was not woken: %v", result)
	}
	if s.lockRow(40) != nil {
		t.Error("the row is free, and is waited for")
	}
}
