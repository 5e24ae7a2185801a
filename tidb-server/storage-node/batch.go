package main

import (
	"context"
	"io"
	"reflect"
	"strings"
	"sync"

	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/pingcap/log"
	"go.uber.org/zap"
)

// BatchCommands: unistore's own leaves out a third of the commands, and answers those with nil.
func (n *node) BatchCommands(stream tikvpb.Tikv_BatchCommandsServer) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	var sending sync.Mutex
	for {
		batch, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for i, request := range batch.Requests {
			go func(id uint64) {
				response := n.command(ctx, request)
				sending.Lock()
				defer sending.Unlock()
				// The receiver of this stream hears of a broken one itself.
				_ = stream.Send(&tikvpb.BatchCommandsResponse{
					Responses: []*tikvpb.BatchCommandsResponse_Response{response}, RequestIds: []uint64{id},
				})
			}(batch.RequestIds[i])
		}
	}
}

// command is one of the calls that can be in a batch.
type command struct {
	method string
	// Of the node, by its place.
	place int
	// Wrapper of the answer in a batch.
	answer reflect.Type
}

// commands are those that the node has a method for, by the type of the request's wrapper in a batch.
var commands = func() map[reflect.Type]command {
	answers := map[string]reflect.Type{}
	for _, wrapper := range (*tikvpb.BatchCommandsResponse_Response)(nil).XXX_OneofWrappers() {
		t := reflect.TypeOf(wrapper)
		answers[strings.TrimPrefix(t.Elem().Name(), "BatchCommandsResponse_Response_")] = t
	}
	found := map[reflect.Type]command{}
	for _, wrapper := range (*tikvpb.BatchCommandsRequest_Request)(nil).XXX_OneofWrappers() {
		t := reflect.TypeOf(wrapper)
		name := strings.TrimPrefix(t.Elem().Name(), "BatchCommandsRequest_Request_")
		for _, prefix := range []string{"", "Kv", "KV"} {
			if method, ok := reflect.TypeFor[*node]().MethodByName(prefix + name); ok {
				found[t] = command{method.Name, method.Index, answers[name]}
			}
		}
	}
	return found
}()

// command answers one request of a batch. An answer without a command is an error to the client.
func (n *node) command(ctx context.Context, request *tikvpb.BatchCommandsRequest_Request) *tikvpb.BatchCommandsResponse_Response {
	n.calls.Add(1)
	response := &tikvpb.BatchCommandsResponse_Response{}
	if empty := request.GetEmpty(); empty != nil {
		response.Cmd = &tikvpb.BatchCommandsResponse_Response_Empty{Empty: &tikvpb.BatchCommandsEmptyResponse{TestId: empty.TestId}}
		return response
	}
	wrapper := reflect.ValueOf(request.Cmd)
	if !wrapper.IsValid() {
		return response
	}
	c, ok := commands[wrapper.Type()]
	if !ok {
		log.Warn("batch has a command that is not implemented", zap.Stringer("type", wrapper.Type()))
		return response
	}
	placed(wrapper.Elem().Field(0).Interface())
	answer, err := guard(c.method, func() (any, error) {
		out := reflect.ValueOf(n).Method(c.place).Call([]reflect.Value{reflect.ValueOf(ctx), wrapper.Elem().Field(0)})
		err, _ := out[1].Interface().(error)
		return out[0].Interface(), err
	})
	if err != nil {
		log.Warn("call in a batch failed", zap.String("method", c.method), zap.Error(err))
		if answer = refusal(c.method, err); answer == nil {
			return response
		}
	}
	out := reflect.New(c.answer.Elem())
	out.Elem().Field(0).Set(reflect.ValueOf(answer))
	reflect.ValueOf(response).Elem().FieldByName("Cmd").Set(out)
	return response
}
