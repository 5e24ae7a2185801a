#!/usr/bin/env bash
# TiDB v8.5.6: KILL of a connection that holds row locks ends the connection at once, and leaves its locks: another session
# is refused by NOWAIT for some 20 s more, until the locks time out. A connection that its client closes lets them go at
# once. MySQL rolls a killed session back. Builds tidb-server from its module: minutes the first time.
set -euo pipefail
folder=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill -9 "$server"; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund mysql2@3.24.6
mkdir server && cd server
cat >go.mod <<'MOD'
module tidb-server

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
GOWORK=off GOTOOLCHAIN=go1.25.8 GOFLAGS=-mod=mod go build -trimpath -ldflags "-s -w -X github.com/pingcap/tidb/pkg/parser/mysql.TiDBReleaseVersion=v8.5.6" -o tidb-server github.com/pingcap/tidb/cmd/tidb-server
cd ..
port=$((20000 + RANDOM % 10000))
TMPDIR="$folder" ./server/tidb-server -store unistore -path "$folder/data" -temp-dir "$folder/temp" -socket "$folder/socket" -host 127.0.0.1 -P "$port" \
  -status-host 127.0.0.1 -status "$((port + 10000))" >log.txt 2>&1 &
server=$!
cat >kill.js <<'JS'
import { setTimeout } from 'node:timers/promises'
import mysql from 'mysql2/promise'
const open = () => mysql.createConnection({ host: '127.0.0.1', port: Number(process.argv[2]), user: 'root', database: 'test' })
const dial = async (left = 300) => open().catch(async (error) => (left === 0 ? Promise.reject(error) : (await setTimeout(100), dial(left - 1))))
const other = await dial()
await other.query('create table t (id int primary key)')
await other.query('insert into t values (1)')
const holder = async () => {
  const connection = await open()
  connection.on('error', () => undefined)
  await connection.query('begin pessimistic')
  await connection.query('select * from t for update')
  return connection
}
const freeAfter = async () => {
  const began = performance.now()
  for (;;) {
    await other.query('begin pessimistic')
    const refused = await other.query('select * from t for update nowait').then(() => undefined, ({ errno }) => errno)
    await other.query('rollback')
    if (refused === undefined) return (performance.now() - began) / 1000
    if (refused !== 3572) throw new Error(`error ${refused}`)
    await setTimeout(100)
  }
}
const left = (seconds) => (seconds < 2 ? 'free at once' : seconds > 15 && seconds < 30 ? 'free after 15 to 30 s' : `free after ${seconds} s`)
const closing = await holder()
closing.destroy()
console.log('closed by its client:', left(await freeAfter()))
const killed = await holder()
await other.query(`kill tidb ${killed.threadId}`)
console.log('ended by KILL:', left(await freeAfter()))
await other.end()
JS
node kill.js "$port" | tee out.txt
cat >expected.txt <<'TEXT'
closed by its client: free at once
ended by KILL: free after 15 to 30 s
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
