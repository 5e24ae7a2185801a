package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// KvPrepareFlashbackToVersion: FLASHBACK CLUSTER itself keeps other statements away, so that a region needs no lock of its own.
func (n *node) KvPrepareFlashbackToVersion(context.Context, *kvrpcpb.PrepareFlashbackToVersionRequest) (*kvrpcpb.PrepareFlashbackToVersionResponse, error) {
	return &kvrpcpb.PrepareFlashbackToVersionResponse{}, nil
}

// KvFlashbackToVersion writes the values of that version anew, and deletes what was not there then.
func (n *node) KvFlashbackToVersion(ctx context.Context, req *kvrpcpb.FlashbackToVersionRequest) (*kvrpcpb.FlashbackToVersionResponse, error) {
	if err := n.dropLocks(req); err != nil {
		return nil, err
	}
	changes := map[string][]byte{}
	obstacle, err := n.scan(ctx, req.Context, req.StartKey, req.EndKey, req.StartTs, func(key, _ []byte) error {
		changes[string(key)] = nil
		return nil
	})
	if err == nil && obstacle == nil {
		obstacle, err = n.scan(ctx, req.Context, req.StartKey, req.EndKey, req.Version, func(key, value []byte) error {
			changes[string(key)] = value
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	if obstacle != nil && obstacle.region != nil {
		return &kvrpcpb.FlashbackToVersionResponse{RegionError: obstacle.region}, nil
	}
	if obstacle != nil {
		return nil, errors.New("locked in the middle of a flashback: " + obstacle.locked.String())
	}
	pairs := newPairs(n.bundle, req.StartTs, req.CommitTs)
	for key, value := range changes {
		if err := pairs.add([]byte(key), value); err != nil {
			return nil, err
		}
	}
	return &kvrpcpb.FlashbackToVersionResponse{}, pairs.flush()
}

// dropLocks ends the transactions that are open in the range.
func (n *node) dropLocks(req *kvrpcpb.FlashbackToVersionRequest) error {
	batch := n.writer.NewWriteBatch(req.StartTs, 0, req.Context)
	iterator := n.bundle.LockStore.NewIterator()
	for iterator.Seek(req.StartKey); iterator.Valid(); iterator.Next() {
		if len(req.EndKey) > 0 && bytes.Compare(iterator.Key(), req.EndKey) >= 0 {
			break
		}
		batch.PessimisticRollback(bytes.Clone(iterator.Key()))
	}
	return n.writer.Write(batch)
}
