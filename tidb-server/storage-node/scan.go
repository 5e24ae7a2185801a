package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// obstacle is what keeps a region from being read: a wrong idea of the region, or a lock.
type obstacle struct {
	region *errorpb.Error
	locked *kvrpcpb.LockInfo
}

// scan calls visit with each pair in [start, end) of the region that is visible at version. What it passes is visit's to keep.
func (n *node) scan(ctx context.Context, rpc *kvrpcpb.Context, start, end []byte, version uint64, visit func(key, value []byte) error) (*obstacle, error) {
	// Many: each call goes through all locks in the rest of the range, as there are after a large commit.
	const limit = 1 << 16
	for {
		response, err := n.KvScan(ctx, &kvrpcpb.ScanRequest{Context: rpc, StartKey: start, EndKey: end, Version: version, Limit: limit})
		if err != nil {
			return nil, err
		}
		if response.RegionError != nil {
			return &obstacle{region: response.RegionError}, nil
		}
		for _, pair := range response.Pairs {
			if locked := pair.Error.GetLocked(); locked != nil {
				return &obstacle{locked: locked}, nil
			}
			if pair.Error != nil {
				return nil, errors.New(pair.Error.String())
			}
			if err := visit(pair.Key, pair.Value); err != nil {
				return nil, err
			}
		}
		if len(response.Pairs) < limit {
			return nil, nil
		}
		start = append(bytes.Clone(response.Pairs[limit-1].Key), 0)
	}
}
