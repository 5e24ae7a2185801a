#!/bin/sh
# Watches the imports of a night. Put it beside vitest.config.ts; cron calls it: see nightly.crontab. The settings
# are in .env, which vitest-tidb reads itself; the password is the first line of a file of mode 600:
#   TIDB_PROVIDER=host
#   TIDB_HOST=tidb.example.com
#   TIDB_USER=nightly
#   TIDB_DATABASE_PER_TEST=false
set -eu
umask 077
cd "$(dirname "$0")"
: "${TIDB_PASSWORD_FILE:=$HOME/.tidb-password}"
export TIDB_PASSWORD_FILE

# Nights do not overlap. The lock is released with the last process that holds it, however it ends.
mkdir -p logs
exec 9>logs/lock
if ! flock --nonblock 9; then
  echo 'the night before is still being watched: this one was not' >&2
  exit 75
fi

if [ -n "$(find "$TIDB_PASSWORD_FILE" -maxdepth 0 -perm /077)" ]; then
  echo "others may read $TIDB_PASSWORD_FILE: chmod 600 $TIDB_PASSWORD_FILE" >&2
  exit 78
fi

# A log and a report for each date, for 30 days.
date=$(date +%Y-%m-%d)
log=logs/$date.log
find logs -mindepth 1 -maxdepth 1 -name '????-??-??*' -mtime +30 -exec rm -r {} +
export TIDB_IMPORT_REPORT_DIR="logs/$date-report"

# Plain text, for a log and a mail.
export NO_COLOR=1

# Longer than the watch, which ends by itself: a run that hangs does not block the nights to come.
status=0
timeout --kill-after=60 3h node_modules/.bin/vitest run --tags-filter nightly >>"$log" 2>&1 || status=$?

# What is printed is mailed by cron.
if [ "$status" -ne 0 ]; then
  echo "the imports of $date: exit status $status, all of it in $PWD/$log"
  tail -n 100 "$log"
fi
exit "$status"
