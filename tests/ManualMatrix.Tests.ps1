# The manual test matrix of the driver notes (data/manual-test-matrix.json): 50 networks and 106 NICs on one eth0 at
# the same time, then all removed, then all of it a second time, which must be like the first.
# Starts first, because it takes minutes in a throw-away kernel.

BeforeDiscovery {
    $matrix = Get-Content (Join-Path $PSScriptRoot 'data/manual-test-matrix.json') -Raw | ConvertFrom-Json
    $networks = foreach ($network in $matrix.networks) { @{ name = $network.name; network = $network } }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $matrix = Get-Content (Join-Path $PSScriptRoot 'data/manual-test-matrix.json') -Raw | ConvertFrom-Json
    $hostAddress = '192.168.1.251'
    ip address add "$hostAddress/24" dev eth0
    foreach ($network in $matrix.networks) {
        if ($network.PSObject.Properties['precreatedParent']) {
            $vlan = $network.precreatedParent
            ip link add link $vlan.link name $vlan.name type vlan id $vlan.vlanId
            ip link set $vlan.name up
        }
    }
    $linksBefore = (Get-IpLink).ifname

    # One container, that is one namespace, for each NIC of the matrix.
    $number = 0
    $containers = foreach ($network in $matrix.networks) {
        foreach ($nic in $network.nics) {
            $number++
            [pscustomobject]@{ Name = "c$number"; Network = $network.name; Nic = $nic; Isolated = $network.internal -or -not $network.parent
                IPv4 = Get-Text $nic expectedIPv4; IPv6 = Get-Text $nic expectedIPv6; IsL3 = $network.mode -eq 'l3' }
        }
    }

    function New-MatrixNetwork($network) {
        $parameters = @{ Name = $network.name; Subnet = $network.subnets.subnet }
        $gateways = @($network.subnets | ForEach-Object { Get-Text $_ gateway } | Where-Object { $_ })
        $ranges = @($network.subnets | ForEach-Object { Get-Text $_ ipRange } | Where-Object { $_ })
        if ($gateways) { $parameters.Gateway = $gateways }
        if ($ranges) { $parameters.IPRange = $ranges }
        if ($network.aux) { $parameters.ExcludeAddress = $network.aux }
        if ($network.parent) { $parameters.Parent = $network.parent }
        if ($network.modeExplicit) { $parameters.Mode = $network.mode }
        if ($network.internal) { $parameters.Internal = $true }
        # That a gateway is not used in l3 is warned of, as the notes say it is ignored.
        if ($network.driver -eq 'macvlan') { New-MacvlanNetwork @parameters } else { New-IpvlanNetwork @parameters -WarningAction Ignore }
    }

    function Connect-MatrixNic($container) {
        $addresses = @((Get-Text $container.Nic ip), (Get-Text $container.Nic ip6) | Where-Object { $_ })
        $parameters = @{ Network = $container.Network; Namespace = $container.Name }
        if ($addresses) { $parameters.IPAddress = $addresses }
        Connect-ContainerNic @parameters
    }

    function Select-PingPair {
        # Every pair of NICs of one network that must reach each other: in one subnet, or anywhere in l3.
        foreach ($group in $containers | Group-Object Network) {
            $nics = @($group.Group)
            for ($i = 0; $i -lt $nics.Count; $i++) {
                for ($j = $i + 1; $j -lt $nics.Count; $j++) {
                    foreach ($family in 'IPv4', 'IPv6') {
                        $from, $to = $nics[$i].$family, $nics[$j].$family
                        if (-not $from -or -not $to) { continue }
                        if ($nics[$i].IsL3 -or (Get-Subnet $from) -eq (Get-Subnet $to)) {
                            [pscustomobject]@{ Network = $group.Name; From = $nics[$i].Name; To = ($to -split '/')[0] }
                        }
                    }
                }
            }
        }
    }

    function Get-Subnet([string]$address) {
        # All subnets of the matrix are /24 or /64 with a short first part.
        if ($address -like '*:*') { ($address -split '::')[0] } else { $address.Substring(0, $address.LastIndexOf('.')) }
    }

    function Select-ForbiddenPair {
        # The first NIC of each network to the first of the three networks after it, and every NIC to the host.
        $first = @($containers | Group-Object Network | ForEach-Object { $_.Group[0] })
        for ($i = 0; $i -lt $first.Count; $i++) {
            foreach ($step in 1..3) {
                $other = $first[($i + $step) % $first.Count]
                $family = if ($first[$i].IPv4 -and $other.IPv4) { 'IPv4' } else { 'IPv6' }
                if (-not $other.$family) { $family = 'IPv4' }
                [pscustomobject]@{ Network = $first[$i].Network; From = $first[$i].Name; To = ($other.$family -split '/')[0] }
            }
        }
        foreach ($container in $containers) {
            [pscustomobject]@{ Network = $container.Network; From = $container.Name; To = $hostAddress }
        }
    }

    function New-Matrix {
        # Makes all networks, namespaces and NICs, and returns them, what ip reports, and who reaches whom.
        $made = @(foreach ($network in $matrix.networks) { New-MatrixNetwork $network })
        $null = $containers.Name | New-NetworkNamespace
        $connected = @(foreach ($container in $containers) { Connect-MatrixNic $container })
        @{ Made = $made; Connected = $connected; Facts = Get-IpFact $containers.Name; Reached = Test-PingMany $wanted -TimeoutSeconds 3 }
    }

    function Get-DefaultText($pass, $container) {
        # The default routes of a container, as ip reports them.
        $pass.Facts[$container.Name].Defaults | ForEach-Object { (Get-Text $_ gateway) ? "via $($_.gateway) dev $($_.dev)" : "dev $($_.dev)" }
    }

    function Get-FactText($pass, $container) {
        # Its addresses and default routes in one line.
        "$($container.Name) $($pass.Facts[$container.Name].Addresses) $(Get-DefaultText $pass $container)"
    }

    function Remove-Matrix {
        # Some by the pipeline, some with their networks; networks in no order of their parents.
        Get-ContainerNic | Where-Object Namespace -Like 'c?' | Disconnect-ContainerNic
        Get-IpvlanNetwork | Remove-IpvlanNetwork -Force
        Remove-MacvlanNetwork * -Force
        (Get-IpLink).ifname | Should -Be $linksBefore
        Get-ContainerNic | Should -BeNullOrEmpty
        Get-ContainerNetwork | Should -BeNullOrEmpty
        foreach ($container in $containers[0..9]) { (Get-IpLink -Namespace $container.Name).ifname | Should -Be 'lo' }
        Get-NetworkNamespace c* | Remove-NetworkNamespace
        Get-NetworkNamespace | ForEach-Object Name | Should -Be 'wire'
    }

    $wanted = @(Select-PingPair)
}

AfterAll { Clear-TestHost }

Describe 'Manual matrix' {
    BeforeAll {
        $first = New-Matrix
        $forbidden = @(Select-ForbiddenPair)
        $leaked = Test-PingMany $forbidden -TimeoutSeconds 1
    }

    It 'has 50 networks and 106 NICs at the same time' {
        $first.Made | Should -HaveCount 50
        $first.Connected | Should -HaveCount 106
        Get-ContainerNetwork | Should -HaveCount 50
        Get-ContainerNic | Should -HaveCount 106
    }

    It 'is drawn with all of them' {
        $tree = Show-ContainerNetwork
        $tree -match '─ \w+  (mac|ip)vlan ' | Should -HaveCount 50
        $tree -match '─ c\d+/eth0  ' | Should -HaveCount 106
    }

    Context '<name>' -ForEach $networks {
        BeforeAll { $mine = @($containers | Where-Object Network -EQ $name) }

        It 'has the gateways of the matrix' {
            $actual = (Get-ContainerNetwork $name).Subnets | ForEach-Object { "$($_.Subnet) $($_.Gateway)" }
            $actual | Should -Be @($network.subnets | ForEach-Object { "$($_.subnet) $($_.expectedGateway)" })
        }

        It 'gave each NIC the addresses of the matrix' {
            foreach ($container in $mine) {
                $expected = @($container.IPv4, $container.IPv6 | Where-Object { $_ })
                $first.Facts[$container.Name].Addresses | Should -Be $expected -Because $container.Name
            }
        }

        It 'gave each NIC the default routes of its mode' {
            foreach ($container in $mine) {
                $expected = @(
                    foreach ($address in $container.IPv4, $container.IPv6) {
                        if (-not $address -or $container.Isolated) { continue }
                        if ($container.IsL3) { 'dev eth0'; continue }
                        $subnet = $network.subnets | Where-Object { (Get-Subnet $_.subnet) -eq (Get-Subnet $address) }
                        if ($subnet.expectedGateway) { "via $($subnet.expectedGateway) dev eth0" }
                    })
                @(Get-DefaultText $first $container) | Should -Be $expected -Because $container.Name
            }
        }

        It 'lets its NICs reach each other, and in l3 across its subnets' {
            $pairs = @($wanted | Where-Object Network -EQ $name)
            $silent = @($pairs | Where-Object { -not $first.Reached["$($_.From) $($_.To)"] } | ForEach-Object { "$($_.From) $($_.To)" })
            $silent | Should -BeNullOrEmpty
        }

        It 'keeps its NICs from other networks and from the host' {
            $pairs = @($forbidden | Where-Object Network -EQ $name)
            $pairs.Count | Should -BeGreaterOrEqual $mine.Count
            $heard = @($pairs | Where-Object { $leaked["$($_.From) $($_.To)"] } | ForEach-Object { "$($_.From) $($_.To)" })
            $heard | Should -BeNullOrEmpty
        }
    }

    It 'takes everything away again, and nothing that was there before' { Remove-Matrix }

    It 'is the same a second time, and taken away again' {
        $second = New-Matrix
        foreach ($part in 'Made', 'Connected') { $second.$part | ForEach-Object { "$_" } | Should -Be ($first.$part | ForEach-Object { "$_" }) }
        (Get-ContainerNetwork).NicCount | Measure-Object -Sum | ForEach-Object Sum | Should -Be 106
        $containers | ForEach-Object { Get-FactText $second $_ } | Should -Be ($containers | ForEach-Object { Get-FactText $first $_ })
        $wanted | Where-Object { -not $second.Reached["$($_.From) $($_.To)"] } | Should -BeNullOrEmpty
        Remove-Matrix
    }
}
