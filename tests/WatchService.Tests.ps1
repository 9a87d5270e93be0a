# Watch-ContainerNic as a service: what it tells its service manager (sd_notify(3)), and how it ends. The manager is a socket of this
# test.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
    $null = New-NetworkNamespace web1

    function New-Manager([string]$Address) {
        $socket = [Net.Sockets.Socket]::new('Unix', 'Dgram', 'Unspecified')
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
}
