package main

import (
	"context"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// SplitRegion splits at the keys, and tells PD.
func (n *node) SplitRegion(_ context.Context, req *kvrpcpb.SplitRegionRequest) (*kvrpcpb.SplitRegionResponse, error) {
	if len(req.SplitKeys) == 0 && len(req.SplitKey) > 0 {
		req.SplitKeys = [][]byte{req.SplitKey}
	}
	if len(req.SplitKeys) == 0 {
		return &kvrpcpb.SplitRegionResponse{}, nil
	}
	response := n.regions.SplitRegion(req)
	if len(response.Regions) > 0 {
		n.report()
	}
	return response, nil
}
