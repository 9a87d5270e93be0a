# The servers of tests/fleet, on which other tests rely: PostgreSQL, replicas, PgBouncer and the proxy that cuts connections.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    & $PSScriptRoot/Assert-Isolated.ps1
    Clear-TestKernel
    ip link set lo up
    $problem = Get-PostgresProblem
    if ($problem) { return }
    $server = Start-PostgresServer -CertificateRole host1 -Setting @{ max_connections = 30 }
    New-PostgresRole $server web 'a:b\c''d'
    New-PostgresRole $server host1
    $null = Invoke-PostgresSql $server 'CREATE TABLE kept (number int PRIMARY KEY)'
    $web = @{ User = 'web'; Password = 'a:b\c''d' }

    function Start-LongQuery {
        # A query that goes on for a minute unless it's cut. Returns when the PostgreSQL server runs it.
        param([object]$Server)
        $job = Invoke-PostgresSql $Server 'SELECT pg_sleep(60)' @web -AsJob
        Wait-Fleet 'the query doesn''t run' {
            (Invoke-PostgresSql $server "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'") -eq 1
        }
        $job
    }
}

AfterAll {
    Stop-PostgresServer
    Clear-TestKernel
}

Describe 'PostgreSQL' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'is the one that was unpacked, runs as an ordinary user, and knows time zones' {
        "/proc/$($server.Id)/exe" | Get-Item | ForEach-Object Target | Should -BeLike '*/usr/lib/postgresql/*/bin/postgres'
        (Get-Content "/proc/$($server.Id)/status") -match '^(Uid|Gid|Groups):' | Should -Be "Uid:`t65534`t65534`t65534`t65534", "Gid:`t65534`t65534`t65534`t65534", "Groups:`t "
        Invoke-PostgresSql $server 'SHOW max_connections; SHOW fsync; SHOW jit; SHOW server_encoding' | Should -Be 30, off, off, UTF8
        Invoke-PostgresSql $server "SELECT timestamptz '2025-07-01 12:00+00' AT TIME ZONE 'Europe/Berlin'" | Should -Be '2025-07-01 14:00:00'
    }

    It 'returns rows as lines or objects, and throws what the server says' {
        Invoke-PostgresSql $server "SELECT i, NULL, 'a b' FROM generate_series(1, 2) i" | Should -Be '1||a b', '2||a b'
        $rows = Invoke-PostgresSql $server "SELECT i AS number, 'a,b' || i AS text FROM generate_series(1, 2) i" -AsObject
        $rows.number | Should -Be 1, 2
        $rows.text | Should -Be 'a,b1', 'a,b2'
        { Invoke-PostgresSql $server 'SELECT 1; SELECT 1/0; SELECT 2' } | Should -Throw '*22012: division by zero*'
    }

    It 'lets users in with TLS and their password or certificate only' {
        $facts = 'SELECT current_user, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
        Invoke-PostgresSql $server $facts @web | Should -Be 'web|t|TLSv1.3'
        Invoke-PostgresSql $server $facts -User web -PasswordFile (New-PasswordFile $server web $web.Password) | Should -Be 'web|t|TLSv1.3'
        { Invoke-PostgresSql $server $facts @web -SslMode disable } | Should -Throw '*no pg_hba.conf entry*no encryption*'
        { Invoke-PostgresSql $server $facts -User web -Password wrong } | Should -Throw '*password authentication failed*'
        { Invoke-PostgresSql $server $facts -User web } | Should -Throw '*no password supplied*'
        Invoke-PostgresSql $server $facts -User host1 -Certificate (New-ClientCertificate $server host1) | Should -Be 'host1|t|TLSv1.3'
        { Invoke-PostgresSql $server $facts -User host1 -Certificate (New-ClientCertificate $server web) } | Should -Throw '*certificate authentication failed*'
        { Invoke-PostgresSql $server $facts -User host1 -Certificate (New-ClientCertificate $server host1 -Authority (New-Authority Others)) } | Should -Throw '*unknown ca*'
        { Invoke-PostgresSql $server $facts -User host1 } | Should -Throw '*connection requires a valid client certificate*'
    }

    It 'has a certificate that clients verify' {
        $impostor = $server.PSObject.Copy()
        $impostor.CaFile = "$($server.Folder)/other.crt"
        Set-Content $impostor.CaFile (New-Authority Others).ExportCertificatePem()
        { Invoke-PostgresSql $impostor 'SELECT 1' @web } | Should -Throw '*certificate verify failed*'
        $impostor = $server.PSObject.Copy()
        # Loopback as well, but not an address of the certificate.
        $impostor.Address = '127.0.0.2'
        Restart-PostgresServer $server -Setting @{ listen_addresses = '127.0.0.1,127.0.0.2' }
        { Invoke-PostgresSql $impostor 'SELECT 1' @web } | Should -Throw '*does not match host name "127.0.0.2"*'
    }

    It 'keeps what was committed when it is <How>' -ForEach @(
        @{ How = 'restarted'; Options = @{}; Log = 'received fast shutdown request' }
        @{ How = 'shut down at once'; Options = @{ Immediate = $true }; Log = 'not properly shut down; automatic recovery' }
        @{ How = 'killed'; Options = @{ Kill = $true }; Log = 'not properly shut down; automatic recovery' }
    ) {
        $job = Start-LongQuery $server
        $number = Invoke-PostgresSql $server 'INSERT INTO kept SELECT count(*) + 1 FROM kept RETURNING number'
        $processes = Get-FleetProcess $server
        $processes.Count | Should -BeGreaterThan 4
        $before = (Get-Item $server.Log).Length
        Stop-PostgresServer $server @Options
        $processes | Where-Object { Test-Path "/proc/$_" } | Should -BeNullOrEmpty
        { Receive-PostgresSql $job } | Should -Throw '*connection to server was lost*'
        { Invoke-PostgresSql $server 'SELECT 1' } | Should -Throw '*psql: error: connection to server on socket*'
        Restart-PostgresServer $server
        Invoke-PostgresSql $server 'SELECT max(number) FROM kept' | Should -Be $number
        (Get-Content $server.Log -Raw).Substring($before) | Should -BeLike "*$Log*"
    }

    It 'has no process left when its first one was killed' {
        Suspend-PostgresServer $server
        $processes = Get-FleetProcess $server
        # The others would end by themselves.
        Send-FleetSignal KILL $server.Id
        $server.Process.WaitForExit()
        Get-FleetProcess $server | Should -Be ($processes | Where-Object { $_ -ne $server.Id })
        Restart-PostgresServer $server
        $processes | Where-Object { Test-Path "/proc/$_" } | Should -BeNullOrEmpty
        Invoke-PostgresSql $server 'SELECT 1' | Should -Be 1
    }

    It 'neither answers nor closes connections while it is suspended' {
        $job = Start-LongQuery $server
        Suspend-PostgresServer $server
        $states = Get-FleetProcess $server | ForEach-Object { (Get-Content "/proc/$_/status") -match '^State:' }
        $answer = try { Invoke-PostgresSql $server 'SELECT 1' -TimeoutSeconds 1 } catch { "$_" }
        $isConnected = -not $job.Process.HasExited
        Resume-PostgresServer $server
        $states.Count | Should -BeGreaterThan 5
        $states | Select-Object -Unique | Should -Be "State:`tT (stopped)"
        $answer | Should -BeLike '*no answer*'
        $isConnected | Should -BeTrue
        Invoke-PostgresSql $server "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'web'" | Should -Be t
        { Receive-PostgresSql $job } | Should -Throw '*57014: canceling statement due to user request*'
    }
}

Describe 'A replica' -Tag Native, Once {
    It 'that is synchronous has each commit, and can be promoted' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $primary = Start-PostgresServer
        New-PostgresRole $primary web $web.Password
        $null = Invoke-PostgresSql $primary 'CREATE TABLE kept (number int); GRANT ALL ON kept TO web'
        $replica = Start-PostgresServer -Standby $primary -Synchronous
        # As many small commits as fit in a pipe, some of which have no answer yet when the server is killed.
        $job = Invoke-PostgresSql $primary ((1..1400 | ForEach-Object { "INSERT INTO kept VALUES ($_) RETURNING number;" }) -join "`n") @web -AsJob
        Wait-Fleet 'nothing is inserted' { (Invoke-PostgresSql $primary 'SELECT count(*) FROM kept') -gt 20 }
        Stop-PostgresServer $primary -Kill
        $confirmed = @($job.Output.Result -split '\n' | Where-Object { $_ }).Count
        $confirmed | Should -BeGreaterThan 20
        { Invoke-PostgresSql $replica 'DELETE FROM kept' } | Should -Throw '*25006: cannot execute DELETE in a read-only transaction*'
        Invoke-PostgresPromotion $replica
        # The last one can have been committed without an answer.
        [int](Invoke-PostgresSql $replica 'SELECT count(*) FROM kept' @web) | Should -BeIn $confirmed, ($confirmed + 1)
        Invoke-PostgresSql $replica 'DELETE FROM kept RETURNING number' @web | Select-Object -First 1 | Should -Be 1
        # Nothing of the old server's settings makes it wait for a replica. A new one can take the old one's place.
        $next = Start-PostgresServer -Standby $replica -Port $primary.Port
        { Invoke-PostgresSql $next 'DELETE FROM kept' @web } | Should -Throw '*read-only transaction*'
        Invoke-PostgresSql $next 'SELECT pg_is_in_recovery()' @web | Should -Be t
        Stop-PostgresServer $next, $replica
    }

    It 'that is synchronous and suspended holds up commits' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $replica = Start-PostgresServer -Standby $server -Synchronous
        Suspend-PostgresServer $replica
        $job = Invoke-PostgresSql $server 'INSERT INTO kept SELECT count(*) + 1 FROM kept RETURNING number' -AsJob
        Wait-Fleet 'the commit doesn''t wait' { (Invoke-PostgresSql $server "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") -eq 1 }
        $job.Process.HasExited | Should -BeFalse
        Resume-PostgresServer $replica
        Receive-PostgresSql $job | Should -Match '^\d+$'
        Set-PostgresSetting $server @{ synchronous_standby_names = '' }
        Stop-PostgresServer $replica
    }
}

Describe 'PgBouncer' -Tag Native, Once {
    It 'shares a connection between transactions, with TLS and the passwords of the server' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $bouncer = Start-PgBouncer $server -Setting @{ default_pool_size = 1 }
        $backends = 1..2 | ForEach-Object { Invoke-PostgresSql $bouncer 'SELECT pg_backend_pid()' @web }
        $backends[0] | Should -Be $backends[1]
        { Invoke-PostgresSql $bouncer 'SELECT 1' -User web -Password wrong } | Should -Throw '*authentication failed*'
        { Invoke-PostgresSql $bouncer 'SELECT 1' @web -SslMode disable } | Should -Throw '*SSL required*'
        Restart-PostgresServer $server -Kill
        Invoke-PostgresSql $bouncer 'SELECT 1' @web | Should -Be 1
        Stop-PostgresServer $bouncer
        $bouncer.Process.HasExited | Should -BeTrue
        { Invoke-PostgresSql $bouncer 'SELECT 1' @web } | Should -Throw '*Connection refused*'
    }
}

Describe 'A proxy before a server in a namespace' -Tag Native, Once {
    It 'forwards connections, cuts them, and can be silent' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        Add-TestWire
        'address add 10.9.0.1/24 dev eth0', 'link set lo up' | ip -n wire -batch -
        ip address add 10.9.0.2/24 dev eth0
        $far = Start-PostgresServer -Namespace wire -Address 10.9.0.1 -Name db.example
        New-PostgresRole $far web $web.Password
        $null = Invoke-PostgresSql $far 'CREATE TABLE kept (number int); GRANT ALL ON kept TO web'
        Invoke-PostgresSql $far 'SELECT inet_client_addr()' @web | Should -Be 10.9.0.1
        Invoke-PostgresSql $far 'SELECT inet_client_addr()' @web -Namespace '' | Should -Be 10.9.0.2
        $proxy = Start-TcpProxy $far
        Invoke-PostgresSql $proxy 'SELECT inet_client_addr(), repeat(''abc'', 300000)' @web | Should -Be "10.9.0.2|$('abc' * 300000)"
        $job = Start-LongQuery $proxy
        $proxy.Proxy.Count | Should -Be 1
        Disconnect-TcpProxy $proxy
        { Receive-PostgresSql $job } | Should -Throw '*connection to server was lost*'
        # A large answer is cut in the middle, and the transaction is not.
        Disconnect-TcpProxy $proxy -AfterBytes 200000
        { Invoke-PostgresSql $proxy 'INSERT INTO kept VALUES (1); SELECT repeat(''a'', 1000000)' @web } | Should -Throw '*closed*'
        Invoke-PostgresSql $proxy 'SELECT number FROM kept' @web | Should -Be 1
        Suspend-TcpProxy $proxy
        $job = Invoke-PostgresSql $proxy 'SELECT 2' @web -AsJob
        { Invoke-PostgresSql $proxy 'SELECT 3' @web -TimeoutSeconds 1 } | Should -Throw '*no answer*'
        $job.Process.HasExited | Should -BeFalse
        Resume-TcpProxy $proxy
        Receive-PostgresSql $job | Should -Be 2
        Stop-PostgresServer $proxy
        { Invoke-PostgresSql $proxy 'SELECT 1' @web } | Should -Throw '*Connection refused*'
    }
}

Describe 'Stop-PostgresServer without arguments' -Tag Native, Once {
    It 'leaves no process and no file' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        Suspend-PostgresServer $server
        Stop-PostgresServer
        Get-Process postgres, pgbouncer, psql -ErrorAction Ignore | Should -BeNullOrEmpty
        Get-ChildItem ([IO.Path]::GetTempPath()) | Where-Object Name -Match '^macipvlan-(postgres|pgbouncer)' | Should -BeNullOrEmpty
    }
}
