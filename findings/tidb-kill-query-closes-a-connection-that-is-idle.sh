#!/usr/bin/env bash
# TiDB v8.5.4: KILL QUERY of a connection that has no statement under way closes the connection, as it moves the deadline
# of its next packet to now. A client that gives a statement up just as it ends so loses its session. v8.5.6 leaves the
# connection open, as MySQL does. Builds tidb-server v8.5.4 from its module: minutes the first time.
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

require github.com/pingcap/tidb v1.1.0-beta.0.20251126154744-e4e814fdc0af

replace (
	github.com/go-ldap/ldap/v3 => github.com/YangKeao/ldap/v3 v3.4.5-0.20230421065457-369a3bab1117
	github.com/pingcap/tidb/pkg/parser => github.com/pingcap/tidb/pkg/parser v0.0.0-20251126154744-e4e814fdc0af
	sourcegraph.com/sourcegraph/appdash => github.com/sourcegraph/appdash v0.0.0-20190731080439-ebfcffb1b5c0
	sourcegraph.com/sourcegraph/appdash-data => github.com/sourcegraph/appdash-data v0.0.0-20151005221446-73f23eafcf67
)
MOD
GOWORK=off GOFLAGS=-mod=mod go build -trimpath -ldflags "-s -w -X github.com/pingcap/tidb/pkg/parser/mysql.TiDBReleaseVersion=v8.5.4" -o tidb-server github.com/pingcap/tidb/cmd/tidb-server
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
const idle = await open()
idle.on('error', () => undefined)
await idle.query('select 1')
// The server waits for its next packet by then.
await setTimeout(200)
await other.query(`kill tidb query ${idle.threadId}`)
await setTimeout(500)
console.log('after KILL QUERY:', await idle.query('select 1').then(() => 'open', ({ message }) => message))
console.log('the server lists it:', (await other.query('select id from information_schema.processlist where id = ?', [idle.threadId]))[0].length === 1)
await other.end()
idle.destroy()
JS
node kill.js "$port" | tee out.txt
cat >expected.txt <<'TEXT'
after KILL QUERY: Can't add new command when connection is in closed state
the server lists it: false
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
