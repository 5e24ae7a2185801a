package main

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"github.com/pingcap/badger"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/config"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/lockstore"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

func configuration(dataDir string) *config.Config {
	conf := config.DefaultConf
	conf.Engine.DBPath = dataDir
	conf.Engine.ValueThreshold = 0
	conf.Engine.SyncWrite = false
	// Allocated whole at the start: the default, 256 MiB, makes each copy of a data folder that big.
	conf.Engine.VlogFileSize = 16 * config.MB
	conf.Engine.MaxMemTableSize = 32 * config.MB
	return &conf
}

func openBundle(conf *config.Config, safePoint *tikv.SafePoint, now uint64) (*mvcc.DBBundle, error) {
	kv := filepath.Join(conf.Engine.DBPath, "kv")
	if err := os.MkdirAll(kv, 0o750); err != nil {
		return nil, err
	}
	options := badger.DefaultOptions
	options.Dir, options.ValueDir = kv, kv
	options.ManagedTxns = true
	options.ValueThreshold = conf.Engine.ValueThreshold
	options.ValueLogFileSize = conf.Engine.VlogFileSize
	options.ValueLogMaxNumFiles = 3
	options.MaxMemTableSize = conf.Engine.MaxMemTableSize
	options.NumMemtables = conf.Engine.NumMemTables
	options.NumCompactors = 1
	options.SyncWrites = conf.Engine.SyncWrite
	options.CompactL0WhenClose = false
	options.CompactionFilterFactory = safePoint.CreateCompactionFilter
	db, err := badger.Open(options)
	if err != nil {
		return nil, err
	}
	bundle := &mvcc.DBBundle{DB: db, LockStore: lockstore.NewMemStore(8 << 20), StateTS: now}
	return bundle, loadLocks(bundle.LockStore, filepath.Join(conf.Engine.DBPath, "lock_store"))
}

// loadLocks reads the locks that unistore wrote as it stopped, and never reads itself.
func loadLocks(locks *lockstore.MemStore, file string) error {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for len(data) >= 8 {
		k, v := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
		data = data[8:]
		if uint64(len(data)) < uint64(k)+uint64(v) {
			break
		}
		locks.Put(data[:k], data[k:k+v])
		data = data[k+v:]
	}
	// After a kill it would bring back locks of transactions that have ended since.
	return os.Remove(file)
}
