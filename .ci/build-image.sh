#!/bin/sh
# Builds a Docker image from a binary of this machine, for when none can be pulled: the binary, the libc and the loader
# that it was linked with, time zones as Go brings them, and the entry point of the official image.
# usage: build-image.sh BINARY IMAGE [NAME OF THE PROGRAM, by default tidb-server]
set -eu
binary=$1
image=$2
program=${3:-tidb-server}
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir -p "$context/root/tmp"
cp "$binary" "$context/root/$program"
# ldd prints "libc.so.6 => /lib/… (0x…)" for a library and "/lib64/… (0x…)" for the loader.
ldd "$binary" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u | while read -r library; do
  mkdir -p "$context/root$(dirname "$library")"
  cp -L "$library" "$context/root$library"
done
cp "$(go env GOROOT)/lib/time/zoneinfo.zip" "$context/root/zoneinfo.zip"
cat >"$context/Dockerfile" <<DOCKERFILE
FROM scratch
COPY root /
ENV ZONEINFO=/zoneinfo.zip
EXPOSE 4000 10080
ENTRYPOINT ["/$program"]
DOCKERFILE
docker build --quiet --tag "$image" "$context"
