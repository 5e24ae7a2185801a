package main

import (
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

func TestCommitsAreOfTwoPhasesWhateverIsAskedFor(t *testing.T) {
	n := start(t, t.TempDir())
	for name, ask := range map[string]func(*kvrpcpb.PrewriteRequest){
		"one":   func(req *kvrpcpb.PrewriteRequest) { req.TryOnePc = true },
		"async": func(req *kvrpcpb.PrewriteRequest) { req.UseAsyncCommit = true },
	} {
		req := &kvrpcpb.PrewriteRequest{
			Context: region(n, name), PrimaryLock: []byte(name), StartVersion: 10, LockTtl: 20_000, TxnSize: 1,
			Mutations: []*kvrpcpb.Mutation{{Op: kvrpcpb.Op_Put, Key: []byte(name), Value: []byte("v")}},
		}
		ask(req)
		response, err := n.KvPrewrite(deadline(t), req)
		if err != nil || response.RegionError != nil || len(response.Errors) > 0 {
			t.Fatalf("%s: %v %v", name, response, err)
		}
		if response.OnePcCommitTs != 0 || response.MinCommitTs != 0 {
			t.Errorf("%s: committed at %d, or not before %d", name, response.OnePcCommitTs, response.MinCommitTs)
		}
		if n.bundle.LockStore.Get([]byte(name), nil) == nil {
			t.Errorf("%s: no lock waits for the second phase", name)
		}
	}
}
