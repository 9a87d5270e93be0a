# Networks whose IPv4 addresses a DHCP server assigns: how they are created, shown, exported, imported and refused. No server is
# asked here: a NIC asks when it's connected.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Line($Objects, [int]$Width = 79, [string]$As = 'Format-Table') {
        ($Objects | & $As | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd
    }

    # What a network is made of, as a text.
    function Get-Setting($Network) {
        $Network | Select-Object Kind, ModeText, Parent, AddressSource, Gateway, Internal, NoDefaultRoute, Route, RouteMetric, Mtu, Dhcp, DhcpClass,
            DhcpTimeoutSeconds, DhcpRequestOption, DhcpFallback, ProbeAddress, ProbeCount, ProbeTimeoutMilliseconds | Format-List | Out-String
    }

    function New-FullNetwork {
        New-MacvlanNetwork full -Parent eth0 -Dhcp -Subnet fd01::/64 -Gateway fd01::1 -DhcpClass 'containers of node7' -DhcpTimeoutSeconds 7 `
            -DhcpRequestOption tftp-server-name, 150, 240 -DhcpFallback 192.168.1.200-192.168.1.220/24 -ProbeCount 2 -RouteMetric 50 -Mtu 1400 `
            -Route '10.9.0.0/16 via 192.168.1.254'
    }
}

AfterAll { Clear-TestHost }

Describe 'Networks with DHCP' -Tag Native, Once {
    AfterEach { Get-ContainerNetwork | Remove-ContainerNetwork -Force -Confirm:$false }

    It 'need nothing but a parent' {
        $network = New-MacvlanNetwork lan eth0 -Dhcp
        $network.Dhcp | Should -BeTrue
        $network.DhcpTimeoutSeconds | Should -Be 30
        $network.DhcpClass | Should -BeNullOrEmpty
        $network.DhcpFallback | Should -BeNullOrEmpty
        $network.DhcpRequestOption, $network.Subnet, $network.Subnets, $network.Gateway | ForEach-Object { $_.Count } | Should -Be 0, 0, 0, 0
        $network.AddressSource | Should -Be DHCP
        $network.NoGateway | Should -BeFalse
        Get-Setting (Get-ContainerNetwork lan) | Should -Be (Get-Setting $network)
    }

    It 'have all settings, and IPv6 beside' {
        $network = New-FullNetwork
        $network.AddressSource | Should -Be DHCP, fd01::/64
        $network.DhcpRequestOption | Should -Be tftp-server-name, tftp-server-address, 240
        $network.DhcpFallback | Should -Be 192.168.1.200-192.168.1.220/24
        $network.DhcpClass, $network.DhcpTimeoutSeconds | Should -Be 'containers of node7', 7
        $network.Subnets | Should -HaveCount 1
        Get-Setting (Get-ContainerNetwork full) | Should -Be (Get-Setting $network)
    }

    It 'take options as numbers, as text and as the names of two programs' {
        $network = New-MacvlanNetwork lan eth0 -Dhcp -DhcpRequestOption 42, '66', dns-server, DOMAIN-NAME-SERVERS, 42
        $network.DhcpRequestOption | Should -Be ntp-servers, tftp-server-name, domain-name-servers
    }

    It 'can be two on one parent, in every mode that reaches a server' {
        New-MacvlanNetwork a eth0 -Dhcp -DhcpFallback 10.0.0.0/24
        New-MacvlanNetwork b eth0 -Dhcp -DhcpFallback 10.0.0.0/24 -Mode Private
        New-MacvlanNetwork c eth0 -Dhcp -Mode Source -AllowedMacAddress 02-00-00-00-00-07
        New-MacvlanNetwork d eth0 -Subnet 10.0.0.0/24
        { New-MacvlanNetwork e eth0 -Dhcp -DhcpFallback 10.0.0.0/16 -ErrorAction Stop } | Should -Throw -ErrorId 'SubnetOverlap,*'
        { New-MacvlanNetwork f eth0 -Subnet 10.0.0.128/25 -ErrorAction Stop } | Should -Throw -ErrorId 'SubnetOverlap,*'
        ip link add eth1 type veth peer name peer1
        New-MacvlanNetwork p eth1 -Dhcp -Mode Passthru
        Get-ContainerNetwork | Should -HaveCount 5
        ip link delete eth1
    }

    It 'are refused with the reason: <Case>' -ForEach @(
        @{ Case = 'no parent'; Create = { New-MacvlanNetwork x -Dhcp }; Says = 'no DHCP server' }
        @{ Case = 'an IPv4 subnet'; Create = { New-MacvlanNetwork x eth0 -Dhcp -Subnet fd01::/64, 10.0.0.0/24 }; Says = 'Subnet 10.0.0.0/24' }
        @{ Case = 'an IPv4 gateway'; Create = { New-MacvlanNetwork x eth0 -Dhcp -Gateway 10.0.0.1 }; Says = 'Gateway 10.0.0.1' }
        @{ Case = 'an IPv4 range'; Create = { New-MacvlanNetwork x eth0 -Dhcp -IPRange 10.0.0.0/25 }; Says = 'IPRange 10.0.0.0/25' }
        @{ Case = 'an IPv4 exclusion'; Create = { New-MacvlanNetwork x eth0 -Dhcp -ExcludeAddress 10.0.0.7 }; Says = 'ExcludeAddress 10.0.0.7' }
        @{ Case = 'NoGateway'; Create = { New-MacvlanNetwork x eth0 -Dhcp -NoGateway }; Says = 'NoGateway' }
        @{ Case = 'L3'; Create = { New-IpvlanNetwork x eth0 -Dhcp -Mode L3 }; Says = 'broadcasts' }
        @{ Case = 'L3S'; Create = { New-IpvlanNetwork x eth0 -Dhcp -Mode L3S }; Says = 'broadcasts' }
        @{ Case = 'a class without DHCP'; Create = { New-MacvlanNetwork x eth0 -Subnet 10.0.0.0/24 -DhcpClass a }; Says = 'with -Dhcp' }
        @{ Case = 'a time without DHCP'; Create = { New-MacvlanNetwork x eth0 -Subnet 10.0.0.0/24 -DhcpTimeoutSeconds 5 }; Says = 'with -Dhcp' }
        @{ Case = 'options without DHCP'; Create = { New-IpvlanNetwork x eth0 -Subnet 10.0.0.0/24 -DhcpRequestOption 66 }; Says = 'with -Dhcp' }
        @{ Case = 'a fallback without DHCP'; Create = { New-MacvlanNetwork x eth0 -DhcpFallback 10.0.0.0/24 }; Says = 'with -Dhcp' }
        @{ Case = 'neither subnet nor DHCP'; Create = { New-MacvlanNetwork x eth0 }; Says = 'a subnet or DHCP' }
        @{ Case = 'no time'; Create = { New-MacvlanNetwork x eth0 -Dhcp -DhcpTimeoutSeconds 0 }; Says = 'DhcpTimeoutSeconds' }
        @{ Case = 'a class of two lines'; Create = { New-MacvlanNetwork x eth0 -Dhcp -DhcpClass "a`nb" }; Says = 'DhcpClass' }
        @{ Case = 'a small MTU'; Create = { New-MacvlanNetwork x eth0 -Dhcp -Mtu 500 }; Says = '576' }
        @{ Case = 'a fallback of IPv6'; Create = { New-MacvlanNetwork x eth0 -Dhcp -DhcpFallback fd01::/64 }; Says = 'IPv4' }
    ) {
        $null = & $Create 2>$null
        $failure = $Error[0]
        "$failure" | Should -BeLike "*$Says*"
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidParameter,*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'refuse invalid values: <Parameter> <Value>' -ForEach @(
        @{ Parameter = 'DhcpRequestOption'; Value = '53'; Says = 'protocol itself' }
        @{ Parameter = 'DhcpRequestOption'; Value = 0; Says = '0 isn' }
        @{ Parameter = 'DhcpRequestOption'; Value = 256; Says = '1 to 254' }
        @{ Parameter = 'DhcpRequestOption'; Value = 'no-such-option'; Says = 'no-such-option' }
        @{ Parameter = 'DhcpFallback'; Value = '10.0.0.1/24'; Says = 'host bits' }
        @{ Parameter = 'DhcpFallback'; Value = '10.0.0.9-10.0.0.20'; Says = 'prefix length' }
        @{ Parameter = 'DhcpTimeoutSeconds'; Value = 'soon'; Says = 'soon' }
    ) {
        $given = @{ $Parameter = $Value }
        { New-MacvlanNetwork x eth0 -Dhcp @given -ErrorAction Stop } | Should -Throw "*$Says*"
    }

    It 'probe the addresses that a server offers, unless told otherwise' {
        (New-MacvlanNetwork a eth0 -Dhcp).ProbeAddress | Should -BeTrue
        (New-MacvlanNetwork b eth0 -Dhcp -ProbeAddress:$false).ProbeAddress | Should -BeFalse
        $counted = New-MacvlanNetwork c eth0 -Dhcp -ProbeCount 5
        $counted.ProbeAddress, $counted.ProbeCount | Should -Be $true, 5
        (New-MacvlanNetwork d eth0 -Subnet 10.0.0.0/24).ProbeAddress | Should -BeFalse
        { New-MacvlanNetwork e eth0 -Dhcp -ProbeAddress:$false -ProbeCount 5 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidParameter,*'
        # Each row for itself, and an empty cell says nothing.
        $rows = 'Name,Parent,Dhcp,ProbeAddress,Subnet', 'r1,eth0,true,,', 'r2,eth0,true,false,', 'r3,eth0,true,,', 'r4,eth0,,,10.0.0.0/24', 'r5,eth0,,true,10.0.0.0/24',
            'r6,eth0,false,,10.0.0.0/24' | ConvertFrom-Csv
        ($rows | New-MacvlanNetwork).ProbeAddress | Should -Be $true, $false, $true, $false, $true, $false
        ([pscustomobject]@{ Name = 's1'; Parent = 'eth0'; Dhcp = $true; ProbeAddress = $false }, [pscustomobject]@{ Name = 's2'; Parent = 'eth0'; Dhcp = $true } |
            New-MacvlanNetwork).ProbeAddress | Should -Be $false, $true
        ([pscustomobject]@{ Name = 't1'; Parent = 'eth0'; Dhcp = $true; ProbeAddress = $null }, [pscustomobject]@{ Name = 't2'; Parent = 'eth0'; Dhcp = $true } |
            New-MacvlanNetwork -ProbeAddress:$false).ProbeAddress | Should -Be $false, $false
    }

    It 'come from rows of a table, in which the settings of others are empty' {
        $rows = 'Name,Parent,Subnet,Dhcp,DhcpClass,DhcpTimeoutSeconds,DhcpRequestOption,DhcpFallback',
            'a,eth0,,True,office,5,"66, ntp-servers",10.5.0.0/24', 'b,eth0,10.0.0.0/24,,,,,', 'c,eth0,"fd01::/64",True,,,,', 'd,eth0,10.1.0.0/24,False,,,,' | ConvertFrom-Csv
        $made = $rows | New-MacvlanNetwork
        $made.Name | Should -Be a, b, c, d
        $made.Dhcp | Should -Be $true, $false, $true, $false
        $made[0].DhcpRequestOption | Should -Be tftp-server-name, ntp-servers
        $made[0].DhcpClass, $made[0].DhcpTimeoutSeconds, $made[0].DhcpFallback | Should -Be office, 5, 10.5.0.0/24
        $made[2].DhcpTimeoutSeconds | Should -Be 30
        # A row means the network.
        ($rows | Get-ContainerNetwork).Name | Should -Be a, b, c, d
    }

    It 'are made again from what is left of their objects: <As>' -ForEach @(
        @{ As = 'CSV'; Keep = { param($n) $n | Export-Csv $TestDrive/n.csv; Import-Csv $TestDrive/n.csv } }
        @{ As = 'XML'; Keep = { param($n) $n | Export-Clixml $TestDrive/n.xml; Import-Clixml $TestDrive/n.xml } }
        @{ As = 'JSON'; Keep = { param($n) $n | ConvertTo-Json -Depth 4 | ConvertFrom-Json } }
        @{ As = 'objects'; Keep = { param($n) $n } }
    ) {
        foreach ($network in (New-FullNetwork), (New-MacvlanNetwork off eth0 -Dhcp -ProbeAddress:$false), (New-MacvlanNetwork fixed eth0 -Subnet 10.0.0.0/24)) {
            $kept = & $Keep $network
            Remove-MacvlanNetwork $network
            Get-Setting ($kept | New-MacvlanNetwork) | Should -Be (Get-Setting $network)
            # What is left of it still means the network.
            ($kept | Get-MacvlanNetwork).Name | Should -Be $network.Name
        }
    }

    It 'show DHCP where others show subnets' {
        $null = New-FullNetwork
        $null = New-MacvlanNetwork lan eth0 -Dhcp
        foreach ($width in 79, 119) {
            $lines = Get-Line (Get-ContainerNetwork) $width
            $lines | Where-Object Length -GT $width | Should -BeNullOrEmpty
            $lines -join "`n" | Should -Not -Match '…|\.\.\.'
            @($lines -match '^full +macvlan +Bridge +eth0 +0 DHCP$') | Should -HaveCount 1
            $lines[$lines.IndexOf(($lines -match '^full ')[0]) + 1] | Should -Match '^ +fd01::/64$'
            @($lines -match '^lan +macvlan +Bridge +eth0 +0 DHCP$') | Should -HaveCount 1
        }

        $list = Get-Line (Get-ContainerNetwork full) 79 Format-List
        $list | Where-Object Length -GT 79 | Should -BeNullOrEmpty
        foreach ($text in 'Subnet +: DHCP', ' +fd01::/64', 'DhcpTimeoutSeconds +: 7', 'DhcpClass +: containers of node7', 'DhcpRequestOption +: tftp-server-name',
            ' +tftp-server-address', ' +240', 'DhcpFallback +: 192.168.1.200-192.168.1.220/24') {
            @($list -match "^$text$") | Should -HaveCount 1 -Because $text
        }

        $plain = Get-Line (Get-ContainerNetwork lan) 79 Format-List
        $plain -match '^Dhcp' | Should -Match '^DhcpTimeoutSeconds +: 30$'
        # What a job or a file has kept looks the same.
        Get-ContainerNetwork | Export-Clixml $TestDrive/networks.xml
        Get-Line (Import-Clixml $TestDrive/networks.xml) | Should -Be (Get-Line (Get-ContainerNetwork))
        $null = New-MacvlanNetwork fixed eth0 -Subnet 10.0.0.0/24
        Get-Line (Get-ContainerNetwork fixed) 79 Format-List | Where-Object { $_ -match 'Dhcp' } | Should -BeNullOrEmpty
    }

    It 'are drawn and described with DHCP' {
        $null = New-FullNetwork
        Show-ContainerNetwork | Out-String | Should -Match 'full  macvlan Bridge, .*\n.*DHCP, fallback 192\.168\.1\.200-192\.168\.1\.220/24'
        Show-ContainerNetwork -As Svg | Out-String | Should -BeLike '*>DHCP, fallback 192.168.1.200-192.168.1.220/24<*'
        (TabExpansion2 'Connect-ContainerNic ful' 24).CompletionMatches.ToolTip | Should -Be 'macvlan Bridge on eth0: DHCP, fd01::/64'
        $transcript = "$TestDrive/whatif"
        Start-Transcript $transcript | Out-Null
        New-MacvlanNetwork x eth0 -Dhcp -WhatIf
        Remove-MacvlanNetwork full -WhatIf
        Stop-Transcript | Out-Null
        $text = Get-Content $transcript -Raw
        $text | Should -BeLike '*Create network: macvlan mode bridge on eth0, DHCP*'
        $text | Should -BeLike '*on eth0 with DHCP, fd01::/64*'
    }

    It 'complete the names of options and the subnets of the parent' {
        ip address add 10.7.0.5/24 dev eth0
        ip address add fd07::5/64 dev eth0
        $line = 'New-MacvlanNetwork x -Parent eth0 -Dhcp -DhcpRequestOption ntp'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be ntp-servers
        $line = 'New-MacvlanNetwork x -Parent eth0 -Dhcp -DhcpFallback '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 10.7.0.0/24
        ip address flush dev eth0
    }

    It 'go out and come back as JSON' {
        $before = (New-FullNetwork), (New-MacvlanNetwork off eth0 -Dhcp -ProbeAddress:$false), (New-MacvlanNetwork plain eth0 -Dhcp) | ForEach-Object { Get-Setting $_ }
        $text = Export-ContainerNetwork full, off, plain
        ($text | Import-ContainerNetwork).Result | Should -Be InPlace, InPlace, InPlace
        # Each setting has the name of its parameter, so the networks can be piped to the cmdlet too.
        Get-ContainerNetwork | Remove-ContainerNetwork -Confirm:$false
        $made = ($text | ConvertFrom-Json).networks | New-MacvlanNetwork
        $made | ForEach-Object { Get-Setting $_ } | Should -Be $before
        Get-ContainerNetwork | Remove-ContainerNetwork -Confirm:$false
        ($text | Import-ContainerNetwork).Result | Should -Be Created, Created, Created
        'full', 'off', 'plain' | ForEach-Object { Get-Setting (Get-ContainerNetwork $_) } | Should -Be $before
        Export-ContainerNetwork full, off, plain | Should -Be $text
    }

    It 'are compared setting by setting' {
        $null = New-FullNetwork
        $text = (Export-ContainerNetwork full) -replace '"dhcpTimeoutSeconds": 7', '"dhcpTimeoutSeconds": 8' -replace ',\s+"240"', '' -replace '"dhcpClass": "[^"]+",\s+', ''
        $result = $text | Import-ContainerNetwork -WhatIf
        $result.Differences | ForEach-Object { "$_" } | Should -Be @(
            'DhcpTimeoutSeconds: 7 -> 8'
            'DhcpRequestOption: tftp-server-name, tftp-server-address, 240 -> tftp-server-name, tftp-server-address'
            'DhcpClass: containers of node7 -> none'
        )
        ($text | Import-ContainerNetwork).Result | Should -Be Changed
        (Get-ContainerNetwork full).DhcpTimeoutSeconds | Should -Be 8
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'go out and come back as CNI, with what has no counterpart named' {
        $null = New-MacvlanNetwork lan eth0 -Dhcp -DhcpClass office -DhcpRequestOption 66 -NoDefaultRoute
        $before = Get-Setting (Get-ContainerNetwork lan)
        $text = Export-ContainerNetwork lan -As Cni -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike '*ProbeAddress*'
        Remove-ContainerNetwork lan
        ($text | Import-ContainerNetwork 3>$null).Result | Should -Be Created
        Get-Setting (Get-ContainerNetwork lan) | Should -Be $before
        $null = New-FullNetwork
        $null = Export-ContainerNetwork full -As Cni -WarningVariable warnings 3>$null
        foreach ($setting in 'Subnet', 'Gateway', 'DhcpTimeoutSeconds', 'DhcpFallback', 'Route') { $warnings -match "counterpart of $setting " | Should -HaveCount 1 -Because $setting }
        { Export-ContainerNetwork lan -As DockerCommand -ErrorAction Stop } | Should -Throw -ErrorId 'NoCounterpart,*'
    }

    It 'come from <From>' -ForEach @(
        @{ From = 'Podman'; Text = '[{"name":"lan","driver":"macvlan","network_interface":"eth0","ipam_options":{"driver":"dhcp"}}]' }
        @{ From = 'Docker with the driver null'; Text = '[{"Name":"lan","Driver":"macvlan","EnableIPv4":true,"EnableIPv6":false,"IPAM":{"Driver":"null","Config":[{"Subnet":"0.0.0.0/0"}]},"Options":{"parent":"eth0"}}]' }
        @{ From = 'docker-net-dhcp'; Text = '[{"Name":"lan","Driver":"ghcr.io/devplayer0/docker-net-dhcp:release-linux-amd64","IPAM":{"Driver":"null"},"Options":{"bridge":"eth0"}}]' }
        @{ From = 'CNI'; Text = '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"macvlan","master":"eth0","ipam":{"type":"dhcp"}}]}' }
        @{ From = 'Kubernetes'; Text = '{"apiVersion":"k8s.cni.cncf.io/v1","kind":"NetworkAttachmentDefinition","metadata":{"name":"lan"},"spec":{"config":"{\"type\":\"macvlan\",\"master\":\"eth0\",\"ipam\":{\"type\":\"dhcp\"}}"}}' }
    ) {
        ($Text | Import-ContainerNetwork 3>$null).Result | Should -Be Created
        $made = Get-Setting (Get-ContainerNetwork lan)
        Remove-ContainerNetwork lan
        $made | Should -Be (Get-Setting (New-MacvlanNetwork lan eth0 -Dhcp))
    }

    It 'refuse an IPv4 address for a NIC, because it is the server''s to assign' {
        $null = New-MacvlanNetwork lan eth0 -Dhcp
        $null = New-NetworkNamespace web1
        $failure = { Connect-ContainerNic lan web1 -IPAddress 10.0.0.7 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidAddress,*' -PassThru
        "$failure" | Should -BeLike "*10.0.0.7 can't be requested on 'lan': a DHCP server assigns its IPv4 addresses.*"
        Get-ContainerNic | Should -BeNullOrEmpty
        Get-ContainerNetworkAddress lan | Should -BeNullOrEmpty
        Remove-NetworkNamespace web1
    }

    It 'can be renamed and survive a reboot' {
        $network = New-FullNetwork
        Rename-ContainerNetwork full other
        Restart-TestHost
        Restore-ContainerNetwork | Out-Null
        Get-Setting (Get-ContainerNetwork other) | Should -Be (Get-Setting $network)
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Networks with DHCP on ipvlan' -Tag Native {
    AfterEach { Get-ContainerNetwork | Remove-ContainerNetwork -Force -Confirm:$false }

    It 'are not probed, and share a parent as others do' {
        $network = New-IpvlanNetwork lan eth0 -Dhcp -Flag Private -DhcpClass office
        $network.Dhcp, $network.DhcpClass, $network.ModeText | Should -Be $true, office, 'L2 Private'
        (Export-ContainerNetwork lan | Import-ContainerNetwork).Result | Should -Be InPlace
        { New-IpvlanNetwork other eth0 -Dhcp -ErrorAction Stop } | Should -Throw -ErrorId 'ParentInUse,*'
    }
}
