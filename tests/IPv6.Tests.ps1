# IPv6 of NICs: switched on where a NIC has IPv6 addresses, whatever its namespace has; router advertisements by the choice of
# the network.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function New-Target([string[]]$Name, [string[]]$Off = @()) {
        # Namespaces; in those with Off, IPv6 is off in these settings, as some runtimes leave it.
        $null = New-NetworkNamespace $Name
        foreach ($namespace in $Name) {
            ip -n $namespace link set lo up
            foreach ($place in $Off) { Set-IPv6Setting $namespace $place disable_ipv6 1 }
        }
    }
}

AfterAll { Clear-TestHost }

Describe 'A namespace with IPv6 off' {
    AfterEach {
        Get-ContainerNetwork | ForEach-Object { & "Remove-$($_.Kind)Network" $_.Name -Force }
        Get-NetworkNamespace box? | Remove-NetworkNamespace
    }

    It 'does not keep NICs of <Kind> networks from IPv6: <Off>' -Tag Native, Once -ForEach @(
        @{ Kind = 'Macvlan'; Off = 'all' }, @{ Kind = 'Macvlan'; Off = 'default' }, @{ Kind = 'Macvlan'; Off = 'all', 'default' }
    ) {
        New-Target box1 $Off
        New-Target box2
        $null = New-MacvlanNetwork dual eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::ff
        $null = New-MacvlanNetwork six eth0 -Subnet fd02::/64
        $null = New-MacvlanNetwork four eth0 -Subnet 10.3.0.0/24
        (Get-Failure { 'dual', 'six', 'four' | Connect-ContainerNic -Target box1, box2 }).What | Should -BeNullOrEmpty
        Get-IpAddress box1 eth0 | Should -Be 10.1.0.2/24, fd01::1/64
        Get-IpAddress box1 eth1 | Should -Be fd02::1/64
        Get-IPv6Setting box1 eth0 | Should -Be '0 0 0'
        Get-IPv6Setting box1 eth1 | Should -Be '0 0 0'
        Get-IPv6Setting box1 eth2 | Should -BeLike '1 *'
        (Get-IpRoute box1 6 | Where-Object dst -EQ default).gateway | Should -Be fd01::ff
        # The others, and its own address.
        Get-PingReply box1 fd01::2, fd02::2, fd01::1 -Attempts 2 | Should -HaveCount 3
        # Everything else there stays as it was.
        Get-IPv6Setting box1 default | Should -BeLike '1 *'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'does not keep NICs of ipvlan networks from IPv6: <Mode>' -ForEach @(@{ Mode = 'L2' }, @{ Mode = 'L3' }) {
        New-Target box1 all
        New-Target box2
        $null = New-IpvlanNetwork dual eth0 -Subnet 10.1.0.0/24, fd01::/64 -Mode $Mode
        (Get-Failure { Connect-ContainerNic dual box1, box2 }).What | Should -BeNullOrEmpty
        Get-IPv6Setting box1 eth0 | Should -Be '0 0 0'
        Get-PingReply box1 fd01::2, fd01::1 -Attempts 2 | Should -HaveCount 2
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'stays so for a NIC without addresses, and for its loopback' -Tag Native, Once {
        New-Target box1 all
        $null = New-MacvlanNetwork four eth0 -Subnet 10.3.0.0/24
        $null = Connect-ContainerNic four box1 -NoIPAddress
        $null = Connect-ContainerNic four box1
        Get-IPv6Setting box1 eth0 | Should -BeLike '1 *'
        Get-IPv6Setting box1 lo | Should -BeLike '1 *'
    }
}

Describe 'A NIC that can not have IPv6' -Tag Native, Once {
    AfterEach {
        Remove-MacvlanNetwork * -Force
        Get-NetworkNamespace box? | Remove-NetworkNamespace
    }

    It 'fails with what is in the way, and leaves nothing' {
        ip link set eth0 mtu 1200
        New-Target box1
        $null = New-MacvlanNetwork dual eth0 -Subnet 10.1.0.0/24, fd01::/64
        $failure = Get-Failure { Connect-ContainerNic dual box1 }
        ip link set eth0 mtu 1500
        $failure.What | Should -Be "IPv6Unavailable ResourceUnavailable 'box1'"
        $failure.Message | Should -BeLike 'box1/eth0*MTU is 1200*1280*'
        (Get-IpLink -Namespace box1).ifname | Should -Be lo
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'as a program in its namespace keeps switching IPv6 off, fails alone, and no capability is missed' {
        New-Target box1, box2
        $null = New-MacvlanNetwork dual eth0 -Subnet 10.1.0.0/24, fd01::/64
        Set-Content $TestDrive/off.sh 'exec 2>/dev/null', 'while :; do echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6; done'
        $program = Start-Process ip -ArgumentList netns, exec, box1, sh, $TestDrive/off.sh -PassThru
        # While the addresses are probed, the program has its turn for certain.
        try { $failure = Get-Failure { 'box1', 'box2' | Connect-ContainerNic dual -ProbeAddress } }
        finally { Stop-Sleeper $program }
        $failure.What | Should -Be "IPv6Unavailable ResourceUnavailable 'box1'"
        $failure.Message | Should -Not -BeLike '*CAP_*'
        "$(Get-ContainerNic)" | Should -Be box2/eth0
    }
}

Describe 'Router advertisements' -Tag Native, Once {
    BeforeAll {
        # The router is in this namespace, at the other end of the parent.
        'link add p0 type veth peer name p1', 'link set p0 up', 'link set p1 up', 'address add fe80::1/64 dev p1 nodad' | ip -batch -
        $here = '2001:db8:66:1:'
        $null = New-MacvlanNetwork six p0 -Subnet 2001:db8:66:1::/64 -Gateway fe80::1 -OnLinkGateway
        $null = New-MacvlanNetwork four p0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork auto4 p0 -Subnet 10.2.0.0/24 -RouterAdvertisement Accept
        $null = New-MacvlanNetwork auto6 p0 -Subnet 2001:db8:66:1::/64 -RouterAdvertisement Accept
        $null = New-MacvlanNetwork never p0 -Subnet 10.4.0.0/24 -RouterAdvertisement Ignore
        # Settings: disable_ipv6, accept_ra, autoconf.
        $nics = @(
            @{ Network = 'six'; Settings = '0 0 0'; Static = '2001:db8:66:1::1/64' }
            @{ Network = 'six'; Bare = $true; Settings = '0 1 1'; Accepts = $true }
            @{ Network = 'four'; Settings = '1 1 1'; Static = '10.1.0.2/24' }
            @{ Network = 'four'; Bare = $true; Settings = '0 1 1'; Accepts = $true }
            @{ Network = 'auto4'; Settings = '0 2 1'; Accepts = $true; Static = '10.2.0.2/24' }
            @{ Network = 'auto4'; Bare = $true; Off = 'all'; Settings = '0 2 1'; Accepts = $true }
            @{ Network = 'auto6'; Settings = '0 2 1'; Accepts = $true; Static = '2001:db8:66:1::2/64' }
            @{ Network = 'never'; Settings = '1 1 1'; Static = '10.4.0.2/24' }
            @{ Network = 'never'; Bare = $true; Settings = '0 0 0' }
        )
        for ($i = 0; $i -lt $nics.Count; $i++) {
            $nics[$i].Box = "box$i"
            New-Target "box$i" ($nics[$i].Off ?? @())
            $null = Connect-ContainerNic $nics[$i].Network "box$i" -NoIPAddress:([bool]$nics[$i].Bare)
        }

        function Get-Made([hashtable]$Nic) {
            # What a NIC made of advertisements: the prefixes of the addresses that the network did not give it.
            Get-IpAddress $Nic.Box eth0 | Where-Object { $_ -ne $Nic.Static } | ForEach-Object { $_ -replace '[^:]+:[^:]+:[^:]+:[^:]+/64$' }
        }
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        Get-NetworkNamespace box? | Remove-NetworkNamespace
        ip link delete p0
    }

    It 'are taken by the NICs that are to, and by no other' {
        foreach ($nic in $nics) { "$($nic.Box) $(Get-IPv6Setting $nic.Box eth0)" | Should -Be "$($nic.Box) $($nic.Settings)" }
        # As a router itself, too.
        Set-IPv6Setting box4 all forwarding 1
        Send-RouterAdvertisement p1 "$($here):"
        foreach ($nic in $nics | Where-Object { $_.Accepts }) {
            for ($i = 0; $i -lt 100 -and -not (Get-Made $nic); $i++) { Start-Sleep -Milliseconds 20 }
        }
        foreach ($nic in $nics) {
            "$($nic.Box) $(Get-Made $nic)" | Should -Be "$($nic.Box) $(if ($nic.Accepts) { $here })"
            if ($nic.Static) { Get-IpAddress $nic.Box eth0 | Should -Contain $nic.Static }
        }
        (Get-IpRoute box4 6 | Where-Object dst -EQ default).gateway | Should -Be fe80::1
        (ip -n box0 route get 2001:db8:ffff::1) -join ' ' | Should -BeLike '*src 2001:db8:66:1::1 *'
    }

    It 'are no drift in what they made' {
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        foreach ($nic in $nics | Where-Object { $_.Accepts }) { Get-Made $nic | Should -Be $here }
    }

    It 'are taken or not after a repair and a restoration as before' {
        foreach ($nic in $nics) { ip -n $nic.Box link delete eth0 }
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Sort-Object -Unique | Should -Be Restored
        foreach ($nic in $nics) { "$($nic.Box) $(Get-IPv6Setting $nic.Box eth0)" | Should -Be "$($nic.Box) $($nic.Settings)" }
        foreach ($nic in $nics) { foreach ($key in 'accept_ra', 'autoconf') { Set-IPv6Setting $nic.Box eth0 $key 1 } }
        $told = Repair-ContainerNetwork
        $told.IsRepaired | Should -Not -Contain $false
        $told | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected)" } | Sort-Object | Should -Be @(
            'SysctlChanged box0/eth0 accept_ra=0', 'SysctlChanged box0/eth0 autoconf=0', 'SysctlChanged box4/eth0 accept_ra=2', 'SysctlChanged box5/eth0 accept_ra=2'
            'SysctlChanged box6/eth0 accept_ra=2', 'SysctlChanged box8/eth0 accept_ra=0', 'SysctlChanged box8/eth0 autoconf=0')
        foreach ($nic in $nics) { "$($nic.Box) $(Get-IPv6Setting $nic.Box eth0)" | Should -Be "$($nic.Box) $($nic.Settings)" }
    }

    It 'are a setting of the network that is shown, piped, exported and compared' {
        (Get-MacvlanNetwork six).RouterAdvertisement | Should -BeNullOrEmpty
        (Get-MacvlanNetwork auto4).RouterAdvertisement | Should -Be Accept
        (Get-MacvlanNetwork never | Format-List | Out-String) -replace '\s+', ' ' | Should -BeLike '*RouterAdvertisement : Ignore*'
        $json = Export-ContainerNetwork auto4, six
        $json = ($json -join "`n")
        ($json | ConvertFrom-Json).networks.routerAdvertisement | Should -Be Accept, $null
        ($json | Import-ContainerNetwork).Result | Should -Be InPlace, InPlace
        ($json.Replace('"Accept"', '"Ignore"') | Import-ContainerNetwork -WhatIf -Force).Differences | ForEach-Object { "$_" } |
            Should -Be 'RouterAdvertisement: Accept -> Ignore'
        (Get-Failure { $json.Replace('"Accept"', '"Perhaps"') | Import-ContainerNetwork }).What | Should -BeLike 'InvalidDefinition*'
        $copy = Get-MacvlanNetwork auto4 | Select-Object Subnet, RouterAdvertisement | New-MacvlanNetwork copy p1
        $copy.RouterAdvertisement | Should -Be Accept
        (Get-Failure { New-MacvlanNetwork small p0 -Subnet 10.9.0.0/24 -Mtu 1000 -RouterAdvertisement Accept }).What | Should -BeLike 'InvalidParameter*'
        (TabExpansion2 'New-MacvlanNetwork a -RouterAdvertisement ').CompletionMatches.CompletionText | Should -Be Accept, Ignore
    }
}
