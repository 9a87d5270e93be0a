# The runbooks of examples/, run as they are. The quick start is the demo; the services have tests of what they run.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $examples = (Resolve-Path "$PSScriptRoot/../examples").Path
}

AfterAll { Clear-TestHost }

Describe 'The runbook' {
    AfterEach {
        Get-MacvlanNetwork | Remove-MacvlanNetwork -Force
        Get-IpvlanNetwork | Remove-IpvlanNetwork -Force
        Get-NetworkNamespace box?, web? | Remove-NetworkNamespace
    }

    It 'vlan-trunk makes what the table has, and nothing twice' {
        $table = Join-Path $TestDrive rack7.csv
        Set-Content $table 'Name,VlanId,Subnet,Gateway,Kind', 'web,50,10.50.0.0/24,10.50.0.254,macvlan', 'db,60,10.60.0.0/24,,ipvlan'
        & $examples/vlan-trunk.ps1 $table -Trunk eth0 -WhatIf | Should -BeNullOrEmpty
        Get-ContainerNetwork | Should -BeNullOrEmpty
        "$(& $examples/vlan-trunk.ps1 $table -Trunk eth0)" | Should -Be 'web db'
        (Get-IpLink | Where-Object { $_.linkinfo.info_kind -eq 'vlan' }).linkinfo.info_data.id | Sort-Object | Should -Be 50, 60
        (Get-ContainerNetwork db).Kind | Should -Be ipvlan
        "$((Get-ContainerNetwork web).Subnets.Gateway)" | Should -Be 10.50.0.254
        Set-Content $table 'Name,VlanId,Subnet,Gateway,Kind', 'web,50,10.51.0.0/24,,macvlan', 'new,70,10.70.0.0/24,,macvlan'
        $told = & $examples/vlan-trunk.ps1 $table -Trunk eth0 3>&1
        "$($told | Where-Object { $_ -isnot [System.Management.Automation.WarningRecord] })" | Should -Be new
        $told | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object Message | Should -Be @(
            'web has 10.50.0.0/24, not 10.51.0.0/24.', "db is on the host, and not in $table.")
    }

    It 'ipv6-only gives addresses of the prefix alone, and tests them' -Tag Native, Once {
        foreach ($address in 'fe80::1/64', '2001:db8:66::ff/64') { ip -n wire address add $address dev eth0 nodad }
        $null = New-NetworkNamespace box1, box2
        $told = 'box1', 'box2' | & $examples/ipv6-only.ps1 -Parent eth0 -Prefix 2001:db8:66::/64
        foreach ($address in 'fe80::1/64', '2001:db8:66::ff/64') { ip -n wire address delete $address dev eth0 }
        "$($told.IPAddress)" | Should -Be '2001:db8:66::1/64 2001:db8:66::2/64'
        "$($told.Status | Where-Object { $null -ne $_ })" | Should -Be 'Reachable Reachable'
        (Get-IpAddress box1 eth0) | Should -Be '2001:db8:66::1/64'
        (Get-IpRoute box1 6 | Where-Object dst -EQ default).gateway | Should -Be fe80::1
    }

    It 'lab-without-root works, and leaves nothing' -Tag Native, Once {
        $before = Get-KernelText
        $text = & $examples/lab-without-root.ps1
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        ($text -join "`n") | Should -BeLike '*one*10.9.0.2/24*Reachable*'
        Get-KernelText | Should -Be $before
        Get-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'nightly-check tells what is not well, and repairs it if it may' -Tag Native, Once {
        ip -n wire address add 10.1.0.1/24 dev eth0
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1
        & $examples/nightly-check.ps1 | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
        ip -n web1 link set eth0 down
        $told = & $examples/nightly-check.ps1
        $LASTEXITCODE | Should -Be 1
        $told | Where-Object { $_ -like 'PROBLEM*web1/eth0*' } | Should -Not -BeNullOrEmpty
        $told = & $examples/nightly-check.ps1 -Repair
        $LASTEXITCODE | Should -Be 0 -Because "$told"
        $told | Where-Object { $_ -like 'repaired*web1/eth0*' } | Should -Not -BeNullOrEmpty
        & $examples/nightly-check.ps1 | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
        ip -n wire address delete 10.1.0.1/24 dev eth0
    }
}
