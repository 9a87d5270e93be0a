#requires -Version 7.6
<#
.SYNOPSIS
    Connects targets to a network with IPv6 only, and tests whether each NIC reaches the router.
.DESCRIPTION
    NICs get static addresses of the prefix, lowest first, and no others: no autoconfiguration, no IPv4. An IPv6 subnet has
    a default route only if you specify a gateway. Here it is the router's link-local address, as usual.
.PARAMETER Parent
    The link to the wire, or a VLAN on it such as eth0.66.
.PARAMETER Prefix
    The prefix that is routed to this wire.
.PARAMETER Router
    The router's address on this wire.
.PARAMETER Target
    Containers or network namespaces.
.EXAMPLE
    docker ps -q | ./ipv6-only.ps1 -Parent eth0.66 -Prefix 2001:db8:66::/64
#>
param(
    [Parameter(Mandatory)] [string] $Parent,
    [Parameter(Mandatory)] [string] $Prefix,
    [string] $Router = 'fe80::1',
    [Parameter(Mandatory, ValueFromPipeline)] [string[]] $Target
)
begin {
    $ErrorActionPreference = 'Stop'
    if (-not (Get-MacvlanNetwork six*)) {
        # The gateway is outside the prefix, so the route must name the link.
        $null = New-MacvlanNetwork six -Parent $Parent -Subnet $Prefix -Gateway $Router -OnLinkGateway
    }
}
process {
    $Target | Connect-ContainerNic six | ForEach-Object { $_; $_ | Test-ContainerNic }
}
