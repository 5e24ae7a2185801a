package main

import (
	"context"
	"syscall"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/pingcap/log"
	"github.com/pingcap/tidb/pkg/util/codec"
	pdclient "github.com/tikv/pd/client"
	"go.uber.org/zap"
)

const heartbeatInterval = 5 * time.Second

// heartbeat tells PD of the store and its regions, every few seconds and when the regions have changed.
func (n *node) heartbeat() {
	n.pdc.SetRegionHeartbeatResponseHandler(n.order)
	reachable := true
	for {
		now := uint64(time.Now().Unix())
		interval := &pdpb.TimeInterval{StartTimestamp: now - uint64(heartbeatInterval/time.Second), EndTimestamp: now}
		regions := n.allRegions()
		for _, region := range regions {
			n.pdc.ReportRegion(&pdpb.RegionHeartbeatRequest{
				Region: region.Meta, Leader: region.Meta.Peers[0], Term: 6,
				ApproximateSize: 1 << 20, ApproximateKeys: 1, Interval: interval,
			})
		}
		err := n.storeHeartbeat(uint32(len(regions)), interval)
		// Once for each time: PD may be gone for long.
		if reached := err == nil; reached != reachable {
			reachable = reached
			log.Warn("PD answers heartbeats", zap.Bool("now", reachable), zap.Error(err))
		}
		select {
		case <-n.changed:
		case <-time.After(heartbeatInterval):
		}
	}
}

func (n *node) storeHeartbeat(regions uint32, interval *pdpb.TimeInterval) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(n.dataDir, &disk); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), heartbeatInterval)
	defer cancel()
	return n.pdc.StoreHeartbeat(ctx, &pdpb.StoreStats{
		StoreId: n.store.Id, RegionCount: regions,
		Capacity: disk.Blocks * uint64(disk.Bsize), Available: disk.Bavail * uint64(disk.Bsize),
		StartTime: uint32(n.started.Unix()), UsedSize: 1 << 20, Interval: interval,
	})
}

// order does what PD asks for: its operator for a region scatter or split of a caller. There is no other store to move anything to.
func (n *node) order(o *pdpb.RegionHeartbeatResponse) {
	if o.SplitRegion.GetPolicy() != pdpb.CheckPolicy_USEKEY {
		return
	}
	request := &kvrpcpb.SplitRegionRequest{Context: &kvrpcpb.Context{RegionId: o.RegionId, RegionEpoch: o.RegionEpoch}}
	for _, encoded := range o.SplitRegion.Keys {
		_, key, err := codec.DecodeBytes(encoded, nil)
		if err != nil {
			log.Warn("PD orders a split at a key that is not encoded", zap.Uint64("region", o.RegionId), zap.Error(err))
			return
		}
		request.SplitKeys = append(request.SplitKeys, key)
	}
	if response, err := n.SplitRegion(context.Background(), request); err != nil || response.RegionError != nil {
		log.Warn("PD's order to split failed", zap.Uint64("region", o.RegionId), zap.Stringer("answer", response), zap.Error(err))
	}
}

// allRegions begins a byte after the least key: from the least, unistore leaves out a region that is the only one.
func (n *node) allRegions() []*pdclient.Region {
	return n.regions.ScanRegions([]byte{0}, nil, 0)
}

// report has the next heartbeat sent at once.
func (n *node) report() {
	select {
	case n.changed <- struct{}{}:
	default:
	}
}
