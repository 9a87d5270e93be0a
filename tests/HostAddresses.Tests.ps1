# Addresses that the host itself has: a NIC with one of them would cut the host off from its wire.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.1/24 dev eth0
    $null = New-NetworkNamespace web1
}

AfterAll { Clear-TestHost }

foreach ($case in @{ Kind = 'Macvlan'; Tag = 'Native', 'Once' }, @{ Kind = 'Ipvlan'; Tag = 'Kernel' }) {
    Describe 'A NIC of a network of kind <Kind>' -ForEach $case -Tag $case.Tag {
        BeforeAll { $null = & "New-${Kind}Network" lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::ffff }

        AfterAll { & "Remove-${Kind}Network" lan -Force }

        It 'never gets the address that the host has on <On>' -ForEach @(
            @{ On = 'its parent'; Add = { ip address add 10.1.0.2/24 dev eth0 }; Link = 'eth0'; Remove = { ip address delete 10.1.0.2/24 dev eth0 } }
            @{ On = 'its parent, without a route'; Add = { ip address add 10.1.0.2/24 dev eth0 noprefixroute }; Link = 'eth0'
                Remove = { ip address delete 10.1.0.2/24 dev eth0 } }
            @{ On = 'a bridge'; Add = { ip link add br0 type bridge; ip address add 10.1.0.2/24 dev br0 }; Link = 'br0'; Remove = { ip link delete br0 } }
            @{ On = 'a link that is down'; Add = { ip link add v0 type veth peer name v1; ip address add 10.1.0.2/32 dev v0 }; Link = 'v0'; Remove = { ip link delete v0 } }
            @{ On = 'lo'; Add = { ip address add 10.1.0.2/32 dev lo }; Link = 'lo'; Remove = { ip address delete 10.1.0.2/32 dev lo } }
        ) {
            & $Add
            try {
                $nic = Connect-ContainerNic lan web1
                "$($nic.IPAddress)" | Should -BeLike '10.1.0.3/24*'
                $nic | Disconnect-ContainerNic
                $problem = Get-Failure { Connect-ContainerNic lan web1 -IPAddress 10.1.0.2 }
                $problem.What | Should -Be "AddressInUse ResourceBusy 'web1'"
                $problem.Message | Should -BeLike "*10.1.0.2*$Link.*"
            }
            finally { & $Remove }
            $nic = Connect-ContainerNic lan web1
            "$($nic.IPAddress)" | Should -BeLike '10.1.0.2/24*' -Because 'it is free now'
            $nic | Disconnect-ContainerNic
        }

        It 'never gets an IPv6 address of the host' {
            ip address add fd01::1/64 dev eth0 nodad
            try {
                $nic = Connect-ContainerNic lan web1
                "$($nic.IPAddress)" | Should -BeLike '*fd01::2/64'
                $nic | Disconnect-ContainerNic
            }
            finally { ip address delete fd01::1/64 dev eth0 }
        }
    }
}

Describe 'The host''s access to a network' -Tag Native, Once {
    It 'has an address of its own, not one that the host has elsewhere' {
        ip address add 10.1.0.2/24 dev eth0
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        "$((Enable-HostAccess lan).IPAddress)" | Should -Be 10.1.0.3/32
        "$((Connect-ContainerNic lan web1).IPAddress)" | Should -Be 10.1.0.4/24
        Test-Ping web1 10.1.0.3 | Should -BeTrue
        Remove-MacvlanNetwork lan -Force
        ip address delete 10.1.0.2/24 dev eth0
    }
}
