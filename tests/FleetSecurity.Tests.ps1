# What docs/security.md says about address databases, beside what Fleet.Tests.ps1 tests: files that a connection depends on, servers
# that don't prove who they are, and containers that are in the server's place. The server is on the wire.

BeforeAll {
    'Support', 'fleet/Servers', 'fleet/Hosts' | ForEach-Object { . $PSScriptRoot/$_.ps1 }
    Initialize-TestHost
    $problem = Get-PostgresProblem
    if ($problem) { return }
    'address add 10.9.0.1/24 dev eth0', 'link set lo up' | ip -n wire -batch -
    ip address add 10.9.0.2/24 dev eth0
    $server = Start-PostgresServer -Namespace wire -Address 10.9.0.1
    Initialize-FleetDatabase $server
    New-PostgresRole $server node1 'the secret of node1'
    $null = Invoke-PostgresSql $server 'GRANT macipvlan_host TO node1'
    $connection = Get-FleetConnection @{ Name = 'node1' } $server
    # Without what is the default.
    $plain = $connection -replace ';SSL Mode=VerifyFull'
    $authority = $connection -replace '.*Root Certificate='

    function New-PasswordFileOfHost {
        $path = "$(New-HostFolder)/password"
        Set-PrivateContent $path 'the secret of node1'
        $path
    }

    function Get-TestResult([string]$ConnectionString, [string]$PasswordFile = (New-PasswordFileOfHost)) {
        # Whether a database can be used, and why not.
        $null = Register-AddressDatabase tested $ConnectionString -PasswordFile $PasswordFile -TimeoutSeconds 2
        $test = Test-AddressDatabase tested
        Unregister-AddressDatabase tested
        "$($test.Status): $($test.Reason)"
    }
}

AfterAll {
    Stop-PostgresServer
    Clear-TestHost
}

Describe 'A connection string' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'with a password is refused, and not repeated' {
        foreach ($keyword in 'Password', 'SSL Password') {
            $failure = Get-Failure { Register-AddressDatabase bad "$connection;$keyword=hunter2" }
            $failure.What | Should -Be "InvalidParameter InvalidArgument 'bad'"
            "$failure" | Should -Not -Match hunter2
        }
        # Not even if it can't be understood.
        $failure = Get-Failure { Register-AddressDatabase bad 'Host=db1;Username=node1;Port=hunter2' }
        $failure.What | Should -Be "InvalidParameter InvalidArgument 'bad'"
        "$failure" | Should -Not -Match hunter2
    }

    It 'can''t do without the proof of who the server is' {
        foreach ($mode in 'Disable', 'Allow', 'Prefer', 'Require', 'VerifyCA') {
            (Get-Failure { Register-AddressDatabase bad "$plain;SSL Mode=$mode" }).What | Should -BeLike 'AddressDatabaseUnsuitable *' -Because $mode
        }
        (Get-Failure { Register-AddressDatabase bad "$plain;Trust Server Certificate=true" }).What | Should -BeLike 'InvalidParameter *'
        Get-AddressDatabase | Should -BeNullOrEmpty
        Get-TestResult $plain | Should -Be 'Ready: '
    }
}

Describe 'A file that a connection depends on' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'is used only if nobody else can exchange, change or read it: a password file' {
        $file = New-PasswordFileOfHost
        Get-TestResult $connection $file | Should -Be 'Ready: '
        chmod 640 $file
        Get-TestResult $connection $file | Should -BeLike 'Unsuitable: *can be read by others.'
        chmod 620 $file
        Get-TestResult $connection $file | Should -BeLike 'Unsuitable: *can be changed by others.'
        chmod 600 $file
        chown 65534 $file
        Get-TestResult $connection $file | Should -BeLike 'Unsuitable: *belongs to another user.'
        $file = New-PasswordFileOfHost
        chmod 777 (Split-Path $file)
        Get-TestResult $connection $file | Should -BeLike "Unsuitable: *$(Split-Path $file)*"
        Get-TestResult $connection /nosuch | Should -BeLike 'Unsuitable: *nosuch can''t be used*'
    }

    It 'is used only if nobody else can exchange, change or read it: .pgpass' {
        $file = "$(New-HostFolder)/pgpass"
        Set-PrivateContent $file '*:*:*:node1:the secret of node1'
        Get-TestResult "$connection;Passfile=$file" '' | Should -Be 'Ready: '
        chmod 644 $file
        Get-TestResult "$connection;Passfile=$file" '' | Should -BeLike 'Unsuitable: *can be read by others.'
    }

    It 'is used only if nobody else can exchange or change it: the authority' {
        chmod 644 $authority
        Get-TestResult $connection | Should -Be 'Ready: '
        chmod 666 $authority
        Get-TestResult $connection | Should -BeLike 'Unsuitable: *can be changed by others.'
        chmod 600 $authority
    }
}

Describe 'A server on the wire' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'isn''t used with <Case>' -ForEach @(
        @{ Case = 'an authority that the system doesn''t know'; Change = ';Root Certificate=.*', '' }
        @{ Case = 'the certificate of another authority'; Change = '(?<=Root Certificate=).*', 'OTHER' }
        @{ Case = 'a certificate for another name'; Change = '10\.9\.0\.1', '10.9.0.3' }
    ) {
        $other = "$(New-HostFolder)/ca.crt"
        Set-Content $other (New-Authority Others).ExportCertificatePem()
        ip -n wire address replace 10.9.0.3/24 dev eth0
        Restart-PostgresServer $server -Setting @{ listen_addresses = '10.9.0.1,10.9.0.3' }
        Get-TestResult ($connection -replace $Change -replace 'OTHER', $other) | Should -BeLike 'Unsuitable: *doesn''t prove who it is*'
        Get-TestResult $connection | Should -Be 'Ready: '
    }

    It 'isn''t used without TLS' {
        Restart-PostgresServer $server -Setting @{ ssl = 'off' }
        try { Get-TestResult $connection | Should -Not -BeLike 'Ready*' }
        finally { Restart-PostgresServer $server -Setting @{ ssl = 'on' } }
    }

    It 'is reached from the namespace of the host, whatever a container has at its address' {
        $null = New-NetworkNamespace web1
        # Refuses connections to the server's address.
        'link set lo up', 'address add 10.9.0.1/32 dev lo' | ip -n web1 -batch -
        $null = Register-AddressDatabase fleet $connection -PasswordFile (New-PasswordFileOfHost)
        $null = New-MacvlanNetwork lan eth0 -Subnet fd50::/64 -Dhcp -DhcpTimeoutSeconds 1 -DhcpFallback 192.168.50.200-192.168.50.220/24 `
            -AddressDatabase fleet -Segment vlan50
        # So the first question of a command is for the fallback, while it is in the container's namespace.
        Invoke-PostgresSql $server 'DELETE FROM macipvlan.subnets WHERE family(prefix) = 6'
        (Repair-ContainerNetwork lan).Kind | Should -Be SegmentChanged
        # A new process has no connection from before.
        Invoke-Shell '"$((Connect-ContainerNic lan web1 3>$null).IPAddress)"' | Should -Be 192.168.50.200/24
        Invoke-PostgresSql $server "SELECT holder, host(address) FROM macipvlan.holders WHERE kind = 'DhcpFallback'" | Should -Be 'web1|192.168.50.200'
    }
}
