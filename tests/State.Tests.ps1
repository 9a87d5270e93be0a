# The state on disk: what one process makes, the next one sees; where it is; who may use it.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'What one process makes' {
    It 'is seen, used and removed by the next' -Tag Native {
        $lines = Invoke-Shell @'
            $null = New-NetworkNamespace web1, web2
            $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -IPRange 192.168.50.64/26 -Mtu 1400 -RouteMetric 7
            Connect-ContainerNic front web1 | ForEach-Object { "$_ $($_.IPAddress)" }
'@
        $lines | Should -Be 'web1/eth0 192.168.50.64/24'
        $network = Get-ContainerNetwork
        "$network $($network.Subnets) $($network.Subnets.IPRange) $($network.Mtu) $($network.RouteMetric) $($network.NicCount)" |
            Should -Be 'front 192.168.50.0/24 192.168.50.64-192.168.50.127 1400 7 1'
        "$((Connect-ContainerNic front web2).IPAddress)" | Should -Be 192.168.50.65/24
        $lines = Invoke-Shell @'
            Get-ContainerNic | ForEach-Object { "$_ $($_.IPAddress)" }
            Disconnect-ContainerNic -Namespace web1
            Connect-ContainerNic front web2 | ForEach-Object { "$_ $($_.IPAddress)" }
'@
        $lines | Should -Be 'web1/eth0 192.168.50.64/24', 'web2/eth0 192.168.50.65/24', 'web2/eth1 192.168.50.64/24'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-IpAddress web2 eth1 | Should -Be 192.168.50.64/24
        Remove-MacvlanNetwork front -Force
        (Get-IpLink -Namespace web2).ifname | Should -Be lo
        Get-StateRow | Should -BeNullOrEmpty
        Remove-NetworkNamespace web*
    }

    It 'goes with the last network of the next, if it was made for networks' {
        $null = Invoke-Shell @'
            New-MacvlanNetwork front eth0.10.20 -Subnet 192.168.50.0/24
            New-IpvlanNetwork alone -Subnet 192.168.60.0/24
'@
        Get-IpLink | Should -HaveCount 5
        Remove-MacvlanNetwork front
        Remove-IpvlanNetwork alone
        (Get-IpLink).ifname | Should -Be lo, eth0
    }
}

Describe 'MACIPVLAN_STATE' {
    BeforeEach { $stateBefore = $env:MACIPVLAN_STATE }

    AfterEach {
        $env:MACIPVLAN_STATE = $stateBefore
        Remove-Item $TestDrive/own -Recurse -Force -ErrorAction Ignore
    }

    It 'says where the state is: in a folder that is its owner''s alone' -Tag Native {
        $env:MACIPVLAN_STATE = Join-Path $TestDrive 'own/deep/my.db'
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        [IO.File]::Exists($env:MACIPVLAN_STATE) | Should -BeTrue
        stat -c %a $TestDrive/own/deep | Should -Be 700
        Remove-MacvlanNetwork front
    }

    It 'keeps states apart' -Tag Native {
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $env:MACIPVLAN_STATE = Join-Path $TestDrive 'own/state.db'
        Get-ContainerNetwork | Should -BeNullOrEmpty
        New-MacvlanNetwork front eth0 -Subnet 192.168.60.0/24 | Should -HaveCount 1
        $env:MACIPVLAN_STATE = $stateBefore
        "$((Get-ContainerNetwork).Subnets)" | Should -Be 192.168.50.0/24
        Remove-MacvlanNetwork front
    }

    It 'is /var/lib/macipvlan/state.db when it is not set' {
        $env:MACIPVLAN_STATE = $null
        $null = New-MacvlanNetwork not-set eth0 -Subnet 192.168.50.0/24
        [IO.File]::Exists('/var/lib/macipvlan/state.db') | Should -BeTrue
        stat -c %a /var/lib/macipvlan | Should -Be 700
        Remove-MacvlanNetwork not-set
    }
}

Describe 'A state that cannot be used' -Tag Native {
    BeforeAll {
        $stateBefore = $env:MACIPVLAN_STATE
        $folder = "$TestDrive/bad"
    }

    AfterAll { $env:MACIPVLAN_STATE = $stateBefore }

    AfterEach { Remove-Item $folder -Recurse -Force }

    It 'stops commands before they touch anything: <Case>' -ForEach @(
        @{ Case = 'others may write to its folder'; File = 'bad/state.db'; Make = { chmod 777 $folder }
            Says = '*chmod go-w*' }
        @{ Case = 'its folder is a file'; File = 'bad/file/state.db'; Make = { Set-Content $folder/file x }
            Says = '*MACIPVLAN_STATE*' }
        @{ Case = 'it is a folder'; File = 'bad/state.db'; Make = { $null = mkdir $folder/state.db }
            Says = '*MACIPVLAN_STATE*' }
        @{ Case = 'it is no database'; File = 'bad/state.db'; Says = '*MACIPVLAN_STATE*'
            Make = { Set-Content $folder/state.db ('no database ' * 100) }
        }
        @{ Case = 'it is of a newer version'; File = 'bad/state.db'; Says = '*version*'; Make = {
                $null = Get-StateRow
                # The version that SQLite keeps for its user is a number of four bytes at offset 60 of the file.
                $bytes = [IO.File]::ReadAllBytes($env:MACIPVLAN_STATE)
                $bytes[63] = 99
                [IO.File]::WriteAllBytes($env:MACIPVLAN_STATE, $bytes)
            }
        }
    ) {
        mkdir -m 700 $folder
        $env:MACIPVLAN_STATE = Join-Path $TestDrive $File
        . $Make
        $hash = if ([IO.File]::Exists($env:MACIPVLAN_STATE)) { (Get-FileHash $env:MACIPVLAN_STATE).Hash }
        $links = [IO.File]::ReadAllText('/proc/net/dev') -replace ' \d+'
        foreach ($attempt in { 'a', 'b' | Get-ContainerNetwork }, { New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 }) {
            $problem = Get-Failure $attempt
            $problem | Should -HaveCount 1 -Because 'no other input could succeed'
            $problem.What | Should -BeLike "StateUnavailable ResourceUnavailable '*'"
            $problem.Action | Should -BeLike $Says
        }
        [IO.File]::ReadAllText('/proc/net/dev') -replace ' \d+' | Should -Be $links
        if ($hash) { (Get-FileHash $env:MACIPVLAN_STATE).Hash | Should -Be $hash }
    }
}

Describe 'A process without CAP_NET_ADMIN' -Tag Native {
    BeforeAll {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1
        $before = Get-Snapshot
        $textBefore = Get-KernelText
        # One process for all tests, since it takes a while to start.
        $script = @'
            foreach ($change in
                { New-MacvlanNetwork bad eth0 -Subnet 192.168.60.0/24 }, { New-IpvlanNetwork bad eth0 -Subnet 192.168.60.0/24 },
                { Remove-MacvlanNetwork front -Force }, { Remove-IpvlanNetwork * }, { Add-VlanSubInterface eth0 50 },
                { Remove-VlanSubInterface * -Force }, { Connect-ContainerNic front web1 }, { Disconnect-ContainerNic -Namespace web1 },
                { New-NetworkNamespace web2 }, { Remove-NetworkNamespace web1 -Force }) {
                try { & $change; "$change no error that ends it" }
                catch { "$(($_.FullyQualifiedErrorId -split ',')[0]) $($_.CategoryInfo.Category) $($_.CategoryInfo.Activity)" }
            }
            "$(Get-ContainerNetwork) $(Get-MacvlanNetwork) $(Get-IpvlanNetwork) $(Get-ContainerNic)"
            "$(Get-NetworkNamespace) $(Get-VlanSubInterface)"
'@
        $lines = Invoke-Shell $script -Through setpriv, --inh-caps=-all, --bounding-set=-all, --ambient-caps=-all
    }

    AfterAll {
        Remove-NetworkNamespace web1 -Force
        Remove-MacvlanNetwork front
    }

    It 'is refused every change' {
        $lines[0..9] | Should -Be @(
            'PermissionDenied PermissionDenied New-MacvlanNetwork', 'PermissionDenied PermissionDenied New-IpvlanNetwork'
            'PermissionDenied PermissionDenied Remove-MacvlanNetwork', 'PermissionDenied PermissionDenied Remove-IpvlanNetwork'
            'PermissionDenied PermissionDenied Add-VlanSubInterface', 'PermissionDenied PermissionDenied Remove-VlanSubInterface'
            'PermissionDenied PermissionDenied Connect-ContainerNic', 'PermissionDenied PermissionDenied Disconnect-ContainerNic'
            'PermissionDenied PermissionDenied New-NetworkNamespace', 'PermissionDenied PermissionDenied Remove-NetworkNamespace')
        Get-Snapshot | Should -Be $before
        Get-KernelText | Should -Be $textBefore
    }

    It 'may look' { $lines[-2, -1] | Should -Be 'front front  web1/eth0', 'web1 wire ' }
}

Describe 'The state, when all is removed' -Tag Native {
    It 'is empty' {
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }
}
