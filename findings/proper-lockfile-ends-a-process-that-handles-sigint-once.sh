#!/usr/bin/env bash
# proper-lockfile 4.1.2 (signal-exit 3.0.7): a process that loads it late, and whose only other listener of
# SIGINT was added by process.once before that, is ended by the first SIGINT before what the listener began is done: Node takes a
# listener of once off before it calls the next, so that signal-exit finds itself alone and sends the signal again.
# With process.on the same process goes on to its end. The lock itself is removed in both cases.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund proper-lockfile@4.1.2
npm ls --all --depth 1 | grep -o 'signal-exit@[0-9.]*'
cat >work.js <<'JS'
import { setTimeout } from 'node:timers/promises'
process[process.argv[2]]('SIGINT', async () => {
  await setTimeout(200)
  console.log('cleared up')
  process.exit(3)
})
// After the listener, as where it is loaded late.
const { default: lockfile } = await import('proper-lockfile')
await lockfile.lock('package.json')
setInterval(() => undefined, 1_000)
process.kill(process.pid, 'SIGINT')
JS
for how in once on; do
  status=0
  said=$(node work.js "$how" 2>&1) || status=$?
  echo "process.$how: status $status, said: ${said:-nothing}, lock: $([ -e package.json.lock ] && echo left || echo removed)"
done | tee out.txt
cat >expected.txt <<'TEXT'
process.once: status 130, said: nothing, lock: removed
process.on: status 3, said: cleared up, lock: removed
TEXT
diff expected.txt out.txt || { echo 'changed'; exit 1; }
echo 'as found'
