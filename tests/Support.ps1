# Functions that the acceptance tests share. Dot-source it in BeforeAll:
#
#   BeforeAll { . $PSScriptRoot/Support.ps1; Initialize-TestHost }
#   AfterAll  { Clear-TestHost }
#
# Tests create links, namespaces and routes, so they run only where all of these are discarded: in the
# kernel of tests/kernel, or in network and mount namespaces created for the test run.

function Initialize-TestHost {
    # Sets up a separate state, the module, and eth0: one end of a veth pair. The other end, in the namespace
    # 'wire', stands for the network outside the host.
    & $PSScriptRoot/Assert-Isolated.ps1
    $module = $env:MACIPVLAN_MODULE
    if (-not $module) { $module = Join-Path (Split-Path $PSScriptRoot -Parent) 'out/MacIpvlan/MacIpvlan.psd1' }
    Import-Module $module -Force -Global -ErrorAction Stop
    # By their paths: PowerShell reads every folder of the search path at each call, which takes longer than the programs do.
    foreach ($program in 'busybox', 'env', 'ip', 'nsenter', 'sh', 'tc') {
        $found = Get-Command $program -CommandType Application -ErrorAction Ignore | Select-Object -First 1
        if ($found) { Set-Alias $program $found.Source -Scope Global }
    }
    # Not on TestDrive, because Pester removes a block's files there after the block.
    $env:MACIPVLAN_STATE = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-tests.$PID/state.db"
    Clear-TestHost
    ip link set lo up
    Add-TestWire
}

function Add-TestWire {
    # Creates a veth pair with one end in the namespace 'wire'.
    'netns add wire', 'link add eth0 type veth peer name eth0 netns wire', 'link set eth0 up' | ip -batch -
    ip -n wire link set eth0 up
}

function Clear-TestHost {
    Clear-TestKernel
    if ($env:MACIPVLAN_STATE -like "*/macipvlan-tests.$PID/*") {
        Remove-Item (Split-Path $env:MACIPVLAN_STATE -Parent) -Recurse -Force -ErrorAction Ignore
    }
}

function Clear-TestKernel {
    # Removes everything with ip only, so that anything the module's cmdlets forget shows up. A link can disappear with
    # the one it sat on.
    $names = if ([IO.Directory]::Exists('/run/netns')) { [IO.Directory]::GetFiles('/run/netns') | Split-Path -Leaf }
    $links = Get-Content /proc/net/dev | Select-Object -Skip 2 | ForEach-Object { ($_ -split ':')[0].Trim() } | Where-Object { $_ -ne 'lo' }
    # In a batch, ip interprets spaces, quotes and #.
    $odd = $names | Where-Object { $_ -match '[\s"''#\\]' }
    $odd | ForEach-Object { ip netns delete $_ }
    @($names | Where-Object { $_ -notin $odd } | ForEach-Object { "netns delete $_" }) + @($links | ForEach-Object { "link delete dev $_" }) |
        ip -force -batch - 2>$null
}

function Restart-TestHost {
    # Simulates a reboot: keeps the state, with another boot id, and eth0. Recreates the given namespaces.
    param([string[]]$Namespace)
    Clear-TestKernel
    Add-TestWire
    if ($Namespace) { $Namespace -replace '^', 'netns add ' | ip -batch - }
    Set-StateRow "UPDATE nics SET boot_id = 'an earlier one'; UPDATE dhcp_leases SET boot_id = 'an earlier one'"
}

function Invoke-Ip {
    # The output of ip as objects: Invoke-Ip web1 link show. Throws if ip fails, because a test for nothing would pass where
    # the namespace or the interface is missing; with MayFail, the output is then empty.
    param([string]$Namespace, [Parameter(ValueFromRemainingArguments)][string[]]$Arguments, [switch]$MayFail)
    $where = if ($Namespace) { '-n', $Namespace } else { @() }
    $output = ip @where -j -d @Arguments 2>&1
    if ($LASTEXITCODE -and -not $MayFail) { throw "ip $where $Arguments failed: $output" }
    $text = ($output | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] }) -join ''
    # ip writes empty objects for items that a filter omits.
    if ($text) { $text | ConvertFrom-Json | ForEach-Object { $_ } | Where-Object { "$_" -and @($_.PSObject.Properties).Count } }
}

function Get-IpLink {
    # The links of a namespace by index, or the one with the name: Get-IpLink [NAME] [-Namespace web1]. Older kernels list them in
    # the order of the last digits of their indexes.
    param([string]$Name, [string]$Namespace)
    Invoke-Ip $Namespace link show | Where-Object { -not $Name -or $_.ifname -eq $Name } | Sort-Object ifindex
}

function Get-IpAddress {
    # The addresses of an interface as ADDRESS/LENGTH, without the link-local ones that the kernel creates.
    param([string]$Namespace, [string]$Interface, [switch]$MayFail)
    Invoke-Ip $Namespace address show dev $Interface -MayFail:$MayFail | ForEach-Object addr_info | Where-Object scope -NE link |
        ForEach-Object { "$($_.local)/$($_.prefixlen)" }
}

function Get-IpRoute {
    # The routes of one family, 4 or 6.
    param([string]$Namespace, [int]$Family = 4)
    Invoke-Ip $Namespace "-$Family" route show
}

function Test-Ping {
    # Whether an address answers a ping from a namespace, or from the host if its name is empty. The timeout is generous, because a reply can take long on a busy
    # machine. Throws if the ping isn't even sent, unless there is no route.
    param([string]$Namespace, [string]$Destination, [int]$Count = 1, [int]$TimeoutSeconds = 5)
    $family = if ($Destination -like '*:*') { '-6' } else { '-4' }
    # Unlike ip netns exec, it makes no mount namespace, whose copying takes long where there are many namespaces.
    $start, $through = if ($Namespace) { 'nsenter', @("--net=/run/netns/$Namespace") } else { , 'env' }
    $output = & $start @through busybox ping $family -c $Count -W $TimeoutSeconds $Destination 2>&1
    if ($LASTEXITCODE -eq 0) { return $true }
    if ("$output" -notmatch 'packets transmitted|sendto: ') { throw "A ping from $Namespace to $Destination failed: $output" }
    $false
}

function Test-PingMany {
    # Pings all pairs (objects with From, a namespace, and To, an address) at the same time. Returns a table with a key
    # 'FROM TO' for each pair that got a reply. The kernel uses an IPv6 address only a moment after it was added, so the
    # first ping can be lost: use two attempts. Throws if a namespace or ping is missing.
    param([object[]]$Pair, [int]$TimeoutSeconds = 1, [int]$Attempts = 1)
    $script = foreach ($group in $Pair | Group-Object From) {
        $pings = foreach ($to in $group.Group.To) {
            $ping = @("p $to") * $Attempts -join ' || '
            "{ $ping; } && echo $($group.Name) $to &"
        }
        # The exit code of ping is 1 if there is no reply, and higher if there is no ping.
        $p = "p() { ping -c 1 -W $TimeoutSeconds `$1 >/dev/null 2>&1; c=`$?; [ `$c -le 1 ] || echo !`$c; return `$c; }"
        "{ nsenter --net=/run/netns/$($group.Name) busybox sh -c '$p; $($pings -join ' ') wait' || echo !; } &"
    }
    $answers = @{}
    $file = Join-Path $TestDrive 'pings.sh'
    Set-Content $file ($script + 'wait')
    foreach ($line in sh $file) {
        if ($line.StartsWith('!')) { throw "A ping failed: $line" }
        $answers[$line] = $true
    }
    $answers
}

function Get-PingReply {
    # Pings several addresses from a namespace at the same time, and returns those that answer.
    param([string]$Namespace, [string[]]$Destination, [int]$Attempts = 1)
    $answers = Test-PingMany ($Destination | ForEach-Object { [pscustomobject]@{ From = $Namespace; To = $_ } }) -Attempts $Attempts
    $Destination | Where-Object { $answers["$Namespace $_"] }
}

function Get-Text {
    # A property that can be missing in the JSON.
    param([object]$Object, [string]$Property)
    $found = $Object.PSObject.Properties[$Property]
    if ($found) { $found.Value }
}

function Get-IpFact {
    # Addresses and default routes of eth0 in many namespaces, with one ip process per namespace. Returns a table with the
    # namespaces as keys.
    param([string[]]$Namespace)
    $batch = Join-Path $TestDrive 'facts.batch'
    $script = Join-Path $TestDrive 'facts.sh'
    # Table all includes both families.
    Set-Content $batch 'address show dev eth0', 'route show table all'
    Set-Content $script ($Namespace | ForEach-Object { "echo '#$_'; ip -n $_ -j -batch $batch || echo '!'" })
    $facts = @{}
    $output = sh $script
    if ($output -contains '!') { throw "ip failed: $output" }
    foreach ($block in (($output -join '') -split '#' | Where-Object { $_ })) {
        $name, $json = $block -split '(?=\[)', 2
        # Each command of the batch wrote a separate array.
        $objects = $json -replace '\]\s*\[', ',' | ConvertFrom-Json
        $facts[$name] = @{
            Addresses = @($objects | Where-Object { $_.PSObject.Properties['addr_info'] } | ForEach-Object addr_info |
                    Where-Object { $_.PSObject.Properties['local'] -and $_.scope -ne 'link' } | ForEach-Object { "$($_.local)/$($_.prefixlen)" })
            Defaults = @($objects | Where-Object { $_.PSObject.Properties['dst'] -and $_.dst -eq 'default' -and $_.dev -ne 'lo' })
        }
    }
    $facts
}

function Get-Failure {
    # The terminating and non-terminating errors of a script block: id, category and target in one line, and the texts.
    # The block also sees the variables of this function, hence their names.
    param([scriptblock]$FailingBlock)
    $ErrorActionPreference = 'Continue'
    $failures = [Collections.Generic.List[object]]::new()
    try { & $FailingBlock 2>&1 3>$null | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object { $failures.Add($_) } }
    catch { $failures.Add($_) }
    foreach ($failure in $failures) {
        [pscustomobject]@{
            What = "$(($failure.FullyQualifiedErrorId -split ',')[0]) $($failure.CategoryInfo.Category) '$($failure.TargetObject)'"
            Message = "$failure"
            Action = if ($failure.ErrorDetails) { $failure.ErrorDetails.RecommendedAction }
        }
    }
}

# SQLite as another program has it. The module's own is raw and trimmed.
$script:sqlite = "$PSScriptRoot/ForeignSqlite/bin/Release/net10.0/linux-*/Microsoft.Data.Sqlite.dll"

function Connect-State {
    # Opens a database, by default the state, independently of the module. The caller disposes of the connection. It can't
    # keep the module out of the state: for that, see Lock-State.
    param([string]$Path = $env:MACIPVLAN_STATE)
    $type = [Reflection.Assembly]::LoadFrom((Convert-Path $script:sqlite)).GetType('Microsoft.Data.Sqlite.SqliteConnection')
    $connection = [Activator]::CreateInstance($type, "Data Source=$Path;Pooling=False")
    $connection.Open()
    $connection
}

function Invoke-Sql {
    # Runs a statement on an open database, and returns each row as a line of fields.
    param([object]$Connection, [string]$Sql)
    $command = $Connection.CreateCommand()
    $command.CommandText = $Sql
    $reader = $command.ExecuteReader()
    while ($reader.Read()) {
        $fields = for ($i = 0; $i -lt $reader.FieldCount; $i++) {
            $value = $reader.GetValue($i)
            if ($value -is [byte[]]) { [Convert]::ToHexString($value) } else { "$value" }
        }
        $fields -join '|'
    }
    $reader.Dispose()
    $command.Dispose()
}

function Lock-State {
    # Starts a process that has locked the state for writing until it is told to end, and returns it. Locks on a file are a
    # process's own, so a second SQLite in this process wouldn't keep out the first.
    $shell, $options = Get-Shell
    $start = [Diagnostics.ProcessStartInfo]::new($shell)
    foreach ($argument in $options + @"
        `$connection = [Reflection.Assembly]::LoadFrom('$(Convert-Path $script:sqlite)').GetType('Microsoft.Data.Sqlite.SqliteConnection')::new('Data Source=$env:MACIPVLAN_STATE;Pooling=False')
        `$connection.Open()
        `$command = `$connection.CreateCommand()
        `$command.CommandText = 'BEGIN IMMEDIATE'
        `$null = `$command.ExecuteNonQuery()
        'locked'
        `$null = [Console]::In.ReadLine()
"@) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $holder = [Diagnostics.Process]::Start($start)
    if ($holder.StandardOutput.ReadLine() -ne 'locked') { throw 'The state can''t be locked.' }
    $holder
}

function Unlock-State {
    param([Diagnostics.Process]$Holder)
    $Holder.StandardInput.Close()
    $Holder.WaitForExit()
}

function Set-StateRow {
    # Changes rows without the module.
    param([string]$Sql)
    $null = Get-ContainerNetwork
    $connection = Connect-State
    try { Invoke-Sql $connection $Sql }
    finally { $connection.Dispose() }
}

function Get-StateRow {
    # The contents of the state, one line per row.
    $null = Get-ContainerNetwork
    $connection = Connect-State
    try {
        foreach ($table in Invoke-Sql $connection "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
            Invoke-Sql $connection "SELECT * FROM $table ORDER BY 1, 2" | ForEach-Object { "$table $_" }
        }
    }
    finally { $connection.Dispose() }
}

function Get-Snapshot {
    # What a command that is refused, or only previewed, must leave alone: the host's links, the names of namespaces, the
    # rows of the state. Starts no process, so it is cheap enough before and after every test.
    Get-Content /proc/net/dev | Select-Object -Skip 2 | ForEach-Object { "link $(($_ -split ':')[0].Trim())" } | Sort-Object
    [IO.Directory]::GetFileSystemEntries('/run/netns') | Sort-Object
    Get-StateRow
}

function Get-NicText {
    # What ip reports about the links and routes in namespaces that this module manages: one line per link and per route.
    param([string[]]$Namespace)
    foreach ($name in $Namespace) {
        # Each command of the batch writes a separate array.
        $json = ('address show', 'route show table all' | ip -n $name -j -d -batch -) -join '' -replace '\]\s*\[', ','
        if ($LASTEXITCODE) { throw "ip failed in $name" }
        foreach ($item in $json | ConvertFrom-Json) {
            if (Get-Text $item linkinfo) {
                # The MAC address of an ipvlan link is its parent's.
                $mac = if ($item.linkinfo.info_kind -eq 'macvlan') { $item.address }
                $addresses = $item.addr_info | Where-Object scope -EQ global | ForEach-Object { "$($_.local)/$($_.prefixlen)" }
                "$name $($item.ifname) $($item.linkinfo.info_kind) $($item.linkinfo.info_data.mode) $mac $($item.mtu) $($item.flags -eq 'UP') $addresses"
            }
            elseif ((Get-Text $item protocol) -eq 'static') {
                "$name $($item.type) $($item.dst) $(Get-Text $item gateway) $(Get-Text $item dev) $(Get-Text $item metric)"
            }
        }
    }
}

function Start-Sleeper {
    # Starts a command that runs sleep, and returns the process as soon as sleep is running.
    param([string]$Command)
    $process = Start-Process $Command.Split(' ')[0] (($Command -split ' ', 2)[1] + ' sleep 120') -PassThru
    for ($i = 0; $i -lt 500 -and (Get-Content "/proc/$($process.Id)/comm") -ne 'sleep'; $i++) { Start-Sleep -Milliseconds 10 }
    $process
}

function Send-Signal {
    # Not every machine has a program named kill, but every shell has a built-in one.
    param([string]$Name, [Diagnostics.Process]$Process)
    sh -c 'kill -s "$0" "$1"' $Name $Process.Id
}

function Stop-Sleeper {
    # Kills the process and waits for its end, because its namespace exists until then.
    param([Diagnostics.Process]$Process)
    $Process.Kill()
    $Process.WaitForExit()
}

function Get-KernelText {
    # All links, addresses and routes of the host and of every named namespace, as ip reports them. Omits what the kernel
    # itself changes a while after a link was created: link-local addresses and the carrier.
    $script = @'
        tell() { printf 'address show\nroute show table all\n' | ip "$@" -d -batch -; }
        tell
        for path in /run/netns/*; do echo "$path"; tell -n "${path##*/}"; done
'@
    $text = sh -c $script
    if (-not ($text -match '^\d+: lo:')) { throw 'ip failed' }
    $text | Where-Object { $_ -notmatch '\bfe80:|ff00:|valid_lft' } |
        ForEach-Object { $_ -replace '<NO-CARRIER,', '<' -replace ',(LOWER_UP|M-DOWN)' -replace ' state \w+' }
}

function Get-Shell {
    # The command that starts another PowerShell of the same version.
    [Environment]::ProcessPath
    '-NoProfile'
    '-Command'
}

function Get-ShellCommand {
    # The command line that runs a script, with the module imported, in a new process.
    param([string]$Script)
    Get-Shell
    "Import-Module '$(Join-Path (Get-Module MacIpvlan).ModuleBase 'MacIpvlan.psd1')'; $Script"
}

function Invoke-Shell {
    # Runs a script in a separate process and returns the lines that it writes. Through is the command that starts the
    # process; the default starts it directly.
    param([string]$Script, [string[]]$Through = 'env')
    $start, $arguments = $Through + (Get-ShellCommand $Script)
    & $start @arguments
}

function Get-PictureProblem {
    # The reason why no PNG picture can be drawn through tests/runtimes/run.sh; empty if it can.
    $null = & $PSScriptRoot/runtimes/run.sh sh -c 'command -v rsvg-convert'
    if ($LASTEXITCODE) { 'rsvg-convert is missing (package librsvg2-bin); tests/runtimes/unpack.sh gets it' }
}

function Invoke-WithPictureProgram {
    # Runs a script block with a search path on which rsvg-convert is the one that tests/runtimes/unpack.sh unpacked.
    param([scriptblock]$Script)
    $folder = (New-Item (Join-Path $TestDrive "programs-$(New-Guid)") -ItemType Directory).FullName
    Set-Content $folder/rsvg-convert '#!/bin/sh', "exec '$PSScriptRoot/runtimes/run.sh' /usr/bin/rsvg-convert `"`$@`""
    chmod +x $folder/rsvg-convert
    $programs = $env:PATH
    $env:PATH = "${folder}:$programs"
    try { & $Script } finally { $env:PATH = $programs }
}

function Invoke-Example {
    # Runs a script of examples/ in a new process, as users and services start it: the module is in a folder that PowerShell
    # looks in, and nothing is imported; no terminal, no HOME, another current folder. Returns what it writes, as lines
    # without colors. $LASTEXITCODE is its exit code.
    param([string]$Name, [string[]]$Arguments, [string[]]$Through = @())
    $folder = Split-Path (Get-Module MacIpvlan).ModuleBase
    $file = Join-Path (Split-Path $PSScriptRoot) "examples/$Name.ps1"
    Push-Location /
    try {
        $null | & env -u HOME -u TERM NO_COLOR=1 "PSModulePath=$folder" @Through ([Environment]::ProcessPath) -NoProfile -File $file @Arguments 2>&1 |
            ForEach-Object { "$_" -replace '\x1b\[[\d;]*m' }
    }
    finally { Pop-Location }
}

function Start-Shell {
    # Starts a script in a separate process that Ctrl+C interrupts, and returns the process. Read its output from
    # StandardOutput. Through works as in Invoke-Shell.
    param([string]$Script, [string[]]$Through = @())
    # A test run in the background ignores Ctrl+C, and its child processes inherit that.
    $start = [Diagnostics.ProcessStartInfo]::new('env')
    foreach ($argument in @('--default-signal=INT') + $Through + (Get-ShellCommand $Script)) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

function Get-IPv6Setting {
    # The IPv6 settings of an interface that matter to NICs: disable_ipv6, accept_ra, autoconf.
    param([string]$Namespace, [string]$Interface)
    $folder = "/proc/sys/net/ipv6/conf/$Interface"
    "$(ip netns exec $Namespace cat $folder/disable_ipv6 $folder/accept_ra $folder/autoconf)"
}

function Set-IPv6Setting {
    # Changes an IPv6 setting of an interface, as a program in the namespace can; all and default work too.
    param([string]$Namespace, [string]$Interface, [string]$Key, [int]$Value)
    ip netns exec $Namespace sh -c 'echo $1 >/proc/sys/net/ipv6/conf/$2/$3' - $Value $Interface $Key
}

function Send-RouterAdvertisement {
    # Sends a router advertisement for a prefix from an interface of this namespace, as the router of the wire does
    # (RFC 4861 4.2 and 4.6.2). The kernel adds the checksum.
    param([string]$Interface, [string]$Prefix)
    $number = { param([int]$Value) $bytes = [BitConverter]::GetBytes($Value); [Array]::Reverse($bytes); $bytes }
    $packet = [byte[]](@(134, 0, 0, 0, 64, 0, 7, 8) + @(0) * 8 + @(3, 4, 64, 0xc0) + (& $number 86400) + (& $number 14400) +
        @(0) * 4 + ([ipaddress]$Prefix).GetAddressBytes())
    $index = [int](Get-IpLink $Interface).ifindex
    $socket = [Net.Sockets.Socket]::new('InterNetworkV6', 'Raw', 'IcmpV6')
    $socket.SetSocketOption('IPv6', 'MulticastTimeToLive', 255)
    $socket.SetSocketOption('IPv6', 'MulticastInterface', $index)
    $null = $socket.SendTo($packet, [Net.IPEndPoint]::new([ipaddress]::Parse("ff02::1%$index"), 0))
    $socket.Dispose()
}
