#!/usr/bin/env bash
# TiDB v8.5.6, the Parquet reader of IMPORT INTO (pkg/lightning/mydump): TIME and TIMESTAMP that are not adjusted to UTC,
# as pyarrow 26.0.1 and pandas write times without a zone, are handed on as the bare number of the file. A DATETIME
# column refuses it (Incorrect datetime value); a TIME column takes 3600000 (01:00:00 in ms) as HHMMSS and stores
# 360:00:00 without an error. A TIMESTAMP with a zone (UTC) is read as a time. v8.5.4 takes TIMESTAMPs without one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1
cat >write.py <<'PY'
from datetime import datetime, time
import pyarrow as pa
import pyarrow.parquet as pq

moment = [datetime(2024, 1, 31, 12, 34, 56, 789123)]
columns = {"with_zone": pa.array(moment, pa.timestamp("us", "UTC")), "without": pa.array(moment, pa.timestamp("us"))}
pq.write_table(pa.table({**columns, "time": pa.array([time(1, 0)], pa.time32("ms"))}), "times.parquet")
PY
venv/bin/python write.py
mkdir reader && cd reader
cat >go.mod <<'MOD'
module reader

go 1.25

require github.com/pingcap/tidb v1.1.0-beta.0.20260413061245-ae18096e0237

replace (
	github.com/apache/arrow-go/v18 => github.com/joechenrh/arrow-go/v18 v18.0.0-20250911101656-62c34c9a3b82
	github.com/go-ldap/ldap/v3 => github.com/YangKeao/ldap/v3 v3.4.5-0.20230421065457-369a3bab1117
	github.com/pingcap/tidb/pkg/parser => github.com/pingcap/tidb/pkg/parser v0.0.0-20260331085336-4e0b702f38a8
	sourcegraph.com/sourcegraph/appdash => github.com/sourcegraph/appdash v0.0.0-20190731080439-ebfcffb1b5c0
	sourcegraph.com/sourcegraph/appdash-data => github.com/sourcegraph/appdash-data v0.0.0-20151005221446-73f23eafcf67
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pingcap/tidb/br/pkg/storage"
	"github.com/pingcap/tidb/pkg/lightning/mydump"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx, name := context.Background(), "times.parquet"
	store := must(storage.NewLocalStorage(os.Args[1]))
	file := must(store.Open(ctx, name, nil))
	reader := must(mydump.NewParquetParser(ctx, store, file, name, mydump.ParquetFileMeta{}))
	if err := reader.ReadRow(); err != nil {
		panic(err)
	}
	for i, value := range reader.LastRow().Row {
		fmt.Println(reader.Columns()[i], must(value.ToString()))
	}
}
GO
GOWORK=off GOTOOLCHAIN=go1.25.8 GOFLAGS=-mod=mod go run -trimpath . "$folder" | tee ../out.txt
cd ..
cat >expected.txt <<'TEXT'
with_zone 2024-01-31 12:34:56.789123
without 1706704496789123
time 3600000
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
