package main

import (
	"bytes"
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/pingcap/tidb/pkg/util/codec"
)

// in says whether the region has the key.
func in(r *metapb.Region, key string) bool {
	encoded := codec.EncodeBytes(nil, []byte(key))
	return bytes.Compare(r.StartKey, encoded) <= 0 && (len(r.EndKey) == 0 || bytes.Compare(encoded, r.EndKey) < 0)
}

func TestSplitMakesRegionsThatAreReported(t *testing.T) {
	n := start(t, t.TempDir())
	prewrite(t, n, 5, "a", "a", "m", "z")
	commit(t, n, 5, "a", "m", "z")
	before := region(n, "a")
	response, err := n.SplitRegion(deadline(t), &kvrpcpb.SplitRegionRequest{Context: before, SplitKeys: [][]byte{[]byte("m"), []byte("x")}})
	if err != nil || response.RegionError != nil || len(response.Regions) != 3 {
		t.Fatalf("got %v %v", response, err)
	}
	if a, m, z := region(n, "a").RegionId, region(n, "m").RegionId, region(n, "z").RegionId; a == m || m == z {
		t.Fatalf("regions %d, %d, %d", a, m, z)
	}
	select {
	case <-n.changed:
	default:
		t.Fatal("PD hears of it at the next heartbeat only")
	}
	// Who knows the old region alone hears that it is another one now.
	stale, err := n.KvGet(deadline(t), &kvrpcpb.GetRequest{Context: before, Key: []byte("z"), Version: now(t, n)})
	if err != nil || stale.RegionError.GetEpochNotMatch() == nil {
		t.Fatalf("got %v %v", stale, err)
	}
	if got := get(t, n, "z"); got != "value of z" {
		t.Fatalf("z is %q", got)
	}
}

func TestSplitAtNoKeyIsNothing(t *testing.T) {
	n := start(t, t.TempDir())
	response, err := n.SplitRegion(deadline(t), &kvrpcpb.SplitRegionRequest{Context: region(n, "a")})
	if err != nil || len(response.Regions) != 0 {
		t.Fatalf("got %v %v", response, err)
	}
}

func TestSplitThatPDOrders(t *testing.T) {
	n := start(t, t.TempDir())
	at := region(n, "a")
	n.order(&pdpb.RegionHeartbeatResponse{
		RegionId: at.RegionId, RegionEpoch: at.RegionEpoch,
		SplitRegion: &pdpb.SplitRegion{Policy: pdpb.CheckPolicy_USEKEY, Keys: [][]byte{codec.EncodeBytes(nil, []byte("m"))}},
	})
	if region(n, "a").RegionId == region(n, "m").RegionId {
		t.Fatal("one region still")
	}
}

func TestRegionsOutliveARestart(t *testing.T) {
	folder := t.TempDir()
	first := startToKill(t, folder)
	if _, err := first.SplitRegion(deadline(t), &kvrpcpb.SplitRegionRequest{Context: region(first, "a"), SplitKeys: [][]byte{[]byte("m")}}); err != nil {
		t.Fatal(err)
	}
	id := region(first, "m").RegionId
	first.close()
	if got := region(start(t, folder), "m").RegionId; got != id {
		t.Fatalf("region %d is %d after a restart", id, got)
	}
}
