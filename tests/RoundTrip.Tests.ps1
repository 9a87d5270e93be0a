# What leaves as an object comes back as the parameters of a command, through each form that objects take outside of
# PowerShell: XML of Export-Clixml, JSON, lines of CSV, and what Select-Object makes.

BeforeDiscovery {
    $forms = 'Xml', 'Json', 'Csv', 'Selected'
    $formCases = $forms | ForEach-Object { @{ Form = $_ } }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function ConvertTo-Form([string]$Form, [object[]]$Objects) {
        switch ($Form) {
            # What Export-Clixml and Import-Clixml do, which not every host has.
            Xml { $Objects | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 2)) } }
            Json { ConvertTo-Json $Objects -Depth 4 | ConvertFrom-Json }
            Csv {
                if (Get-Command ConvertTo-Csv -ErrorAction Ignore) { return $Objects | ConvertTo-Csv | ConvertFrom-Csv }
                foreach ($object in $Objects) {
                    $line = [ordered]@{}
                    foreach ($property in $object.PSObject.Properties) { $line[$property.Name] = $null -eq $property.Value ? '' : $property.Value.ToString() }
                    [pscustomobject]$line
                }
            }
            Selected { $Objects | Select-Object * }
        }
    }

    # All that commands can be told, a line each; what is new each time is left out.
    function Format-Network { process { ($_ | Select-Object * -ExcludeProperty Id, NicCount, Subnets, State | ConvertTo-Json -Compress -EnumsAsStrings) } }
    function Format-Nic { process { "$($_.Network) $_ $($_.IPAddress) $($_.MacAddress) $($_.Mtu) $($_.State)" } }
}

AfterAll { Clear-TestHost }

Describe 'Macvlan networks and NICs' -Tag Native, Once {
    BeforeAll {
        'link add eth1 type veth peer name eth1 netns wire', 'link set eth1 up' | ip -batch -
        ip -n wire link set eth1 up
        $null = New-NetworkNamespace web1, web2, web3
        $null = New-MacvlanNetwork full eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::1 -IPRange 10.1.0.64/26, 10.1.0.200-10.1.0.220 `
            -ExcludeAddress 10.1.0.70, 10.1.0.80-10.1.0.89 -RouteMetric 50 -Mtu 1400 -ProbeAddress -ProbeCount 1 -ProbeTimeoutMilliseconds 60 `
            -Route '10.9.0.0/16 via 10.1.0.254 metric 100', 'blackhole 10.8.0.0/16'
        $null = New-MacvlanNetwork source eth1 -Subnet 10.3.0.0/24, 10.4.0.0/24 -Gateway 10.4.0.9 -NoGateway -NoDefaultRoute -Mode Source `
            -AllowedMacAddress 02-00-00-00-00-07, 02:00:00:00:00:0a -BroadcastQueueLength 500
        $null = New-MacvlanNetwork remote eth1 -Subnet 10.5.0.0/24 -Gateway 192.168.9.1 -OnLinkGateway
        $networks = Get-MacvlanNetwork
        $null = Connect-ContainerNic full web1 -MacAddress 02-00-00-00-00-99 -Mtu 1300
        $null = Connect-ContainerNic full web2 -NoIPAddress -InterfaceName lan7
        $null = Connect-ContainerNic source web1 -IPAddress 10.4.0.20, 10.4.0.10
        $nics = Get-ContainerNic
    }

    It 'come back as NICs that they were, through <Form>' -ForEach $formCases {
        $before = Get-ContainerNic | Format-Nic
        $kernel = Get-NicText web1, web2
        $saved = ConvertTo-Form $Form $nics
        $saved | Disconnect-ContainerNic
        Get-ContainerNic | Should -BeNullOrEmpty
        $saved | Connect-ContainerNic | Should -HaveCount 3
        Get-ContainerNic | Format-Nic | Should -Be $before
        Get-NicText web1, web2 | Should -Be $kernel
        # What is said otherwise is otherwise.
        $saved[0] | Connect-ContainerNic -Network remote -InterfaceName other0 -Mtu 1280 | Format-Nic | Should -BeLike 'remote web1/other0 10.5.0.1/24 * 1280 Up'
        Disconnect-ContainerNic remote
    }

    It 'come back as NICs of the process that they were of, through <Form>' -ForEach $formCases {
        $sleeper = Start-Sleeper 'unshare --net'
        $made = Connect-ContainerNic remote -ProcessId $sleeper.Id -IPAddress 10.5.0.50
        $saved = ConvertTo-Form $Form $made
        $made | Disconnect-ContainerNic
        $saved | Connect-ContainerNic | ForEach-Object { "$($_.ProcessId -eq $sleeper.Id) $($_.IPAddress) $($_.MacAddress)" } |
            Should -Be "True 10.5.0.50/24 $($made.MacAddress)"
        $saved | Disconnect-ContainerNic
        Get-ContainerNic remote | Should -BeNullOrEmpty
        Stop-Sleeper $sleeper
    }

    It 'stand for networks and namespaces in a pipeline, through <Form>' -ForEach $formCases {
        $savedNetworks, $savedNamespaces = (ConvertTo-Form $Form $networks), (ConvertTo-Form $Form (Get-NetworkNamespace web2, web3))
        $savedNetworks | Connect-ContainerNic -Namespace web3 | ForEach-Object { "$($_.Network) $_" } |
            Should -Be 'full web3/eth0', 'remote web3/eth1', 'source web3/eth2'
        $savedNetworks | Get-ContainerNic -Namespace web3 | Should -HaveCount 3
        $savedNamespaces | Disconnect-ContainerNic -InterfaceName eth*
        $savedNamespaces | Connect-ContainerNic remote | ForEach-Object { "$_" } | Should -Be web2/eth0, web3/eth0
        Disconnect-ContainerNic remote
    }

    It 'are tested, through <Form>' -ForEach $formCases {
        $made = Connect-ContainerNic remote web2, web3
        $saved = ConvertTo-Form $Form $made
        $saved | Test-ContainerNic -Full -Count 1 | ForEach-Object { "$($_.Source) $($_.DestinationAddress) $($_.Reachable)" } |
            Should -Be 'web2/eth0 10.5.0.2 True', 'web3/eth0 10.5.0.1 True'
        $saved[0] | Test-ContainerNic -Destination 10.5.0.2 -Count 1 -Quiet | Should -BeTrue
        $saved[0] | Test-ContainerNic -Destination $saved[1] -Count 1 -Quiet | Should -BeTrue
        $made[1] | Disconnect-ContainerNic
        $failure = Get-Failure { $script:told = $saved | Test-ContainerNic -Destination 10.5.0.9 -LinkLayer -Count 1 -TimeoutSeconds 0.1 }
        "$($failure.What) $($failure.Message)" | Should -Be "NicNotFound ObjectNotFound 'web3/eth0' The NIC web3/eth0 no longer exists on network 'remote'."
        $told.Source | Should -Be web2/eth0 -Because 'the others are tested anyway'
        $saved[1] | Test-ContainerNic -Quiet -ErrorAction Ignore | Should -BeFalse
        Disconnect-ContainerNic remote
    }

    It 'stand for networks wherever these are taken, through <Form>' -ForEach $formCases {
        $saved = ConvertTo-Form $Form $networks
        $saved | Get-ContainerNetwork | ForEach-Object Name | Should -Be full, remote, source
        $saved | Get-MacvlanNetwork | ForEach-Object Name | Should -Be full, remote, source
        $saved | Get-ContainerNic | Should -HaveCount 3
        $saved | Test-ContainerNetwork -Quiet | Should -BeTrue
        $saved | Restore-ContainerNetwork | Where-Object Kind -EQ Network | ForEach-Object { "$($_.Name) $($_.Result)" } |
            Should -Be 'full InPlace', 'remote InPlace', 'source InPlace'
        @($saved | Show-ContainerNetwork) -match '^[├└│ ─]+(full|remote|source) ' | Should -HaveCount 3
        ($saved | Export-ContainerNetwork | ConvertFrom-Json).networks.name | Should -Be full, remote, source
        $saved[1] | Enable-HostAccess | ForEach-Object Network | Should -Be remote
        $saved[1] | Disable-HostAccess
        (Get-ContainerNetwork remote).HostAddress | Should -BeNullOrEmpty
        $saved | Watch-ContainerNetwork -Timeout 0 | Should -BeNullOrEmpty
    }

    It 'do not stand for what they are not' {
        $network, $namespace = (ConvertTo-Form Xml $networks[0]), (ConvertTo-Form Xml (Get-NetworkNamespace web3))
        Get-Failure { $network | Connect-ContainerNic remote } | ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
        Get-Failure { $namespace | Connect-ContainerNic -Namespace web3 } | ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
        Get-Failure { Get-Item /run | Test-ContainerNic } | ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
        Get-Failure { Get-Item /run | Connect-ContainerNic remote } | ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
        Get-ContainerNic remote | Should -BeNullOrEmpty
    }

    It 'connect NICs that were written down by hand' {
        $line = [pscustomobject]@{ Network = 'remote'; Namespace = 'web3'; IPAddress = '10.5.0.30' }
        $line | Connect-ContainerNic | Format-Nic | Should -BeLike 'remote web3/eth0 10.5.0.30/24 *'
        $line.IPAddress = '10.5.0'
        (Get-Failure { $line | Connect-ContainerNic }).Message | Should -Be "The object for the NIC web3/ contains the invalid value '10.5.0': '10.5.0' is not an IPv4 or IPv6 address."
        $line | Select-Object *, @{ Name = 'InterfaceName'; Expression = { 'eth0' } } | Disconnect-ContainerNic
        Get-ContainerNic remote | Should -BeNullOrEmpty
    }

    It 'come back as the networks that they were, through <Form>' -ForEach $formCases {
        Disconnect-ContainerNic *
        $saved = ConvertTo-Form $Form $networks
        $before = Get-MacvlanNetwork | Format-Network
        $saved | Remove-MacvlanNetwork
        Get-ContainerNetwork | Should -BeNullOrEmpty
        $null = $saved | New-MacvlanNetwork -ErrorAction Stop
        Get-MacvlanNetwork | Format-Network | Should -Be $before
    }

    It 'give JSON of addresses, not of what they are made of' {
        $json = Get-ContainerNetwork full | ConvertTo-Json -Depth 4 -EnumsAsStrings -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty -Because 'nothing is deeper'
        $network = $json | ConvertFrom-Json
        $network.Mode | Should -Be Bridge
        $network.Subnet | Should -Be 10.1.0.0/24, fd01::/64
        $network.Subnets[0].IPRange | Should -Be 10.1.0.64-10.1.0.127, 10.1.0.200-10.1.0.220
        # By itself, ConvertTo-Json goes less deep. Then only how full subnets are is left out.
        $plain = ConvertTo-Json @($networks) -WarningAction Ignore | ConvertFrom-Json | Where-Object Name -EQ full
        "$($plain.Subnets) $($plain.IPRange) $($plain.Route)" | Should -Be ('10.1.0.0/24 fd01::/64 10.1.0.64-10.1.0.127 10.1.0.200-10.1.0.220 ' +
            '10.9.0.0/16 via 10.1.0.254 metric 100 blackhole 10.8.0.0/16')
        $nic = ConvertTo-Json @($nics) -WarningVariable warnings | ConvertFrom-Json | Select-Object -First 1
        $warnings | Should -BeNullOrEmpty
        "$($nic.IPAddress) $($nic.MacAddress)" | Should -Be '10.1.0.64/24 fd01::2/64 02:00:00:00:00:99'
    }

    It 'have a text for each cell of a table' {
        foreach ($object in @($networks) + $nics + @(Get-NetworkNamespace) + @($networks.Subnets) + @(Enable-HostAccess full)) {
            foreach ($property in $object.PSObject.Properties) { "$($property.Name) $($property.Value?.ToString())" | Should -Not -Match '[A-Z]\w+\.[A-Z]\w+[.`]' }
        }
        $networks[0].IPRange.ToString() | Should -Be '10.1.0.64-10.1.0.127, 10.1.0.200-10.1.0.220'
    }
}

Describe 'Ipvlan networks and VLAN sub-interfaces' {
    It 'come back as they were, through <Form>' -ForEach $formCases {
        $vlan = Add-VlanSubInterface eth0 10 -Name outer -Protocol 802.1ad -Mtu 1496 -Gvrp -LooseBinding -ReorderHeader $false `
            -EgressPriorityMap @{ 0 = 3; 1 = 4 } -IngressPriorityMap @{ 2 = 5 }
        $null = New-IpvlanNetwork routed outer -Mode L3 -Flag Private -Subnet 10.1.0.0/24, fd01::/64 -Route 10.9.0.0/16 -WarningAction Ignore
        $null = New-IpvlanNetwork inside -Subnet 10.2.0.0/24 -Internal
        $networks, $before, $kernel = (Get-IpvlanNetwork), (Get-IpvlanNetwork | Where-Object Name -EQ routed | Format-Network), (ip -d link show dev outer)[1..9]
        Remove-IpvlanNetwork *
        $saved = ConvertTo-Form $Form $vlan
        Remove-VlanSubInterface outer
        ($saved | Add-VlanSubInterface).Name | Should -Be outer
        (ip -d link show dev outer)[2..9] | Should -Be $kernel[1..8]
        $null = ConvertTo-Form $Form $networks | New-IpvlanNetwork -ErrorAction Stop -WarningAction Ignore
        Get-IpvlanNetwork routed | Format-Network | Should -Be $before
        "$((Get-IpvlanNetwork inside).Internal) $((Get-IpvlanNetwork inside).Parent)" | Should -BeLike 'True di-*'
        Remove-IpvlanNetwork *
        Remove-VlanSubInterface outer
    }
}
