package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// regionChecker says whether a request's idea of its region is right.
type regionChecker interface {
	GetRegionFromCtx(*kvrpcpb.Context) (tikv.RegionCtx, *errorpb.Error)
}

// importer takes the pairs of ADD INDEX and IMPORT INTO, which TiDB writes past the transactions:
// first into files of the store, one by one, then of them what belongs together into the data.
type importer struct {
	import_sstpb.UnimplementedImportSSTServer
	bundle  *mvcc.DBBundle
	regions regionChecker
	files   *importFiles
	// One at a time, so that a file is ingested once, however often it is asked for at once.
	ingesting sync.Mutex
}

// openImporter finishes what a killed process had begun to ingest.
func openImporter(dataDir string, bundle *mvcc.DBBundle, regions regionChecker) (*importer, error) {
	im := &importer{bundle: bundle, regions: regions}
	files, begun, err := openImportFiles(dataDir)
	if err != nil {
		return nil, err
	}
	im.files = files
	for _, names := range begun {
		if err := im.put(names); err != nil {
			return nil, fmt.Errorf("ingest of before the restart: %w", err)
		}
	}
	return im, files.clean()
}

// SwitchMode: this storage has no mode of its own for imports.
func (im *importer) SwitchMode(context.Context, *import_sstpb.SwitchModeRequest) (*import_sstpb.SwitchModeResponse, error) {
	return &import_sstpb.SwitchModeResponse{}, nil
}

// GetMode is always the normal one.
func (im *importer) GetMode(context.Context, *import_sstpb.GetModeRequest) (*import_sstpb.GetModeResponse, error) {
	return &import_sstpb.GetModeResponse{Mode: import_sstpb.SwitchMode_Normal}, nil
}

// AddForcePartitionRange is about the compaction of TiKV's files, of which there are none.
func (im *importer) AddForcePartitionRange(context.Context, *import_sstpb.AddPartitionRangeRequest) (*import_sstpb.AddPartitionRangeResponse, error) {
	return &import_sstpb.AddPartitionRangeResponse{}, nil
}

// RemoveForcePartitionRange as above.
func (im *importer) RemoveForcePartitionRange(context.Context, *import_sstpb.RemovePartitionRangeRequest) (*import_sstpb.RemovePartitionRangeResponse, error) {
	return &import_sstpb.RemovePartitionRangeResponse{}, nil
}

// ClearFiles removes files that were written and not ingested, by the beginning of their names.
func (im *importer) ClearFiles(_ context.Context, req *import_sstpb.ClearRequest) (*import_sstpb.ClearResponse, error) {
	im.ingesting.Lock()
	defer im.ingesting.Unlock()
	if err := im.files.remove(req.Prefix); err != nil {
		return &import_sstpb.ClearResponse{Error: &import_sstpb.Error{Message: err.Error()}}, nil
	}
	return &import_sstpb.ClearResponse{}, nil
}

// Write makes a file of the stream's pairs, there as a whole or not at all.
func (im *importer) Write(stream import_sstpb.ImportSST_WriteServer) error {
	request, err := stream.Recv()
	if err != nil {
		return err
	}
	meta := request.GetMeta()
	if len(meta.GetUuid()) == 0 {
		return status.Error(codes.InvalidArgument, "a write must begin with the meta of its file, with an uuid")
	}
	file, err := im.files.create(hex.EncodeToString(meta.Uuid))
	if err != nil {
		return err
	}
	defer file.discard()
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		batch := request.GetBatch()
		if batch == nil {
			return status.Error(codes.InvalidArgument, "after the meta of its file a write has batches only")
		}
		if err := file.add(batch); err != nil {
			return err
		}
		for _, pair := range batch.Pairs {
			meta.TotalKvs++
			meta.TotalBytes += uint64(len(pair.Key) + len(pair.Value))
		}
	}
	response := &import_sstpb.WriteResponse{}
	if meta.TotalKvs > 0 {
		if err := file.keep(); err != nil {
			return err
		}
		meta.Length = file.length
		response.Metas = append(response.Metas, meta)
	}
	return stream.SendAndClose(response)
}

// Ingest puts a file into the data.
func (im *importer) Ingest(_ context.Context, req *import_sstpb.IngestRequest) (*import_sstpb.IngestResponse, error) {
	return im.ingest(req.GetContext(), req.GetSst())
}

// MultiIngest puts several files into the data, all of them or none. With no files it asks whether the store is too busy.
func (im *importer) MultiIngest(_ context.Context, req *import_sstpb.MultiIngestRequest) (*import_sstpb.IngestResponse, error) {
	return im.ingest(req.GetContext(), req.GetSsts()...)
}

func (im *importer) ingest(rpc *kvrpcpb.Context, metas ...*import_sstpb.SSTMeta) (*import_sstpb.IngestResponse, error) {
	if len(metas) == 0 {
		return &import_sstpb.IngestResponse{}, nil
	}
	if _, wrong := im.regions.GetRegionFromCtx(rpc); wrong != nil {
		return &import_sstpb.IngestResponse{Error: wrong}, nil
	}
	names := make([]string, len(metas))
	for i, meta := range metas {
		names[i] = hex.EncodeToString(meta.GetUuid())
	}
	im.ingesting.Lock()
	defer im.ingesting.Unlock()
	for _, name := range names {
		if !im.files.has(name) {
			return &import_sstpb.IngestResponse{Error: &errorpb.Error{Message: "no file " + name + " was written, or it was ingested already"}}, nil
		}
	}
	if err := im.files.begin(names); err != nil {
		return nil, err
	}
	return &import_sstpb.IngestResponse{}, im.put(names)
}

// put may be interrupted and done again: the same pairs at the same time are the same data.
func (im *importer) put(names []string) error {
	for _, name := range names {
		err := im.files.read(name, func(batch *import_sstpb.WriteBatch) error {
			pairs := newPairs(im.bundle, batch.CommitTs, batch.CommitTs)
			for _, pair := range batch.Pairs {
				value := pair.Value
				if pair.Op == import_sstpb.Pair_Delete {
					value = nil
				}
				if err := pairs.add(pair.Key, value); err != nil {
					return err
				}
			}
			return pairs.flush()
		})
		// A file that is missing was put, and removed, before the interruption.
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return im.files.end(names)
}
