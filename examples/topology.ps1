#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Creates the networks of a small host and draws them. The result is docs/topology.svg.
.DESCRIPTION
    Network namespaces stand for containers. The script restarts itself in new network and mount namespaces, as root there,
    so the real host stays unchanged. To make the picture in docs, where the host has a name of its own:
    tests/kernel/run.sh --rw docs sh -c 'hostname node7; ./build.sh run examples/topology.ps1'
.PARAMETER Path
    The file to write: .svg, .png, .html, .mmd or .txt.
.EXAMPLE
    pwsh ./topology.ps1 topology.html
#>
param([string] $Path = (Join-Path ($env:KERNEL_RW ?? '.') topology.svg), [switch] $Inside)
$ErrorActionPreference = 'Stop'
if (-not $Inside) {
    $Path = [IO.Path]::GetFullPath($Path, $PWD.ProviderPath)
    if ($Path -like '/run/*') { throw 'Choose a file outside /run: the new namespaces have a /run of their own.' }
    # Starts this PowerShell again, as root in new user, network and mount namespaces.
    $module = Join-Path (Get-Module MacIpvlan).ModuleBase MacIpvlan.psd1
    $shell = @([Environment]::ProcessPath)
    if ($shell[0] -like '*/dotnet') { $shell += [Environment]::GetCommandLineArgs()[0] }
    unshare --user --map-root-user --net --mount @shell -NoProfile -CommandWithArgs `
        'Import-Module $args[0]; & $args[1] $args[2] -Inside' $module $PSCommandPath $Path
    exit $LASTEXITCODE
}

$PSNativeCommandUseErrorActionPreference = $true
# The names of namespaces and the state are in folders that only this script sees.
mount -t tmpfs tmpfs /run
$env:MACIPVLAN_STATE = '/run/lab/state.db'

# A host with one cable, and a switch at its other end.
$null = New-NetworkNamespace switch
ip link add eth0 type veth peer name port1 netns switch
ip -n switch link set port1 up
ip link set eth0 up
ip address add 192.168.1.7/24 dev eth0

# A web server and its database are directly on the wire, where the host can reach them. Applications and backups each
# have their own VLAN.
$null = New-MacvlanNetwork lan -Parent eth0 -Subnet 192.168.1.0/24, fd18:1::/64 -Gateway 192.168.1.254 -IPRange 192.168.1.64/26
$null = New-IpvlanNetwork apps -Parent eth0.30 -Mode L3 -Subnet 10.30.0.0/24, 10.31.0.0/24
$null = New-MacvlanNetwork backup -Parent eth0.50 -Subnet 10.50.0.0/24 -NoDefaultRoute -Mtu 1400

$null = New-NetworkNamespace web1, db1, app1, app2
$null = Enable-HostAccess lan
$null = 'web1', 'db1' | Connect-ContainerNic -Network lan
$null = 'app1', 'app2' | Connect-ContainerNic -Network apps
$null = Connect-ContainerNic backup db1

Show-ContainerNetwork
Show-ContainerNetwork -Path $Path
