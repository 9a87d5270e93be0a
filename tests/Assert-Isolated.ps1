<#
.SYNOPSIS
Throws unless this process is in a throw-away network: one from tests/isolate.sh, or of a kernel from tests/kernel/run.sh.
Both set $env:ISOLATED_NETWORK to its namespace.
#>
if ((readlink /proc/self/ns/net) -ne $env:ISOLATED_NETWORK) {
    throw 'This script changes the network. Run it through ./build.sh, tests/isolate.sh or tests/kernel/run.sh, which isolate it.'
}
