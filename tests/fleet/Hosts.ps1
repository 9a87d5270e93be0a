# Hosts of a fleet, for tests with tests/fleet/Servers.ps1: network namespaces on one wire, each with a state of its own, that share
# the address book in a database. Dot-source it after Servers.ps1. The servers listen on 10.9.0.1, which all hosts reach.

$script:fleetAddress = '10.9.0.1'

function New-FleetWire {
    # A bridge as the wire, with the address of the servers. Without a MAC address of its own, it would have another one whenever a
    # link comes or goes, and hosts would send to the old one for half a minute.
    'link add br0 address 02:00:0a:09:00:01 type bridge', "address add $script:fleetAddress/24 dev br0", 'link set br0 up' | ip -batch -
}

function Initialize-FleetDatabase([object]$Server) {
    # The schema, as Initialize-AddressDatabase creates it.
    Initialize-AddressDatabase -ConnectionString "Host=$($Server.SocketFolder);Port=$($Server.Port);Database=postgres;Username=postgres"
}

function New-HostRole([object]$Server, [string]$Name, [string]$Password) {
    # A role that a host can log in with.
    New-PostgresRole $Server $Name $Password
    Invoke-PostgresSql $Server "GRANT macipvlan_host TO $Name"
}

function New-FleetHost {
    # A host on the wire, with a role, a password and a state of its own: Name, Namespace, Number, State, PasswordFile.
    param([Parameter(Mandatory)][object]$Server, [Parameter(Mandatory)][int]$Number)
    $name = "h$Number"
    "netns add $name", "link add $name type veth peer name eth0 netns $name", "link set $name master br0 up" | ip -batch -
    'link set lo up', "address add 10.9.0.$(10 + $Number)/24 dev eth0", 'link set eth0 up' | ip -n $name -batch -
    $password = "secret$Number"
    New-HostRole $Server $name $password
    $folder = New-HostFolder
    Set-PrivateContent $folder/password $password
    [pscustomobject]@{ Name = $name; Namespace = $name; Number = $Number; State = "$folder/state.db"; PasswordFile = "$folder/password" }
}

function New-HostFolder {
    # A folder of root, which nobody else can change. It goes with the test's other temporary files.
    (New-Item (Join-Path ([IO.Path]::GetTempPath()) "macipvlan-host.$(New-Guid)") -ItemType Directory).FullName
}

function Start-FleetShell {
    # Runs a script on a host, in a process of its own, and returns it for Wait-FleetShell.
    param([Parameter(Mandatory)][object]$FleetHost, [Parameter(Mandatory)][string]$Script, [hashtable]$Variable = @{})
    $module = $env:MACIPVLAN_MODULE ? $env:MACIPVLAN_MODULE : (Join-Path $PSScriptRoot '../../out/MacIpvlan/MacIpvlan.psd1')
    # Not ip netns exec: each process would have a copy of all mounts, of which there is one for each namespace.
    $start = [Diagnostics.ProcessStartInfo]::new('nsenter')
    $text = "`$ErrorActionPreference = 'Continue'; `$PSStyle.OutputRendering = 'PlainText'; Import-Module '$module'; $Script"
    foreach ($word in "--net=/run/netns/$($FleetHost.Namespace)", [Environment]::ProcessPath, '-NoProfile', '-NonInteractive', '-Command', $text) {
        $start.ArgumentList.Add($word)
    }
    $start.Environment['MACIPVLAN_STATE'] = $FleetHost.State
    # Each host has another name, as it has on machines of their own.
    $start.Environment['FLEET_HOST'] = $FleetHost.Name
    foreach ($key in $Variable.Keys) { $start.Environment[$key] = "$($Variable[$key])" }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    [pscustomobject]@{ Process = $process; Host = $FleetHost; Output = $process.StandardOutput.ReadToEndAsync(); Problem = $process.StandardError.ReadToEndAsync() }
}

function Wait-FleetShell {
    # Waits for a process, and returns the lines that it wrote.
    param([Parameter(ValueFromPipeline)][object]$Shell, [int]$TimeoutSeconds = 120)
    process {
        if (-not $Shell.Process.WaitForExit($TimeoutSeconds * 1000)) {
            $Shell.Process.Kill()
            throw "A process on $($Shell.Host.Name) doesn't end: $($Shell.Output.Result) $($Shell.Problem.Result)"
        }
        ($Shell.Output.Result + $Shell.Problem.Result) -split '\n' | Where-Object { $_ }
    }
}

function Invoke-FleetHost {
    # Runs a script on a host and returns the lines that it writes.
    param([object]$FleetHost, [string]$Script, [hashtable]$Variable = @{}, [int]$TimeoutSeconds = 120)
    Start-FleetShell $FleetHost $Script $Variable | Wait-FleetShell -TimeoutSeconds $TimeoutSeconds
}

function Get-FleetConnection([object]$FleetHost, [object[]]$Server, [string]$Folder = (New-HostFolder)) {
    # The connection string of a host for servers that it reaches, of which one is the primary. The folder gets the authority's file.
    $places = ($Server | ForEach-Object { "$($_.Address):$($_.Port)" }) -join ','
    # The servers' user could change the file in their folder.
    $authority = "$Folder/ca.crt"
    Copy-Item $Server[0].CaFile $authority
    "Host=$places;Database=postgres;Username=$($FleetHost.Name);SSL Mode=VerifyFull;Root Certificate=$authority"
}

function Get-KernelAddress([string]$Pattern = '^h\d+c') {
    # NAMESPACE ADDRESS of each macvlan NIC in namespaces with such names, as the kernel has them.
    $names = [IO.Directory]::GetFiles('/run/netns') | Split-Path -Leaf | Where-Object { $_ -match $Pattern } | Sort-Object
    foreach ($name in $names) {
        ip -n $name -4 -br address show type macvlan | ForEach-Object { "$name $((($_ -split '\s+')[2] -split '/')[0])" }
    }
}

function Get-BookAddress([object]$Server) {
    # HOLDER ADDRESS of each NIC, as the database has them.
    Invoke-PostgresSql $Server "SELECT holder || ' ' || host(address) FROM macipvlan.holders WHERE nic IS NOT NULL AND family(address) = 4 ORDER BY 1"
}
