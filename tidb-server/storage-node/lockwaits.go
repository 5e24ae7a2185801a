package main

import (
	"context"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/util/lockwaiter"
)

// GetLockWaitInfo is what information_schema.data_lock_waits reads: the waits of this moment, by unistore's own account.
func (n *node) GetLockWaitInfo(context.Context, *kvrpcpb.GetLockWaitInfoRequest) (*kvrpcpb.GetLockWaitInfoResponse, error) {
	return &kvrpcpb.GetLockWaitInfoResponse{Entries: lockwaiter.PessimisticLocks.All()}, nil
}
