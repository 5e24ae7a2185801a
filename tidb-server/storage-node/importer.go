package main

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/pingcap/badger"
	"github.com/pingcap/badger/y"
	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

// importer takes the pairs of ADD INDEX and IMPORT INTO, which TiDB writes past the transactions.
type importer struct {
	import_sstpb.UnimplementedImportSSTServer
	bundle  *mvcc.DBBundle
	written sync.Map
}

func openImporter(_ string, bundle *mvcc.DBBundle) (*importer, error) {
	return &importer{bundle: bundle}, nil
}

func (im *importer) SwitchMode(context.Context, *import_sstpb.SwitchModeRequest) (*import_sstpb.SwitchModeResponse, error) {
	return &import_sstpb.SwitchModeResponse{}, nil
}

func (im *importer) GetMode(context.Context, *import_sstpb.GetModeRequest) (*import_sstpb.GetModeResponse, error) {
	return &import_sstpb.GetModeResponse{}, nil
}

func (im *importer) ClearFiles(context.Context, *import_sstpb.ClearRequest) (*import_sstpb.ClearResponse, error) {
	return &import_sstpb.ClearResponse{}, nil
}

func (im *importer) AddForcePartitionRange(context.Context, *import_sstpb.AddPartitionRangeRequest) (*import_sstpb.AddPartitionRangeResponse, error) {
	return &import_sstpb.AddPartitionRangeResponse{}, nil
}

func (im *importer) RemoveForcePartitionRange(context.Context, *import_sstpb.RemovePartitionRangeRequest) (*import_sstpb.RemovePartitionRangeResponse, error) {
	return &import_sstpb.RemovePartitionRangeResponse{}, nil
}

func (im *importer) Write(stream import_sstpb.ImportSST_WriteServer) error {
	var meta *import_sstpb.SSTMeta
	var batches []*import_sstpb.WriteBatch
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if m := request.GetMeta(); m != nil {
			meta = m
		}
		if batch := request.GetBatch(); batch != nil {
			batches = append(batches, batch)
		}
	}
	response := &import_sstpb.WriteResponse{}
	if len(batches) > 0 {
		im.written.Store(string(meta.Uuid), batches)
		for _, batch := range batches {
			for _, pair := range batch.Pairs {
				meta.TotalKvs++
				meta.TotalBytes += uint64(len(pair.Key) + len(pair.Value))
			}
		}
		response.Metas = append(response.Metas, meta)
	}
	return stream.SendAndClose(response)
}

func (im *importer) Ingest(_ context.Context, req *import_sstpb.IngestRequest) (*import_sstpb.IngestResponse, error) {
	return im.ingest(req.GetSst())
}

func (im *importer) MultiIngest(_ context.Context, req *import_sstpb.MultiIngestRequest) (*import_sstpb.IngestResponse, error) {
	return im.ingest(req.GetSsts()...)
}

func (im *importer) ingest(metas ...*import_sstpb.SSTMeta) (*import_sstpb.IngestResponse, error) {
	for _, meta := range metas {
		found, ok := im.written.LoadAndDelete(string(meta.Uuid))
		if !ok {
			continue
		}
		for _, batch := range found.([]*import_sstpb.WriteBatch) {
			pairs := make(map[string][]byte, len(batch.Pairs))
			for _, pair := range batch.Pairs {
				if pair.Op == import_sstpb.Pair_Put {
					pairs[string(pair.Key)] = pair.Value
				} else {
					pairs[string(pair.Key)] = nil
				}
			}
			if err := put(im.bundle, pairs, batch.CommitTs, batch.CommitTs); err != nil {
				return nil, err
			}
		}
	}
	return &import_sstpb.IngestResponse{}, nil
}

// put writes committed values, past the checks of a transaction; an empty value is a deletion.
func put(bundle *mvcc.DBBundle, pairs map[string][]byte, startTS, commitTS uint64) error {
	userMeta := mvcc.NewDBUserMeta(startTS, commitTS)
	entries := make([]*badger.Entry, 0, len(pairs))
	for key, value := range pairs {
		entries = append(entries, &badger.Entry{Key: y.KeyWithTs([]byte(key), commitTS), Value: value, UserMeta: userMeta})
	}
	// Badger refuses larger transactions.
	for chunk := range slices.Chunk(entries, 1024) {
		if err := bundle.DB.Update(func(txn *badger.Txn) error {
			for _, entry := range chunk {
				if err := txn.SetEntry(entry); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
