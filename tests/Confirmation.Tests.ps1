# -Confirm asks once for each thing: a process of its own gets the answers on its standard input. An answer too many or too
# few would go to the next question, so what has been done tells how often each command asked.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Invoke-WithAnswer([string]$Script, [string[]]$Answer) {
        # Lines of the script that begin with a mark; the rest are the questions.
        Invoke-Shell "function Show { process { '#' + `$_ } }; $Script" -Through 'sh', '-c', "printf '$($Answer -join '\n')\n' | `"`$@`"", 'sh' |
            ForEach-Object { ($_ -split '#', 2)[1] } | Where-Object { $_ }
    }
}

AfterAll { Clear-TestHost }

Describe 'Confirmation' -Tag Native, Once {
    AfterEach {
        Get-NetworkNamespace web1, web2 -ErrorAction Ignore | Remove-NetworkNamespace -Force
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'is asked for once by each command that changes something' {
        $commands = @(
            @{ Do = 'New-NetworkNamespace web1 -Confirm'; Look = 'Get-NetworkNamespace web?' }
            @{ Do = 'New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -Confirm'; Look = 'Get-ContainerNetwork' }
            @{ Do = 'New-IpvlanNetwork own eth0 -Subnet 10.2.0.0/24 -WarningAction Ignore -Confirm'; Look = 'Get-ContainerNetwork own*' }
            @{ Do = '(Export-ContainerNetwork lan) -replace "10.1.0", "10.3.0" -replace "name.: .lan", "name`": `"too" | Import-ContainerNetwork -Confirm'; Look = 'Get-ContainerNetwork too*' }
            @{ Do = '(Export-ContainerNetwork too) -replace "Bridge", "Vepa" | Import-ContainerNetwork -Confirm'; Look = '(Get-ContainerNetwork too).Mode' }
            @{ Do = 'Connect-ContainerNic lan web1 -Confirm'; Look = 'Get-ContainerNic' }
            @{ Do = 'ip -n web1 link delete eth0; Restore-ContainerNetwork -Confirm'; Look = 'ip -n web1 -br link show dev eth0 2>/dev/null | cut -c1-4' }
            @{ Do = 'ip -n web1 link set eth0 mtu 1400; Repair-ContainerNetwork -Confirm'; Look = 'ip -n web1 link show dev eth0 | grep -o mtu.[0-9]*' }
            @{ Do = 'Get-ContainerNic | Disconnect-ContainerNic -Confirm'; Look = 'Get-ContainerNic' }
            @{ Do = 'Remove-MacvlanNetwork lan -Confirm'; Look = 'Get-ContainerNetwork lan*' }
            @{ Do = 'Remove-IpvlanNetwork own -Confirm'; Look = 'Get-ContainerNetwork own*' }
            @{ Do = 'Remove-NetworkNamespace web1 -Confirm'; Look = 'Get-NetworkNamespace web?' }
            @{ Do = 'Register-AddressDatabase fleet "Host=db1;Username=node1" -Confirm'; Look = 'Get-AddressDatabase' }
            @{ Do = 'Unregister-AddressDatabase fleet -Confirm'; Look = 'Get-AddressDatabase' })
        # Each is declined first, and accepted then.
        $script = foreach ($command in $commands) { @('$null = {0}; "<$({1})>" | Show' -f $command.Do, $command.Look) * 2 }
        Invoke-WithAnswer ($script -join '; ') (@('n', 'y') * $commands.Count) | Should -Be @(
            '<>', '<web1>'
            '<>', '<lan>'
            '<>', '<own>'
            '<>', '<too>'
            '<Bridge>', '<Vepa>'
            '<>', '<web1/eth0>'
            '<>', '<eth0>'
            '<mtu 1400>', '<mtu 1500>'
            '<web1/eth0>', '<>'
            '<lan>', '<>'
            '<own>', '<>'
            '<web1>', '<>'
            '<>', '<fleet>'
            '<fleet>', '<>')
    }

    It 'is asked for once for each item, and once for a network with its NICs' {
        Invoke-WithAnswer @'
            'web1', 'web2' | New-NetworkNamespace -Confirm | Show
            $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
            'web1', 'web2' | Connect-ContainerNic lan -Confirm:$false | Show
            Remove-MacvlanNetwork lan -Force -Confirm
            '{0}' -f (Get-ContainerNic).Count | Show
            Remove-MacvlanNetwork lan -Force -Confirm
            '{0}' -f (Get-ContainerNic).Count | Show
            Remove-NetworkNamespace web* -Confirm
            "<$(Get-NetworkNamespace web*)>" | Show
'@ 'y', 'y', 'n', 'y', 'n', 'y' | Should -Be 'web1', 'web2', 'web1/eth0', 'web2/eth0', '2', '0', '<web1>'
    }

    It 'is asked for when NICs would go with what is removed, unless -Force permits it' {
        Invoke-WithAnswer @'
            'web1', 'web2' | New-NetworkNamespace | Out-Null
            New-MacvlanNetwork empty eth0 -Subnet 10.2.0.0/24 | Out-Null
            Remove-MacvlanNetwork empty
            "<$(Get-ContainerNetwork)>" | Show
            foreach ($command in 'Remove-ContainerNetwork lan', 'Remove-MacvlanNetwork lan', 'Remove-NetworkNamespace web1') {
                New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -ErrorAction Ignore | Out-Null
                'web1', 'web2' | Connect-ContainerNic lan | Out-Null
                Invoke-Expression $command
                "<$(Get-ContainerNetwork)> $(Get-ContainerNic)" | Show
                Invoke-Expression $command
                "<$(Get-ContainerNetwork)> $(Get-ContainerNic)" | Show
            }
            Connect-ContainerNic lan web2 | Out-Null
            Remove-MacvlanNetwork lan -Force
            "<$(Get-ContainerNetwork)>" | Show
'@ 'n', 'y', 'n', 'y', 'n', 'y' | Should -Be @(
            '<>'
            '<lan> web1/eth0 web2/eth0', '<> '
            '<lan> web1/eth0 web2/eth0', '<> '
            '<lan> web1/eth0 web2/eth0', '<lan> web2/eth0'
            '<>')
    }

    It 'is refused where nobody can answer: <Way>' -ForEach @(
        @{ Way = 'without a terminal'; Through = 'sh', '-c', '"$@" < /dev/null', 'sh'; Ask = '' }
        @{ Way = 'with -Confirm:$false'; Through = , 'env'; Ask = '-Confirm:$false' }
        @{ Way = 'with $ConfirmPreference None'; Through = , 'env'; Ask = '; $ConfirmPreference = "None"' }
    ) {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 | Connect-ContainerNic -Namespace web1
        $first, $then = $Ask -like ';*' ? $Ask.TrimStart('; '), '' : '', $Ask
        $script = "$first; Remove-ContainerNetwork lan $then -ErrorVariable failed -ErrorAction SilentlyContinue; '#' + `$failed[0].FullyQualifiedErrorId
            Remove-NetworkNamespace web1 $then -ErrorVariable failed -ErrorAction SilentlyContinue; '#' + `$failed[0].FullyQualifiedErrorId"
        Invoke-Shell $script -Through $Through | Where-Object { $_ -match '#' } | ForEach-Object { ($_ -split '#')[1] -replace ',.*' } |
            Should -Be NetworkInUse, NamespaceInUse
        (Get-Failure { Remove-MacvlanNetwork lan }).What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        "$(Get-ContainerNic)" | Should -Be web1/eth0
    }

    It 'names what is changed, in words that need no others' {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = Connect-ContainerNic lan web1, web2
        $lines = Invoke-Shell @'
            New-MacvlanNetwork new1 eth0 -Subnet 10.9.0.0/24 -WhatIf -WarningAction Ignore
            New-NetworkNamespace new1 -WhatIf
            Connect-ContainerNic lan web1 -WhatIf
            Disconnect-ContainerNic lan web1 -WhatIf
            Enable-HostAccess lan -WhatIf
            $null = Enable-HostAccess lan
            Disable-HostAccess lan -WhatIf
            Remove-MacvlanNetwork lan -Force -WhatIf
            Remove-NetworkNamespace web1 -WhatIf
            Remove-NetworkNamespace web1 -Force -WhatIf
            ip -n web1 link set eth0 mtu 1400
            $null = Repair-ContainerNetwork -WhatIf
            ip -n web1 link delete eth0
            ip netns delete web2
            $null = Restore-ContainerNetwork -WhatIf
'@
        # What a terminal of this process is wide, the lines are wrapped at.
        ("$lines" -split 'What if: ' | Where-Object { $_ }) -replace '\s+', ' ' -replace '^Performing the operation "(.*)" on target "(.*)"\. ?$', '$2: $1' | Should -Be @(
            'new1: Create network: macvlan mode bridge on eth0, 10.9.0.0/24'
            'new1: Create network namespace at /run/netns/new1'
            'web1: Connect a NIC to macvlan network lan'
            'web1/eth0: Disconnect the NIC from network lan and free its addresses 10.1.0.2/24, fd01::1/64'
            'lan: Give the host an interface on the macvlan network on eth0'
            "lan: Remove the host's access to the macvlan network on eth0 and free its addresses 10.1.0.4, fd01::3"
            'lan: Remove the macvlan network on eth0 with 10.1.0.0/24, fd01::/64, disconnecting NICs: 2'
            'web1: Remove the network namespace at /run/netns/web1, which fails without -Force because it has NICs: 1'
            'web1: Remove the network namespace at /run/netns/web1, disconnecting NICs: 1'
            'web1/eth0: Repair MtuChanged on network lan: from 1400 to 1500'
            'web1/eth0: Restore the NIC on network lan, with 2 addresses'
            'web2/eth0: Release the NIC of network lan, with 2 addresses: Its namespace has ended.')
    }

    It 'is not pretended by -WhatIf for what would be refused' {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 | Connect-ContainerNic -Namespace web1
        $lines = Invoke-Shell 'Remove-MacvlanNetwork lan -WhatIf; Remove-MacvlanNetwork lan -Force -WhatIf'
        "$lines" -replace '\s+', ' ' | Should -BeLike '*fails without -Force because it has NICs: 1*disconnecting NICs: 1*'
    }
}

Describe 'Confirmation of VLAN sub-interfaces' {
    It 'is asked for once' {
        Invoke-WithAnswer @'
            Add-VlanSubInterface eth0 50, 60 -Confirm | Show
            Remove-VlanSubInterface eth0.60 -Confirm
            "<$(Get-VlanSubInterface)>" | Show
            Remove-VlanSubInterface eth0.60 -Confirm
            "<$(Get-VlanSubInterface)>" | Show
'@ 'n', 'y', 'n', 'y' | Should -Be 'eth0.60', '<eth0.60>', '<>'
    }
}
