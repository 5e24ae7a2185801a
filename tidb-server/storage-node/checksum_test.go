package main

import (
	"hash/crc64"
	"testing"

	"github.com/pingcap/kvproto/pkg/coprocessor"
	"github.com/pingcap/tidb/pkg/kv"
	"github.com/pingcap/tipb/go-tipb"
)

func checksumOf(t *testing.T, n *node, request *tipb.ChecksumRequest) (*tipb.ChecksumResponse, *coprocessor.Response) {
	t.Helper()
	data, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	response, err := n.Coprocessor(deadline(t), &coprocessor.Request{
		Context: region(n, "a"), Tp: kv.ReqTypeChecksum, Data: data, StartTs: now(t, n),
		Ranges: []*coprocessor.KeyRange{{Start: []byte("a"), End: []byte("b")}, {Start: []byte("c"), End: []byte("z")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := &tipb.ChecksumResponse{}
	if err := sum.Unmarshal(response.Data); err != nil {
		t.Fatal(err)
	}
	return sum, response
}

func TestChecksumIsOfWhatIsInTheRanges(t *testing.T) {
	n := start(t, t.TempDir())
	prewrite(t, n, 5, "a1", "a1", "b1", "c1")
	commit(t, n, 5, "a1", "b1", "c1")
	got, _ := checksumOf(t, n, &tipb.ChecksumRequest{Algorithm: tipb.ChecksumAlgorithm_Crc64_Xor})
	table := crc64.MakeTable(crc64.ECMA)
	want := crc64.Checksum([]byte("a1value of a1"), table) ^ crc64.Checksum([]byte("c1value of c1"), table)
	if got.Checksum != want || got.TotalKvs != 2 || got.TotalBytes != 26 {
		t.Fatalf("got %v, want %d of 2 pairs in 26 bytes", got, want)
	}
}

func TestChecksumWaitsForALock(t *testing.T) {
	n := start(t, t.TempDir())
	prewrite(t, n, 5, "a1", "a1")
	if sum, response := checksumOf(t, n, &tipb.ChecksumRequest{}); response.Locked.GetLockVersion() != 5 {
		t.Fatalf("got %v %v", sum, response)
	}
}

func TestChecksumAsIfTheKeysHadAnotherPrefix(t *testing.T) {
	sum := newChecksum(&tipb.ChecksumRewriteRule{OldPrefix: []byte("old"), NewPrefix: []byte("t1")})
	if err := sum.add([]byte("t1k"), []byte("v")); err != nil {
		t.Fatal(err)
	}
	if want := crc64.Checksum([]byte("oldkv"), ecma); sum.Checksum != want || sum.TotalBytes != 5 {
		t.Fatalf("got %v, want %d of 5 bytes", sum, want)
	}
	if err := sum.add([]byte("t2k"), []byte("v")); err == nil {
		t.Fatal("a key of another table is in it")
	}
}
