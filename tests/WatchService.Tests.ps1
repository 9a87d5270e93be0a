# Watch-ContainerNic as a service: what it tells its service manager (sd_notify(3)), and how it ends. The manager is a socket of this
# test.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
    $null = New-NetworkNamespace web1

    function New-Manager([string]$Address) {
        $socket = [Net.Sockets.Socket]::new('Unix', 'Dgram', 'Unspecified')
        # What another test has left.
        if ($Address -notlike '@*') { Remove-Item $Address -ErrorAction Ignore }
        $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new(($Address -replace '^@', "`0")))
        $socket.ReceiveTimeout = 20000
        $socket
    }

    function Receive-Notice([Net.Sockets.Socket]$Manager) {
        $bytes = [byte[]]::new(4096)
        [Text.Encoding]::UTF8.GetString($bytes, 0, $Manager.Receive($bytes)) -split '\n'
    }

    function Start-Watch([hashtable]$Variable) {
        Start-Shell 'Watch-ContainerNic | ForEach-Object { [Console]::WriteLine("$($_.Name) $($_.Result)") }' -Through @($Variable.Keys | ForEach-Object { "$_=$($Variable[$_])" })
    }
}

AfterAll { Clear-TestHost }

Describe 'Watch-ContainerNic as a service' -Tag Native, Once {
    AfterEach { if ($watch -and -not $watch.HasExited) { Stop-Sleeper $watch } }

    It 'tells its manager at <Kind> that it is ready when everything is restored, that it is alive, and that it ends' -ForEach @(
        @{ Kind = 'a path'; Address = '/run/manager.sock' }
        @{ Kind = 'an abstract address'; Address = "@macipvlan-manager-$PID" }
    ) {
        $null = Connect-ContainerNic lan web1
        ip -n web1 link delete eth0
        $manager = New-Manager $Address
        $watch = Start-Watch @{ NOTIFY_SOCKET = $Address; WATCHDOG_USEC = 400000 }
        try {
            # What it told before is that it isn't stuck.
            do { $notice = Receive-Notice $manager } while ($notice -contains 'WATCHDOG=1')
            $notice[0] | Should -Be 'READY=1'
            $notice[1] | Should -BeLike 'STATUS=*'
            (Get-IpLink eth0 -Namespace web1).operstate | Should -Be UP
            1..3 | ForEach-Object { Receive-Notice $manager } | Should -Be WATCHDOG=1, WATCHDOG=1, WATCHDOG=1
            Send-Signal TERM $watch
            do { $notice = Receive-Notice $manager } while ($notice -contains 'WATCHDOG=1')
            $notice | Should -Be 'STOPPING=1'
            $watch.WaitForExit(10000) | Should -BeTrue
            $watch.StandardOutput.ReadToEnd().Trim() | Should -Be 'web1/eth0 Restored'
        }
        finally {
            $manager.Dispose()
            Remove-Item /run/manager.sock -ErrorAction Ignore
            Get-ContainerNic | Disconnect-ContainerNic
        }
    }

    It 'does without a manager, and with one that does not listen: <Variable.NOTIFY_SOCKET>' -ForEach @(
        @{ Variable = @{ NOTIFY_SOCKET = '/run/nobody.sock'; WATCHDOG_USEC = 1000000 } }
        @{ Variable = @{ NOTIFY_SOCKET = 'vsock:2:1234'; WATCHDOG_USEC = 'x' } }
    ) {
        $null = Connect-ContainerNic lan web1
        ip -n web1 link delete eth0
        $watch = Start-Watch $Variable
        $watch.StandardOutput.ReadLine() | Should -Be 'web1/eth0 Restored'
        Send-Signal TERM $watch
        $watch.WaitForExit(20000) | Should -BeTrue
        Get-ContainerNic | Disconnect-ContainerNic
    }

    It 'looks at everything again when its manager reloads it, and ends with its terminal otherwise' {
        $null = Connect-ContainerNic lan web1
        $manager = New-Manager /run/manager.sock
        $watch = Start-Watch @{ NOTIFY_SOCKET = '/run/manager.sock' }
        try {
            (Receive-Notice $manager)[0] | Should -Be 'READY=1'
            ip -n web1 link delete eth0
            $before = [long]((Get-Content /proc/uptime) -split ' ')[0].Replace('.', '') * 10000
            Send-Signal HUP $watch
            $notice = Receive-Notice $manager
            $notice[0] | Should -Be 'RELOADING=1'
            # Of CLOCK_MONOTONIC, which stands still in suspend.
            $notice[1] | Should -Match '^MONOTONIC_USEC=\d+$'
            [long]($notice[1] -replace '.*=') | Should -BeLessOrEqual ($before + 10000000)
            (Receive-Notice $manager)[0] | Should -Be 'READY=1'
            (Get-IpLink eth0 -Namespace web1).operstate | Should -Be UP
            $watch.StandardOutput.ReadLine() | Should -Be 'web1/eth0 Restored'
            $watch.HasExited | Should -BeFalse
        }
        finally {
            Stop-Sleeper $watch
            $manager.Dispose()
            Remove-Item /run/manager.sock
        }
        ip -n web1 link delete eth0
        $watch = Start-Watch @{}
        $watch.StandardOutput.ReadLine() | Should -Be 'web1/eth0 Restored'
        Send-Signal HUP $watch
        $watch.WaitForExit(20000) | Should -BeTrue
        Get-ContainerNic | Disconnect-ContainerNic
    }
}

Describe 'The log of Watch-ContainerNic' -Tag Native, Once {
    BeforeEach {
        $null = Connect-ContainerNic lan web1
        ip -n web1 link delete eth0
    }

    AfterEach {
        if (-not $watch.HasExited) { Stop-Sleeper $watch }
        Get-ContainerNic | Disconnect-ContainerNic
    }

    It 'is lines of keys and values' {
        $watch = Start-Shell 'Watch-ContainerNic -AsLog | ForEach-Object { [Console]::WriteLine($_) }'
        $watch.StandardOutput.ReadLine() | Should -Be 'kind=Nic name=web1/eth0 network=lan result=Restored'
    }

    It 'is entries of the journal, with fields, where its output goes there' {
        $folder = New-Item /run/systemd/journal -ItemType Directory -Force
        $journal = New-Manager "$folder/socket"
        try {
            # The service manager says which file its output is.
            $start = 'bash', '-c', 'touch $0; JOURNAL_STREAM=$(stat -c %d:%i $0) exec "$@" >$0', "$TestDrive/out"
            $watch = Start-Shell 'Watch-ContainerNic -AsLog' -Through $start
            Receive-Notice $journal | Where-Object { $_ } | Should -Be 'MESSAGE=web1/eth0 Restored', 'PRIORITY=6', 'SYSLOG_IDENTIFIER=macipvlan',
                'MACIPVLAN_KIND=Nic', 'MACIPVLAN_NAME=web1/eth0', 'MACIPVLAN_NETWORK=lan', 'MACIPVLAN_RESULT=Restored'
            Get-Content $TestDrive/out | Should -BeNullOrEmpty
            Stop-Sleeper $watch
            # Nobody listens there any more.
            $journal.Dispose()
            ip -n web1 link delete eth0
            $watch = Start-Shell 'Watch-ContainerNic -AsLog' -Through $start
            for ($i = 0; $i -lt 100 -and -not (Get-Content $TestDrive/out); $i++) { Start-Sleep -Milliseconds 100 }
            Get-Content $TestDrive/out | Should -Be 'kind=Nic name=web1/eth0 network=lan result=Restored'
        }
        finally {
            $journal.Dispose()
            Remove-Item /run/systemd -Recurse
        }
    }
}
