# What docs/security.md says about address databases: passwords, files, TLS, namespaces and texts of others. The server is on the
# wire, so it must prove who it is. What a host's role can't do by SQL is tested with the schema.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    Initialize-TestHost
    $problem = Get-PostgresProblem
    if ($problem) { return }
    $password = 'the Secret of node1'
    $escape = [char]27
    # A folder of root's alone. The server's own folder is another user's.
    $folder = (New-Item (Join-Path ([IO.Path]::GetTempPath()) "macipvlan-host.$(New-Guid)") -ItemType Directory).FullName

    function Add-ServerAddress { 'address add 10.9.0.1/24 dev eth0', 'link set lo up' | ip -n wire -batch -; ip address add 10.9.0.2/24 dev eth0 }
    Add-ServerAddress
    $server = Start-PostgresServer -Namespace wire -Address 10.9.0.1
    $null = Invoke-PostgresSql $server 'CREATE DATABASE ipam'
    Initialize-AddressDatabase -ConnectionString "Host=$($server.SocketFolder);Port=$($server.Port);Database=ipam;Username=postgres"
    foreach ($role in 'node1', 'node2') {
        New-PostgresRole $server $role "the Secret of $role"
        $null = Invoke-PostgresSql $server "GRANT macipvlan_host TO $role"
    }
    Copy-Item $server.CaFile $folder/ca.crt
    $connection = "Host=10.9.0.1:$($server.Port);Database=ipam;Username=node1;Root Certificate=$folder/ca.crt"

    function New-PasswordFileOfRoot([string]$Text = $password) {
        $path = "$folder/password.$(New-Guid)"
        Set-PrivateContent $path $Text
        $path
    }
    function Get-TestReason([string]$ConnectionString, [string]$PasswordFile) {
        # Why a database can't be used.
        $null = Register-AddressDatabase tested $ConnectionString -PasswordFile $PasswordFile -TimeoutSeconds 2
        $test = Test-AddressDatabase tested
        Unregister-AddressDatabase tested
        "$($test.Status): $($test.Reason)"
    }
}

AfterAll {
    Stop-PostgresServer
    if ($folder) { Remove-Item $folder -Recurse }
    Clear-TestHost
}

Describe 'A password' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'in a connection string is refused, and not repeated' {
        foreach ($keyword in 'Password', 'SSL Password') {
            $failures = Get-Failure { Register-AddressDatabase bad "$connection;$keyword=hunter2" }
            $failures.What | Should -BeLike 'InvalidParameter *'
            "$($failures | Format-List * | Out-String)" | Should -Not -Match hunter2
        }
        # Not even if it can't be understood.
        "$(Get-Failure { Register-AddressDatabase bad 'Host=db1;Username=node1;Port=hunter2' } | Format-List * | Out-String)" | Should -Not -Match hunter2
        Get-AddressDatabase | Should -BeNullOrEmpty
    }

    It 'is in no output, no log, no command line and not in the state' {
        $file = New-PasswordFileOfRoot
        $null = New-NetworkNamespace web1
        $seen = Invoke-Shell @"
            `$VerbosePreference = 'Continue'
            Register-AddressDatabase fleet '$connection' -PasswordFile $file | Format-List *
            Test-AddressDatabase fleet | Format-List *
            New-MacvlanNetwork web eth0 -Subnet 192.168.50.0/24 -AddressDatabase fleet -Segment vlan50 | Format-List *
            Connect-ContainerNic web web1 | Format-List *
            Export-ContainerNetwork
            [IO.File]::ReadAllText('/proc/self/cmdline')
"@
        # One that is refused isn't seen either.
        Set-PrivateContent $file 'the Secret that is wrong'
        $refused = @(Test-AddressDatabase fleet) + (Get-Failure { Connect-ContainerNic web web1 }) + $Error[0]
        $seen = "$seen $($refused | Format-List * -Force | Out-String)"
        $seen += [Text.Encoding]::Latin1.GetString((Get-ChildItem (Split-Path $env:MACIPVLAN_STATE) -File | ForEach-Object { [IO.File]::ReadAllBytes($_) }))
        ($seen -replace '\s+', ' ') | Should -Match 'password authentication failed'
        $seen | Should -Match '192\.168\.50\.2'
        $seen | Should -Not -Match Secret
        Get-Content $server.Log -Raw | Should -Not -Match Secret
        Set-PrivateContent $file $password
        Remove-ContainerNetwork web -Force
        Unregister-AddressDatabase fleet
        Remove-NetworkNamespace web1
    }

    It 'is read only from a file that nobody else can read or exchange' {
        Get-TestReason $connection (New-PasswordFileOfRoot) | Should -Be 'Ready: '
        $file = New-PasswordFileOfRoot
        chmod 640 $file
        Get-TestReason $connection $file | Should -BeLike 'Unsuitable: *can be read or changed by others.'
        chmod 600 $file
        chown 65534 $file
        Get-TestReason $connection $file | Should -BeLike 'Unsuitable: *belongs to another user*'
        $shared = (New-Item $folder/shared -ItemType Directory).FullName
        Copy-Item (New-PasswordFileOfRoot) $shared/password
        chmod 600 $shared/password
        chmod 777 $shared
        Get-TestReason $connection $shared/password | Should -BeLike "Unsuitable: *$shared*"
        Get-TestReason $connection "$folder/nosuch" | Should -BeLike 'Unsuitable: *nosuch can''t be used*'
        # The same holds for .pgpass.
        Set-PrivateContent $folder/pgpass "*:*:*:node1:$password"
        Get-TestReason "$connection;Passfile=$folder/pgpass" | Should -Be 'Ready: '
        chmod 644 $folder/pgpass
        Get-TestReason "$connection;Passfile=$folder/pgpass" | Should -BeLike 'Unsuitable: *can be read or changed by others.'
    }
}

Describe 'A server on the wire' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'must prove who it is, and no setting changes that' {
        $file = New-PasswordFileOfRoot
        foreach ($mode in 'Disable', 'Prefer', 'Require', 'VerifyCA') {
            (Get-Failure { Register-AddressDatabase bad "$connection;SSL Mode=$mode" }).What | Should -BeLike 'AddressDatabaseUnsuitable *' -Because $mode
        }
        (Get-Failure { Register-AddressDatabase bad "$connection;Trust Server Certificate=true" }).What | Should -BeLike 'InvalidParameter *'
        # An authority that the system doesn't know, one that isn't the server's, and a name that its certificate doesn't have.
        Get-TestReason ($connection -replace ';Root.*') $file | Should -BeLike 'Unsuitable: *doesn''t prove who it is*'
        Set-Content $folder/other.crt (New-Authority Others).ExportCertificatePem()
        Get-TestReason ($connection -replace 'ca.crt', 'other.crt') $file | Should -BeLike 'Unsuitable: *doesn''t prove who it is*'
        ip -n wire address add 10.9.0.3/24 dev eth0
        Restart-PostgresServer $server -Setting @{ listen_addresses = '10.9.0.1,10.9.0.3' }
        Get-TestReason ($connection -replace '10.9.0.1', '10.9.0.3') $file | Should -BeLike 'Unsuitable: *doesn''t prove who it is*'
        Get-TestReason $connection $file | Should -Be 'Ready: '
        # Without TLS, it isn't told the password.
        Restart-PostgresServer $server -Setting @{ ssl = 'off' }
        Get-TestReason $connection $file | Should -Not -BeLike 'Ready*'
        Restart-PostgresServer $server -Setting @{ ssl = 'on' }
    }

    It 'is asked from the namespace of the host, whatever a container has at its address' {
        $null = New-NetworkNamespace web1
        # Refuses connections to the server's address.
        'link set lo up', 'address add 10.9.0.1/32 dev lo' | ip -n web1 -batch -
        $file = New-PasswordFileOfRoot
        # The fallback is asked for while the command is in the container's namespace. A new process has no connection yet.
        Invoke-Shell @"
            `$null = Register-AddressDatabase fleet '$connection' -PasswordFile $file
            `$null = New-MacvlanNetwork lan eth0 -Subnet fd50::/64 -Dhcp -DhcpTimeoutSeconds 1 -DhcpFallback 192.168.50.200-192.168.50.220/24 ``
                -AddressDatabase fleet -Segment vlan50
"@
        Invoke-Shell '"$((Connect-ContainerNic lan web1 3>$null).IPAddress)"' | Should -Be '192.168.50.200/24 fd50::1/64'
        Invoke-PostgresSql $server "SELECT holder, host(address) FROM macipvlan.holders WHERE kind = 'DhcpFallback'" -Database ipam | Should -Be 'web1|192.168.50.200'
        Remove-ContainerNetwork lan -Force
        Unregister-AddressDatabase fleet
        Remove-NetworkNamespace web1
    }
}
