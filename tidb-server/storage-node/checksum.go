package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc64"

	"github.com/pingcap/kvproto/pkg/coprocessor"
	"github.com/pingcap/tidb/pkg/kv"
	"github.com/pingcap/tipb/go-tipb"
)

// Coprocessor computes the checksums of ADMIN CHECKSUM and IMPORT INTO, where unistore says 1 to all; the rest is unistore's.
func (n *node) Coprocessor(ctx context.Context, req *coprocessor.Request) (*coprocessor.Response, error) {
	if req.Tp != kv.ReqTypeChecksum {
		return n.Server.Coprocessor(ctx, req)
	}
	var request tipb.ChecksumRequest
	if err := request.Unmarshal(req.Data); err != nil {
		return nil, err
	}
	if request.Algorithm != tipb.ChecksumAlgorithm_Crc64_Xor || len(req.Tasks) > 0 {
		return nil, fmt.Errorf("checksum by %s with %d more tasks is not implemented", request.Algorithm, len(req.Tasks))
	}
	sum := newChecksum(request.Rule)
	for _, r := range req.Ranges {
		obstacle, err := n.scan(ctx, req.Context, r.Start, r.End, req.StartTs, sum.add)
		if err != nil {
			return nil, err
		}
		if obstacle != nil {
			return &coprocessor.Response{RegionError: obstacle.region, Locked: obstacle.locked}, nil
		}
	}
	data, err := sum.Marshal()
	return &coprocessor.Response{Data: data}, err
}

var ecma = crc64.MakeTable(crc64.ECMA)

// checksum sums up pairs in any order, as if their keys had the rule's old prefix in place of the new one.
type checksum struct {
	tipb.ChecksumResponse
	before, now []byte
	// Of the old prefix, with which each key begins.
	start uint64
}

func newChecksum(rule *tipb.ChecksumRewriteRule) *checksum {
	before := rule.GetOldPrefix()
	return &checksum{before: before, now: rule.GetNewPrefix(), start: crc64.Update(0, ecma, before)}
}

func (c *checksum) add(key, value []byte) error {
	rest, found := bytes.CutPrefix(key, c.now)
	if !found {
		return fmt.Errorf("key %x does not begin with %x", key, c.now)
	}
	c.Checksum ^= crc64.Update(crc64.Update(c.start, ecma, rest), ecma, value)
	c.TotalKvs++
	c.TotalBytes += uint64(len(c.before) + len(rest) + len(value))
	return nil
}
