#!/usr/bin/env bash
# vitest 5.1.1: --merge-reports of a run in two shards, of which only one left its blob, is green and ends with 0. The
# blobs do not say how many shards there were, so a shard that never came is not missed: count the blobs in CI.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund vitest@5.1.1
for name in one two; do
  echo "import { expect, test } from 'vitest'; test('$name', () => expect('$name').toBe('one'))" >"$name.test.js"
done

echo '== both shards: the second fails'
npx vitest run --shard=1/2 --reporter=blob --outputFile=blobs/1.json >/dev/null 2>&1 || first=$?
npx vitest run --shard=2/2 --reporter=blob --outputFile=blobs/2.json >/dev/null 2>&1 || second=$?
echo "status of the shards: ${first:-0} ${second:-0}"
[ "$((${first:-0} + ${second:-0}))" = 1 ] || { echo 'changed: one shard, and only one, was to fail'; exit 1; }

echo '== merged with both blobs'
status=0
NO_COLOR=1 npx vitest --merge-reports=blobs >both.txt 2>&1 || status=$?
grep -E '^ +Tests ' both.txt
[ "$status" = 1 ] || { echo "changed: status $status"; exit 1; }

echo '== merged without the blob of the shard that failed'
rm "blobs/$([ "${first:-0}" = 1 ] && echo 1 || echo 2).json"
status=0
NO_COLOR=1 npx vitest --merge-reports=blobs >one.txt 2>&1 || status=$?
grep -E '^ +Tests ' one.txt
echo "status $status"
[ "$status" = 0 ] || { echo "changed: status $status"; exit 1; }
grep -qE 'Tests +1 passed \(1\)' one.txt || { echo 'changed'; exit 1; }
echo 'as found'
