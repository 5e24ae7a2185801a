package main

import (
	"bytes"

	"github.com/pingcap/badger"
	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/dbreader"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

// DuplicateDetect sends the keys that were written again without a deletion between, each with its versions, newest first:
// two rows that ADD UNIQUE INDEX or an import gave the same key.
func (im *importer) DuplicateDetect(req *import_sstpb.DuplicateDetectRequest, stream import_sstpb.ImportSST_DuplicateDetectServer) error {
	if _, wrong := im.regions.GetRegionFromCtx(req.GetContext()); wrong != nil {
		return stream.Send(&import_sstpb.DuplicateDetectResponse{RegionError: wrong})
	}
	const portion = 1024
	var found []*import_sstpb.KvPair
	err := im.duplicates(req, func(versions []*import_sstpb.KvPair) error {
		if found = append(found, versions...); len(found) < portion {
			return nil
		}
		sent := found
		found = nil
		return stream.Send(&import_sstpb.DuplicateDetectResponse{Pairs: sent})
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return stream.Send(&import_sstpb.DuplicateDetectResponse{Pairs: found})
}

// duplicates calls visit with the versions of each key that has more than one after the request's timestamp.
func (im *importer) duplicates(req *import_sstpb.DuplicateDetectRequest, visit func([]*import_sstpb.KvPair) error) error {
	return im.bundle.DB.View(func(txn *badger.Txn) error {
		it := dbreader.NewIterator(txn, false, req.StartKey, req.EndKey)
		defer it.Close()
		it.SetAllVersions(true)
		var versions []*import_sstpb.KvPair
		// The key at hand, and whether its older versions no longer count.
		var key []byte
		over := false
		report := func() error {
			if len(versions) < 2 {
				return nil
			}
			return visit(versions)
		}
		for it.Seek(req.StartKey); it.Valid(); it.Next() {
			item := it.Item()
			if len(req.EndKey) > 0 && bytes.Compare(item.Key(), req.EndKey) >= 0 {
				break
			}
			if key == nil || !bytes.Equal(item.Key(), key) {
				if err := report(); err != nil {
					return err
				}
				key, versions, over = item.KeyCopy(nil), nil, false
			}
			if over {
				continue
			}
			commitTS := mvcc.DBUserMeta(item.UserMeta()).CommitTS()
			value, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			if over = item.IsDeleted() || len(value) == 0 || commitTS <= req.MinCommitTs; over {
				continue
			}
			if req.KeyOnly {
				value = nil
			}
			versions = append(versions, &import_sstpb.KvPair{Key: key, Value: value, CommitTs: commitTS})
		}
		return report()
	})
}
