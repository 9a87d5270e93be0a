# PgBouncer before a server of tests/fleet/Servers.ps1.

function Start-PgBouncer {
    # Starts PgBouncer, which shares a server's connections between clients from transaction to transaction, and returns it as soon
    # as it serves, with the properties of a server. It asks for TLS and the same passwords as the server, of the roles that the
    # server has now. Stop-PostgresServer stops it.
    param(
        # A server, or a proxy before it.
        [Parameter(Mandatory)][object]$Server,
        [string]$Address = '127.0.0.1',
        [int]$Port = (Get-FreePort),
        # For the section pgbouncer of its configuration: @{ default_pool_size = 2 }
        [hashtable]$Setting = @{}
    )
    $folder = New-FleetFolder pgbouncer
    $bouncer = New-FleetServer PgBouncer $folder $Address $Port $Server.Namespace -Behind $Server
    New-ServerCertificate $folder $Address
    # Because it has each role's secret as the server has it, it can log in with what a client has proved.
    $roles = Invoke-PostgresSql $Server 'SELECT rolname, rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL' -AsObject
    Set-PrivateContent $folder/users ($roles | ForEach-Object { "$(Format-SqlName $_.rolname) ""$($_.rolpassword)""" })
    $settings = @{
        listen_addr = $Address; listen_port = $Port; unix_socket_dir = $folder; pool_mode = 'transaction'
        auth_type = 'scram-sha-256'; auth_file = "$folder/users"
        client_tls_sslmode = 'require'; client_tls_cert_file = "$folder/server.crt"; client_tls_key_file = "$folder/server.key"
        server_tls_sslmode = 'verify-full'; server_tls_ca_file = $bouncer.CaFile
        # Asks a server that was away again soon.
        server_login_retry = 1
    }
    foreach ($key in $Setting.Keys) { $settings[$key] = $Setting[$key] }
    Set-Content $folder/pgbouncer.ini (@('[databases]', "* = host=$($Server.Address) port=$($Server.Port)", '[pgbouncer]') +
        @($settings.Keys | Sort-Object | ForEach-Object { "$_ = $($settings[$_])" }))
    Set-FleetOwner $folder/users
    Start-FleetProgram $bouncer pgbouncer "$folder/pgbouncer.ini" { Test-Path "$folder/.s.PGSQL.$Port" }
    $bouncer
}
