package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pingcap/kvproto/pkg/tikvpb"
)

func TestEachCommandOfABatchHasItsMethod(t *testing.T) {
	var missing []string
	for _, wrapper := range (*tikvpb.BatchCommandsRequest_Request)(nil).XXX_OneofWrappers() {
		if c, ok := commands[reflect.TypeOf(wrapper)]; !ok || c.answer == nil {
			missing = append(missing, strings.TrimPrefix(reflect.TypeOf(wrapper).Elem().Name(), "BatchCommandsRequest_Request_"))
		}
	}
	// Those are answered without a method, and with an error.
	if got := strings.Join(missing, " "); got != "Empty" {
		t.Fatalf("without a method: %s", got)
	}
}
