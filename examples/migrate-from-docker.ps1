#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Moves macvlan and ipvlan networks of Docker to this module, with their containers and addresses.
.DESCRIPTION
    For each network, the output of `docker network inspect` is imported as a network of this module. Each container is
    disconnected from Docker's network and connected to the new one, with the same addresses. Containers keep running, and
    each is without that NIC for a moment. Docker's networks stay, empty. When everything works, remove them, because they
    still occupy the parent. From then on, run Watch-ContainerNic.

    A container that Docker creates again would join Docker's network again. From now on, start it with --network none.

    You can run it again at any time: what was moved stays as it is. The exit code is 1 if a network or container couldn't be
    moved.
.PARAMETER Network
    Names of Docker's networks. If you omit this parameter, all macvlan and ipvlan networks are moved.
.EXAMPLE
    pwsh ./migrate-from-docker.ps1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param([Parameter(ValueFromRemainingArguments)] [string[]] $Network)
$ErrorActionPreference = 'Stop'
$failed = 0

function Invoke-Docker {
    $lines = docker @args
    if ($LASTEXITCODE) { throw "docker $args failed." }
    $lines
}

if (-not $Network) { $Network = Invoke-Docker network ls --filter driver=macvlan --filter driver=ipvlan --format '{{.Name}}' }
foreach ($name in $Network) {
    $inspection = (Invoke-Docker network inspect $name) -join "`n"
    $imported = $inspection | Import-ContainerNetwork -ErrorAction Continue -ErrorVariable failures
    $imported
    if ($failures -or -not $imported) { $failed++; continue }
    $containers = ($inspection | ConvertFrom-Json)[0].Containers
    foreach ($id in $containers.PSObject.Properties.Name) {
        $addresses = $containers.$id.IPv4Address, $containers.$id.IPv6Address | Where-Object { $_ } | ForEach-Object { ($_ -split '/')[0] }
        if (-not $PSCmdlet.ShouldProcess("$($containers.$id.Name), $addresses", "Move from Docker's network $name to the network of this module")) { continue }
        $null = Invoke-Docker network disconnect $name $id
        try { Connect-ContainerNic $name -Container $id -IPAddress $addresses }
        catch {
            # Restores the previous connection.
            $null = Invoke-Docker network connect $name $id @($addresses | ForEach-Object { ($_ -like '*:*' ? '--ip6' : '--ip'), $_ })
            throw
        }
    }
}
exit [int] ($failed -gt 0)
