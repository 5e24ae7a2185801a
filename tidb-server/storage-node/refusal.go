package main

import (
	"context"
	"path"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/pingcap/log"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// stubs are the calls that unistore answers with nothing, as if they were done.
var stubs = []string{
	"CheckLockObserver", "CoprocessorStream", "GetLockWaitHistory", "KvImport",
	"RawBatchDelete", "RawBatchGet", "RawBatchPut", "RawBatchScan", "RawCompareAndSwap", "RawDelete", "RawDeleteRange",
	"RawChecksum", "RawGet", "RawGetKeyTTL", "RawPut", "RawScan", "RegisterLockObserver", "RemoveLockObserver",
}

// placed has a request say of which region it is, if only of none: unistore panics without, with a lock held.
func placed(req any) {
	if r, ok := req.(interface{ GetContext() *kvrpcpb.Context }); ok && r.GetContext() == nil {
		reflect.ValueOf(req).Elem().FieldByName("Context").Set(reflect.ValueOf(&kvrpcpb.Context{}))
	}
}

// guard runs one call. What is not implemented, and what panics, is an error to that call alone.
func guard[T any](method string, call func() (T, error)) (answer T, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			log.Error("call panicked", zap.String("method", method), zap.Any("panic", caught), zap.ByteString("stack", debug.Stack()))
			err = status.Errorf(codes.Internal, "%s: %v", method, caught)
		}
	}()
	if slices.Contains(stubs, method) {
		return answer, status.Errorf(codes.Unimplemented, "%s is not implemented by the storage node", method)
	}
	return call()
}

func (n *node) guardUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	n.calls.Add(1)
	method := path.Base(info.FullMethod)
	placed(req)
	answer, err := guard(method, func() (any, error) { return handler(ctx, req) })
	if err == nil {
		return answer, nil
	}
	log.Warn("call failed", zap.String("method", info.FullMethod), zap.Error(err))
	if refused := refusal(method, err); refused != nil {
		return refused, nil
	}
	return nil, err
}

func (n *node) guardStream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	n.calls.Add(1)
	_, err := guard(path.Base(info.FullMethod), func() (any, error) { return nil, handler(server, stream) })
	if err != nil && stream.Context().Err() == nil {
		log.Warn("call failed", zap.String("method", info.FullMethod), zap.Error(err))
	}
	return err
}

// refusal is the answer to a call of TiKV's service that carries the error, or nil if its answers have no place for one.
// TiDB's client takes an error of gRPC for a broken connection, and tries again for 40 s before it tells the user.
func refusal(method string, err error) any {
	m, found := reflect.TypeFor[tikvpb.TikvServer]().MethodByName(method)
	if !found || m.Type.NumOut() != 2 {
		return nil
	}
	answer := reflect.New(m.Type.Out(0).Elem())
	message := status.Convert(err).Message()
	keyError := &kvrpcpb.KeyError{Abort: message}
	for _, field := range []struct {
		name  string
		value any
	}{
		{"Error", keyError}, {"Error", message}, {"Errors", []*kvrpcpb.KeyError{keyError}}, {"OtherError", message},
		{"Pairs", []*kvrpcpb.KvPair{{Error: keyError}}}, {"RegionError", &errorpb.Error{Message: message}},
	} {
		if f := answer.Elem().FieldByName(field.name); f.IsValid() && f.Type() == reflect.TypeOf(field.value) {
			f.Set(reflect.ValueOf(field.value))
			return answer.Interface()
		}
	}
	return nil
}
