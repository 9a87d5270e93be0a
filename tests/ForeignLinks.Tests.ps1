# Links that others made on a parent: by hand here, by Docker elsewhere.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'Links of others on a parent' {
    BeforeEach {
        ip netns add other
        $null = New-NetworkNamespace one
    }

    AfterEach {
        Remove-NetworkNamespace one -Force
        # A namespace is cleared some time after it is deleted, and its links hold the parent until then.
        'mv0', 'iv0' | ForEach-Object { ip -n other link delete $_ 2>$null }
        ip netns delete other
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'are named when they are macvlan in mode Passthru, in <Where>' -Tag Native, Once -ForEach @(
        @{ Where = 'another namespace'; In = 'netns', 'other'; Named = 'other/mv0' }
        @{ Where = 'the host''s'; In = @(); Named = 'host/mv0' }
    ) {
        ip link add link eth0 name mv0 @In type macvlan mode passthru
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        { Connect-ContainerNic lan one -ErrorAction Stop } | Should -Throw "*$Named*" -ErrorId 'ParentInUse,*'
        (Get-IpLink -Namespace one).ifname | Should -Be lo
        Get-ContainerNic | Should -BeNullOrEmpty
        if (-not $In) { ip link delete mv0 }
    }

    It 'keep a Passthru network from their parent' -Tag Native, Once {
        ip link add link eth0 name mv0 netns other type macvlan mode bridge
        { New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode Passthru -ErrorAction Stop } |
            Should -Throw '*other/mv0*' -ErrorId 'ParentInUse,*'
    }

    It 'keep an ipvlan network of another mode from their parent, which would change theirs' {
        ip link add link eth0 name iv0 netns other type ipvlan mode l3
        { New-IpvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -ErrorAction Stop } | Should -Throw '*other/iv0*l3*' -ErrorId 'ParentInUse,*'
        (Get-IpLink iv0 -Namespace other).linkinfo.info_data.mode | Should -Be l3
        New-IpvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode L3 | Connect-ContainerNic -Namespace one | Should -HaveCount 1
    }

    It 'are named when they are of the other kind' {
        ip link add link eth0 name iv0 netns other type ipvlan mode l2
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        { Connect-ContainerNic lan one -ErrorAction Stop } | Should -Throw '*1 ipvlan link*other/iv0*' -ErrorId 'ParentInUse,*'
    }

    It 'do not count on another parent of the same index in another namespace' -Tag Native, Once {
        # A parent in a namespace of its own may well have the index of eth0.
        $index = (Get-IpLink eth0).ifindex
        ip -n other link add far index $index type veth peer name near index 999
        ip -n other link add link far name mv0 type macvlan mode passthru
        ip -n other link set mv0 netns wire
        (Get-IpLink mv0 -Namespace wire).link_index | Should -Be $index
        New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode Passthru | Should -HaveCount 1
        ip -n wire link delete mv0
    }
}
