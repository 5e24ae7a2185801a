package main

import (
	"context"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/mpp"
)

// GetHealthFeedback: a store that answers is healthy.
func (n *node) GetHealthFeedback(context.Context, *kvrpcpb.GetHealthFeedbackRequest) (*kvrpcpb.GetHealthFeedbackResponse, error) {
	return &kvrpcpb.GetHealthFeedbackResponse{}, nil
}

// BroadcastTxnStatus is a hint, of which this storage makes no use.
func (n *node) BroadcastTxnStatus(context.Context, *kvrpcpb.BroadcastTxnStatusRequest) (*kvrpcpb.BroadcastTxnStatusResponse, error) {
	return &kvrpcpb.BroadcastTxnStatusResponse{}, nil
}

// GetStoreSafeTS: one node, never behind, so that stale reads of any age up to now can be served.
func (n *node) GetStoreSafeTS(ctx context.Context, _ *kvrpcpb.StoreSafeTSRequest) (*kvrpcpb.StoreSafeTSResponse, error) {
	physical, logical, err := n.pdc.GetTS(ctx)
	if err != nil {
		return nil, err
	}
	const behind = 500 // ms
	return &kvrpcpb.StoreSafeTSResponse{SafeTs: uint64(physical-behind)<<18 + uint64(logical)}, nil
}

// CheckLeader: the one store leads all its regions.
func (n *node) CheckLeader(_ context.Context, req *kvrpcpb.CheckLeaderRequest) (*kvrpcpb.CheckLeaderResponse, error) {
	return &kvrpcpb.CheckLeaderResponse{Ts: req.Ts}, nil
}

// CancelMPPTask: none can run here.
func (n *node) CancelMPPTask(context.Context, *mpp.CancelTaskRequest) (*mpp.CancelTaskResponse, error) {
	return &mpp.CancelTaskResponse{}, nil
}
