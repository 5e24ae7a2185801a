package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/import_sstpb"
)

// write writes a file of pairs that are committed at that time: key, value, key, value.
func write(t *testing.T, client import_sstpb.ImportSSTClient, uuid string, commitTS uint64, keysAndValues ...string) []*import_sstpb.SSTMeta {
	t.Helper()
	stream, err := client.Write(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	batch := &import_sstpb.WriteBatch{CommitTs: commitTS}
	for i := 0; i < len(keysAndValues); i += 2 {
		batch.Pairs = append(batch.Pairs, &import_sstpb.Pair{Key: []byte(keysAndValues[i]), Value: []byte(keysAndValues[i+1])})
	}
	for _, request := range []*import_sstpb.WriteRequest{
		{Chunk: &import_sstpb.WriteRequest_Meta{Meta: &import_sstpb.SSTMeta{Uuid: []byte(uuid)}}},
		{Chunk: &import_sstpb.WriteRequest_Batch{Batch: batch}},
	} {
		if err := stream.Send(request); err != nil {
			t.Fatal(err)
		}
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		t.Fatal(err)
	}
	return response.Metas
}

func filesOf(t *testing.T, n *node) []string {
	t.Helper()
	entries, err := os.ReadDir(n.importer.files.folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestWhatIsIngestedIsThereAndItsFilesAreNot(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	metas := append(write(t, client, "one", 5, "a", "1", "b", "2"), write(t, client, "two", 5, "c", "3")...)
	if metas[0].TotalKvs != 2 || metas[0].TotalBytes != 4 || len(filesOf(t, n)) != 2 {
		t.Fatalf("got %v, files %v", metas, filesOf(t, n))
	}
	if got := get(t, n, "a"); got != "" {
		t.Fatalf("a is %q before it is ingested", got)
	}
	response, err := client.MultiIngest(deadline(t), &import_sstpb.MultiIngestRequest{Context: region(n, "a"), Ssts: metas})
	if err != nil || response.Error != nil {
		t.Fatalf("got %v %v", response, err)
	}
	if a, b, c := get(t, n, "a"), get(t, n, "b"), get(t, n, "c"); a+b+c != "123" {
		t.Fatalf("got %q %q %q", a, b, c)
	}
	if left := filesOf(t, n); len(left) > 0 {
		t.Fatalf("left: %v", left)
	}
}

func TestWriteOfNothingIsNoFile(t *testing.T) {
	n := start(t, t.TempDir())
	if metas := write(t, import_sstpb.NewImportSSTClient(dial(t, n)), "none", 5); len(metas) > 0 || len(filesOf(t, n)) > 0 {
		t.Fatalf("got %v, files %v", metas, filesOf(t, n))
	}
}

func TestIngestOfAFileThatIsMissingIsOfNone(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	metas := append(write(t, client, "one", 5, "a", "1"), &import_sstpb.SSTMeta{Uuid: []byte("two")})
	response, err := client.MultiIngest(deadline(t), &import_sstpb.MultiIngestRequest{Context: region(n, "a"), Ssts: metas})
	if err != nil || !strings.Contains(response.Error.GetMessage(), "no file") {
		t.Fatalf("got %v %v", response, err)
	}
	if got := get(t, n, "a"); got != "" {
		t.Fatalf("a is %q", got)
	}
}

func TestIngestWithAWrongIdeaOfTheRegionIsRefused(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	metas := write(t, client, "one", 5, "a", "1")
	wrong := region(n, "a")
	wrong.RegionId += 1000
	response, err := client.Ingest(deadline(t), &import_sstpb.IngestRequest{Context: wrong, Sst: metas[0]})
	if err != nil || response.Error.GetRegionNotFound() == nil {
		t.Fatalf("got %v %v", response, err)
	}
}

func TestIngestThatAKillInterruptsIsFinished(t *testing.T) {
	folder := t.TempDir()
	n := start(t, folder)
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	write(t, client, "one", 5, "a", "1")
	write(t, client, "two", 5, "b", "2")
	write(t, client, "six", 5, "c", "3")
	// The names are those of the files: the uuids in hexadecimal.
	if err := n.importer.files.begin([]string{"6f6e65", "74776f"}); err != nil {
		t.Fatal(err)
	}
	again := start(t, killed(t, folder))
	if a, b, c := get(t, again, "a"), get(t, again, "b"), get(t, again, "c"); a != "1" || b != "2" || c != "" {
		t.Fatalf("got %q %q %q", a, b, c)
	}
	if left := filesOf(t, again); len(left) > 0 {
		t.Fatalf("left: %v", left)
	}
}

func TestOldFilesGo(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	write(t, client, "one", 5, "a", "1")
	if err := n.importer.files.sweep(time.Now().Add(keptFor - time.Minute)); err != nil || len(filesOf(t, n)) != 1 {
		t.Fatalf("%v, files %v", err, filesOf(t, n))
	}
	if err := n.importer.files.sweep(time.Now().Add(keptFor + time.Minute)); err != nil || len(filesOf(t, n)) != 0 {
		t.Fatalf("%v, files %v", err, filesOf(t, n))
	}
}

func TestClearFilesByPrefix(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	write(t, client, "one", 5, "a", "1")
	write(t, client, "two", 5, "a", "1")
	if response, err := client.ClearFiles(deadline(t), &import_sstpb.ClearRequest{Prefix: "6f6e65"}); err != nil || response.Error != nil {
		t.Fatalf("got %v %v", response, err)
	}
	if left := filesOf(t, n); len(left) != 1 || left[0] != "74776f.sst" {
		t.Fatalf("left: %v", left)
	}
}

func TestWriteThatIsBrokenOffLeavesNothing(t *testing.T) {
	n := start(t, t.TempDir())
	stream, err := import_sstpb.NewImportSSTClient(dial(t, n)).Write(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		meta := &import_sstpb.WriteRequest_Meta{Meta: &import_sstpb.SSTMeta{Uuid: []byte("one")}}
		if err := stream.Send(&import_sstpb.WriteRequest{Chunk: meta}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := stream.CloseAndRecv(); err == nil {
		t.Fatal("a second meta is taken")
	}
	if left := filesOf(t, n); len(left) > 0 {
		t.Fatalf("left: %v", left)
	}
}

func TestDuplicatesAreKeysThatWereWrittenTwice(t *testing.T) {
	n := start(t, t.TempDir())
	client := import_sstpb.NewImportSSTClient(dial(t, n))
	ingest := func(commitTS uint64, keysAndValues ...string) {
		metas := write(t, client, "file", commitTS, keysAndValues...)
		if response, err := client.Ingest(deadline(t), &import_sstpb.IngestRequest{Context: region(n, "a"), Sst: metas[0]}); err != nil || response.Error != nil {
			t.Fatalf("got %v %v", response, err)
		}
	}
	ingest(5, "a", "old", "once", "1", "twice", "1", "z", "1")
	ingest(6, "again", "1")
	ingest(7, "again", "")
	ingest(8, "a", "new", "again", "2", "twice", "2", "z", "2")
	detect := func(minCommitTS uint64) (found []string) {
		stream, err := client.DuplicateDetect(deadline(t), &import_sstpb.DuplicateDetectRequest{
			Context: region(n, "a"), StartKey: []byte("a"), EndKey: []byte("z"), MinCommitTs: minCommitTS,
		})
		if err != nil {
			t.Fatal(err)
		}
		for {
			response, err := stream.Recv()
			if err == io.EOF {
				return found
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range response.Pairs {
				found = append(found, string(pair.Key)+"="+string(pair.Value))
			}
		}
	}
	if got := strings.Join(detect(4), " "); got != "a=new a=old twice=2 twice=1" {
		t.Fatalf("got %q", got)
	}
	if got := detect(5); len(got) > 0 {
		t.Fatalf("got %v, of which one is not after 5", got)
	}
}
