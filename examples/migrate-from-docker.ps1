#requires -Version 7.6
<#
.SYNOPSIS
    Moves macvlan and ipvlan networks of Docker here, with the containers on them and their addresses.
.DESCRIPTION
    For each network: what `docker network inspect` tells becomes a network of this module, and each container of it is
    disconnected from Docker's and connected to ours, with the same addresses. Containers keep running; each is without
    that NIC for the moment in between. Docker's networks are left, empty, until all is well: remove them by then, since they
    still make claims on the parent, and have Watch-ContainerNic run from then on.

    A container that is started anew by Docker would join Docker's network again: start it with --network none from now on.
.PARAMETER Network
    Names of Docker's networks; all macvlan and ipvlan ones when left away.
.EXAMPLE
    ./migrate-from-docker.ps1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param([string[]] $Network)
$ErrorActionPreference = 'Stop'

function Invoke-Docker {
    $lines = docker @args
    if ($LASTEXITCODE) { throw "docker $args failed." }
    $lines
}

if (-not $Network) { $Network = Invoke-Docker network ls --filter driver=macvlan --filter driver=ipvlan --format '{{.Name}}' }
foreach ($name in $Network) {
    $inspection = (Invoke-Docker network inspect $name) -join "`n"
    $imported = $inspection | Import-ContainerNetwork
    $imported
    if ($imported.Result -eq 'Failed') { continue }
    $containers = ($inspection | ConvertFrom-Json)[0].Containers
    foreach ($id in $containers.PSObject.Properties.Name) {
        $addresses = $containers.$id.IPv4Address, $containers.$id.IPv6Address | Where-Object { $_ } | ForEach-Object { ($_ -split '/')[0] }
        if (-not $PSCmdlet.ShouldProcess("$($containers.$id.Name), $addresses", "Move from Docker's network $name to ours")) { continue }
        $null = Invoke-Docker network disconnect $name $id
        try { Connect-ContainerNic $name -Container $id -IPAddress $addresses }
        catch {
            # As it was.
            $null = Invoke-Docker network connect $name $id @($addresses | ForEach-Object { ($_ -like '*:*' ? '--ip6' : '--ip'), $_ })
            throw
        }
    }
}
