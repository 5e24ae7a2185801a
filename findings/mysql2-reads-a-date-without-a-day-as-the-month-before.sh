#!/usr/bin/env bash
# mysql2 3.24.6: a DATE or DATETIME whose day or month is zero, which MySQL and TiDB store without NO_ZERO_IN_DATE, is
# read as a day of the month before: 2024-05-00 as 30 April 2024. The two types differ: DATETIME gives an invalid
# Date for the same day. The server here is mysql2's own, and sends the text that a database sends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund mysql2@3.24.6
cat >dates.js <<'JS'
import mysql from 'mysql2'
const DATE = 10
const DATETIME = 12
const sent = ['2024-05-02', '2024-05-00', '2024-00-00', '0000-00-00']
const column = (name, columnType) => ({
  ...{ catalog: 'def', schema: '', table: '', orgTable: '', orgName: '', characterSet: 63, columnLength: 19 },
  ...{ flags: 0, decimals: 0, name, columnType },
})
const server = mysql.createServer((connection) => {
  connection.serverHandshake({ protocolVersion: 4, serverVersion: '8.0.11', connectionId: 1, statusFlags: 2, characterSet: 45, capabilityFlags: 0xfff7ff })
  connection.on('query', () => {
    connection.sequenceId = 1
    connection.writeColumns([column('date', DATE), column('datetime', DATETIME)])
    for (const day of sent) connection.writeTextRow([day, `${day} 00:00:00`])
    connection.writeEof()
  })
})
const show = (value) => (value instanceof Date ? (Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString().slice(0, 10)) : String(value))
server.listen(0, '127.0.0.1', () => {
  const { port } = server._server.address()
  const client = mysql.createConnection({ host: '127.0.0.1', port, user: 'root', timezone: 'Z' })
  client.query('select date, datetime', (error, rows) => {
    if (error) throw error
    rows.forEach(({ date, datetime }, index) => console.log(sent[index], 'DATE:', show(date), 'DATETIME:', show(datetime)))
    process.exit()
  })
})
JS
node dates.js | tee out.txt
cat >expected.txt <<'TEXT'
2024-05-02 DATE: 2024-05-02 DATETIME: 2024-05-02
2024-05-00 DATE: 2024-04-30 DATETIME: invalid
2024-00-00 DATE: 2023-11-30 DATETIME: invalid
0000-00-00 DATE: 1899-11-30 DATETIME: invalid
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
