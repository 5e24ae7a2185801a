package tikv

import (
	"github.com/pingcap/badger"
	"github.com/pingcap/badger/y"
	"github.com/pingcap/errors"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/kverrors"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

// A commit that locked a key and left its value alone writes no version of it. TiKV keeps a record of it all the same,
// and a transaction that began before conflicts with it. Here that record is the trace: one entry for each key, of which
// the database keeps the latest version, so that finding it takes as long after a thousand commits as after one.

// sharedLock is Op_SharedLock, which the protocol of v8.5.4 does not have yet.
const sharedLock = kvrpcpb.Op(7)

// lockTraceKey is where the trace of a key lies: among its statuses of transactions, of which none began at 0.
func lockTraceKey(key []byte) []byte {
	return mvcc.EncodeExtraTxnStatusKey(key, 0)
}

// traceLock notes that a transaction which locked the key was committed.
func (wb *writeBatch) traceLock(key []byte, userMeta mvcc.DBUserMeta) {
	wb.dbBatch.set(y.KeyWithTs(lockTraceKey(key), userMeta.CommitTS()), nil, userMeta)
}

// lastLock returns who locked the key last and was committed; nil if nobody did.
func (store *MVCCStore) lastLock(reqCtx *requestCtx, key []byte) (mvcc.DBUserMeta, error) {
	item, err := reqCtx.getDBReader().GetTxn().Get(lockTraceKey(key))
	if err == badger.ErrKeyNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Trace(err)
	}
	return item.UserMeta(), nil
}

// checkLockedSince returns a conflict if one of the keys was locked by a transaction that was committed after startTS.
func (store *MVCCStore) checkLockedSince(reqCtx *requestCtx, startTS uint64, reason kvrpcpb.WriteConflict_Reason,
	mutations ...*kvrpcpb.Mutation) error {
	for _, m := range mutations {
		lock, err := store.lastLock(reqCtx, m.Key)
		if err != nil {
			return err
		}
		if lock != nil && lock.CommitTS() > startTS && lock.StartTS() != startTS {
			return &kverrors.ErrConflict{
				StartTS:          startTS,
				ConflictTS:       lock.StartTS(),
				ConflictCommitTS: lock.CommitTS(),
				Key:              m.Key,
				Reason:           reason,
			}
		}
	}
	return nil
}

// extraWrite describes a status of a transaction on a key; nil for the trace, whose commit has a status of its own.
func extraWrite(startTS uint64, status mvcc.DBUserMeta) *kvrpcpb.MvccWrite {
	if startTS == 0 {
		return nil
	}
	if commitTS := status.CommitTS(); commitTS > 0 {
		return &kvrpcpb.MvccWrite{Type: kvrpcpb.Op_Lock, StartTs: startTS, CommitTs: commitTS}
	}
	return &kvrpcpb.MvccWrite{Type: kvrpcpb.Op_Rollback, StartTs: startTS, CommitTs: startTS}
}
