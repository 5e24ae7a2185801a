package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pingcap/kvproto/pkg/import_sstpb"
	"github.com/pingcap/log"
	"go.uber.org/zap"
)

const (
	writtenSuffix = ".sst"
	partSuffix    = ".part"
	// A list of files whose ingest has begun.
	begunSuffix = ".ingest"
	// TiDB ingests a file seconds after it has written it.
	keptFor = time.Hour
)

// importFiles is the folder of files that are written and not yet ingested.
type importFiles struct{ folder string }

// openImportFiles also returns the names in each ingest that has begun and not ended.
func openImportFiles(dataDir string) (*importFiles, [][]string, error) {
	f := &importFiles{filepath.Join(dataDir, "import")}
	if err := os.MkdirAll(f.folder, 0o750); err != nil {
		return nil, nil, err
	}
	lists, err := filepath.Glob(f.path("*" + begunSuffix))
	if err != nil {
		return nil, nil, err
	}
	var begun [][]string
	for _, list := range lists {
		names, err := os.ReadFile(list)
		if err != nil {
			return nil, nil, err
		}
		begun = append(begun, strings.Fields(string(names)))
	}
	return f, begun, nil
}

func (f *importFiles) path(name string) string { return filepath.Join(f.folder, name) }

func (f *importFiles) has(name string) bool {
	_, err := os.Stat(f.path(name + writtenSuffix))
	return err == nil
}

// clean removes all files: who wrote them asks for none of them after a restart, as it writes anew.
func (f *importFiles) clean() error { return f.removeIf(func(os.DirEntry) bool { return true }) }

// remove removes the files whose names begin so.
func (f *importFiles) remove(prefix string) error {
	return f.removeIf(func(entry os.DirEntry) bool { return strings.HasPrefix(entry.Name(), prefix) })
}

// sweep removes the files that nobody has touched for long. An ingest that has begun is never old.
func (f *importFiles) sweep(now time.Time) error {
	return f.removeIf(func(entry os.DirEntry) bool {
		info, err := entry.Info()
		return err == nil && now.Sub(info.ModTime()) > keptFor && !strings.HasSuffix(entry.Name(), begunSuffix)
	})
}

// sweepForever sweeps now and then until the process ends.
func (f *importFiles) sweepForever() {
	for now := range time.Tick(keptFor / 4) {
		if err := f.sweep(now); err != nil {
			log.Warn("old files of imports could not be removed", zap.Error(err))
		}
	}
}

func (f *importFiles) removeIf(unwanted func(os.DirEntry) bool) error {
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !unwanted(entry) {
			continue
		}
		if removed := os.Remove(f.path(entry.Name())); removed != nil && !os.IsNotExist(removed) {
			err = errors.Join(err, removed)
		}
	}
	return err
}

// begin notes that these are to be put into the data, all of them, come what may.
func (f *importFiles) begin(names []string) error {
	part := f.path(names[0] + begunSuffix + partSuffix)
	if err := os.WriteFile(part, []byte(strings.Join(names, "\n")), 0o600); err != nil {
		return err
	}
	return os.Rename(part, f.path(names[0]+begunSuffix))
}

// end removes files that were put into the data, and the note last.
func (f *importFiles) end(names []string) error {
	for _, name := range names {
		if err := os.Remove(f.path(name + writtenSuffix)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return os.Remove(f.path(names[0] + begunSuffix))
}

// importFile is being written: batches, each with its length in front.
type importFile struct {
	file   *os.File
	buffer *bufio.Writer
	path   string
	length uint64
}

func (f *importFiles) create(name string) (*importFile, error) {
	// A name of its own: TiDB may write the same file twice at once, when it takes the first try for lost.
	file, err := os.CreateTemp(f.folder, name+"-*"+partSuffix)
	if err != nil {
		return nil, err
	}
	return &importFile{file: file, buffer: bufio.NewWriterSize(file, 1<<18), path: f.path(name + writtenSuffix)}, nil
}

func (f *importFile) add(batch *import_sstpb.WriteBatch) error {
	data, err := batch.Marshal()
	if err != nil {
		return err
	}
	if err := binary.Write(f.buffer, binary.LittleEndian, uint32(len(data))); err != nil {
		return err
	}
	f.length += uint64(4 + len(data))
	_, err = f.buffer.Write(data)
	return err
}

// keep has the file under its name, whole.
func (f *importFile) keep() error {
	if err := errors.Join(f.buffer.Flush(), f.file.Close()); err != nil {
		return err
	}
	return os.Rename(f.file.Name(), f.path)
}

// discard removes what was not kept.
func (f *importFile) discard() {
	_ = f.file.Close()
	if err := os.Remove(f.file.Name()); err != nil && !os.IsNotExist(err) {
		log.Warn("file of an import could not be removed", zap.Error(err))
	}
}

// read calls visit with each batch of a file.
func (f *importFiles) read(name string, visit func(*import_sstpb.WriteBatch) error) error {
	file, err := os.Open(f.path(name + writtenSuffix))
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReaderSize(file, 1<<18)
	for {
		var length uint32
		if err := binary.Read(reader, binary.LittleEndian, &length); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(reader, data); err != nil {
			return err
		}
		batch := &import_sstpb.WriteBatch{}
		if err := batch.Unmarshal(data); err != nil {
			return err
		}
		if err := visit(batch); err != nil {
			return err
		}
	}
}
