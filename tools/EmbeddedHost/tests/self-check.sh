#!/usr/bin/env bash
# The tests of the host run in the host: one that takes failures for successes would pass them. So this part is judged
# by the shell.   self-check.sh [EmbeddedHost.dll]
set -euo pipefail
here=$(dirname "$(realpath "$0")")
host=${1:-$here/../../../out/EmbeddedHost/EmbeddedHost.dll}

expect() {
    if [[ $2 != "$3" ]]; then
        printf 'self-check: %s: expected "%s", got "%s"\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

# shellcheck disable=SC2016  # The variables are PowerShell's.
counts='| ForEach-Object { "$($_.Result) $($_.PassedCount) $($_.FailedCount) $($_.SkippedCount) $($_.FailedBlocksCount)" }'
run() {
    dotnet "$host" -NoProfile -Command "Invoke-Pester '$here/fixtures/$1' -PassThru -Output None 6>\$null $counts" \
        2>/dev/null | tail -n 1
}
expect 'failing tests' 'Failed 5 16 2 2' "$(run Failing.ps1)"
expect 'passing tests' 'Passed 1 0 0 0' "$(run Passing.ps1)"
expect 'exit code' 7 "$(dotnet "$host" -Command 'exit 7' && echo 0 || echo $?)"
