#requires -Version 7.6
<#
.SYNOPSIS
    Creates the networks of a small host and draws them. The result is docs/topology.svg.
.DESCRIPTION
    Network namespaces stand for containers. The script creates its own link eth0, so run it in a throw-away kernel:
    tests/kernel/run.sh --rw docs sh -c 'hostname node7; ./build.sh run examples/topology.ps1'
.PARAMETER Path
    The file to write: .svg, .html, .mmd or .txt.
#>
param([string]$Path = (Join-Path ($env:KERNEL_RW ?? '.') 'topology.svg'))

$ErrorActionPreference = 'Stop'
if (Test-Path /sys/class/net/eth0) { throw 'This host already has a link named eth0.' }

# A host with one cable, and a switch at its other end.
ip netns add switch
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
