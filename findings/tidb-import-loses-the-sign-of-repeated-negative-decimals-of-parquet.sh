#!/usr/bin/env bash
# TiDB v8.5.6, the Parquet reader of IMPORT INTO (pkg/lightning/mydump), on a file that pyarrow 26.0.1 writes with its
# defaults: a negative decimal that comes more than once loses its sign from the second time on, -1.50, -1.50, -1.50
# becomes -1.50, 1.50, 1.50, without an error. The values lie in a dictionary page; a column written without a
# dictionary is read rightly. Amounts of money change their sign, and the number of rows is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1
cat >write.py <<'PY'
from decimal import Decimal
import pyarrow as pa
import pyarrow.parquet as pq

amounts = pa.array([Decimal(text) for text in ["-1.50", "0.05", "-1.50", "-0.07", "-1.50"]], pa.decimal128(9, 2))
pq.write_table(pa.table({"by_default": amounts, "plain": amounts}), "amounts.parquet", use_dictionary=["by_default"])
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
	ctx, name := context.Background(), "amounts.parquet"
	store := must(storage.NewLocalStorage(os.Args[1]))
	file := must(store.Open(ctx, name, nil))
	reader := must(mydump.NewParquetParser(ctx, store, file, name, mydump.ParquetFileMeta{}))
	fmt.Println(reader.Columns())
	for range 5 {
		if err := reader.ReadRow(); err != nil {
			panic(err)
		}
		row := reader.LastRow().Row
		fmt.Println(must(row[0].ToString()), must(row[1].ToString()))
	}
}
GO
GOWORK=off GOTOOLCHAIN=go1.25.8 GOFLAGS=-mod=mod go run -trimpath . "$folder" | tee ../out.txt
cd ..
cat >expected.txt <<'TEXT'
[by_default plain]
-1.50 -1.50
0.05 0.05
1.50 -1.50
-0.07 -0.07
1.50 -1.50
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
