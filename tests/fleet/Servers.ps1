# Starts and stops real PostgreSQL servers, PgBouncer and a TCP proxy for tests. The programs are those that unpack.sh has
# unpacked; they run as an ordinary user. Dot-source it after Support.ps1:
#
#   BeforeAll { . $PSScriptRoot/Support.ps1; . $PSScriptRoot/fleet/Servers.ps1; Initialize-TestHost }
#   AfterAll  { Stop-PostgresServer; Clear-TestHost }
#
# Clients are in Sql.ps1, what is before a server in PgBouncer.ps1 and TcpProxy.ps1. Root and the servers' user are the superuser
# postgres on a server's Unix socket, without a password. Everyone else needs TLS and a password, or a certificate.

. $PSScriptRoot/Certificates.ps1
. $PSScriptRoot/Programs.ps1
. $PSScriptRoot/Sql.ps1
. $PSScriptRoot/PgBouncer.ps1
. $PSScriptRoot/TcpProxy.ps1

$script:postgresDefaults = @{
    # Compiled queries need what unpack.sh leaves out. Shared memory in files ends with the folder.
    jit = 'off'; dynamic_shared_memory_type = 'mmap'
    # Keeps what a replica misses while a test has suspended it. When it can go on, it does so soon.
    wal_keep_size = '128MB'; wal_retrieve_retry_interval = '200ms'
    # Safe against everything but a crash of the machine.
    fsync = 'off'
}

function Start-PostgresServer {
    # Makes a new server with a folder of its own, and returns it as soon as it serves: Id and Process, Address, Port, Namespace,
    # SocketFolder, CaFile, ConnectionString (for Npgsql, without user and password), Folder, Log, Setting, CertificateRole.
    param(
        # Where it listens, besides the Unix socket. A namespace's loopback interface must be up.
        [string]$Address = '127.0.0.1',
        [int]$Port = (Get-FreePort),
        [string]$Namespace,
        # More names and addresses for the certificate, which has localhost, 127.0.0.1, ::1 and the address.
        [string[]]$Name = @(),
        # For postgresql.conf: @{ fsync = 'on'; max_connections = 20 }. A replica has its primary's.
        [hashtable]$Setting = @{},
        # Roles that need a certificate from New-ClientCertificate, and no password.
        [string[]]$CertificateRole = @(),
        # Makes a replica of this server, which follows it through its Unix socket.
        [object]$Standby,
        # Each commit on the other server waits until this replica, or another one, has it.
        [switch]$Synchronous
    )
    $problem = Get-PostgresProblem
    if ($problem) { throw $problem }
    $folder = New-FleetFolder postgres
    $server = New-FleetServer Postgres $folder $Address $Port $Namespace
    $server | Add-Member CertificateRole @($CertificateRole + $(if ($Standby) { $Standby.CertificateRole }))
    $server | Add-Member Setting ($Standby ? $Standby.Setting : $script:postgresDefaults).Clone()
    'synchronous_standby_names', 'primary_conninfo' | ForEach-Object { $server.Setting.Remove($_) }
    Add-PostgresSetting $server @{
        cluster_name = "server$Port"; listen_addresses = $Address; port = $Port; unix_socket_directories = $folder
        ssl = 'on'; ssl_cert_file = "$folder/server.crt"; ssl_key_file = "$folder/server.key"; ssl_ca_file = "$folder/ca.crt"
    }
    Add-PostgresSetting $server $Setting
    New-ServerCertificate $folder $Address $Name
    if ($Standby) {
        Invoke-FleetProgram $folder pg_basebackup '-D', "$folder/data", '-h', $Standby.SocketFolder, '-p', $Standby.Port, '-U', 'postgres', '-c', 'fast', '--no-sync'
        # The other server's own changes of its settings.
        Set-Content $folder/data/postgresql.auto.conf ''
        Set-Content $folder/data/standby.signal ''
        Set-FleetOwner $folder/data/standby.signal
        $server.Setting.primary_conninfo = "host=$($Standby.SocketFolder) port=$($Standby.Port) user=postgres application_name=server$Port"
    }
    elseif (Test-Path "$script:fleetTree/data") { cp -a "$script:fleetTree/data" "$folder/data" }
    else { Invoke-FleetProgram $folder initdb '-D', "$folder/data", '-U', 'postgres', '--encoding', 'UTF8', '--locale', 'C', '--no-sync' }
    Write-PostgresConfiguration $server
    Start-Postgres $server
    if ($Standby) { Wait-Standby $Standby $server -Synchronous:$Synchronous }
    $server
}

function Add-PostgresSetting([object]$Server, [hashtable]$Setting) {
    foreach ($key in $Setting.Keys) { $Server.Setting[$key] = $Setting[$key] }
}

function Write-PostgresConfiguration([object]$Server) {
    $lines = foreach ($name in $Server.Setting.Keys | Sort-Object) { "$name = '$("$($Server.Setting[$name])" -replace "'", "''")'" }
    Set-Content "$($Server.Folder)/data/postgresql.conf" $lines
    # The users of the machine that are postgres on the Unix socket.
    Set-Content "$($Server.Folder)/data/pg_ident.conf" 'owner root postgres', "owner $(id -nu $script:fleetUser) postgres"
    Set-Content "$($Server.Folder)/data/pg_hba.conf" (@('local all,replication postgres peer map=owner', 'local all all scram-sha-256') +
        @($Server.CertificateRole | ForEach-Object { "hostssl all ""$_"" all cert" }) + 'hostssl all all all scram-sha-256')
}

function Start-Postgres([object]$Server) {
    # Starts a server in the folder that it has. The file is where the server tells pg_ctl how far it is.
    Start-FleetProgram $Server postgres '-D', "$($Server.Folder)/data" {
        $lines = @(Get-Content "$($Server.Folder)/data/postmaster.pid" -ErrorAction Ignore)
        $lines.Count -ge 8 -and $lines[0] -eq $Server.Id -and $lines[7].Trim() -in 'ready', 'standby'
    }
}

function Wait-Standby([object]$Primary, [object]$Standby, [switch]$Synchronous) {
    # Returns as soon as a server sends its changes to a replica, and waits for it at each commit if that is asked for.
    if ($Synchronous) { Set-PostgresSetting $Primary @{ synchronous_standby_names = '*' } }
    $state = $Synchronous ? "sync_state IN ('sync', 'quorum')" : "state = 'streaming'"
    Wait-Fleet "$($Standby.Setting.cluster_name) doesn't follow its primary; see $($Standby.Log)" {
        (Invoke-PostgresSql $Primary "SELECT count(*) FROM pg_stat_replication WHERE application_name = '$($Standby.Setting.cluster_name)' AND $state") -eq 1
    }
}

function Set-PostgresSetting([object]$Server, [hashtable]$Setting) {
    # Changes settings that need no restart. Returns when the server has read them; each session does before its next command.
    Add-PostgresSetting $Server $Setting
    Write-PostgresConfiguration $Server
    $before = Invoke-PostgresSql $Server 'SELECT pg_conf_load_time(); SELECT pg_reload_conf()' | Select-Object -First 1
    Wait-Fleet 'the settings aren''t read' { (Invoke-PostgresSql $Server 'SELECT pg_conf_load_time()') -ne $before }
}

function Restart-PostgresServer {
    # Stops a server, if it still runs, and starts it in its folder. Kill and Immediate are as in Stop-PostgresServer.
    param([object]$Server, [switch]$Kill, [switch]$Immediate, [hashtable]$Setting = @{})
    Stop-PostgresServer $Server -Kill:$Kill -Immediate:$Immediate
    Add-PostgresSetting $Server $Setting
    Write-PostgresConfiguration $Server
    Start-Postgres $Server
}

function Stop-PostgresServer {
    # Stops servers: in an orderly way, which ends all sessions; Immediate, so that the next start recovers from the log; or with
    # Kill, suddenly. Their folders stay, for Restart-PostgresServer. Without arguments, stops all that this process has started,
    # PgBouncers and proxies too, and removes their folders.
    param([object[]]$Server, [switch]$Kill, [switch]$Immediate)
    if (-not $PSBoundParameters.ContainsKey('Server')) { return Clear-FleetServer }
    foreach ($one in $Server) {
        switch ($one.Kind) {
            Postgres { Stop-FleetProgram $one ($Kill ? 'KILL' : $Immediate ? 'QUIT' : 'INT') }
            PgBouncer { Stop-FleetProgram $one ($Kill ? 'KILL' : 'TERM') }
            Proxy { Stop-TcpProxy $one }
        }
    }
}

function Suspend-PostgresServer([object]$Server) {
    # A server that neither answers nor closes connections, until Resume-PostgresServer. The first one goes first, so that it
    # starts no other.
    Suspend-FleetProcess $Server.Id
    Suspend-FleetProcess (Get-FleetProcess $Server)
}

function Resume-PostgresServer([object]$Server) { Send-FleetSignal CONT (Get-FleetProcess $Server) }

function Invoke-PostgresPromotion([object]$Server) {
    # Makes a replica a server of its own. Returns as soon as it accepts changes.
    if ((Invoke-PostgresSql $Server 'SELECT pg_promote()') -ne 't') { throw "The replica isn't promoted; see $($Server.Log)" }
}
