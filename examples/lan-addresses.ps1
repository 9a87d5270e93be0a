#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Connects targets to the LAN with addresses of its own DHCP server, and lists the addresses for the DNS or the monitor.
.DESCRIPTION
    Creates the network if it doesn't exist. Targets that are connected stay as they are, and get a lease if they have none.
    Leases are kept by Watch-ContainerNic, for example as macipvlan-watch.service; a warning says so if nobody renews them.

    Writes a line for each target: its address, MAC address, client identifier and the end of its lease. The exit code is 1
    if a target has no lease or doesn't reach the router.
.PARAMETER Parent
    The link to the LAN, or a VLAN on it such as eth0.20.
.PARAMETER Target
    Containers or network namespaces.
.PARAMETER Name
    The name of the network.
.EXAMPLE
    docker ps -q | xargs pwsh ./lan-addresses.ps1 -Parent eth0
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Mandatory)] [string] $Parent,
    [Parameter(Mandatory, ValueFromPipeline, ValueFromRemainingArguments)] [string[]] $Target,
    [string] $Name = 'lan'
)
begin {
    $ErrorActionPreference = 'Stop'
    if (-not (Get-ContainerNetwork | Where-Object Name -EQ $Name)) { $null = New-MacvlanNetwork $Name -Parent $Parent -Dhcp }
    $targets = @()
}
process { $targets += $Target }
end {
    $known = @(Get-ContainerNic $Name)
    $isNew = { $one = $_; -not ($known | Where-Object { $one -in $_.Namespace, $_.Container -or ($one.Length -ge 12 -and $_.ContainerId -like "$one*") }) }
    # All of them ask at the same time.
    $null = $targets | Where-Object $isNew | Connect-ContainerNic $Name -ErrorAction Continue -ErrorVariable failures
    $null = $known | Where-Object { -not $_.Lease } | Update-ContainerNic -ErrorAction Continue -ErrorVariable +failures
    foreach ($nic in Get-ContainerNic $Name) {
        "$nic $($nic.Lease.IPAddress ?? 'no lease') $($nic.MacAddress) $($nic.Lease.ClientIdentifier) $($nic.Lease.ExpiryTime ?? 'no end')"
    }
    if (Test-ContainerNetwork $Name | Where-Object Kind -EQ LeaseNotRenewed) { Write-Warning 'Nobody renews leases: run Watch-ContainerNic as a service.' }
    # Without a lease, or with one that names no router, there is nothing to be tested.
    $silent = @(Get-ContainerNic $Name | Where-Object { $_.Gateway.Count } | Test-ContainerNic | Where-Object Reachable -EQ $false)
    $silent | ForEach-Object { "$($_.Source) doesn't reach $($_.Destination): $($_.Reason)" }
    exit [int] ($failures.Count + $silent.Count -gt 0)
}
