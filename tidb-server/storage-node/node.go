package main

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/pingcap/kvproto/pkg/deadlock"
	"github.com/pingcap/kvproto/pkg/diagnosticspb"
	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/pingcap/log"
	"github.com/pingcap/sysutil"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// node is unistore's server with the calls that it lacks.
type node struct {
	*tikv.Server
	settings
	bundle   *mvcc.DBBundle
	writer   mvcc.DBWriter
	regions  *tikv.MockRegionManager
	pdc      pd.Client
	importer *importer
	store    *metapb.Store
	started  time.Time
	// Has a value when PD is to hear of the regions now.
	changed chan struct{}
	calls   atomic.Uint64
	locking lockCalls
	// Closed when nothing is open any more.
	stopped chan struct{}
}

func open(s settings, pdc pd.Client, started time.Time) (*node, error) {
	ctx, cancel := context.WithTimeout(context.Background(), pdDeadline)
	defer cancel()
	physical, logical, err := pdc.GetTS(ctx)
	if err != nil {
		return nil, err
	}
	n := &node{settings: s, pdc: pdc, started: started, changed: make(chan struct{}, 1), stopped: make(chan struct{})}
	conf, safePoint := configuration(s.dataDir), &tikv.SafePoint{}
	if n.bundle, err = openBundle(conf, safePoint, uint64(physical)<<18+uint64(logical)); err != nil {
		return nil, err
	}
	n.regions, err = tikv.NewMockRegionManager(n.bundle, pdc.GetClusterID(ctx), tikv.RegionOptions{
		StoreAddr: s.addr, PDAddr: s.pd, RegionSize: conf.Server.RegionSize,
	})
	if err != nil {
		return nil, err
	}
	if n.importer, err = openImporter(s.dataDir, n.bundle, n.regions); err != nil {
		return nil, err
	}
	if n.writer, err = openLockLog(filepath.Join(s.dataDir, "locks.log"), n.bundle.LockStore, tikv.NewDBWriter(n.bundle)); err != nil {
		return nil, err
	}
	store := tikv.NewMVCCStore(conf, n.bundle, s.dataDir, safePoint, n.writer, pdc)
	store.DeadlockDetectSvr.ChangeRole(tikv.Leader)
	store.StartDeadlockDetection(false)
	n.Server = tikv.NewServer(n.regions, pdc, store, tikv.NewStandAlongInnerServer(n.bundle))
	return n, nil
}

// close ends what is open. It waits for no request for long: one may wait for a lock, and one that panicked counts for ever.
// What was promised is on disk without it; the next start is quicker after it.
func (n *node) close() {
	n.pdc.Close()
	go func() {
		n.Stop()
		// Unistore's own copy of the locks, which it never reads.
		_ = os.Remove(filepath.Join(n.dataDir, "lock_store"))
		close(n.stopped)
	}()
	select {
	case <-n.stopped:
		log.Info("storage node has stopped")
	case <-time.After(time.Second):
		log.Warn("storage node stops in the middle of requests")
	}
}

// newServer offers what TiDB asks a TiKV for.
func newServer(n *node, logFile string) *grpc.Server {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(1<<30), grpc.MaxSendMsgSize(1<<30), grpc.InitialWindowSize(1<<24),
		grpc.UnaryInterceptor(n.guardUnary), grpc.StreamInterceptor(n.guardStream),
	)
	tikvpb.RegisterTikvServer(server, n)
	deadlock.RegisterDeadlockServer(server, n)
	import_sstpb.RegisterImportSSTServer(server, n.importer)
	diagnosticspb.RegisterDiagnosticsServer(server, sysutil.NewDiagnosticsServer(logFile))
	// Without it TiDB's client takes the store for dead, for good, after the first broken connection.
	healthpb.RegisterHealthServer(server, health.NewServer())
	return server
}
