BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Neighbour([string]$Address) {
        # The MAC address that the far end of eth0 remembers.
        (Invoke-Ip wire neighbour show $Address | Select-Object -First 1).lladdr
    }

    function Wait-Neighbour([string]$Address, [string]$Mac) {
        foreach ($attempt in 1..400) {
            if ((Get-Neighbour $Address) -eq $Mac) { return $true }
            Start-Sleep -Milliseconds 50
        }
        $false
    }
}

AfterAll { Clear-TestHost }

Describe 'Announcements' -Tag Native, Once {
    BeforeEach {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-NetworkNamespace one
        # What a switch or router remembers of whoever had the addresses before.
        ip -n wire address add 10.1.0.9/24 dev eth0
        ip -n wire address add fd01::9/64 dev eth0 nodad
        ip -n wire neighbour replace 10.1.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        ip -n wire neighbour replace fd01::1 lladdr 02:00:00:00:00:99 dev eth0 nud stale
    }

    AfterEach {
        ip -n wire address flush dev eth0
        ip -n wire neighbour flush all
        Remove-NetworkNamespace one -Force
        Remove-MacvlanNetwork lan -Force
    }

    It 'replace what neighbours remember of <_>' -ForEach '10.1.0.2', 'fd01::1' {
        $null = Connect-ContainerNic lan one
        Wait-Neighbour $_ (Get-IpLink eth0 -Namespace one).address | Should -BeTrue
    }

    It 'are left out with -AnnounceCount 0' {
        $null = Connect-ContainerNic lan one -AnnounceCount 0
        Start-Sleep -Milliseconds 500
        Get-Neighbour 10.1.0.2 | Should -Be 02:00:00:00:00:99
    }

    It 'are repeated without holding up the pipeline' {
        $null = Connect-ContainerNic lan one -AnnounceCount 2
        $mac = (Get-IpLink eth0 -Namespace one).address
        Wait-Neighbour 10.1.0.2 $mac | Should -BeTrue
        Wait-Neighbour fd01::1 $mac | Should -BeTrue
        # The second announcement mends what was set wrong after the first, and after the command was done.
        ip -n wire neighbour replace 10.1.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        ip -n wire neighbour replace fd01::1 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        Wait-Neighbour 10.1.0.2 $mac | Should -BeTrue
        Wait-Neighbour fd01::1 $mac | Should -BeTrue
    }

    It 'of a NIC do not wait for those that another one repeats' {
        $null = New-NetworkNamespace two
        $isFirst = foreach ($attempt in 1..3) {
            $null = 20, 30 | ForEach-Object { ip -n wire neighbour replace "10.1.0.$_" lladdr 02:00:00:00:00:99 dev eth0 nud stale }
            $null = Connect-ContainerNic lan one -AnnounceCount 2 -IPAddress 10.1.0.20
            $mac = (Get-IpLink eth0 -Namespace one).address
            Wait-Neighbour 10.1.0.20 $mac | Should -BeTrue
            ip -n wire neighbour replace 10.1.0.20 lladdr 02:00:00:00:00:99 dev eth0 nud stale
            $null = Connect-ContainerNic lan two -AnnounceCount 2 -IPAddress 10.1.0.30
            Wait-Neighbour 10.1.0.30 (Get-IpLink eth0 -Namespace two).address | Should -BeTrue
            # Two seconds have not passed since the first NIC's: where they have, the machine is busy.
            (Get-Neighbour 10.1.0.20) -ne $mac
            Get-ContainerNic | Disconnect-ContainerNic
        }
        Remove-NetworkNamespace two
        $isFirst | Should -Contain $true
    }

    It 'reach neighbours also when many other NICs hear them' -Tag Once {
        $null = New-NetworkNamespace crowd
        $null = 1..260 | ForEach-Object { 'crowd' } | Connect-ContainerNic lan -AnnounceCount 0 -NoIPAddress
        $null = Connect-ContainerNic lan one
        $mac = (Get-IpLink eth0 -Namespace one).address
        Wait-Neighbour 10.1.0.2 $mac | Should -BeTrue
        Wait-Neighbour fd01::1 $mac | Should -BeTrue
        ip netns exec one cat /proc/sys/net/ipv4/conf/eth0/arp_notify | Should -Be 0 -Because 'the kernel announces none of these'
        Remove-NetworkNamespace crowd -Force
    }

    It 'go out for each of many NICs, also when their process ends at once' {
        $many = 1..20 | ForEach-Object { "many$_" }
        $null = New-NetworkNamespace $many
        $null = New-MacvlanNetwork range eth0 -Subnet 10.1.0.0/24 -IPRange 10.1.0.101-10.1.0.120
        101..120 | ForEach-Object { "neighbour replace 10.1.0.$_ lladdr 02:00:00:00:00:99 dev eth0 nud stale" } | ip -n wire -batch -
        Invoke-Shell '1..20 | ForEach-Object { "many$_" } | Connect-ContainerNic range | ForEach-Object Namespace; [Environment]::Exit(0)' | Should -Be $many
        foreach ($i in 1..20) {
            Wait-Neighbour "10.1.0.$(100 + $i)" (Get-IpLink eth0 -Namespace "many$i").address | Should -BeTrue -Because "many$i"
        }
        Remove-MacvlanNetwork range -Force
        Remove-NetworkNamespace many* -Force
    }

    It 'keep no namespace alive' {
        # A thread is born into the namespace of the one that starts it. Of ours, that is: .NET starts its own when it likes.
        function Get-ForeignThread {
            $own = readlink /proc/self/ns/net
            sh -c "for task in /proc/$PID/task/*; do echo `$(readlink `$task/ns/net) `$(cat `$task/comm); done" |
                Where-Object { $_ -like '* MacIpvlan*' -and -not $_.StartsWith("$own ") }
        }
        $many = 1..12 | ForEach-Object { "many$_" }
        $null = New-NetworkNamespace $many
        $null = $many | Connect-ContainerNic lan
        $null = Connect-ContainerNic lan one -AnnounceCount 2
        for ($i = 0; $i -lt 200 -and (Get-ForeignThread); $i++) { Start-Sleep -Milliseconds 50 }
        Get-ForeignThread | Should -BeNullOrEmpty
        Remove-NetworkNamespace many* -Force
    }

    It 'of one address are the kernel''s where few hear them' {
        $null = Connect-ContainerNic lan one
        ip netns exec one cat /proc/sys/net/ipv4/conf/eth0/arp_notify | Should -Be 1
        ip netns exec one cat /proc/sys/net/ipv6/conf/eth0/ndisc_notify | Should -Be 1
    }
}
