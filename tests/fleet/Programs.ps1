# The programs that unpack.sh has unpacked, as processes.

$script:fleetTree = Join-Path $PSScriptRoot '../../out/fleet'
# The user that servers run as: nobody, whom every machine has.
$script:fleetUser = 65534
# What was started, in this order, so that Stop-PostgresServer ends it, even if the test that started it failed.
$script:fleetServers = [Collections.Generic.List[object]]::new()

function Get-PostgresProblem {
    # The reason why servers can't be used here; empty if they can.
    if (-not (Test-Path "$script:fleetTree/complete")) { return 'out/fleet lacks PostgreSQL and PgBouncer; tests/fleet/unpack.sh gets them' }
    if ([Environment]::UserName -ne 'root') { return 'PostgreSQL is started as another user, which takes root' }
    $missing = 'setpriv', 'unshare' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    if ($missing) { return "$($missing -join ' and ') of util-linux is missing" }
}

function New-FleetFolder([string]$Kind) {
    # A folder of the servers' user, with the certificate of the authority that all servers have. Not on TestDrive, because Pester
    # removes a block's files there after the block.
    $folder = (New-Item (Join-Path ([IO.Path]::GetTempPath()) "macipvlan-$($Kind.ToLowerInvariant()).$(New-Guid)") -ItemType Directory).FullName
    Set-FleetOwner $folder
    Set-Content $folder/ca.crt (Get-FleetAuthority).ExportCertificatePem()
    $folder
}

function Set-FleetOwner([string]$Path) { chown "$($script:fleetUser):$($script:fleetUser)" $Path }

function New-FleetServer {
    # An object with what all kinds of servers have, which Stop-PostgresServer knows. Behind is the server that it forwards to.
    param([string]$Kind, [string]$Folder, [string]$Address, [int]$Port, [string]$Namespace, [object]$Behind)
    $server = [pscustomobject]@{
        Kind = $Kind; Id = 0; Process = $null; Address = $Address; Port = $Port; Namespace = $Namespace; Behind = $Behind
        Folder = $Folder; SocketFolder = $Folder; Log = "$Folder/log"; CaFile = "$Folder/ca.crt"
        ConnectionString = "Host=$Address;Port=$Port;Database=postgres;SSL Mode=VerifyFull;Root Certificate=$Folder/ca.crt"
    }
    $script:fleetServers.Add($server)
    $server
}

function Get-FreePort {
    # A TCP port that nothing uses in this network namespace, and that the kernel gives to no client: those begin at 32768.
    while ($true) {
        $listener = [Net.Sockets.TcpListener]::new([ipaddress]::IPv6Any, (Get-Random -Minimum 10000 -Maximum 32768))
        $listener.Server.DualMode = $true
        try { $listener.Start(); return $listener.LocalEndpoint.Port }
        catch [Net.Sockets.SocketException] { Write-Debug "$_" }
        finally { $listener.Stop() }
    }
}

function Invoke-FleetProgram {
    # Runs a program to its end. Throws with its output if it fails.
    param([string]$Folder, [string]$Program, [string[]]$Arguments)
    $output = timeout --kill-after=5 120 $PSScriptRoot/run.sh $Folder $Program @Arguments 2>&1
    if ($LASTEXITCODE) { throw "$Program failed: $output" }
}

function Start-FleetProgram {
    # Starts a server's program in its namespace, and returns as soon as Ready is true. The log goes on.
    param([object]$Server, [string]$Program, [string[]]$Arguments, [scriptblock]$Ready)
    $start = [Diagnostics.ProcessStartInfo]::new('sh')
    # Each command replaces the one before, so the process that is started is the program.
    $enter = @(if ($Server.Namespace) { 'ip', 'netns', 'exec', $Server.Namespace })
    foreach ($word in @('-c', 'exec "$@" </dev/null >>"$0" 2>&1', $Server.Log) + $enter + "$PSScriptRoot/run.sh" + $Server.Folder + $Program + $Arguments) {
        $start.ArgumentList.Add($word)
    }
    $Server.Process = [Diagnostics.Process]::Start($start)
    $Server.Id = $Server.Process.Id
    try { Wait-Fleet "$Program doesn't start" { if ($Server.Process.HasExited) { throw "$Program has ended" }; & $Ready } }
    catch {
        Stop-FleetProgram $Server KILL
        throw "$($_): $(@(Get-Content $Server.Log | Where-Object { $_ })[-6..-1] -join '; ')"
    }
}

function Wait-Fleet([string]$Problem, [scriptblock]$Condition) {
    # Returns as soon as a condition is true. User-mode Linux is slow.
    for ($clock = [Diagnostics.Stopwatch]::StartNew(); $clock.Elapsed.TotalSeconds -lt 120; Start-Sleep -Milliseconds 20) {
        if (& $Condition) { return }
    }
    throw $Problem
}

function Get-FleetProcess([object]$Server) {
    # The process ids of a server: its own, and those that are in its data folder, even if the first one has ended.
    @(if (-not $Server.Process.HasExited) { $Server.Id }) + @([IO.Directory]::GetDirectories('/proc') -match '/\d+$' |
        Where-Object { [IO.DirectoryInfo]::new("$_/cwd").LinkTarget -eq "$($Server.Folder)/data" } | ForEach-Object { [int](Split-Path $_ -Leaf) }) |
        Select-Object -Unique
}

function Send-FleetSignal([string]$Name, [int[]]$Id) {
    # To processes that can have ended by now. Not every machine has a program named kill, but every shell has a built-in one.
    if ($Id) { sh -c 'signal=$1; shift; for id; do kill -s "$signal" "$id" 2>/dev/null; done; true' sh $Name @Id }
}

function Suspend-FleetProcess([int[]]$Id) {
    # Suspends processes, and returns as soon as none of them runs any more.
    Send-FleetSignal STOP $Id
    Wait-Fleet 'a process isn''t suspended' { -not (Get-Content ($Id -replace '^.*$', '/proc/$0/status') -ErrorAction Ignore | Where-Object { $_ -match '^State:\t[^TZX]' }) }
}

function Stop-FleetProgram([object]$Server, [string]$Signal) {
    # Ends a server, suspended or not, and returns when none of its processes is left.
    if ($null -eq $Server.Process) { return }
    # A suspended process starts no other while the signals are sent.
    if ($Signal -eq 'KILL' -and -not $Server.Process.HasExited) { Suspend-FleetProcess $Server.Id }
    $processes = Get-FleetProcess $Server
    Send-FleetSignal $Signal ($Signal -eq 'KILL' ? $processes : $Server.Id)
    Send-FleetSignal CONT $processes
    if (-not $Server.Process.WaitForExit(20000)) { return Stop-FleetProgram $Server KILL }
    Wait-Fleet "processes of a $($Server.Kind) that has ended stay" { -not @($processes | Where-Object { Test-Path "/proc/$_" }) }
}

function Clear-FleetServer {
    # Ends everything and removes the folders. The last one goes first, because a server waits for its replicas.
    for ($i = $script:fleetServers.Count - 1; $i -ge 0; $i--) {
        $server = $script:fleetServers[$i]
        Stop-PostgresServer $server -Immediate
        # A proxy has the folder of its server.
        if ($server.Kind -ne 'Proxy') { Remove-Item $server.Folder -Recurse -Force }
    }
    $script:fleetServers.Clear()
}
