package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"os"
	"sync"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/log"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/lockstore"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
	"go.uber.org/zap"
)

// The log is written anew once it is so long, and twice as long as what was left of it the last time.
const lockLogLimit = 16 << 20

// lockLog keeps unistore's locks, which are in memory alone, in a file as well: what a client was promised outlives a kill.
// There is no fsync, as there is none of the data: a crash of the machine may lose what was written last.
type lockLog struct {
	mvcc.DBWriter
	locks *lockstore.MemStore
	path  string
	// Held for reading by a write from its first record to its last, so that none is in between when the log is written anew.
	writing sync.RWMutex
	// Guards the file.
	mu   sync.Mutex
	file *os.File
	// Bytes: of the file, of what was left when it was written anew, and how many it may have in any case.
	length, left, limit int64
	// How often it was written anew.
	renewals int
}

// openLockLog reads the locks of before into the store.
func openLockLog(path string, locks *lockstore.MemStore, writer mvcc.DBWriter) (*lockLog, error) {
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for key, value := range lockRecords(data) {
		if value == nil {
			locks.Delete(key)
		} else {
			locks.Put(key, value)
		}
	}
	l := &lockLog{DBWriter: writer, locks: locks, path: path, limit: lockLogLimit}
	return l, l.renew()
}

// NewWriteBatch is one whose locks are logged.
func (l *lockLog) NewWriteBatch(startTS, commitTS uint64, ctx *kvrpcpb.Context) mvcc.WriteBatch {
	return &loggedBatch{WriteBatch: l.DBWriter.NewWriteBatch(startTS, commitTS, ctx)}
}

// Write logs new locks before they are there, and the end of a lock after what it stood for was written:
// killed in between, the store has a lock too many, which TiDB resolves, and never one too few.
func (l *lockLog) Write(batch mvcc.WriteBatch) error {
	b := batch.(*loggedBatch)
	if err := l.write(b); err != nil {
		return err
	}
	if l.long() {
		l.writing.Lock()
		defer l.writing.Unlock()
		// Many writes come here at once, and the first has done it for all.
		if !l.long() {
			return nil
		}
		if err := l.renew(); err != nil {
			log.Warn("log of locks could not be written anew", zap.Error(err))
		}
	}
	return nil
}

func (l *lockLog) long() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.length > max(l.limit, 2*l.left)
}

func (l *lockLog) write(b *loggedBatch) error {
	l.writing.RLock()
	defer l.writing.RUnlock()
	if err := l.append(b.begun); err != nil {
		return err
	}
	if err := l.DBWriter.Write(b.WriteBatch); err != nil {
		return err
	}
	return l.append(b.ended)
}

func (l *lockLog) append(records []byte) error {
	if len(records) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.file.Write(records)
	if err != nil {
		// Half a record would hide all that follow.
		return errors.Join(err, l.file.Truncate(l.length))
	}
	l.length += int64(n)
	return nil
}

// renew writes a log of the locks that there are.
func (l *lockLog) renew() error {
	file, err := os.OpenFile(l.path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	length, err := l.writeAll(file)
	if err == nil {
		err = os.Rename(l.path+".part", l.path)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close()
	}
	l.file, l.length, l.left = file, length, length
	l.renewals++
	return nil
}

func (l *lockLog) writeAll(file *os.File) (length int64, err error) {
	buffer := bufio.NewWriterSize(file, 1<<18)
	var record []byte
	it := l.locks.NewIterator()
	for it.SeekToFirst(); it.Valid(); it.Next() {
		record = lockRecord(record[:0], it.Key(), it.Value())
		if _, err := buffer.Write(record); err != nil {
			return 0, err
		}
		length += int64(len(record))
	}
	return length, buffer.Flush()
}

// loggedBatch notes which locks a batch begins and ends.
type loggedBatch struct {
	mvcc.WriteBatch
	begun, ended []byte
}

func (b *loggedBatch) Prewrite(key []byte, lock *mvcc.Lock) {
	b.begun = lockRecord(b.begun, key, lock.MarshalBinary())
	b.WriteBatch.Prewrite(key, lock)
}

func (b *loggedBatch) PessimisticLock(key []byte, lock *mvcc.Lock) {
	b.begun = lockRecord(b.begun, key, lock.MarshalBinary())
	b.WriteBatch.PessimisticLock(key, lock)
}

func (b *loggedBatch) Commit(key []byte, lock *mvcc.Lock) {
	b.ended = lockRecord(b.ended, key, nil)
	b.WriteBatch.Commit(key, lock)
}

func (b *loggedBatch) Rollback(key []byte, deleteLock bool) {
	if deleteLock {
		b.ended = lockRecord(b.ended, key, nil)
	}
	b.WriteBatch.Rollback(key, deleteLock)
}

func (b *loggedBatch) PessimisticRollback(key []byte) {
	b.ended = lockRecord(b.ended, key, nil)
	b.WriteBatch.PessimisticRollback(key)
}

// lockRecord appends a record: the two lengths, the key, and the lock, which is empty at its end.
func lockRecord(to, key, lock []byte) []byte {
	to = binary.LittleEndian.AppendUint32(to, uint32(len(key)))
	to = binary.LittleEndian.AppendUint32(to, uint32(len(lock)))
	return append(append(to, key...), lock...)
}

// lockRecords yields the records in data up to the first that is cut off, as a kill in the middle of a write leaves it.
func lockRecords(data []byte) func(yield func(key, lock []byte) bool) {
	return func(yield func(key, lock []byte) bool) {
		for len(data) >= 8 {
			key, lock := uint64(binary.LittleEndian.Uint32(data)), uint64(binary.LittleEndian.Uint32(data[4:]))
			data = data[8:]
			if uint64(len(data)) < key+lock {
				return
			}
			var value []byte
			if lock > 0 {
				value = data[key : key+lock]
			}
			if !yield(data[:key], value) {
				return
			}
			data = data[key+lock:]
		}
	}
}
