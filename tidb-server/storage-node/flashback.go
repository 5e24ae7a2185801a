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
	for iterator := n.bundle.LockStore.NewIterator(); ; {
		iterator.Seek(req.StartKey)
		if !iterator.Valid() || len(req.EndKey) > 0 && bytes.Compare(iterator.Key(), req.EndKey) >= 0 {
			break
		}
		n.bundle.LockStore.Delete(bytes.Clone(iterator.Key()))
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
