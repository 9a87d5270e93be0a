# What the acceptance tests share. Dot-source it in BeforeAll:
#
#   BeforeAll { . $PSScriptRoot/Support.ps1; Initialize-TestHost }
#   AfterAll  { Clear-TestHost }
#
# Tests make links, namespaces and routes, so they run only where all of these are thrown away: in the
# kernel of tests/kernel, or in network and mount namespaces made for the test run.

function Initialize-TestHost {
    # A state of the test's own, the module, and eth0: one end of a veth pair whose other end, in the
    # namespace 'wire', stands for what is beyond the host.
    $isKernel = (Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux'
    $isNamespace = (readlink /proc/self/ns/net) -ne (readlink /proc/1/ns/net)
    if (-not $isKernel -and -not $isNamespace) {
        throw 'These tests change the network. Run them through build.sh test, which gives them one to change.'
    }
    $module = $env:MACIPVLAN_MODULE
    if (-not $module) { $module = Join-Path (Split-Path $PSScriptRoot -Parent) 'out/MacIpvlan/MacIpvlan.psd1' }
    Import-Module $module -Force -Global -ErrorAction Stop
    $env:MACIPVLAN_STATE = Join-Path $TestDrive 'state/state.db'
    Clear-TestHost
    ip link set lo up
    ip netns add wire
    ip link add eth0 type veth peer name eth0 netns wire
    ip link set eth0 up
    ip -n wire link set eth0 up
}

function Clear-TestHost {
    # Everything goes, by ip alone: what our own cmdlets forget must not hide here.
    foreach ($line in @(ip netns list)) { if ($line) { ip netns delete ($line -split ' ')[0] } }
    foreach ($link in Get-IpLink) {
        if ($link.ifname -eq 'lo') { continue }
        # A link may have gone with the one it sat on.
        ip link delete dev $link.ifname 2>$null
    }
    if ($env:MACIPVLAN_STATE -like "$TestDrive*") {
        Remove-Item (Split-Path $env:MACIPVLAN_STATE -Parent) -Recurse -Force -ErrorAction Ignore
    }
}

function Invoke-Ip {
    # What ip says, as objects: Invoke-Ip web1 link show
    param([string]$Namespace, [Parameter(ValueFromRemainingArguments)][string[]]$Arguments)
    $where = if ($Namespace) { '-n', $Namespace } else { @() }
    $text = (ip @where -j -d @Arguments 2>$null) -join ''
    # ip leaves empty objects where a filter left something out.
    if ($text) { $text | ConvertFrom-Json | ForEach-Object { $_ } | Where-Object { "$_" -and @($_.PSObject.Properties).Count } }
}

function Get-IpLink {
    # The links of a namespace, or the one of a name: Get-IpLink [NAME] [-Namespace web1]
    param([string]$Name, [string]$Namespace)
    Invoke-Ip $Namespace link show | Where-Object { -not $Name -or $_.ifname -eq $Name }
}

function Get-IpAddress {
    # The addresses of an interface as ADDRESS/LENGTH; link-local ones, which the kernel makes, are left out.
    param([string]$Namespace, [string]$Interface)
    Invoke-Ip $Namespace address show dev $Interface | ForEach-Object addr_info | Where-Object scope -NE link |
        ForEach-Object { "$($_.local)/$($_.prefixlen)" }
}

function Get-IpRoute {
    # The routes of one family, 4 or 6.
    param([string]$Namespace, [int]$Family = 4)
    Invoke-Ip $Namespace "-$Family" route show
}

function Test-Ping {
    # Whether an address answers a ping from a namespace. A ping counts by its reply.
    param([string]$Namespace, [string]$Destination, [int]$Count = 1, [int]$TimeoutSeconds = 1)
    $family = if ($Destination -like '*:*') { '-6' } else { '-4' }
    $null = ip netns exec $Namespace busybox ping $family -c $Count -W $TimeoutSeconds $Destination 2>&1
    $LASTEXITCODE -eq 0
}

function Test-PingMany {
    # Pings all pairs (objects with From, a namespace, and To, an address), each namespace's at the same time. Returns a
    # table from 'FROM TO' to whether a reply came.
    param([object[]]$Pair, [int]$TimeoutSeconds = 1)
    $script = foreach ($group in $Pair | Group-Object From) {
        $pings = foreach ($to in $group.Group.To) { "ping -c 1 -W $TimeoutSeconds $to >/dev/null 2>&1 && echo $($group.Name) $to &" }
        "ip netns exec $($group.Name) busybox sh -c '$($pings -join ' ') wait' &"
    }
    $answers = @{}
    $file = Join-Path $TestDrive 'pings.sh'
    Set-Content $file ($script + 'wait')
    foreach ($line in sh $file) { $answers[$line] = $true }
    $answers
}

function Get-Text {
    # A property that JSON may lack.
    param([object]$Object, [string]$Property)
    $found = $Object.PSObject.Properties[$Property]
    if ($found) { $found.Value }
}

function Get-IpFact {
    # Addresses and default routes of eth0 in many namespaces, by one ip for each: a table from namespace to both.
    param([string[]]$Namespace)
    $batch = Join-Path $TestDrive 'facts.batch'
    $script = Join-Path $TestDrive 'facts.sh'
    # Table all has both families.
    Set-Content $batch 'address show dev eth0', 'route show table all'
    Set-Content $script ($Namespace | ForEach-Object { "echo '#$_'; ip -n $_ -j -batch $batch" })
    $facts = @{}
    foreach ($block in (((sh $script) -join '') -split '#' | Where-Object { $_ })) {
        $name, $json = $block -split '(?=\[)', 2
        # Each command of the batch wrote an array of its own.
        $objects = $json -replace '\]\s*\[', ',' | ConvertFrom-Json
        $facts[$name] = @{
            Addresses = @($objects | Where-Object { $_.PSObject.Properties['addr_info'] } | ForEach-Object addr_info |
                    Where-Object { $_.PSObject.Properties['local'] -and $_.scope -ne 'link' } | ForEach-Object { "$($_.local)/$($_.prefixlen)" })
            Defaults = @($objects | Where-Object { $_.PSObject.Properties['dst'] -and $_.dst -eq 'default' -and $_.dev -ne 'lo' })
        }
    }
    $facts
}
