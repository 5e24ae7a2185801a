package main

import (
	"context"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// KvPrewrite is unistore's in two phases, whatever is asked for: TiDB's client goes on with those if the answer has no
// commit timestamp. Unistore gives a commit in one phase, or an async one, its timestamp before it can be seen: a read with
// a later timestamp in between misses it, and what that transaction then writes meets a row that was not there (8141).
// TiKV locks its keys in memory meanwhile, which reads wait for.
func (n *node) KvPrewrite(ctx context.Context, req *kvrpcpb.PrewriteRequest) (*kvrpcpb.PrewriteResponse, error) {
	req.TryOnePc, req.UseAsyncCommit = false, false
	return n.Server.KvPrewrite(ctx, req)
}
