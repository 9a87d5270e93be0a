<#
.SYNOPSIS
Throws unless the network here is one to throw away: that of tests/isolate.sh or of the kernel that tests/kernel/run.sh starts,
both of which name it in $env:ISOLATED_NETWORK.
#>
if ((readlink /proc/self/ns/net) -ne $env:ISOLATED_NETWORK) {
    throw 'This changes the network. Run it through ./build.sh, tests/isolate.sh or tests/kernel/run.sh, which give it one of its own.'
}
