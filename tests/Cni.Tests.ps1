# What Export-ContainerNetwork writes for CNI, given to the real plugins, which tests/runtimes/unpack.sh unpacks: they make
# NICs of it, and the kernel tells what these are.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $runtimes = Join-Path (Split-Path $PSScriptRoot) 'out/runtimes/usr/lib/cni'
    $plugins = $runtimes, '/usr/lib/cni', '/opt/cni/bin' | Where-Object { Test-Path $_/macvlan } | Select-Object -First 1
    $problem = if (-not $plugins) { 'there are no plugins of CNI; tests/runtimes/unpack.sh gets them' }
    $leases = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-cni.$PID"

    function New-Target([string[]]$Name) {
        # Without duplicate address detection, which the plugins wait for.
        $null = New-NetworkNamespace $Name
        foreach ($one in $Name) { ip netns exec $one sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad' }
    }

    function Invoke-Cni([string]$Command, [string]$Text, [string]$Namespace) {
        # As a runtime calls the first plugin of a list. What it writes is its result; its failure ends the test.
        $list = $Text | ConvertFrom-Json -AsHashtable
        $plugin = $list.plugins[0]
        $plugin.name, $plugin.cniVersion = $list.name, $list.cniVersion
        $plugin.ipam.dataDir = $leases
        $variables = "CNI_COMMAND=$Command", "CNI_CONTAINERID=$Namespace", "CNI_NETNS=/run/netns/$Namespace", 'CNI_IFNAME=eth0', "CNI_PATH=$plugins"
        $lines = $plugin | ConvertTo-Json -Depth 9 | env @variables "$plugins/$($plugin.type)"
        if ($LASTEXITCODE) { throw "$Command $($plugin.type): $lines" }
        if ($lines) { $lines -join '' | ConvertFrom-Json }
    }

    function Get-Nic([string]$Namespace) {
        # What the kernel says: kind, mode, MTU; addresses; routes.
        $link = Get-IpLink eth0 -Namespace $Namespace
        @{
            Link = "$($link.linkinfo.info_kind) $(Get-Text $link.linkinfo.info_data mode) $($link.mtu)"
            Addresses = @(Get-IpAddress $Namespace eth0)
            Routes = @(Get-IpRoute $Namespace; Get-IpRoute $Namespace 6) | Where-Object { (Get-Text $_ protocol) -ne 'kernel' } |
                ForEach-Object { "$($_.dst) $(Get-Text $_ gateway)".TrimEnd() }
        }
    }
}

AfterAll { Clear-TestHost }

Describe 'The plugin macvlan' -Tag Native, Once {
    BeforeEach {
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        New-Target one, two
    }

    AfterEach {
        Remove-NetworkNamespace one, two -Force -ErrorAction Ignore
        Remove-MacvlanNetwork * -Force
        Remove-Item $leases -Recurse -Force -ErrorAction Ignore
    }

    It 'makes NICs as Connect-ContainerNic does' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254, fd01::1 -Mode Private -Mtu 1400 `
            -IPRange 10.1.0.64-10.1.0.66, 10.1.0.200-10.1.0.201 -ExcludeAddress 10.1.0.65 -Route '10.9.0.0/16 via 10.1.0.9', '172.16.0.0/12'
        $null = Connect-ContainerNic lan one
        $ours = Get-Nic one
        Remove-NetworkNamespace one -Force
        New-Target one
        $text = Export-ContainerNetwork -As Cni -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $result = Invoke-Cni ADD $text one
        $theirs = Get-Nic one
        $theirs.Link | Should -Be 'macvlan private 1400'
        $theirs.Link | Should -Be $ours.Link
        $theirs.Addresses | Should -Be 10.1.0.64/24, fd01::2/64
        $result.ips | ForEach-Object address | Should -Be $theirs.Addresses
        $theirs.Routes | Sort-Object | Should -Be ($ours.Routes | Sort-Object)
        # Addresses come from the ranges, and those between them are left out.
        $addresses = 2..4 | ForEach-Object { (Invoke-Cni ADD $text two).ips[0].address; $null = Invoke-Cni DEL $text two }
        $addresses | ForEach-Object { $_ | Should -BeIn 10.1.0.66/24, 10.1.0.200/24, 10.1.0.201/24 }
        $null = Invoke-Cni DEL $text one
        (Get-IpLink -Namespace one).ifname | Should -Be lo
    }

    It 'leaves NICs without a default route' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -NoDefaultRoute
        $null = Invoke-Cni ADD (Export-ContainerNetwork -As Cni) one
        (Get-Nic one).Routes | Should -BeNullOrEmpty
    }
}

Describe 'The plugins ipvlan and vlan' {
    BeforeEach {
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        New-Target one
    }

    AfterEach {
        Remove-NetworkNamespace one -Force -ErrorAction Ignore
        Get-ContainerNetwork | Where-Object Kind -EQ ipvlan | Remove-IpvlanNetwork -Force
        Get-ContainerNetwork | Where-Object Kind -EQ macvlan | Remove-MacvlanNetwork -Force
        Remove-Item $leases -Recurse -Force -ErrorAction Ignore
    }

    It 'make NICs in mode <Mode>' -ForEach @(
        @{ Mode = 'L2'; Routes = 'default 10.1.0.1', 'default fd01::1' }
        @{ Mode = 'L3'; Routes = 'default', 'default fd01::1' }
    ) {
        $null = New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::1 -Mode $Mode -WarningAction Ignore
        $result = Invoke-Cni ADD (Export-ContainerNetwork -As Cni) one
        $nic = Get-Nic one
        $nic.Link | Should -Be "ipvlan $Mode 1500"
        $nic.Addresses | Should -Be 10.1.0.2/24, fd01::2/64
        $result.ips | ForEach-Object address | Should -Be $nic.Addresses
        $nic.Routes | Sort-Object | Should -Be $Routes
    }

    It 'make the sub-interface for a network in mode Passthru' {
        $null = New-MacvlanNetwork sole eth0.50 -Mode Passthru -Subnet 10.1.0.0/24 -IPRange 10.1.0.64/26
        $text = Export-ContainerNetwork -As Cni
        Remove-MacvlanNetwork sole
        $result = Invoke-Cni ADD $text one
        $nic = Get-Nic one
        (Get-IpLink eth0 -Namespace one).linkinfo.info_data.id | Should -Be 50
        $nic.Link | Should -BeLike 'vlan * 1500'
        $nic.Addresses | Should -Be 10.1.0.64/24
        $result.ips | ForEach-Object address | Should -Be $nic.Addresses
        $nic.Routes | Should -Be 'default 10.1.0.1'
    }
}
