# What Tab offers for names; those of containers are in Containers.Tests.ps1. That each parameter for a name has its completer
# is in the unit tests, CompleterTests.

BeforeDiscovery { Import-Module ($env:MACIPVLAN_MODULE ?? (Join-Path (Split-Path $PSScriptRoot) 'out/MacIpvlan/MacIpvlan.psd1')) }

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Complete([string]$Line) {
        [Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches
    }
}

AfterAll { Clear-TestHost }

Describe 'Completion' -Tag Native, Once {
    BeforeAll {
        'link add eth1 type veth peer name down0', "link add it's type veth peer name 9'x", 'link set eth1 up',
        'address add 192.168.7.1/24 dev eth0', 'route add default via 192.168.7.254' | ip -batch -
        $odd = 'my ns', "it's", 'a[b]', 'pa$x', '007', '-x', '"q"', 'App', 'app', '#1'
        $null = New-NetworkNamespace $odd
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-MacvlanNetwork outer eth1 -Subnet 10.2.0.0/24
        $null = New-IpvlanNetwork own eth0 -Subnet 10.3.0.0/24 -WarningAction Ignore
        $null = Connect-ContainerNic lan app, 'my ns'
        $null = Connect-ContainerNic outer app -InterfaceName wan0
        # No server is asked.
        $null = 'fleet', 'spare' | ForEach-Object { Register-AddressDatabase $_ 'Host=db1;Username=node1' }
    }

    It 'offers <Line>: <Offered>' -ForEach @(
        @{ Line = 'Get-ContainerNetwork '; Offered = 'lan', 'outer', 'own' }
        @{ Line = 'Get-ContainerNetwork -Name LA'; Offered = 'lan' }
        @{ Line = 'Test-ContainerNetwork lan, o'; Offered = 'outer', 'own' }
        @{ Line = 'Restore-ContainerNetwork '; Offered = 'lan', 'outer', 'own' }
        @{ Line = 'Get-MacvlanNetwork '; Offered = 'lan', 'outer' }
        @{ Line = 'Remove-MacvlanNetwork '; Offered = 'lan', 'outer' }
        @{ Line = 'MacIpvlan\Remove-IpvlanNetwork -Name '; Offered = , 'own' }
        @{ Line = 'Enable-HostAccess '; Offered = 'lan', 'outer', 'own' }
        @{ Line = 'Connect-ContainerNic '; Offered = 'lan', 'outer', 'own' }
        @{ Line = 'Disconnect-ContainerNic o'; Offered = 'outer', 'own' }
        @{ Line = 'Connect-ContainerNic lan A'; Offered = "'a[b]'", 'App', 'app' }
        @{ Line = 'Move-ContainerNic lan app -Destination A'; Offered = "'a[b]'", 'App', 'app' }
        @{ Line = 'Connect-ContainerNic lan -Namespace my'; Offered = , "'my ns'" }
        @{ Line = "Connect-ContainerNic lan 'my"; Offered = , "'my ns'" }
        @{ Line = 'Connect-ContainerNic lan "my n'; Offered = , "'my ns'" }
        @{ Line = "Connect-ContainerNic lan 'it''"; Offered = , "'it''s'" }
        @{ Line = 'Get-NetworkNamespace app, a['; Offered = , "'a[b]'" }
        @{ Line = 'Remove-NetworkNamespace App, p'; Offered = , "'pa`$x'" }
        @{ Line = 'Get-ContainerNic -InterfaceName '; Offered = 'eth0', 'wan0' }
        @{ Line = 'Get-ContainerNic lan -InterfaceName '; Offered = , 'eth0' }
        @{ Line = 'Disconnect-ContainerNic -Namespace app -InterfaceName w'; Offered = , 'wan0' }
        @{ Line = 'Test-ContainerNic lan app a'; Offered = 'app/eth0', 'app/wan0', 'app' }
        @{ Line = 'Get-ContainerNetwork -Parent d'; Offered = , 'down0' }
        @{ Line = 'New-MacvlanNetwork new1 it'; Offered = , "'it''s'" }
        @{ Line = 'New-MacvlanNetwork new1 -Parent 9'; Offered = , "'9''x'" }
        @{ Line = 'Add-VlanSubInterface eth'; Offered = 'eth1', 'eth0' }
        @{ Line = 'Disconnect-ContainerNic lan '; Offered = "'my ns'", 'app' }
        @{ Line = 'Disconnect-ContainerNic outer '; Offered = , 'app' }
        @{ Line = 'Get-ContainerNic OUTER -Target '; Offered = , 'app' }
        @{ Line = 'Connect-ContainerNic lan app -IPAddress 10.1.0.25'; Offered = '10.1.0.25', '10.1.0.250', '10.1.0.251', '10.1.0.252', '10.1.0.253', '10.1.0.254' }
        @{ Line = 'Connect-ContainerNic outer app -IPAddress 10.2.0.3, 10.2.0.'; Offered = 3..12 -replace '^', '10.2.0.' }
        @{ Line = 'Connect-ContainerNic -IPAddress '; Offered = @() }
        @{ Line = 'Enable-HostAccess outer -IPAddress 10.2.0.10'; Offered = @(10) + 100..108 -replace '^', '10.2.0.' }
        @{ Line = 'Get-ContainerNic -IPAddress 10.'; Offered = '10.1.0.2', '10.1.0.3', '10.2.0.2' }
        @{ Line = 'Get-ContainerNetworkAddress outer 10.'; Offered = , '10.2.0.2' }
        @{ Line = 'New-MacvlanNetwork new1 eth0 -Subnet '; Offered = , '192.168.7.0/24' }
        @{ Line = 'New-MacvlanNetwork new1 eth1 -Subnet '; Offered = @() }
        @{ Line = 'New-MacvlanNetwork new1 -Subnet 192.168.7.0/24 -Gateway '; Offered = '192.168.7.254' }
        @{ Line = 'New-IpvlanNetwork new1 -Parent eth0 -Gateway '; Offered = '192.168.7.254' }
        @{ Line = 'New-IpvlanNetwork new1 -Parent eth1 -Gateway '; Offered = @() }
        @{ Line = 'Rename-ContainerNetwork o'; Offered = 'outer', 'own' }
        @{ Line = 'Set-MacvlanNetwork outer -RemoveSubnet '; Offered = , '10.2.0.0/24' }
        @{ Line = 'Set-MacvlanNetwork lan -NewName '; Offered = @() }
        @{ Line = 'Get-ContainerNetworkAddress -Kind Fo'; Offered = , 'Foreign' }
        @{ Line = 'Connect-ContainerNic lan -Namespace nosuch'; Offered = @() }
        @{ Line = 'New-MacvlanNetwork '; Offered = @() }
        @{ Line = 'Register-AddressDatabase '; Offered = @() }
        @{ Line = 'Test-AddressDatabase '; Offered = 'fleet', 'spare' }
        @{ Line = 'Unregister-AddressDatabase s'; Offered = , 'spare' }
        @{ Line = 'New-MacvlanNetwork new1 eth0 -AddressDatabase f'; Offered = , 'fleet' }
        @{ Line = 'New-MacvlanNetwork new1 eth0 -AddressDatabase fleet -Segment '; Offered = @() }
        @{ Line = 'New-IpvlanNetwork new1 eth0 -AwayPolicy '; Offered = 'Reconcile', 'Refuse' }
        @{ Line = 'Remove-ContainerNetworkAddress outer -HostName '; Offered = @() }
        @{ Line = 'Remove-ContainerNetworkAddress outer -AddressDatabase s'; Offered = , 'spare' }
    ) {
        @((Complete $Line).CompletionText | Sort-Object -CaseSensitive) |
            Should -BeExactly @($Offered | Sort-Object -CaseSensitive)
    }

    It 'offers one process of each namespace for -ProcessId, without quotes, and none of the host' {
        $inside, $sibling = (Start-Sleeper 'unshare --net'), (Start-Sleeper 'ip netns exec app')
        try {
            $offered = Complete 'Connect-ContainerNic lan -ProcessId '
            $offered.CompletionText | Should -Contain "$($inside.Id)"
            ($offered | Where-Object CompletionText -EQ $inside.Id).ToolTip | Should -BeLike 'sleep, net:`[*'
            $offered.CompletionText | Should -Not -Contain "$PID"
            (Complete "Disconnect-ContainerNic -ProcessId $($sibling.Id)").CompletionText | Should -Contain "$($sibling.Id)"
        }
        finally { $inside, $sibling | ForEach-Object { Stop-Sleeper $_ } }
    }

    It 'offers no files, unless a file is meant: <Name>' -ForEach @(
        (Get-Module MacIpvlan).ExportedCmdlets.Values | ForEach-Object { @{ Name = $_.Name } }
    ) {
        Set-Content $TestDrive/file.txt x
        Push-Location $TestDrive
        try {
            $command = Get-Command $Name
            $common = [Management.Automation.Cmdlet]::CommonParameters + 'WhatIf', 'Confirm'
            $parameters = $command.Parameters.Values | Where-Object { $_.Name -notin $common -and -not $_.SwitchParameter }
            # Beyond the last position, nothing is the module's to offer.
            $places = $parameters ? ($parameters.ParameterSets.Values.Position | Measure-Object -Maximum).Maximum + 1 : 0
            $lines = @(for ($i = 0; $i -lt $places; $i++) { "$Name $('lan ' * $i)"; "$Name $('lan ' * $i)fi" }) + @($parameters | ForEach-Object { "$Name -$($_.Name) "; "$Name -$($_.Name) fi" })
            $meant = $lines | Where-Object { $_ -match ' -(Path|PasswordFile|FilePath|ArgumentList) ' -or ($Name -in 'Import-ContainerNetwork', 'Invoke-NetworkNamespace' -and $_ -notmatch ' -') }
            foreach ($line in $lines | Where-Object { $_ -notin $meant }) {
                (Complete $line).CompletionText | Where-Object { $_ -like '*file.txt*' } | Should -BeNullOrEmpty -Because "'$line' means no file"
            }
            # Programs aren't the files that are meant.
            foreach ($line in $meant | Where-Object { $_ -notmatch 'lan|Invoke-NetworkNamespace' }) { (Complete $line).CompletionText | Should -Contain (Join-Path . file.txt) }
        }
        finally { Pop-Location }
    }

    It 'offers parents that are up first, with type and addresses' {
        $offered = Complete 'New-MacvlanNetwork new1 -Parent '
        @($offered.CompletionText | Select-Object -First 2 | Sort-Object) | Should -Be eth0, eth1
        ($offered | Where-Object ListItemText -EQ eth0).ToolTip | Should -Be 'veth, up, MTU 1500, 192.168.7.1/24'
        ($offered | Where-Object ListItemText -EQ down0).ToolTip | Should -Be 'veth, down, MTU 1500'
        $offered.ListItemText | Should -Not -Contain lo
    }

    It 'tells what networks and NICs are' {
        (Complete 'Get-ContainerNetwork l').ToolTip | Should -Be 'macvlan Bridge on eth0: 10.1.0.0/24, fd01::/64'
        (Complete 'Test-ContainerNic lan app app/e').ToolTip | Should -Be 'lan: 10.1.0.2/24, fd01::1/64'
    }

    It 'gives what is taken as it was meant: <_>' -ForEach 'my ns', "it's", 'a[b]', 'pa$x', '007', '-x', '"q"', 'App', 'app', '#1' {
        $name = $_
        $offered = Complete 'Connect-ContainerNic outer -Namespace ' | Where-Object ListItemText -CEQ $name
        $offered | Should -HaveCount 1
        foreach ($command in 'Connect-ContainerNic outer', 'Get-ContainerNic outer -InterfaceName new0', 'Disconnect-ContainerNic outer -InterfaceName new0') {
            $nics = Invoke-Expression "$command -Namespace $($offered.CompletionText) $(if ($command -like 'Connect*') { '-InterfaceName new0' })"
            if ($command -notlike 'Disconnect*') { @($nics.Namespace) | Should -BeExactly @($name) }
        }
        Get-ContainerNic outer -InterfaceName new0 | Should -BeNullOrEmpty
    }

    It 'is silent, and makes nothing, where there is no state, and where the state is not one' {
        $state = $env:MACIPVLAN_STATE
        try {
            $env:MACIPVLAN_STATE = Join-Path $TestDrive 'none/state.db'
            $before = $Error.Count
            Complete 'Connect-ContainerNic -Network ' | Should -BeNullOrEmpty
            Test-Path (Join-Path $TestDrive none) | Should -BeFalse
            (Complete 'Connect-ContainerNic -Namespace my').CompletionText | Should -Be "'my ns'" -Because 'that needs no state'
            $null = New-Item (Join-Path $TestDrive none) -ItemType Directory
            chmod 700 (Join-Path $TestDrive none)
            Set-Content $env:MACIPVLAN_STATE 'This is no database.'
            Complete 'Connect-ContainerNic -Network ' | Should -BeNullOrEmpty
            $Error.Count | Should -Be $before
        }
        finally { $env:MACIPVLAN_STATE = $state }
    }
}

Describe 'Completion of VLANs' {
    It 'offers ids and names, with their parents' {
        $null = Add-VlanSubInterface eth0 20, 100
        $null = Add-VlanSubInterface eth0.20 7 -Name inner
        (Complete 'Get-VlanSubInterface ').CompletionText | Sort-Object | Should -Be eth0.100, eth0.20, inner
        (Complete 'Remove-VlanSubInterface i').ToolTip | Should -Be 'VLAN 7 on eth0.20'
        (Complete 'Get-VlanSubInterface -VlanId ').ListItemText | Should -Be 7, 20, 100
        (Complete 'New-MacvlanNetwork new1 eth0 -VlanId ').ListItemText | Should -Be 20, 100
        (Complete 'New-MacvlanNetwork new1 -Parent eth0.20 -VlanId ').ListItemText | Should -Be 7
    }
}
