#requires -Version 7.6
<#
.SYNOPSIS
    A tour: networks on a VLAN trunk, containers on them, which containers reach each other, and the removal of everything.
.DESCRIPTION
    Network namespaces stand for containers. Without -Parent, a dummy link is created as the trunk, so nothing leaves the
    host. Run it as root: ./build.sh run examples/quickstart.ps1, or ./build.sh demo for a throw-away kernel.
.PARAMETER Parent
    The link to put the VLANs on.
#>
param([string]$Parent)

$ErrorActionPreference = 'Stop'
$failed = 0
$before = ip -brief link show | Out-String

function Show-Ping([string]$From, [string]$To, [switch]$MustFail) {
    # A ping counts by its reply.
    $null = ip netns exec $From busybox ping -c 1 -W 1 $To 2>&1
    $answered = $LASTEXITCODE -eq 0
    $verdict = if ($answered -ne $MustFail) { 'as expected' } else { $script:failed++; 'WRONG' }
    '  {0,-8} -> {1,-16} {2,-10} {3}' -f $From, $To, ('no answer', 'answers')[[int]$answered], $verdict
}

$trunk = $Parent
if (-not $trunk) {
    $trunk = 'trunk0'
    ip link add $trunk type dummy
    ip link set $trunk up
}

try {
    "`nThree networks: macvlan on VLAN 50, ipvlan l2 on VLAN 20, ipvlan l3 on VLAN 30"
    New-MacvlanNetwork web -Parent "$trunk.50" -Subnet 192.168.50.0/24, fd50::/64
    New-IpvlanNetwork db -Parent "$trunk.20" -Subnet 192.168.20.0/24 -Gateway 192.168.20.254
    New-IpvlanNetwork apps -Parent $trunk -VlanId 30 -Mode L3 -Subnet 192.168.30.0/24, 192.168.31.0/24

    "`nTheir sub-interfaces, created with them"
    Get-VlanSubInterface -Parent $trunk | Format-Table

    "`nTwo containers each"
    $null = New-NetworkNamespace web1, web2, db1, db2, app1, app2
    $null = 'web1', 'web2' | Connect-ContainerNic -Network web
    $null = Get-IpvlanNetwork db | Connect-ContainerNic -Namespace db1, db2
    $null = Connect-ContainerNic apps app1
    $null = Connect-ContainerNic apps app2 -IPAddress 192.168.31.10
    Get-ContainerNic | Format-Table
    Get-ContainerNetwork | Format-Table

    'Who reaches whom'
    Show-Ping web1 192.168.50.3
    Show-Ping web2 fd50::1
    Show-Ping db1 192.168.20.2
    Show-Ping app1 192.168.31.10
    Show-Ping web1 192.168.20.1 -MustFail
    Show-Ping db1 192.168.50.2 -MustFail
    Show-Ping app2 192.168.50.2 -MustFail
}
finally {
    "`nEverything removed"
    Get-ContainerNic -Namespace web?, db?, app? | Disconnect-ContainerNic
    Remove-MacvlanNetwork [w]eb
    Remove-IpvlanNetwork [d]b, [a]pps
    Get-NetworkNamespace web?, db?, app? | Remove-NetworkNamespace
    if (-not $Parent) { ip link delete $trunk }
}

$after = ip -brief link show | Out-String
if ($after -ne $before) { $failed++; "Left behind:`n$after" } else { '  nothing left' }
exit [int]($failed -gt 0)
