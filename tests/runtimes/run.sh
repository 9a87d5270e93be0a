#!/usr/bin/env bash
# Runs a command with what unpack.sh has unpacked, and its libraries, before what the machine has.
set -euo pipefail

runtimes=$(realpath -m "$(dirname "$(realpath "$0")")/../../out/runtimes")
export PATH=$runtimes/usr/sbin:$runtimes/usr/bin:$PATH
LD_LIBRARY_PATH=$(printf ':%s' "$runtimes"/{usr/,}lib/*-linux-gnu)
LD_LIBRARY_PATH=${LD_LIBRARY_PATH#:}
export LD_LIBRARY_PATH
exec "$@"
