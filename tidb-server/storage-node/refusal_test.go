package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/mpp"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestStubOfUnistoreIsAnErrorToThatRequest(t *testing.T) {
	n := start(t, t.TempDir())
	response, err := tikvpb.NewTikvClient(dial(t, n)).RawGet(deadline(t), &kvrpcpb.RawGetRequest{Key: []byte("a")})
	if err != nil || !strings.Contains(response.Error, "RawGet is not implemented") {
		t.Fatalf("got %v %v", response, err)
	}
}

func TestPanicIsAnErrorToThatRequest(t *testing.T) {
	n := start(t, t.TempDir())
	client := tikvpb.NewTikvClient(dial(t, n))
	// Unistore panics in both; the second has no place for an error in its answer.
	compact, err := client.Compact(deadline(t), &kvrpcpb.CompactRequest{})
	if status.Code(err) != codes.Internal {
		t.Fatalf("got %v %v", compact, err)
	}
	dispatched, err := client.DispatchMPPTask(deadline(t), &mpp.DispatchTaskRequest{})
	if status.Code(err) != codes.Internal {
		t.Fatalf("got %v %v", dispatched, err)
	}
	stream, err := client.EstablishMPPConnection(deadline(t), &mpp.EstablishMPPConnectionRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.Internal {
		t.Fatalf("got %v", err)
	}
	if _, err := client.GetHealthFeedback(deadline(t), &kvrpcpb.GetHealthFeedbackRequest{}); err != nil {
		t.Fatal("the node is gone:", err)
	}
}

func TestCallOfImportThatIsNotImplementedIsAnError(t *testing.T) {
	n := start(t, t.TempDir())
	_, err := import_sstpb.NewImportSSTClient(dial(t, n)).Download(deadline(t), &import_sstpb.DownloadRequest{})
	if status.Code(err) != codes.Unimplemented {
		t.Fatalf("got %v", err)
	}
}

func TestRefusalHasThePlaceOfItsAnswer(t *testing.T) {
	refused := errors.New("no")
	if got := refusal("KvGet", refused).(*kvrpcpb.GetResponse).Error.Abort; got != "no" {
		t.Fatalf("got %q", got)
	}
	if got := refusal("KvPrewrite", refused).(*kvrpcpb.PrewriteResponse).Errors[0].Abort; got != "no" {
		t.Fatalf("got %q", got)
	}
	if got := refusal("KvScan", refused).(*kvrpcpb.ScanResponse).Error.Abort; got != "no" {
		t.Fatalf("got %q", got)
	}
	if got := refusal("BatchCommands", refused); got != nil {
		t.Fatalf("got %v", got)
	}
}

func TestBatchAnswersEachRequestByItself(t *testing.T) {
	n := start(t, t.TempDir())
	prewrite(t, n, 5, "a", "a")
	commit(t, n, 5, "a")
	stream, err := tikvpb.NewTikvClient(dial(t, n)).BatchCommands(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	request := func(cmd *tikvpb.BatchCommandsRequest_Request) *tikvpb.BatchCommandsRequest_Request { return cmd }
	err = stream.Send(&tikvpb.BatchCommandsRequest{
		RequestIds: []uint64{1, 2, 3, 4},
		Requests: []*tikvpb.BatchCommandsRequest_Request{
			request(&tikvpb.BatchCommandsRequest_Request{Cmd: &tikvpb.BatchCommandsRequest_Request_Get{
				Get: &kvrpcpb.GetRequest{Context: region(n, "a"), Key: []byte("a"), Version: now(t, n)},
			}}),
			request(&tikvpb.BatchCommandsRequest_Request{Cmd: &tikvpb.BatchCommandsRequest_Request_Get{Get: &kvrpcpb.GetRequest{}}}),
			request(&tikvpb.BatchCommandsRequest_Request{Cmd: &tikvpb.BatchCommandsRequest_Request_RawGet{RawGet: &kvrpcpb.RawGetRequest{}}}),
			request(&tikvpb.BatchCommandsRequest_Request{Cmd: &tikvpb.BatchCommandsRequest_Request_Empty{Empty: &tikvpb.BatchCommandsEmptyRequest{TestId: 7}}}),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	answers := map[uint64]*tikvpb.BatchCommandsResponse_Response{}
	for len(answers) < 4 {
		batch, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range batch.RequestIds {
			answers[id] = batch.Responses[i]
		}
	}
	if got := string(answers[1].GetGet().Value); got != "value of a" {
		t.Fatalf("got %q", got)
	}
	// It did not say of which region it is.
	if answers[2].GetGet().RegionError.GetRegionNotFound() == nil {
		t.Fatalf("got %v", answers[2])
	}
	if got := answers[3].GetRawGet().Error; !strings.Contains(got, "not implemented") {
		t.Fatalf("got %v", answers[3])
	}
	if got := answers[4].GetEmpty().TestId; got != 7 {
		t.Fatalf("got %v", answers[4])
	}
}

func TestSlowRequestHoldsUpNoOther(t *testing.T) {
	n := start(t, t.TempDir())
	lock(t, n, 10, "a", 0)
	stream, err := tikvpb.NewTikvClient(dial(t, n)).BatchCommands(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	waits := lockRequest(n, 20, "a", 500)
	sent := time.Now()
	err = stream.Send(&tikvpb.BatchCommandsRequest{
		RequestIds: []uint64{1, 2},
		Requests: []*tikvpb.BatchCommandsRequest_Request{
			{Cmd: &tikvpb.BatchCommandsRequest_Request_PessimisticLock{PessimisticLock: waits}},
			{Cmd: &tikvpb.BatchCommandsRequest_Request_Empty{Empty: &tikvpb.BatchCommandsEmptyRequest{}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := stream.Recv()
	if err != nil || first.RequestIds[0] != 2 {
		t.Fatalf("got %v %v after %s", first, err, time.Since(sent))
	}
}
