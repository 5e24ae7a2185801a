package main

import (
	"github.com/pingcap/badger"
	"github.com/pingcap/badger/y"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

// pairs writes committed values, past the checks of a transaction, in portions that badger takes.
type pairs struct {
	bundle   *mvcc.DBBundle
	userMeta mvcc.DBUserMeta
	commitTS uint64
	entries  []*badger.Entry
	bytes    int
}

func newPairs(bundle *mvcc.DBBundle, startTS, commitTS uint64) *pairs {
	return &pairs{bundle: bundle, userMeta: mvcc.NewDBUserMeta(startTS, commitTS), commitTS: commitTS}
}

// add keeps key and value; an empty value is a deletion.
func (p *pairs) add(key, value []byte) error {
	p.entries = append(p.entries, &badger.Entry{Key: y.KeyWithTs(key, p.commitTS), Value: value, UserMeta: p.userMeta})
	p.bytes += len(key) + len(value)
	if len(p.entries) < 4096 && p.bytes < 1<<20 {
		return nil
	}
	return p.flush()
}

func (p *pairs) flush() error {
	err := p.bundle.DB.Update(func(txn *badger.Txn) error {
		for _, entry := range p.entries {
			if err := txn.SetEntry(entry); err != nil {
				return err
			}
		}
		return nil
	})
	p.entries, p.bytes = nil, 0
	return err
}
