#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Connects targets to a network with IPv6 only, and tests whether each NIC reaches the router.
.DESCRIPTION
    NICs get static addresses of the prefix, lowest first, and no others: no autoconfiguration, no IPv4. An IPv6 subnet has
    a default route only if you specify a gateway. Here it is the router's link-local address, as usual.

    You can run it again at any time. Targets that are connected stay as they are. If the network differs from the
    parameters, it is recreated, unless it has NICs. The exit code is 1 if a NIC doesn't reach the router.
.PARAMETER Parent
    The link to the wire, or a VLAN on it such as eth0.66.
.PARAMETER Prefix
    The prefix that is routed to this wire.
.PARAMETER Target
    Containers or network namespaces.
.PARAMETER Router
    The router's address on this wire.
.PARAMETER Name
    The name of the network.
.EXAMPLE
    docker ps -q | xargs pwsh ./ipv6-only.ps1 -Parent eth0.66 -Prefix 2001:db8:66::/64
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Mandatory)] [string] $Parent,
    [Parameter(Mandatory)] [string] $Prefix,
    [Parameter(Mandatory, ValueFromPipeline, ValueFromRemainingArguments)] [string[]] $Target,
    [string] $Router = 'fe80::1',
    [string] $Name = 'six'
)
begin {
    $ErrorActionPreference = 'Stop'
    # The gateway is outside the prefix, so the route must name the link.
    $network = @{ name = $Name; kind = 'macvlan'; parent = $Parent; subnet = $Prefix; gateway = $Router; onLinkGateway = $true }
    @{ format = 'macipvlan'; version = 1; networks = @($network) } | ConvertTo-Json -Depth 4 |
        Import-ContainerNetwork -Confirm:$false | Out-Null
    $nics = @(Get-ContainerNic $Name)
    $results = @()
}
process {
    foreach ($one in $Target) {
        $nic = $nics | Where-Object { $one -in $_.Namespace, $_.Container -or ($one.Length -ge 12 -and $_.ContainerId -like "$one*") }
        $nic ??= $one | Connect-ContainerNic $Name
        $nic | Test-ContainerNic -OutVariable +results
    }
}
end { exit [int] ($results.Reachable -contains $false) }
