package main

import (
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
	return &mvcc.DBBundle{DB: db, LockStore: lockstore.NewMemStore(8 << 20), StateTS: now}, nil
}
