# Starts and stops real DHCP servers and radvd in namespaces that tests create, and reads their logs and leases. The programs are
# those that unpack.sh has unpacked. Dot-source it after Support.ps1:
#
#   BeforeAll { . $PSScriptRoot/Support.ps1; . $PSScriptRoot/dhcp/Servers.ps1; Initialize-TestHost }
#   AfterAll  { Stop-DhcpServer; Clear-TestHost }

. $PSScriptRoot/Options.ps1
. $PSScriptRoot/Configurations.ps1
. $PSScriptRoot/Logs.ps1
. $PSScriptRoot/Captures.ps1
. $PSScriptRoot/Radvd.ps1

$script:dhcpTree = Join-Path $PSScriptRoot '../../out/dhcp/usr'
$script:dhcpPrograms = @{
    Dnsmasq = 'sbin/dnsmasq'; Isc = 'sbin/dhcpd'; Kea = 'sbin/kea-dhcp4'; Networkd = 'lib/systemd/systemd-networkd'
    Radvd = 'sbin/radvd'; Tcpdump = 'bin/tcpdump'
}
# What runs, so that Stop-DhcpServer ends it, even if the test that started it failed.
$script:dhcpDaemons = [Collections.Generic.List[object]]::new()

function Get-DhcpProblem {
    # The reason why the programs can't be used here; empty if they can.
    param([ValidateSet('Dnsmasq', 'Isc', 'Kea', 'Networkd', 'Radvd', 'Tcpdump')][string[]]$Kind)
    $missing = $Kind | Where-Object { -not (Test-Path "$script:dhcpTree/$($script:dhcpPrograms[$_])") } |
        ForEach-Object { Split-Path $script:dhcpPrograms[$_] -Leaf }
    if ($missing) { return "out/dhcp lacks $($missing -join ' and '); tests/dhcp/unpack.sh gets what is missing" }
}

function Start-DhcpServer {
    # Starts a server on an interface of a namespace, and returns it as soon as it serves: Kind, Id and Process, Namespace,
    # Interface, Address, Log, Leases, Folder. Adds the server's address to the interface if it isn't there. A server
    # started with the Folder of an earlier one knows its leases. Each start begins a new log.
    param(
        [Parameter(Mandatory)][ValidateSet('Dnsmasq', 'Isc', 'Kea', 'Networkd')][string]$Kind,
        [string]$Namespace = 'wire',
        [string]$Interface = 'eth0',
        # The server's own, with the length of the subnet's prefix.
        [string]$Address = '10.1.0.1/24',
        # The first and the last address that it leases.
        [string[]]$Range = @('10.1.0.100', '10.1.0.199'),
        # dnsmasq needs at least 120, the others take seconds. The largest number is an infinite lease, of dnsmasq and Kea.
        [uint32]$LeaseSeconds = 120,
        # T1 and T2. Without them, dnsmasq sends 0.5 and 0.875 of the lease, and the others send none.
        [uint32]$RenewSeconds,
        [uint32]$RebindSeconds,
        # By code, as in ConvertTo-DhcpOption: @{ 3 = '10.1.0.1'; 121 = '10.2.0.0/16 10.1.0.2' }
        [hashtable]$Option = @{},
        # Sends the options to clients that don't request them too. systemd-networkd always does.
        [switch]$ForceOption,
        # Addresses by MAC address, or by client identifier: @{ 'id:ff:00:01' = '10.1.0.50' }
        [hashtable]$Reservation = @{},
        [switch]$NotAuthoritative,
        # Whether dnsmasq and dhcpd ping an address before they offer it, which takes seconds.
        [switch]$ProbeAddress,
        [string]$Folder = (New-DaemonFolder $Kind)
    )
    $settings = @{} + $PSBoundParameters
    foreach ($name in 'Namespace', 'Interface', 'Address', 'Range', 'LeaseSeconds', 'Reservation', 'Folder') {
        $settings[$name] = Get-Variable $name -ValueOnly
    }
    $settings.Network, $settings.Mask = Get-NetworkAddress $Address
    $settings.Length = ($Address -split '/')[1]
    $settings.Log = "$Folder/log"
    $settings.Given = $Option.Clone()
    if ($RenewSeconds) { $settings.Given[58] = $RenewSeconds }
    if ($RebindSeconds) { $settings.Given[59] = $RebindSeconds }
    $settings.Option = @{}
    foreach ($code in $settings.Given.Keys) { $settings.Option[$code] = ConvertTo-DhcpOption $code $settings.Given[$code] }
    # systemd-networkd adds its address itself, and sometimes starts over endlessly if it's there already.
    $isThere = $Address -in (Get-IpAddress $Namespace $Interface)
    if ($isThere -eq ($Kind -eq 'Networkd')) { ip -n $Namespace address ($isThere ? 'delete' : 'add') $Address dev $Interface }
    $arguments = & "Write-${Kind}Configuration" $settings
    $ready = @{ Dnsmasq = 'DHCP, sockets bound'; Isc = 'Server starting service'; Kea = 'DHCP4_STARTED'; Networkd = 'DHCPv4 server: STARTED' }[$Kind]
    $server = Start-Daemon $Kind $Namespace $Interface $Folder $arguments $ready
    $server | Add-Member Address $Address
    $server | Add-Member Leases "$Folder/leases"
    $server
}

function Stop-DhcpServer {
    # Stops servers and captures, in an orderly way or, with Kill, suddenly. Without arguments, stops all that still run.
    param([Parameter(ValueFromPipeline)][object[]]$Server = $script:dhcpDaemons.ToArray(), [switch]$Kill)
    process {
        foreach ($daemon in $Server) {
            $null = $script:dhcpDaemons.Remove($daemon)
            if ($daemon.Process.HasExited) { continue }
            if ($Kill) { $daemon.Process.Kill() }
            else {
                # A process that a test has suspended ends only when it goes on.
                Send-Signal CONT $daemon.Process
                Send-Signal TERM $daemon.Process
                if (-not $daemon.Process.WaitForExit(10000)) { $daemon.Process.Kill() }
            }
            $daemon.Process.WaitForExit()
        }
    }
}

function Suspend-DhcpServer([object]$Server) {
    # A server that neither answers nor ends, until Resume-DhcpServer.
    Send-Signal STOP $Server.Process
}

function Resume-DhcpServer([object]$Server) { Send-Signal CONT $Server.Process }

function New-DaemonFolder([string]$Kind) {
    # Not on TestDrive, because Pester removes a block's files there after the block.
    (New-Item (Join-Path ([IO.Path]::GetTempPath()) "macipvlan-$($Kind.ToLowerInvariant()).$(New-Guid)") -ItemType Directory).FullName
}

function Start-Daemon {
    # Starts a program of dhcpPrograms in a namespace, and returns it as soon as its log has a line that matches Ready.
    param([string]$Kind, [string]$Namespace, [string]$Interface, [string]$Folder, [string[]]$Arguments, [string]$Ready)
    $problem = Get-DhcpProblem $Kind
    if ($problem) { throw $problem }
    $log = "$Folder/log"
    Set-Content $log ''
    $libraries = Convert-Path "$script:dhcpTree/lib/*-linux-gnu"
    $environment = "LD_LIBRARY_PATH=${libraries}:$libraries/systemd", "KEA_PIDFILE_DIR=$Folder", "KEA_LOCKFILE_DIR=$Folder",
        "KEA_DHCP_DATA_DIR=$Folder", "KEA_LOG_FILE_DIR=$Folder", 'SYSTEMD_LOG_LEVEL=debug', 'SYSTEMD_LOG_TARGET=console'
    $program = @(if ($Kind -eq 'Networkd') { "$PSScriptRoot/networkd.sh" }) + (Convert-Path "$script:dhcpTree/$($script:dhcpPrograms[$Kind])")
    $start = [Diagnostics.ProcessStartInfo]::new('sh')
    # Each command replaces the one before, so the process that is started is the program.
    $enter = @(if ($Namespace) { 'ip', 'netns', 'exec', $Namespace })
    foreach ($word in @('-c', 'exec "$@" </dev/null >>"$0" 2>&1', $log) + $enter + 'env' + $environment + $program + $Arguments) {
        $start.ArgumentList.Add($word)
    }
    $process = [Diagnostics.Process]::Start($start)
    $daemon = [pscustomobject]@{
        Kind = $Kind; Id = $process.Id; Process = $process; Namespace = $Namespace; Interface = $Interface; Log = $log; Folder = $Folder
    }
    $script:dhcpDaemons.Add($daemon)
    # User-mode Linux is slow.
    for ($clock = [Diagnostics.Stopwatch]::StartNew(); $clock.Elapsed.TotalSeconds -lt 60 -and -not $process.HasExited; Start-Sleep -Milliseconds 20) {
        if ([IO.File]::ReadAllText($log) -match $Ready) { return $daemon }
    }
    $said = @(Get-Content $log | Where-Object { $_ })[-6..-1] -join '; '
    Stop-DhcpServer $daemon
    throw "$Kind doesn't start: $said"
}
