#!/bin/bash
# Counts the system calls of one connect: those of a process that connects 101 NICs, minus those of one that connects 1,
# divided by 100. Needs root and strace.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Builds the module first, or the build would be counted below.
: >"$folder/nothing.ps1"
"$here/../build.sh" run "$folder/nothing.ps1"
for count in 1 101; do
    "$here/../tests/isolate.sh" strace -f -c -U calls,name -o "$folder/$count" "$here/../build.sh" run "$here/Connect.ps1" -Count $count
    awk '$1 ~ /^[0-9]+$/ && $2 != "total" { print $2, $1 }' "$folder/$count" | sort >"$folder/$count.calls"
done
join -a 2 -e 0 -o 0,1.2,2.2 "$folder/1.calls" "$folder/101.calls" |
    awk '{ each = ($3 - $2) / 100; if (each >= 0.5) printf "%7.2f %s\n", each, $1 }' | sort -rn
