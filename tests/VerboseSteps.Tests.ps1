# -Verbose tells each step as the command that does the same: here those commands are run, and must have the same outcome.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Step([scriptblock]$Command) {
        # The verbose lines that are commands, not those that ShouldProcess writes.
        & $Command 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match '^(ip|sysctl) ' } |
            ForEach-Object Message
    }

    function Invoke-Step([string[]]$Step, [string]$Namespace) {
        # In another namespace, and with busybox's sysctl, since the other one need not be installed.
        $script = Join-Path $TestDrive 'steps.sh'
        Set-Content $script ($Step -replace '\bone\b', $Namespace -replace '(^|exec \w+ )sysctl', '$1busybox sysctl')
        $null = sh $script 2>&1
    }

    function Get-Outcome([string]$Namespace, [string]$Interface) {
        # Everything that ip knows of an interface, without what differs between any two links.
        $where = if ($Namespace) { '-n', $Namespace } else { @() }
        $text = @(
            ip @where -d link show dev $Interface
            ip @where -d address show dev $Interface scope global
            ip @where -d route show table all dev $Interface
            ip @where -d route show type blackhole) -notmatch '\bfe80:' -join "`n"
        $text -replace '(?m)^\d+: ', '' -replace '@\w+| state \w+', '' -replace 'link-netnsid \d+', '' -replace '(?m)\s+$', '' |
            Where-Object { $_ }
    }
}

AfterAll { Clear-TestHost }

Describe 'Verbose steps' {
    AfterEach {
        Get-NetworkNamespace one, two -ErrorAction Ignore | Remove-NetworkNamespace -Force
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'make the same NIC: macvlan, both families, routes' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::9 -Mtu 1400 -RouteMetric 7 `
            -Route '10.9.0.0/16 via 10.1.0.254 metric 5', 'blackhole 10.8.0.0/16', '172.16.0.0/12'
        $null = New-NetworkNamespace one, two
        $steps = Get-Step { Connect-ContainerNic lan one -Verbose }
        $ours = Get-Outcome one eth0
        Get-ContainerNic | Disconnect-ContainerNic
        Invoke-Step $steps two
        Get-Outcome two eth0 | Should -Be $ours
        $ours | Should -BeLike '*10.1.0.2/24*fd01::1/64*default via 10.1.0.1*'
    }

    It 'make the same NIC: macvlan without IPv6, under a name of its own' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode Private
        $null = New-NetworkNamespace one, two
        $steps = Get-Step { Connect-ContainerNic lan one -InterfaceName lan0 -AnnounceCount 0 -Verbose }
        $ours = Get-Outcome one lan0
        Get-ContainerNic | Disconnect-ContainerNic
        Invoke-Step $steps two
        Get-Outcome two lan0 | Should -Be $ours
    }

    It 'make the same NIC: ipvlan <_>' -ForEach 'L2', 'L3' {
        $null = New-IpvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Mode $_ -Flag Vepa
        $null = New-NetworkNamespace one, two
        $steps = Get-Step { Connect-ContainerNic lan one -Verbose }
        $ours = Get-Outcome one eth0
        Get-ContainerNic | Disconnect-ContainerNic
        Invoke-Step $steps two
        Get-Outcome two eth0 | Should -Be $ours
    }

    It 'make the same parent: a VLAN in a VLAN' {
        $steps = Get-Step { New-MacvlanNetwork lan -Parent eth0.10.20 -Subnet 10.1.0.0/24 -Verbose }
        $ours = (Get-Outcome '' eth0.10), (Get-Outcome '' eth0.10.20)
        Remove-MacvlanNetwork lan
        (Get-IpLink).ifname | Should -Be lo, eth0
        Invoke-Step $steps two
        (Get-Outcome '' eth0.10), (Get-Outcome '' eth0.10.20) | Should -Be $ours
        ip link delete eth0.10
    }

    It 'can be pasted, whatever names have in them: <_>' -Tag Native, Once -ForEach 'my ns', "it's", 'pa$x', 'a;b', '#1', '-x' {
        $odd = $_
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $steps = Get-Step { New-NetworkNamespace $odd -Verbose }
        $steps += Get-Step { Connect-ContainerNic lan -Namespace $odd -Verbose -AnnounceCount 0 }
        $steps += Get-Step { Get-ContainerNic | Disconnect-ContainerNic -Verbose }
        $steps += Get-Step { Remove-NetworkNamespace $odd -Verbose }
        $steps | Should -Not -BeNullOrEmpty
        # As a shell reads them: the name is one word wherever it is.
        foreach ($step in $steps) {
            $words = sh -c "printf '%s\n' $step"
            $words | Should -Contain $odd -Because "$step names it"
        }
    }

    It 'make the same namespace, and take all away again' -Tag Native, Once {
        $steps = Get-Step { New-NetworkNamespace one -Verbose }
        $ours = Get-Outcome one lo
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        Invoke-Step $steps two
        Get-Outcome two lo | Should -Be $ours
        $null = Connect-ContainerNic lan one
        $steps = Get-Step {
            Get-ContainerNic | Disconnect-ContainerNic -Verbose
            Remove-NetworkNamespace one -Verbose
        }
        $steps | Should -Be 'ip -n one link delete dev eth0', 'ip netns delete one'
        Invoke-Step $steps[1] two
        ip netns list | ForEach-Object { ($_ -split ' ')[0] } | Should -Be wire
    }
}
