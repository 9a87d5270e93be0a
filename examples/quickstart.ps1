#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    A tour: networks on a VLAN trunk, containers on them, which containers reach each other, and the removal of everything.
.DESCRIPTION
    Network namespaces stand for containers. Without -Parent, a dummy link is created as the trunk, so nothing leaves the
    host. Everything that the tour creates has a name that begins with tour. If such a name is taken, nothing is changed.
    Run it as root: pwsh ./quickstart.ps1, or ./build.sh demo for a throw-away kernel. The exit code is 1 if anything isn't
    as expected.
.PARAMETER Parent
    The link to put the VLANs 3020, 3030 and 3050 on.
#>
param([string] $Parent)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

function Get-Tour { Get-ContainerNetwork tour-*; Get-NetworkNamespace tour-*; Get-Item /sys/class/net/tour0 -ErrorAction Ignore }

function Show-Test([string] $From, [string] $To, [switch] $MustFail) {
    $result = Test-ContainerNic -Namespace "tour-$From" -Destination $To -Count 1 -TimeoutSeconds 1
    $verdict = if ($result.Reachable -ne $MustFail) { 'as expected' } else { $script:failed++; 'WRONG' }
    '  {0,-5} -> {1,-14} {2,-16} {3}' -f $From, $To, $result.Status, $verdict
}

$taken = Get-Tour
if ($taken) { throw "These exist already: $($taken.Name -join ', '). Remove them if they are left from a tour that was killed." }
$failed = 0
$trunk = $Parent ? $Parent : 'tour0'
$before = if ($Parent) { Get-VlanSubInterface -Parent $trunk }
try {
    if (-not $Parent) {
        ip link add $trunk type dummy
        ip link set $trunk up
    }

    "`nThree networks: macvlan on VLAN 3050, ipvlan l2 on VLAN 3020, ipvlan l3 on VLAN 3030"
    New-MacvlanNetwork tour-web -Parent "$trunk.3050" -Subnet 192.168.50.0/24, fd50::/64
    New-IpvlanNetwork tour-db -Parent "$trunk.3020" -Subnet 192.168.20.0/24 -Gateway 192.168.20.254
    New-IpvlanNetwork tour-apps -Parent $trunk -VlanId 3030 -Mode L3 -Subnet 192.168.30.0/24, 192.168.31.0/24

    "`nTheir sub-interfaces, created with them"
    Get-VlanSubInterface -Parent $trunk | Format-Table

    "`nTwo containers each"
    $null = New-NetworkNamespace tour-web1, tour-web2, tour-db1, tour-db2, tour-app1, tour-app2
    $null = 'tour-web1', 'tour-web2' | Connect-ContainerNic -Network tour-web
    $null = Get-IpvlanNetwork tour-db | Connect-ContainerNic -Namespace tour-db1, tour-db2
    $null = Connect-ContainerNic tour-apps tour-app1
    $null = Connect-ContainerNic tour-apps tour-app2 -IPAddress 192.168.31.10
    Get-ContainerNic tour-* | Format-Table
    Get-ContainerNetwork tour-* | Format-Table

    'Who reaches whom'
    Show-Test web1 192.168.50.3
    Show-Test web2 fd50::1
    Show-Test db1 192.168.20.2
    Show-Test app1 192.168.31.10
    Show-Test web1 192.168.20.1 -MustFail
    Show-Test db1 192.168.50.2 -MustFail
    Show-Test app2 192.168.50.2 -MustFail
}
finally {
    "`nEverything removed"
    Get-ContainerNic tour-* | Disconnect-ContainerNic -Confirm:$false
    Remove-MacvlanNetwork tour-* -Confirm:$false
    Remove-IpvlanNetwork tour-* -Confirm:$false
    Get-NetworkNamespace tour-* | Remove-NetworkNamespace -Confirm:$false
    if (-not $Parent -and (Test-Path /sys/class/net/$trunk)) { ip link delete $trunk }
}

$left = @(Get-Tour) + @(if ($Parent) { Get-VlanSubInterface -Parent $trunk | Where-Object Name -NotIn $before.Name })
if ($left) { $failed++; "Left behind: $($left.Name -join ', ')" } else { '  nothing left' }
exit [int] ($failed -gt 0)
