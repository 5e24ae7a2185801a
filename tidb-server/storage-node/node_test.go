package main

import (
	"context"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// onePD is a PD with what a node asks of it at its start. Any other call is a panic.
type onePD struct {
	pd.Client
	last         atomic.Int64
	bootstrapped bool
}

func (p *onePD) GetTS(context.Context) (int64, int64, error) {
	return time.Now().UnixMilli(), p.last.Add(1), nil
}
func (p *onePD) GetClusterID(context.Context) uint64            { return 1 }
func (p *onePD) GetGCSafePoint(context.Context) (uint64, error) { return 0, nil }
func (p *onePD) AllocID(context.Context) (uint64, error)        { return uint64(p.last.Add(1)), nil }
func (p *onePD) IsBootstrapped(context.Context) (bool, error)   { return p.bootstrapped, nil }
func (p *onePD) PutStore(context.Context, *metapb.Store) error  { return nil }
func (p *onePD) Close()                                         {}
func (p *onePD) Bootstrap(context.Context, *metapb.Store, *metapb.Region) (*pdpb.BootstrapResponse, error) {
	p.bootstrapped = true
	return &pdpb.BootstrapResponse{}, nil
}

// start opens a node on a folder, and ends it with the test.
func start(t *testing.T, folder string) *node {
	t.Helper()
	n := startToKill(t, folder)
	t.Cleanup(n.close)
	return n
}

// startToKill leaves the end of the node to the test.
func startToKill(t *testing.T, folder string) *node {
	t.Helper()
	n, err := open(settings{addr: "127.0.0.1:1", dataDir: folder, logFile: filepath.Join(folder, "log")}, &onePD{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.register(); err != nil {
		t.Fatal(err)
	}
	return n
}

// dial serves a node over gRPC, and connects to it.
func dial(t *testing.T, n *node) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(n, n.logFile)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// region is what a request says of the region that has the key.
func region(n *node, key string) *kvrpcpb.Context {
	for _, r := range n.allRegions() {
		if in(r.Meta, key) {
			return &kvrpcpb.Context{RegionId: r.Meta.Id, RegionEpoch: r.Meta.RegionEpoch, Peer: r.Meta.Peers[0]}
		}
	}
	return &kvrpcpb.Context{}
}

// now is a timestamp that no other call of it returns.
func now(t *testing.T, n *node) uint64 {
	t.Helper()
	physical, logical, err := n.pdc.GetTS(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return uint64(physical)<<18 + uint64(logical)
}

func get(t *testing.T, n *node, key string) string {
	t.Helper()
	response, err := n.KvGet(deadline(t), &kvrpcpb.GetRequest{Context: region(n, key), Key: []byte(key), Version: now(t, n)})
	if err != nil || response.RegionError != nil || response.Error != nil {
		t.Fatalf("get %s: %v %v", key, response, err)
	}
	return string(response.Value)
}

func prewrite(t *testing.T, n *node, startTS uint64, primary string, keys ...string) {
	t.Helper()
	req := &kvrpcpb.PrewriteRequest{Context: region(n, primary), PrimaryLock: []byte(primary), StartVersion: startTS, LockTtl: 20_000}
	for _, key := range keys {
		req.Mutations = append(req.Mutations, &kvrpcpb.Mutation{Op: kvrpcpb.Op_Put, Key: []byte(key), Value: []byte("value of " + key)})
	}
	response, err := n.KvPrewrite(deadline(t), req)
	if err != nil || response.RegionError != nil || len(response.Errors) > 0 {
		t.Fatalf("prewrite: %v %v", response, err)
	}
}

func commit(t *testing.T, n *node, startTS uint64, keys ...string) {
	t.Helper()
	req := &kvrpcpb.CommitRequest{Context: region(n, keys[0]), StartVersion: startTS, CommitVersion: now(t, n)}
	for _, key := range keys {
		req.Keys = append(req.Keys, []byte(key))
	}
	response, err := n.KvCommit(deadline(t), req)
	if err != nil || response.RegionError != nil || response.Error != nil {
		t.Fatalf("commit: %v %v", response, err)
	}
}
