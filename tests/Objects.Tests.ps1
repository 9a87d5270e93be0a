# Objects as scripts use them: compared, sorted, copied, bound, and their types named. How they look is in Views.Tests.ps1;
# what files of them give back is in RoundTrip.Tests.ps1.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    'link add eth1 type veth peer name eth1 netns wire', 'link set eth1 up' | ip -batch -
    ip -n wire link set eth1 up
    $null = New-MacvlanNetwork net2 eth0 -Subnet 10.1.0.0/24, fd00::/64 -ExcludeAddress 10.1.0.100-10.1.0.120
    $null = New-MacvlanNetwork net10 eth0 -Subnet 9.1.0.0/16 -IPRange 9.1.1.0/24
    $null = New-NetworkNamespace web10, web2, Web1
    # In this order, so that neither age nor letters give the right one.
    foreach ($i in 10, 2) { $null = Connect-ContainerNic net2 web$i -IPAddress "10.1.0.$i", "fd00::$i" }
    $null = Connect-ContainerNic net2 web2 -InterfaceName eth10 -IPAddress 10.1.0.20, fd00::20
    $null = Connect-ContainerNic net2 web2 -InterfaceName eth9 -IPAddress 10.1.0.9, fd00::9
    $null = Connect-ContainerNic net10 Web1
    $nic = Get-ContainerNic net2 -Namespace web2 -InterfaceName eth0
    $net = Get-MacvlanNetwork net2
}

AfterAll { Clear-TestHost }

Describe 'Addresses in objects' -Tag Native, Once {
    It 'are sorted by number, the first one first' {
        (Get-ContainerNic net2 | Sort-Object IPAddress).IPAddress -join ' ' |
            Should -Be '10.1.0.2/24 fd00::2/64 10.1.0.9/24 fd00::9/64 10.1.0.10/24 fd00::10/64 10.1.0.20/24 fd00::20/64'
        (Get-MacvlanNetwork | Sort-Object Subnet).Name | Should -Be net10, net2
        (Get-MacvlanNetwork | Sort-Object Subnet -Descending).Name | Should -Be net2, net10
        ($net.Subnets | Sort-Object Subnet).Subnet -join ' ' | Should -Be '10.1.0.0/24 fd00::/64'
    }

    It 'are equal by number, with and without a length: <_>' -ForEach @(
        "'10.1.0.2'", "'10.1.0.2/24'", "'FD00::0:2'", "'fd00:0:0:0::2/64'", "[ipaddress]'10.1.0.2'"
    ) {
        $other = & ([scriptblock]::Create($_))
        $nic.IPAddress -contains $other | Should -BeTrue
        $other -in $nic.IPAddress | Should -BeTrue
        $nic.IPAddress -eq $other | Should -HaveCount 1
        (Get-ContainerNic | Where-Object IPAddress -Contains $other).InterfaceName | Should -Be eth0
        ($nic.IPAddress[0] -eq $other) -or ($nic.IPAddress[1] -eq $other) | Should -BeTrue
    }

    It 'differ from others: <_>' -ForEach '10.1.0.20', '10.1.0.2/16', 'fd00::20', 'web2', '10.1.0', '', '10.1.0.2-10.1.0.9' {
        $nic.IPAddress -contains $_ | Should -BeFalse
    }

    It 'are compared as subnets and ranges too' {
        $net.Subnet -contains '10.1.0.0/24' | Should -BeTrue
        $net.Subnet -contains [Net.IPNetwork]'10.1.0.0/24' | Should -BeTrue
        $net.Subnet -contains '10.1.0.0/25' | Should -BeFalse
        $net.Subnet[0] -lt '10.2.0.0/16' | Should -BeTrue
        $net.Gateway -contains '10.1.0.1' | Should -BeTrue
        $net.ExcludeAddress -contains '10.1.0.100-10.1.0.120' | Should -BeTrue
        (Get-MacvlanNetwork net10).IPRange -contains '9.1.1.0/24' | Should -BeTrue
    }

    It 'are text for the operators of text' {
        $nic.IPAddress -match '^fd' | Should -HaveCount 1
        $nic.IPAddress -like '10.1.*' | Should -HaveCount 1
        $nic.IPAddress -replace '/.*' | Should -Be '10.1.0.2', 'fd00::2'
        ($nic.IPAddress -split '/')[0, 2] | Should -Be '10.1.0.2', 'fd00::2'
        $nic.IPAddress -join ' ' | Should -BeExactly '10.1.0.2/24 fd00::2/64'
        "$($nic.IPAddress[0])" | Should -BeExactly '10.1.0.2/24'
        [string[]] $nic.IPAddress | Should -BeExactly '10.1.0.2/24', 'fd00::2/64'
        "$([ipaddress] $nic.IPAddress[0])" | Should -Be '10.1.0.2'
        ($nic.IPAddress | Out-String) -split '\r?\n' | Where-Object { $_ } | Should -Be '10.1.0.2/24', 'fd00::2/64'
    }

    It 'are text in JSON, CSV and XML, as states are: <_>' -ForEach @(
        '$_', '$_ | Select-Object Namespace, IPAddress, State', '@{ Namespace = $_.Namespace; IPAddress = $_.IPAddress; State = $_.State }'
    ) {
        $given = $nic | ForEach-Object ([scriptblock]::Create($_))
        $state = "$($nic.State)"
        $json = ConvertTo-Json $given -WarningVariable warnings | ConvertFrom-Json
        $warnings | Should -BeNullOrEmpty
        $json.IPAddress | Should -BeOfType string
        $json.IPAddress | Should -Be '10.1.0.2/24', 'fd00::2/64'
        $json.State | Should -BeExactly $state
        if ($given -isnot [hashtable]) {
            $csv = $given | ConvertTo-Csv | ConvertFrom-Csv
            "$($csv.IPAddress) $($csv.State)" | Should -BeExactly "10.1.0.2/24, fd00::2/64 $state"
        }
        $xml = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($given))
        "$($xml.IPAddress)" | Should -BeExactly '10.1.0.2/24 fd00::2/64'
        $xml.State -eq $state | Should -BeTrue
    }

    It 'are text in JSON everywhere in a network, as modes are' {
        $json = ConvertTo-Json $net -Depth 4 | ConvertFrom-Json
        "$($json.Subnet) $($json.Gateway) $($json.ExcludeAddress)" | Should -Be '10.1.0.0/24 fd00::/64 10.1.0.1 10.1.0.100-10.1.0.120'
        "$($json.Mode) $($json.State) $($json.Subnets.Subnet) $($json.Subnets[0].Gateway)" | Should -Be 'Bridge Ready 10.1.0.0/24 fd00::/64 10.1.0.1'
    }

    It 'are kept with what is in lists by jobs and Export-Clixml' {
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($net))
        "$($copy.Subnets.Subnet) $($copy.Subnets[0].Gateway) $($copy.Subnets[0].Free)" | Should -Be "10.1.0.0/24 fd00::/64 10.1.0.1 $($net.Subnets[0].Free)"
        $copy.Subnet -contains '10.1.0.0/24' | Should -BeTrue
        $copy.Mode -eq 'Bridge' | Should -BeTrue
    }

    It 'are in the same tables when jobs and Export-Clixml have kept them: <_>' -ForEach @(
        'Get-MacvlanNetwork', 'Get-ContainerNic', 'Get-ContainerNetworkAddress net2', 'Test-ContainerNetwork', 'Get-HostAccess'
        'Test-ContainerNic net2 web2 -Destination 10.1.0.10 -Count 1', 'Export-ContainerNetwork net10 | ForEach-Object { $_ -replace "9.1.1.0/24", "9.1.2.0/24" } | Import-ContainerNetwork -WhatIf'
    ) {
        ip link set (Enable-HostAccess net10).InterfaceName down
        ip -n web2 link set eth9 mtu 1300
        $given = & ([scriptblock]::Create($_))
        $copies = $given | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) }
        $given | Should -Not -BeNullOrEmpty
        $copies[0].PSObject.TypeNames[0] | Should -BeLike 'Deserialized.MacIpvlan.*'
        ($copies | Format-Table | Out-String -Width 120) | Should -BeExactly ($given | Format-Table | Out-String -Width 120)
        Disable-HostAccess net10
        ip -n web2 link set eth9 mtu 1500
    }
}

Describe 'Addresses of objects as parameters' -Tag Native, Once {
    It 'are read from .NET''s types, live and deserialized: <_>' -ForEach 'live', 'deserialized' {
        $given = [pscustomobject]@{
            Name = 'given'; Subnet = [Net.IPNetwork]'10.7.0.0/24', [Net.IPNetwork]'fd07::/64'; Gateway = [ipaddress]'10.7.0.9', [ipaddress]'fd07::9'
            IPRange = [Net.IPNetwork]'10.7.0.128/25'; ExcludeAddress = [ipaddress]'10.7.0.200'
        }
        if ($_ -eq 'deserialized') { $given = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($given)) }
        $made = New-MacvlanNetwork $given.Name eth1 -Subnet $given.Subnet -Gateway $given.Gateway -IPRange $given.IPRange -ExcludeAddress $given.ExcludeAddress
        "$($made.Subnet) $($made.Gateway) $($made.IPRange) $($made.ExcludeAddress)" |
            Should -Be '10.7.0.0/24 fd07::/64 10.7.0.9 fd07::9 10.7.0.128-10.7.0.255 10.7.0.200'
        Remove-MacvlanNetwork given
        # Again, by the pipeline.
        $again = $given | New-MacvlanNetwork -Parent eth1
        "$($again.Subnet)" | Should -Be '10.7.0.0/24 fd07::/64'
        (Connect-ContainerNic given web10 -IPAddress ([ipaddress]'10.7.0.5')).IPAddress -contains '10.7.0.5' | Should -BeTrue
        Remove-MacvlanNetwork given -Force
    }

    It 'convert to .NET''s types' {
        "$([Net.IPNetwork]$net.Subnet[0])" | Should -Be "$($net.Subnet[0])"
        "$([ipaddress]$net.Gateway[0])" | Should -Be "$($net.Gateway[0])"
    }

    It 'are read from the module''s own objects' {
        (Test-ContainerNic net2 web10 -Destination $nic.IPAddress[0] -Count 1).Reachable | Should -BeTrue
        $copy = $net | New-MacvlanNetwork -Name copy -Parent eth1
        "$($copy.Subnet) $($copy.Gateway) $($copy.ExcludeAddress)" | Should -Be "$($net.Subnet) $($net.Gateway) $($net.ExcludeAddress)"
        (Connect-ContainerNic copy web10 -IPAddress $nic.IPAddress).IPAddress -join ' ' | Should -Be '10.1.0.2/24 fd00::2/64'
        Remove-MacvlanNetwork copy -Force
    }
}

Describe 'Order' -Tag Native, Once {
    It 'is natural in lists of networks, NICs and namespaces' {
        (Get-ContainerNetwork).Name | Should -Be net2, net10
        Get-ContainerNic | ForEach-Object { "$($_.Network) $_" } |
            Should -Be 'net2 web2/eth0', 'net2 web2/eth9', 'net2 web2/eth10', 'net2 web10/eth0', 'net10 Web1/eth0'
        (Get-NetworkNamespace web*).Name | Should -Be Web1, web2, web10
        (Export-ContainerNetwork | ConvertFrom-Json).networks.name | Should -Be net2, net10
    }

    It 'is natural in completion' {
        $complete = { param($Text) (TabExpansion2 $Text $Text.Length).CompletionMatches.ListItemText }
        & $complete 'Get-ContainerNetwork net' | Should -Be net2, net10
        & $complete 'Get-ContainerNic -Namespace web' | Should -Be Web1, web2, web10
        & $complete 'Get-ContainerNic -InterfaceName eth' | Should -Be eth0, eth9, eth10
    }

    It 'is natural in drawings and errors' {
        $tree = Show-ContainerNetwork | Out-String
        $places = 'web2/eth0', 'web2/eth9', 'web2/eth10', 'web10/eth0' | ForEach-Object { $tree.IndexOf($_) }
        $places | Should -Be @($places | Sort-Object) -Because $tree
        $places | Should -Not -Contain -1
        { Remove-MacvlanNetwork net2 -Confirm:$false -ErrorAction Stop } | Should -Throw '*: web2/eth0, web2/eth9, web2/eth10, web10/eth0.*'
    }
}

Describe 'Objects that belong to a network' -Tag Native, Once {
    BeforeAll {
        $access = Enable-HostAccess net10
        ip -n web10 link set eth0 mtu 1300
        $cases = @{
            ContainerNic = $nic; HostAccess = $access; NetworkAddress = Get-ContainerNetworkAddress net2 | Select-Object -First 1
            NetworkDifference = Test-ContainerNetwork; RestoredItem = Restore-ContainerNetwork -WhatIf | Where-Object Kind -EQ Nic | Select-Object -First 1
            NicTestResult = Test-ContainerNic net2 web2 -InterfaceName eth0 -Destination 10.1.0.2 -Count 1 -TimeoutSeconds 0.01
        }
        $calls = {
            Get-ContainerNetwork; Get-MacvlanNetwork; Get-ContainerNetworkAddress; Export-ContainerNetwork; Show-ContainerNetwork
            Restore-ContainerNetwork -WhatIf; Watch-ContainerNetwork -Timeout 0; Test-ContainerNetwork -Quiet; Get-HostAccess
            Enable-HostAccess -WhatIf; Disable-HostAccess -WhatIf; Remove-ContainerNetwork -WhatIf; Remove-MacvlanNetwork -WhatIf
            Rename-ContainerNetwork -NewName other -WhatIf; Set-MacvlanNetwork -RouteMetric 7 -WhatIf
        }.ToString() -split '[;\n]' | ForEach-Object Trim | Where-Object Length
    }

    AfterAll { Disable-HostAccess net10 }

    It 'stand for it: <_>' -ForEach 'ContainerNic', 'HostAccess', 'NetworkAddress', 'NetworkDifference', 'RestoredItem', 'NicTestResult' {
        $object = $cases[$_]
        $object | Should -HaveCount 1
        $object.GetType().Name | Should -Be $_
        $remains = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($object))
        foreach ($form in $object, $remains, ($object | ConvertTo-Json | ConvertFrom-Json)) {
            ($form | Get-ContainerNetwork).Name | Should -Be $object.Network
        }
        # As a value of a property, it isn't wrapped.
        (Get-ContainerNetwork $object.psobject.BaseObject).Name | Should -Be $object.Network
    }

    It 'are taken wherever networks are' {
        foreach ($call in $calls) { Get-Failure ([scriptblock]::Create("`$access | $call")) | Should -BeNullOrEmpty -Because $call }
        ($access | Get-HostAccess).Network | Should -Be net10
        ($nic | Get-ContainerNetworkAddress).Network | Select-Object -Unique | Should -Be net2
    }

    It 'stand for all of several networks, and for none without one' {
        ([pscustomobject]@{ Name = 'eth0'; Network = 'net2, net10' } | Get-ContainerNetwork).Name | Should -Be net2, net10
        Get-Failure { [pscustomobject]@{ Name = 'net2'; Kind = 'Macvlan'; Network = '' } | Repair-ContainerNetwork } |
            ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
    }

    It 'stand for the namespace, if they are NICs that are not in containers' {
        ($nic | Get-NetworkNamespace).Name | Should -Be web2
        Get-Failure { $nic | Remove-NetworkNamespace -WhatIf } | Should -BeNullOrEmpty
        Get-Failure { [pscustomobject]@{ Namespace = 'web2'; InterfaceName = 'eth0'; Container = 'web2' } | Remove-NetworkNamespace -WhatIf } |
            ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
    }

    It 'stand for themselves where NICs are taken' {
        "$($nic | Get-ContainerNic)" | Should -Be web2/eth0
        Get-Failure { $access | Disconnect-ContainerNic -WhatIf } | ForEach-Object What | Should -BeLike 'InputObjectNotBound *'
    }

    It 'have the right network repaired' {
        Test-ContainerNetwork | Repair-ContainerNetwork | ForEach-Object { "$($_.Network) $($_.Kind) $($_.IsRepaired)" } | Should -Be 'net2 MtuChanged True'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'The types file' -Tag Native, Once {
    It 'gives every object the properties that count' {
        $objects = @(Get-ContainerNetwork) + $net.Subnets + $nic + (Get-NetworkNamespace web2) + (Restore-ContainerNetwork)[0] + (Enable-HostAccess net2)
        foreach ($object in $objects) {
            $shown = $object.PSStandardMembers.DefaultDisplayPropertySet.ReferencedPropertyNames
            $shown | Should -Not -BeNullOrEmpty
            $shown | Where-Object { -not $object.PSObject.Properties[$_] } | Should -BeNullOrEmpty
        }
        # Compare-Object takes the key properties.
        Compare-Object @(Get-ContainerNic) @(Get-ContainerNic) | Should -BeNullOrEmpty
        (Compare-Object @(Get-ContainerNic) @(Get-ContainerNic net2)).InputObject.Namespace | Should -Be Web1
        Disable-HostAccess net2
    }
}

Describe 'The public types' -Tag Native, Once {
    BeforeAll {
        # Found by name, and not imported before the script says so.
        $modules = (New-Item (Join-Path $TestDrive modules) -ItemType Directory).FullName
        $null = New-Item $modules/MacIpvlan -ItemType SymbolicLink -Target (Get-Module MacIpvlan).ModuleBase
        $names = [MacIpvlan.ContainerNic].Assembly.GetExportedTypes() | Where-Object { $_.Namespace -eq 'MacIpvlan' -and $_.IsEnum }
        $shell = [Environment]::ProcessPath
        function Invoke-File([string] $Text) {
            Set-Content $TestDrive/script.ps1 $Text
            & $shell -NoProfile -NonInteractive -Command "`$env:PSModulePath = '$modules' + ':' + `$env:PSModulePath; & '$TestDrive/script.ps1'" 2>&1 | ForEach-Object { "$_" }
        }
    }

    It 'resolve with using module, in functions and expressions' {
        Invoke-File @'
            using module MacIpvlan
            using namespace MacIpvlan
            function Test-Type([MacIpvlan.ContainerNic] $Nic, [ContainerNetwork[]] $Network, [MacvlanMode] $Mode = 'Bridge') { "$Mode $([NetworkState]::Ready)" }
            Test-Type
            1 -is [MacIpvlan.IpvlanNetwork]
            [AddressText] '10.1.0.2/24' -eq '10.1.0.2'
'@ | Should -Be 'Bridge Ready', 'False', 'True'
    }

    It 'resolve with #Requires, in the param block and in classes too' {
        Invoke-File @'
            #Requires -Modules MacIpvlan
            using module MacIpvlan
            using namespace MacIpvlan
            [CmdletBinding()] [OutputType([MacIpvlan.ContainerNic])]
            param([MacIpvlan.ContainerNic] $Nic, [NicState] $State = 'Attached')
            class Rack { [ContainerNetwork[]] $Networks; [MacvlanMode] $Mode = 'Vepa' }
            "$State $([Rack]::new().Mode)"
'@ | Should -Be 'Attached Vepa'
    }

    It 'that objects show are in one namespace' {
        foreach ($object in $net, $nic, (Get-IpvlanNetwork | Select-Object -First 1)) {
            $object.PSObject.Properties | Where-Object { $null -ne $_.Value } | ForEach-Object { $_.Value.GetType() } |
                Where-Object { $_.Assembly -eq [MacIpvlan.ContainerNic].Assembly -and $_.Namespace -ne 'MacIpvlan' } | Should -BeNullOrEmpty
        }
    }
}

Describe 'Names under the culture <_>' -Tag Native, Once -ForEach 'tr-TR', 'de-DE', 'en-US' {
    BeforeAll { $before = [cultureinfo]::CurrentCulture }

    It 'match, whatever letters and numbers look like there' {
        if ([cultureinfo]::new('tr-TR').TextInfo.ToUpper('i') -ne [string][char]0x130) {
            return Set-ItResult -Skipped -Because 'this PowerShell has no cultures: ICU is missing or DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is set'
        }
        # PowerShell sets the culture again for each pipeline, so all is in one.
        $found = & {
            [cultureinfo]::CurrentCulture = [cultureinfo]::new($_)
            $null = New-MacvlanNetwork LAN-Inner eth1 -Subnet 10.9.0.0/24 -Route '10.10.0.0/16 metric 1234'
            $null = New-NetworkNamespace PRINT-I
            $null = Connect-ContainerNic lan-inner PRINT-I -InterfaceName ETH-I
            (Get-MacvlanNetwork lan-i*).Name
            (Get-MacvlanNetwork LAN-INNER).Name
            (Get-MacvlanNetwork -Parent ETH1 -Name *INNER).Name
            (Get-NetworkNamespace print-i*).Name
            (Get-ContainerNic LAN-I* -Namespace print-i -InterfaceName eth-i).IPAddress
            (Get-ContainerNic LAN-I* -Namespace print-i | Sort-Object IPAddress).State -eq 'up'
            (Get-MacvlanNetwork lan-i*).Route
            (TabExpansion2 'Get-MacvlanNetwork lan-i' 24).CompletionMatches.ListItemText
            (Export-ContainerNetwork LAN-I* | ConvertFrom-Json).networks[0].subnet
            Test-ContainerNic lan-i* 10.9.0.200 -Count 1 -TimeoutSeconds 0.2 -Quiet
            Show-ContainerNetwork lan-i* | Out-String | ForEach-Object { $_.Contains('PRINT-I/ETH-I') }
            Remove-MacvlanNetwork lan-i* -Force
            Remove-NetworkNamespace print-i*
            @(Get-MacvlanNetwork LAN-I*).Count
        }
        $found | Should -Be 'LAN-Inner', 'LAN-Inner', 'LAN-Inner', 'PRINT-I', '10.9.0.2/24', $true, '10.10.0.0/16 metric 1234', 'LAN-Inner', '10.9.0.0/24', $false, $true, 0
    }

    AfterAll { [cultureinfo]::CurrentCulture = $before }
}
