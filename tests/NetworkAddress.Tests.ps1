# Get-ContainerNetworkAddress, Rename-ContainerNetwork, Get-HostAccess, and what -PassThru returns.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    'address add 10.1.0.5/24 dev eth0', 'link add eth1 type veth peer name peer1', 'address add 10.1.0.1/32 dev eth1' | ip -batch -
    $null = New-NetworkNamespace web1, web2
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -IPRange 10.1.0.0/25 -ExcludeAddress 10.1.0.3, 10.1.0.20-10.1.0.29
    $null = New-MacvlanNetwork other eth0 -Subnet 10.1.0.0/24 -Gateway 10.1.0.254 -WarningAction Ignore
    $null = New-MacvlanNetwork large eth0 -Subnet 10.64.0.0/10, fd02::/64 -WarningAction Ignore
    $null = Connect-ContainerNic lan web1
    $null = Connect-ContainerNic other web2 -IPAddress 10.1.0.200

    function Get-Line { process { "$_ $($_.Kind)$($_.IsGateway ? ' gateway' : '') $($_.Holder) $($_.HolderNetwork)".Trim() -replace ' +', ' ' } }
}

AfterAll { Clear-TestHost }

Describe 'Get-ContainerNetworkAddress' -Tag Native, Once {
    It 'lists every address in order, with who has it' {
        Get-ContainerNetworkAddress lan -IPAddress 10.1.0.0/24 | Get-Line | Should -Be @(
            '10.1.0.0 Reserved'
            '10.1.0.1 Host gateway eth1'
            '10.1.0.2 Nic web1/eth0 lan'
            '10.1.0.3 Excluded'
            '10.1.0.4 Free'
            '10.1.0.5 Host eth0'
            '10.1.0.6-10.1.0.19 Free'
            '10.1.0.20-10.1.0.29 Excluded'
            '10.1.0.30-10.1.0.127 Free'
            '10.1.0.128-10.1.0.199 OutsideRange'
            '10.1.0.200 Nic web2/eth0 other'
            '10.1.0.201-10.1.0.253 OutsideRange'
            '10.1.0.254 Gateway gateway'
            '10.1.0.255 Reserved')
        (Get-ContainerNetworkAddress lan -Kind Nic).MacAddress[0] | Should -Be (Get-ContainerNic lan).MacAddress
    }

    It 'has each address once, and as many free ones as the network says' {
        foreach ($network in Get-ContainerNetwork) {
            foreach ($subnet in $network.Subnets) {
                $addresses = Get-ContainerNetworkAddress $network.Name | Where-Object Subnet -EQ $subnet.Subnet
                $sum = { $total = [bigint]0; $args[0] | ForEach-Object { $total += $_.Count }; $total }
                $bits = $subnet.Subnet -like '*:*' ? 128 : 32
                & $sum $addresses | Should -Be ([bigint]::Pow(2, $bits - ($subnet.Subnet -split '/')[1]))
                # The record doesn't know the host's own addresses.
                $own = @($addresses | Where-Object { $_.Kind -eq 'Host' -and -not $_.IsGateway -and $network.Name -ne 'large' })
                & $sum ($addresses | Where-Object Kind -EQ Free) | Should -Be ($subnet.Free - $own.Count)
            }
        }
    }

    It 'describes a large subnet in a few objects' {
        Get-ContainerNetworkAddress large | Get-Line | Should -Be @(
            '10.64.0.0 Reserved', '10.64.0.1 Gateway gateway', '10.64.0.2-10.127.255.254 Free', '10.127.255.255 Reserved'
            'fd02:: Reserved', 'fd02::1-fd02::ffff:ffff:ffff:ffff Free')
    }

    It 'says who has an address, in any form: <_>' -ForEach '10.1.0.2', '10.1.0.2/24', ([ipaddress]'10.1.0.2'), '10.1.0.2-10.1.0.2' {
        Get-ContainerNetworkAddress -IPAddress $_ | ForEach-Object { "$($_.Network): $($_ | Get-Line)" } |
            Should -Be 'lan: 10.1.0.2 Nic web1/eth0 lan', 'other: 10.1.0.2 Nic web1/eth0 lan'
    }

    It 'shows one address of a range as that one, and reports one that is nowhere' {
        Get-ContainerNetworkAddress large 10.70.0.7 | Get-Line | Should -Be '10.70.0.7 Free'
        (Get-Failure { Get-ContainerNetworkAddress lan -IPAddress 10.9.0.1 }).Message | Should -Be "10.9.0.1 isn't in a subnet of lan."
    }

    It 'shows stations that answered probes, with their MAC addresses' {
        ip -n wire address add 10.64.0.2/10 dev eth0
        $null = Connect-ContainerNic large web1 -ProbeAddress -WarningAction Ignore
        $found = Get-ContainerNetworkAddress large -Kind Foreign
        "$found" | Should -Be 10.64.0.2
        $found.MacAddress, $found.Holder | Should -Be (@((Get-IpLink eth0 -Namespace wire).address) * 2)
        Disconnect-ContainerNic large web1
    }

    It 'is whole in a table of <_> columns' -ForEach 79, 119 {
        $text = Get-ContainerNetworkAddress | Out-String -Width $_
        $text -split '\r?\n' | Where-Object Length -GT $_ | Should -BeNullOrEmpty
        foreach ($part in '10.1.0.30-10.1.0.127', 'Host, gateway', 'fd01::ffff:ffff:ffff:ffff', 'web1/eth0') { $text | Should -BeLike "*$part*" }
    }
}

Describe 'Rename-ContainerNetwork' -Tag Native, Once {
    It 'changes the name and nothing else' {
        $before = Get-ContainerNetwork lan
        $links = Get-IpLink -Namespace web1 | ConvertTo-Json -Depth 9
        $renamed = Rename-ContainerNetwork lan office -PassThru
        "$($renamed.Name) $($renamed.Id)" | Should -Be "office $($before.Id)"
        (Get-Failure { Get-ContainerNetwork lan -ErrorAction Stop }).What | Should -BeLike 'NetworkNotFound*'
        "$(Get-ContainerNic office)" | Should -Be web1/eth0
        Get-IpLink -Namespace web1 | ConvertTo-Json -Depth 9 | Should -Be $links
        Test-ContainerNetwork office -Quiet | Should -BeTrue
        $null = Connect-ContainerNic office web2
        Disconnect-ContainerNic office web2
        # By object, by property, and in another case.
        Get-ContainerNetwork office | Rename-ContainerNetwork -NewName Office
        [pscustomobject]@{ Name = 'office'; NewName = 'lan' } | Rename-ContainerNetwork
        Get-ContainerNetwork | ForEach-Object Name | Should -Be lan, large, other
    }

    It 'is refused: <What>' -ForEach @(
        @{ From = 'lan'; To = 'OTHER'; What = 'NetworkExists' }
        @{ From = 'lan'; To = 'a/b'; What = 'InvalidName' }
        @{ From = 'nosuch'; To = 'new1'; What = 'NetworkNotFound' }
        @{ From = 'la*'; To = 'new1'; What = 'NetworkNotFound' }
    ) {
        (Get-Failure { Rename-ContainerNetwork $From $To }).What | Should -BeLike "$What *"
        Get-ContainerNetwork | ForEach-Object Name | Should -Be lan, large, other
    }
}

Describe 'Get-HostAccess' -Tag Native, Once {
    It 'lists the interfaces, of all networks or of some' {
        Get-HostAccess | Should -BeNullOrEmpty
        $made = Enable-HostAccess other, large
        Get-HostAccess | ForEach-Object { "$($_.Network) $_" } | Should -Be "large $($made[1])", "other $($made[0])"
        "$(Get-HostAccess o*)" | Should -Be "$($made[0])"
        Get-ContainerNetwork large | Get-HostAccess | ForEach-Object Network | Should -Be large
        Get-ContainerNetworkAddress other -Kind Host | Where-Object HolderNetwork | Get-Line | Should -BeLike "* Host $($made[0]) other"
        Disable-HostAccess * -PassThru | ForEach-Object Network | Should -Be large, other
        Disable-HostAccess * -PassThru | Should -BeNullOrEmpty
    }
}

Describe '-PassThru and kinds' -Tag Native, Once {
    It 'returns what was taken away, and only that' {
        Disconnect-ContainerNic lan web1 | Should -BeNullOrEmpty
        $null = Connect-ContainerNic lan web1
        Disconnect-ContainerNic lan web1 -WhatIf -PassThru | Should -BeNullOrEmpty
        Disconnect-ContainerNic -Target web1, web2 -PassThru | ForEach-Object { "$($_.Network) $_" } | Sort-Object | Should -Be 'lan web1/eth0', 'other web2/eth0'
        "$(Remove-NetworkNamespace web2 -PassThru)" | Should -Be web2
        "$(Remove-ContainerNetwork o*, large -PassThru)" | Should -Be 'other large'
    }

    It 'names the kind of a network that another cmdlet is for' {
        foreach ($call in { Remove-IpvlanNetwork lan }, { Remove-IpvlanNetwork LAN -Force }, { Get-IpvlanNetwork lan }) {
            $failure = Get-Failure $call
            $failure.What | Should -BeLike "NetworkNotFound ObjectNotFound 'lan'"
            $failure.Message | Should -Be "'lan' is a macvlan network, not an ipvlan network."
            $failure.Action | Should -BeLike '*-MacvlanNetwork lan*-ContainerNetwork lan*'
        }
        Remove-IpvlanNetwork l* -Force
        Get-ContainerNetwork | ForEach-Object Name | Should -Be lan
    }

    It 'asks what was meant: <Message>' -ForEach @(
        @{ Call = { Get-ContainerNetwork lna }; Message = "*doesn't exist. Did you mean 'lan'?" }
        @{ Call = { Connect-ContainerNic LANN web1 }; Message = "*doesn't exist. Did you mean 'lan'?" }
        @{ Call = { Get-NetworkNamespace wbe1 }; Message = "*doesn't exist. Did you mean 'web1'?" }
        @{ Call = { Connect-ContainerNic lan -Namespace wbe1 }; Message = "*Did you mean 'web1'?" }
        @{ Call = { Connect-ContainerNic lan wbe1 }; Message = "*Did you mean 'web1'?" }
        @{ Call = { Connect-ContainerNic web1 lan }; Message = "The network 'web1' doesn't exist. 'web1' is a network namespace." }
        @{ Call = { Get-ContainerNic web1 }; Message = "The network 'web1' doesn't exist. 'web1' is a network namespace." }
        @{ Call = { Connect-ContainerNic lan lan }; Message = "*'lan' is a network: the network comes first, then the target." }
        @{ Call = { Connect-ContainerNic lan -Container web1 }; Message = "*'web1' is a network namespace." }
        @{ Call = { Disconnect-ContainerNic lan lan }; Message = "There is no NIC of lan on network lan. 'lan' is a network." }
        @{ Call = { Test-ContainerNic lan 10.1.0.1 }; Message = "*'10.1.0.1' is an address." }
        @{ Call = { Get-ContainerNetwork storage }; Message = "The network 'storage' doesn't exist." }
    ) {
        (Get-Failure $Call).Message | Should -BeLike $Message
    }
}
