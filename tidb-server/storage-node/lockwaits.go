package main

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/pingcap/kvproto/pkg/deadlock"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/util/lockwaiter"
)

// lockCalls are the requests for locks that have no answer yet, each with its arrival. Most wait for nobody.
type lockCalls struct {
	mu    sync.Mutex
	since map[*kvrpcpb.PessimisticLockRequest]time.Time
}

func (c *lockCalls) note(req *kvrpcpb.PessimisticLockRequest) (done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since == nil {
		c.since = map[*kvrpcpb.PessimisticLockRequest]time.Time{}
	}
	c.since[req] = time.Now()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.since, req)
	}
}

// waited is how long the request that asked for the lock has waited.
func (c *lockCalls) waited(wait *deadlock.WaitForEntry, now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for req, since := range c.since {
		if req.StartVersion != wait.Txn {
			continue
		}
		for _, mutation := range req.Mutations {
			if bytes.Equal(mutation.Key, wait.Key) {
				return now.Sub(since)
			}
		}
	}
	return 0
}

// KvPessimisticLock is unistore's, timed.
func (n *node) KvPessimisticLock(ctx context.Context, req *kvrpcpb.PessimisticLockRequest) (*kvrpcpb.PessimisticLockResponse, error) {
	defer n.locking.note(req)()
	return n.Server.KvPessimisticLock(ctx, req)
}

// GetLockWaitInfo is what information_schema.data_lock_waits reads: the waits of this moment, by unistore's own account.
// As on TiKV a wait at commit is not among them: TiDB's client tries again there, and each server adds its own ones.
func (n *node) GetLockWaitInfo(context.Context, *kvrpcpb.GetLockWaitInfoRequest) (*kvrpcpb.GetLockWaitInfoResponse, error) {
	response, now := &kvrpcpb.GetLockWaitInfoResponse{}, time.Now()
	for _, wait := range lockwaiter.PessimisticLocks.All() {
		timed := *wait
		timed.WaitTime = uint64(n.locking.waited(wait, now).Milliseconds())
		response.Entries = append(response.Entries, &timed)
	}
	return response, nil
}
