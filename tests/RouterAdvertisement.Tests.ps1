# NICs that configure themselves from the advertisements of a real router: radvd in the namespace 'wire'. How they make their
# addresses, what is shown of them, and that what the router gave is nobody's drift.
# Starts first, because it takes long.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    Initialize-TestHost
    $problem = Get-DhcpProblem Radvd
    $prefix = '2001:db8:66:1:'

    function Start-Router {
        # The router's own addresses, and one behind it.
        'link set lo up', 'address add fe80::1/64 dev eth0 nodad', "address add ${prefix}:1/64 dev eth0 nodad",
        'address add 2001:db8:66:2::1/64 dev eth0 nodad', 'address add 2001:db8:99::1/128 dev lo' |
            ip -n wire -force -batch - 2>$null
        Start-Radvd -Prefix "${prefix}:/64", 2001:db8:66:2::/64 -Mtu 1400
    }

    function Get-Made {
        # The addresses that a NIC made of advertisements of the first prefix, as ip has them.
        param([string]$Namespace, [string]$Interface = 'eth0')
        Invoke-Ip $Namespace address show dev $Interface | ForEach-Object addr_info | Where-Object { $_.local -like "$prefix*" -and (Get-Text $_ dynamic) }
    }

    function Wait-Made {
        # Waits for these addresses, and returns them as text. Lost packets are sent again after seconds.
        param([string]$Namespace, [string]$Interface = 'eth0', [string]$Address = '*')
        for ($clock = [Diagnostics.Stopwatch]::StartNew(); $clock.Elapsed.TotalSeconds -lt 20; Start-Sleep -Milliseconds 50) {
            $made = @(Get-Made $Namespace $Interface | Where-Object { -not (Get-Text $_ tentative) -and $_.local -like $Address })
            if ($made) { return $made.local }
        }
        throw "$Namespace/$Interface made no address like ${Address}: $((Get-Made $Namespace $Interface).local)"
    }

    function Get-Eui64 {
        # The interface identifier of a MAC address (RFC 4291 appendix A), with the prefix.
        param([string]$MacAddress)
        $bytes = $MacAddress -split ':' | ForEach-Object { [Convert]::ToByte($_, 16) }
        $bytes[0] = $bytes[0] -bxor 2
        $words = @($bytes[0], $bytes[1], $bytes[2], 0xff, 0xfe, $bytes[3], $bytes[4], $bytes[5])
        $text = for ($i = 0; $i -lt 8; $i += 2) { '{0:x}' -f ($words[$i] * 256 + $words[$i + 1]) }
        ([ipaddress]"$prefix$($text -join ':')").ToString()
    }

    function Set-Secret([string]$Namespace, [string]$Secret) {
        ip netns exec $Namespace sh -c 'echo $0 >/proc/sys/net/ipv6/conf/eth0/stable_secret' $Secret
    }

    function Remove-Everything {
        Get-ContainerNetwork | ForEach-Object { & "Remove-$($_.Kind)Network" $_.Name -Force }
        Get-NetworkNamespace box* | Remove-NetworkNamespace
    }
}

AfterAll {
    Stop-DhcpServer
    Clear-TestHost
}

Describe 'Macvlan NICs that configure themselves' -Tag Native, Once {
    BeforeAll {
        if ($problem) { return }
        $router = Start-Router
        $null = New-MacvlanNetwork auto eth0 -Subnet 10.1.0.0/24, fd01::/64 -RouterAdvertisement Accept
        $null = New-MacvlanNetwork mac eth0 -Subnet 10.2.0.0/24 -RouterAdvertisement Accept -InterfaceIdentifier eui64
        $null = New-MacvlanNetwork fixed eth0 -Subnet 10.3.0.0/24, fd03::/64
        $null = New-NetworkNamespace box1, box2, box3, box4, box5
        $null = Connect-ContainerNic auto box1 -InterfaceIdentifier ::1234
        $null = Connect-ContainerNic auto box2
        $null = Connect-ContainerNic mac box3 -NoIPAddress
        $null = Connect-ContainerNic fixed box4
        # The network's other choice.
        $null = Connect-ContainerNic auto box5 -InterfaceIdentifier Eui64
        $made = @{}
        foreach ($box in 'box1', 'box2', 'box3', 'box5') { $made[$box] = Wait-Made $box }
    }

    AfterAll {
        Stop-DhcpServer
        Remove-Everything
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'make their addresses in the way that was chosen' {
        $made.box1 | Should -Be "${prefix}:1234"
        $made.box3 | Should -Be (Get-Eui64 (Get-IpLink eth0 -Namespace box3).address)
        $made.box5 | Should -Be (Get-Eui64 (Get-IpLink eth0 -Namespace box5).address)
        (Get-Made box2).'stable-privacy' | Should -BeTrue
        # In the other prefix, everything is different. With a token, the link-local address is made as the network says.
        $all = Invoke-Ip box2 address show dev eth0 | ForEach-Object addr_info | Where-Object { Get-Text $_ stable-privacy }
        $all.local | ForEach-Object { $_ -replace '^.*?((:[^:]*){4})$', '$1' } | Sort-Object -Unique | Should -HaveCount 3
        foreach ($box in @{ box1 = 'stable-privacy' }, @{ box2 = 'stable-privacy' }, @{ box3 = '' }) {
            $local = Invoke-Ip "$($box.Keys)" address show dev eth0 | ForEach-Object addr_info | Where-Object scope -EQ link
            @($local) | Should -HaveCount 1
            [bool](Get-Text $local stable-privacy) | Should -Be ([bool]"$($box.Values)")
        }
    }

    It 'keep the addresses that they were given, and take none where the network is static' {
        Get-IpAddress box1 eth0 | Should -Contain 10.1.0.2/24
        Get-IpAddress box1 eth0 | Should -Contain fd01::1/64
        Get-IpAddress box4 eth0 | Should -Be 10.3.0.2/24, fd03::1/64
        (Get-ContainerNic fixed).RouterAddress | Should -BeNullOrEmpty
        (Get-ContainerNic fixed).InterfaceIdentifier | Should -BeNullOrEmpty
    }

    It 'reach the router, and through it what is behind' {
        $default = Get-IpRoute box2 6 | Where-Object { $_.dst -eq 'default' }
        $default.protocol | Should -Be ra
        # radvd takes one of the router's link-local addresses.
        (Invoke-Ip wire address show dev eth0 | ForEach-Object addr_info | Where-Object scope -EQ link).local | Should -Contain $default.gateway
        Get-PingReply box2 "${prefix}:1", 2001:db8:99::1, $made.box1 -Attempts 3 | Should -HaveCount 3
        Get-PingReply wire ($made.Values | ForEach-Object { $_ }) -Attempts 3 | Should -HaveCount 4
    }

    It 'take the MTU of the router for IPv6 only, and never one above the parent''s' {
        $mtu = { "$(ip netns exec box1 cat /proc/sys/net/ipv6/conf/eth0/mtu) $((Get-IpLink eth0 -Namespace box1).mtu)" }
        & $mtu | Should -Be '1400 1500'
        Stop-DhcpServer $router -Kill
        ip -n wire link set eth0 mtu 9000
        $router = Start-Radvd -Prefix "${prefix}:/64", 2001:db8:66:2::/64 -Mtu 9000
        # The other router's word of 1400 stays.
        Start-Sleep -Seconds 4
        & $mtu | Should -Be '1400 1500'
        (Get-ContainerNic auto box1).Mtu | Should -Be 1500
    }

    It 'show what the router gave' {
        $nic = Get-ContainerNic auto box1
        $nic.InterfaceIdentifier | Should -Be ::1234
        $nic.IPAddress | Should -Be 10.1.0.2/24, fd01::1/64
        $nic.RouterAddress.IPAddress | Sort-Object | Should -Be "${prefix}:1234/64", 2001:db8:66:2::1234/64
        $address = $nic.RouterAddress[0]
        "$address" | Should -Be "$($address.IPAddress)"
        $address.State | Should -Be Preferred
        $address.IsTemporary | Should -BeFalse
        $address.ValidLifetime.TotalSeconds | Should -BeGreaterThan 86300
        $address.ValidLifetime.TotalSeconds | Should -Not -BeGreaterThan 86400
        $address.PreferredLifetime.TotalSeconds | Should -BeGreaterThan 14300
        (Get-ContainerNic auto box2).InterfaceIdentifier | Should -Be StablePrivacy
        (Get-ContainerNic mac).InterfaceIdentifier | Should -Be Eui64
        (Get-ContainerNic auto -Recorded).RouterAddress | Should -BeNullOrEmpty
        (Get-ContainerNic mac | Out-String) | Should -BeLike "*$($made.box3)/64 ra*"
        $list = (Get-ContainerNic auto box1 | Format-List | Out-String) -replace '\s+', ' '
        $list | Should -BeLike "*RouterAddress : *${prefix}:1234/64 valid *, preferred *InterfaceIdentifier : ::1234*"
        $json = (Get-ContainerNic auto box1 | ConvertTo-Json -Depth 3 -WarningAction Ignore | ConvertFrom-Json).RouterAddress[0]
        "$($json.IPAddress) $($json.IsTemporary)" | Should -Be "$($address.IPAddress) False"
        Get-ContainerNic auto box1 | Export-Clixml $TestDrive/nic.xml
        $kept = Import-Clixml $TestDrive/nic.xml
        "$($kept.RouterAddress[0].IPAddress) $($kept.RouterAddress[0].State)" | Should -Be "$($address.IPAddress) Preferred"
        ($kept | Format-List | Out-String) -replace '\s+', ' ' | Should -BeLike "*${prefix}:1234/64 valid *, preferred *"
    }

    It 'have no drift in it, and keep it when something is repaired or restored' {
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Sort-Object -Unique | Should -Be InPlace
        foreach ($box in $made.Keys) { (Get-Made $box).local | Should -Be $made[$box] }
    }

    It 'have drift in what was set, which is repaired: <Case>' -ForEach @(
        @{ Case = 'the token removed'; Box = 'box1'; Do = { ip -n box1 token del dev eth0 }; Says = 'IdentifierChanged box1/eth0: token ::1234 -> token none' }
        @{ Case = 'another token'; Box = 'box1'; Do = { ip -n box1 token set ::77 dev eth0 }; Says = 'IdentifierChanged box1/eth0: token ::1234 -> token ::77' }
        @{ Case = 'a token'; Box = 'box3'; Do = { ip -n box3 token set ::77 dev eth0 }; Says = 'IdentifierChanged box3/eth0: token none -> token ::77' }
        @{ Case = 'the MAC address'; Box = 'box2'; Do = { ip -n box2 link set eth0 addrgenmode eui64 }
            Says = 'IdentifierChanged box2/eth0: addrgenmode stable_secret -> addrgenmode eui64' }
        @{ Case = 'a secret'; Box = 'box3'; Do = { Set-Secret box3 2001:db8::5 }; Says = 'IdentifierChanged box3/eth0: addrgenmode eui64 -> addrgenmode stable_secret' }
        @{ Case = 'another secret'; Box = 'box2'; Do = { Set-Secret box2 2001:db8::5 }
            Says = 'IdentifierChanged box2/eth0: stable_secret of the NIC -> another stable_secret' }
        @{ Case = 'no advertisements, and no token'; Box = 'box1'; Do = { ip -n box1 token del dev eth0; Set-IPv6Setting box1 eth0 accept_ra 0 }
            Says = 'SysctlChanged box1/eth0: accept_ra=2 -> accept_ra=0', 'IdentifierChanged box1/eth0: token ::1234 -> token none' }
    ) {
        . $Do
        Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name): $($_.Expected) -> $($_.Actual)" } | Should -Be $Says
        (Repair-ContainerNetwork).IsRepaired | Sort-Object -Unique | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # Only what a wrong identifier made is left to expire.
        $null = Wait-Made $Box -Address $made[$Box]
    }

    It 'have the same addresses when they are made anew: <Case>' -ForEach @(
        @{ Case = 'after the link was deleted'; Do = { foreach ($box in $made.Keys) { ip -n $box link delete eth0 } } }
        @{ Case = 'in new namespaces of the same names'; Do = { foreach ($box in $made.Keys) { ip netns delete $box; ip netns add $box } } }
    ) {
        . $Do
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Sort-Object -Unique | Should -Be InPlace, Restored
        foreach ($box in $made.Keys) { Wait-Made $box -Address $made[$box] | Should -Be $made[$box] }
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'have those that the router gives, not copies of them, after a repair with a new link' {
        ip -n box1 link set eth0 type macvlan mode private
        (Repair-ContainerNetwork).IsRepaired | Should -BeTrue
        $null = Wait-Made box1
        (Get-Made box1).mngtmpaddr | Should -BeTrue
        (Get-ContainerNic auto box1).RouterAddress.Count | Should -Be 2
    }

    It 'lose what the router gave with the link, and have it again under the same name' {
        $gone = Get-ContainerNic auto box2 | Disconnect-ContainerNic
        $gone.RouterAddress | Should -BeNullOrEmpty
        (Get-IpLink -Namespace box2).ifname | Should -Be lo
        Get-IpRoute box2 6 | Should -BeNullOrEmpty
        (Get-PingReply box1 $made.box2) | Should -BeNullOrEmpty
        Remove-NetworkNamespace box2
        $null = New-NetworkNamespace box2
        # Another address, so another MAC address, too.
        $null = Connect-ContainerNic auto box2 -IPAddress 10.1.0.99
        Wait-Made box2 | Should -Be $made.box2
        $null = Connect-ContainerNic auto box2
        Wait-Made box2 eth1 | Should -Not -Be $made.box2
        Get-ContainerNic auto box2 -InterfaceName eth1 | Disconnect-ContainerNic | Out-Null
    }

    It 'announce their addresses, so that the router knows another MAC address at once' {
        $null = New-MacvlanNetwork four eth0 -Subnet 10.5.0.0/24 -RouterAdvertisement Accept
        $null = New-NetworkNamespace box6
        $null = Connect-ContainerNic four box6
        $address = Wait-Made box6
        foreach ($try in @{ IPAddress = '10.5.0.77'; AnnounceCount = 0 }, @{ IPAddress = '10.5.0.78' }) {
            ip -n wire neighbor flush dev eth0
            Get-PingReply wire $address -Attempts 3 | Should -HaveCount 1
            $null = Get-ContainerNic four | Disconnect-ContainerNic
            # The MAC address is derived from the IPv4 address.
            $null = Connect-ContainerNic four box6 @try
            Wait-Made box6 | Should -Be $address
            @(Get-PingReply wire $address -Attempts 2).Count | Should -Be ($try.AnnounceCount -ne 0)
        }
        $null = Get-ContainerNic four | Disconnect-ContainerNic
        Remove-MacvlanNetwork four
    }

    It 'are connected again as they were' {
        Get-ContainerNic auto | Export-Csv $TestDrive/nics.csv
        $null = Get-ContainerNic auto | Disconnect-ContainerNic
        (Import-Csv $TestDrive/nics.csv | Connect-ContainerNic).InterfaceIdentifier | Should -Be ::1234, StablePrivacy, Eui64
        foreach ($box in 'box1', 'box2', 'box5') { Wait-Made $box | Should -Be $made[$box] }
    }
}

Describe 'Ipvlan NICs that configure themselves' {
    BeforeAll {
        if ($problem) { return }
        $router = Start-Router
        $null = New-IpvlanNetwork auto eth0 -Subnet 10.1.0.0/24 -RouterAdvertisement Accept
        $null = New-NetworkNamespace box1, box2, box3
        $null = Connect-ContainerNic auto box1, box2
        $null = Connect-ContainerNic auto box3 -InterfaceIdentifier ::1234
        $made = @{}
        foreach ($box in 'box1', 'box2', 'box3') { $made[$box] = Wait-Made $box }
    }

    AfterAll {
        Stop-DhcpServer
        Remove-Everything
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'have addresses of their own, although they have one MAC address' {
        $made.box1 | Should -Not -Be $made.box2
        $made.box3 | Should -Be "${prefix}:1234"
        (Get-Made box1).'stable-privacy' | Should -BeTrue
        Get-PingReply box1 "${prefix}:1", 2001:db8:99::1, $made.box2, $made.box3 -Attempts 3 | Should -HaveCount 4
        Get-PingReply wire ($made.Values | ForEach-Object { $_ }) -Attempts 3 | Should -HaveCount 3
        (Get-ContainerNic auto box1).RouterAddress.IPAddress | Should -Contain "$($made.box1)/64"
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'have the same ones after a restoration, whatever the order' {
        foreach ($box in 'box3', 'box1') { ip -n $box link delete eth0 }
        $null = Restore-ContainerNetwork
        foreach ($box in $made.Keys) { Wait-Made $box -Address $made[$box] | Should -Be $made[$box] }
        $null = Get-ContainerNic auto box1, box2 | Disconnect-ContainerNic
        $null = Connect-ContainerNic auto box2, box1
        foreach ($box in $made.Keys) { Wait-Made $box -Address $made[$box] | Should -Be $made[$box] }
    }

    It 'do not have those of the MAC address, which change with the order' {
        $failure = Get-Failure { Connect-ContainerNic auto box1 -InterfaceIdentifier Eui64 }
        $failure.What | Should -Be "InvalidParameter InvalidArgument 'box1'"
        $failure.Message | Should -BeLike '*share the MAC address*in the order of creation*'
        # What the kernel would do: RFC 4291 has ff:fe where it puts the number of the link.
        $identifiers = foreach ($name in 'm1', 'm2', 'm1') {
            if ($name -in (Get-IpLink).ifname) { ip link delete $name }
            ip link add link eth0 name $name type ipvlan mode l2
            ip link set $name up
            (Invoke-Ip '' address show dev $name | ForEach-Object addr_info | Where-Object scope -EQ link).local
        }
        'm1', 'm2' | ForEach-Object { ip link delete $_ }
        $identifiers | Sort-Object -Unique | Should -HaveCount 3
    }
}

Describe 'Advertisements of another kind' -Tag Native, Once {
    BeforeAll {
        if ($problem) { return }
        'address add fe80::1/64 dev eth0 nodad', "address add ${prefix}:dead/64 dev eth0 nodad" | ip -n wire -force -batch - 2>$null
        $null = New-MacvlanNetwork auto eth0 -Subnet 10.1.0.0/24, "${prefix}:/64" -RouterAdvertisement Accept
    }

    AfterEach {
        Stop-DhcpServer
        Get-ContainerNic | Disconnect-ContainerNic | Out-Null
        Get-NetworkNamespace box* | Remove-NetworkNamespace
    }

    AfterAll { Remove-Everything }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'give addresses that last forever, which are no drift either' {
        $null = Start-Radvd -Prefix "${prefix}:/64" -ValidSeconds 4294967295 -PreferredSeconds 4294967295
        $null = New-NetworkNamespace box1
        $null = Connect-ContainerNic auto box1 -InterfaceIdentifier ::99
        Wait-Made box1 | Should -Be "${prefix}:99"
        $address = (Get-ContainerNic auto).RouterAddress
        $address | Should -HaveCount 1
        $address.ValidLifetime, $address.PreferredLifetime | Should -Be $null, $null
        (Get-ContainerNic auto | Format-List | Out-String) -replace '\s+', ' ' | Should -BeLike '*valid forever, preferred forever*'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        # One that someone adds for good is another matter.
        ip -n box1 address add "${prefix}:98/64" dev eth0 nodad
        (Test-ContainerNetwork).Kind | Should -Be AddressWithoutLease
        (Get-ContainerNic auto).RouterAddress | Should -HaveCount 1
    }

    It 'show an address that is no longer preferred, and none that someone else has' {
        $null = Start-Radvd -Prefix "${prefix}:/64" -ValidSeconds 3600 -PreferredSeconds 0
        $null = New-NetworkNamespace box1, box2
        $null = Connect-ContainerNic auto box1 -InterfaceIdentifier ::dead
        $null = Connect-ContainerNic auto box2 -InterfaceIdentifier ::beef
        $null = Wait-Made box2
        # The kernel removes it when it has asked.
        for ($i = 0; $i -lt 200 -and (Get-Made box1); $i++) { Start-Sleep -Milliseconds 50 }
        (Get-ContainerNic auto).RouterAddress | ForEach-Object { "$_ $($_.State)" } | Should -Be "${prefix}:beef/64 Deprecated"
        (Get-ContainerNic auto box2 | Format-List | Out-String) | Should -BeLike '*:beef/64 Deprecated*'
    }

    It 'are shown for a NIC without addresses of a network that leaves it to the namespace' {
        $null = Start-Radvd -Prefix "${prefix}:/64"
        $null = New-MacvlanNetwork bare eth0 -Subnet 10.9.0.0/24
        $null = New-NetworkNamespace box1
        $null = Connect-ContainerNic bare box1 -NoIPAddress
        $made = Wait-Made box1
        $nic = Get-ContainerNic bare
        "$($nic.RouterAddress) $($nic.InterfaceIdentifier)" | Should -Be "$made/64 "
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Interface identifiers' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork auto eth0 -Subnet 10.1.0.0/24 -RouterAdvertisement Accept
        $null = New-MacvlanNetwork mac eth0 -Subnet 10.2.0.0/24 -RouterAdvertisement Accept -InterfaceIdentifier Eui64
        $null = New-MacvlanNetwork fixed eth0 -Subnet fd03::/64
        $null = New-MacvlanNetwork never eth0 -Subnet fd04::/64 -RouterAdvertisement Ignore
        $null = New-NetworkNamespace box1, box2
    }

    AfterEach { Get-ContainerNic | Disconnect-ContainerNic | Out-Null }

    AfterAll { Remove-Everything }

    It 'are refused where they would not do what they say: <Case>' -ForEach @(
        @{ Case = 'a NIC of a network with static addresses'; Do = { Connect-ContainerNic fixed box1 -InterfaceIdentifier ::1 }
            What = "InvalidParameter InvalidArgument 'box1'"; Message = '*::1*NICs of ''fixed'' don''t configure addresses from router advertisements.' }
        @{ Case = 'a NIC of a network that ignores advertisements'; Do = { Connect-ContainerNic never box1 -InterfaceIdentifier StablePrivacy }
            What = "InvalidParameter InvalidArgument 'box1'"; Message = '*StablePrivacy*NICs of ''never'' don''t configure*' }
        @{ Case = 'a network that ignores advertisements'; Do = { New-MacvlanNetwork no eth0 -Subnet 10.9.0.0/24 -RouterAdvertisement Ignore -InterfaceIdentifier Eui64 }
            What = "InvalidParameter InvalidArgument 'no'"; Message = '*Eui64*NICs of ''no'' don''t configure*' }
        @{ Case = 'a network that says nothing of them'; Do = { New-MacvlanNetwork no eth0 -Subnet 10.9.0.0/24 -InterfaceIdentifier Eui64 }
            What = "InvalidParameter InvalidArgument 'no'"; Message = '*don''t configure*' }
        @{ Case = 'a token for all NICs'; Do = { New-MacvlanNetwork no eth0 -Subnet 10.9.0.0/24 -RouterAdvertisement Accept -InterfaceIdentifier ::1 }
            What = "InvalidParameter InvalidArgument 'no'"; Message = '*::1*all NICs of ''no'' would get the same address.' }
        @{ Case = 'the MAC address of ipvlan'; Do = { New-IpvlanNetwork no eth1 -Subnet 10.9.0.0/24 -RouterAdvertisement Accept -InterfaceIdentifier Eui64 }
            What = "InvalidParameter InvalidArgument 'no'"; Message = '*ipvlan NICs share the MAC address*' }
        @{ Case = 'an l3 mode'; Do = { New-IpvlanNetwork no eth1 -Mode L3 -Subnet 10.9.0.0/24 -RouterAdvertisement Accept -InterfaceIdentifier StablePrivacy }
            What = "InvalidParameter InvalidArgument 'no'"; Message = '*in l3 modes, NICs receive no router advertisements.' }
        @{ Case = 'a token with a prefix'; Do = { Connect-ContainerNic auto box1 -InterfaceIdentifier 2001:db8::1 }
            What = "ParameterArgumentTransformationError InvalidData ''"; Message = '*upper 64 bits*' }
        @{ Case = 'no token'; Do = { Connect-ContainerNic auto box1 -InterfaceIdentifier Random }
            What = "ParameterArgumentTransformationError InvalidData ''"; Message = '*Eui64, StablePrivacy, or a token such as ::1234.' }
    ) {
        $before = Get-Snapshot
        $failure = Get-Failure $Do
        $failure.What | Should -Be $What
        $failure.Message | Should -BeLike $Message
        Get-Snapshot | Should -Be $before
    }

    It 'are of one NIC of a parent if they are tokens' {
        $failure = Get-Failure { 'box1', 'box2' | Connect-ContainerNic auto -InterfaceIdentifier ::7 }
        $failure.What | Should -Be "AddressInUse ResourceBusy 'box2'"
        $failure.Message | Should -BeLike '*::7 is in use by *'
        $failure = Get-Failure { Connect-ContainerNic mac box2 -InterfaceIdentifier 0:0:0:0::7 }
        $failure.Message | Should -BeLike '*::7 is in use by box1/eth0*'
        # One that has ended holds nothing.
        ip netns delete box1
        (Connect-ContainerNic mac box2 -InterfaceIdentifier ::7).InterfaceIdentifier | Should -Be ::7
        $null = New-NetworkNamespace box1
    }

    It 'are told to the kernel before the link is up' {
        $steps = Connect-ContainerNic auto box1 -InterfaceIdentifier ::7 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" }
        $steps = $steps | Where-Object { $_ -match 'stable_secret|token|up$' }
        $steps[0] | Should -Match '^ip netns exec box1 sysctl -w net\.ipv6\.conf\.eth0\.stable_secret=[0-9a-f:]+$'
        $steps[1] | Should -Be 'ip -n box1 token set ::7 dev eth0'
        $steps[2] | Should -BeLike 'ip -n box1 link set dev eth0 * up'
        $steps | Should -HaveCount 3
        ip -n box1 -j token | ConvertFrom-Json | ForEach-Object { "$($_.token) $($_.ifname)" } | Should -Be '::7 eth0'
        (Get-IpLink eth0 -Namespace box1).inet6_addr_gen_mode | Should -Be stable_secret
        # Where the namespace has another default.
        Set-IPv6Setting box2 default addr_gen_mode 1
        $steps = Connect-ContainerNic mac box2 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" }
        $steps | Should -Contain 'ip -n box2 link set dev eth0 addrgenmode eui64'
        (Get-IpLink eth0 -Namespace box2).inet6_addr_gen_mode | Should -Be eui64
        Set-IPv6Setting box2 default addr_gen_mode 0
    }

    It 'make secrets that only the same NIC of the same network has' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.5.0.0/24 -RouterAdvertisement Accept
        $secret = { param($Namespace, $Interface = 'eth0') ip netns exec $Namespace cat "/proc/sys/net/ipv6/conf/$Interface/stable_secret" }
        $null = Connect-ContainerNic auto box1, box2
        $null = Connect-ContainerNic auto box1 -WarningAction Ignore
        $first = (& $secret box1), (& $secret box2), (& $secret box1 eth1)
        $null = Get-ContainerNic | Disconnect-ContainerNic
        $null = Connect-ContainerNic other box1
        @($first + (& $secret box1)) | Sort-Object -Unique | Should -HaveCount 4
        $null = Get-ContainerNic | Disconnect-ContainerNic
        Rename-ContainerNetwork auto renamed
        $null = Connect-ContainerNic renamed box2 -IPAddress 10.1.0.77
        & $secret box2 | Should -Be $first[1]
        Rename-ContainerNetwork renamed auto
        Remove-MacvlanNetwork other
    }

    It 'are a setting of the network that is shown, piped, exported and compared' {
        (Get-MacvlanNetwork auto).InterfaceIdentifier | Should -Be StablePrivacy
        (Get-MacvlanNetwork fixed).InterfaceIdentifier | Should -BeNullOrEmpty
        (Get-MacvlanNetwork mac | Format-List | Out-String) -replace '\s+', ' ' | Should -BeLike '*InterfaceIdentifier : Eui64*'
        $json = (Export-ContainerNetwork auto, mac, fixed) -join "`n"
        ($json | ConvertFrom-Json).networks | ForEach-Object { "$($_.name) $(Get-Text $_ interfaceIdentifier)".Trim() } | Should -Be 'auto', 'fixed', 'mac Eui64'
        ($json | Import-ContainerNetwork).Result | Sort-Object -Unique | Should -Be InPlace
        ($json.Replace('"Eui64"', '"StablePrivacy"') | Import-ContainerNetwork -WhatIf -Force).Differences | ForEach-Object { "$_" } |
            Should -Be 'InterfaceIdentifier: Eui64 -> none'
        (Get-Failure { $json.Replace('"Eui64"', '"Perhaps"') | Import-ContainerNetwork }).What | Should -BeLike 'InvalidDefinition*'
        foreach ($format in 'DockerCommand', 'Cni') {
            $null = Export-ContainerNetwork mac -As $format -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -BeLike '*no counterpart of InterfaceIdentifier (Eui64)*'
        }
        ip link add eth1 type veth peer name eth2
        $copy = Get-MacvlanNetwork mac, fixed | Select-Object @{ n = 'Name'; e = { "copy-$($_.Name)" } }, Subnet, RouterAdvertisement, InterfaceIdentifier | New-MacvlanNetwork -Parent eth1
        $copy.InterfaceIdentifier | Should -Be Eui64, $null
        Get-MacvlanNetwork mac | New-MacvlanNetwork copy-3 eth1 -RouterAdvertisement Ignore | ForEach-Object InterfaceIdentifier | Should -BeNullOrEmpty
        Remove-MacvlanNetwork copy-*
        ip link delete eth1
        (TabExpansion2 'New-MacvlanNetwork a -InterfaceIdentifier ').CompletionMatches.CompletionText | Should -Be Eui64, StablePrivacy
        (TabExpansion2 'Connect-ContainerNic auto box1 -InterfaceIdentifier s').CompletionMatches.CompletionText | Should -Be StablePrivacy
    }
}
