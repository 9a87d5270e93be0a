# Export-ContainerNetwork and Import-ContainerNetwork: networks go out and come back, on a host that lacks them, that has
# them, and that has others of their names. The formats themselves are in the unit tests, the plugins of CNI in
# Cni.Tests.ps1, Docker and Podman in Containers.Tests.ps1.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $folder = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-exchange.$PID"

    function Get-Line($Imported) {
        # What became of networks, a line each.
        @($Imported | ForEach-Object { "$($_.Name) $($_.Kind) $($_.Result) $($_.Differences -join '; ')".TrimEnd() })
    }

    function Clear-Network {
        Get-ContainerNetwork | Where-Object Kind -EQ macvlan | Remove-MacvlanNetwork -Force
        Get-ContainerNetwork | Where-Object Kind -EQ ipvlan | Remove-IpvlanNetwork -Force
        Get-NetworkNamespace one* | Remove-NetworkNamespace -Force
    }
}

AfterAll { Clear-TestHost }

Describe 'Networks of macvlan' -Tag Native, Once {
    BeforeEach {
        $null = New-Item $folder -ItemType Directory
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -Mtu 1400
    }

    AfterEach {
        Get-ContainerNic | Disconnect-ContainerNic
        Get-ContainerNetwork | Remove-MacvlanNetwork -Force
        Get-NetworkNamespace web1 -ErrorAction Ignore | Remove-NetworkNamespace
        Remove-Item $folder -Recurse -Force
    }

    It 'come back with everything that they were made with' {
        $null = New-MacvlanNetwork full eth0 -Subnet 10.2.0.0/24, fd02::/64 -Gateway 10.99.0.1 -OnLinkGateway -Mode Source `
            -AllowedMacAddress 02-00-00-00-00-07, 02-00-00-00-00-08 -BroadcastQueueLength 5000 -BroadcastCutoff -1 -Mtu 1400 `
            -IPRange 10.2.0.64/26, 10.2.0.200-10.2.0.220 -ExcludeAddress 10.2.0.70, 'fd02::5-fd02::9' -RouteMetric 50 -NoDefaultRoute `
            -Route '10.9.0.0/16 via 10.2.0.254 metric 100', 'blackhole 10.8.0.0/16', 'unreachable fd99::/64' `
            -ProbeAddress -ProbeCount 2 -ProbeTimeoutMilliseconds 500
        $null = New-MacvlanNetwork bare eth0 -Subnet 10.3.0.0/24, 10.4.0.0/24 -NoGateway -Gateway 10.4.0.9 -Mode Vepa
        $rows = Get-StateRow | Where-Object { $_ -like 'networks *' }
        $text = Export-ContainerNetwork
        Get-ContainerNetwork | Remove-MacvlanNetwork
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'bare macvlan Created', 'full macvlan Created', 'lan macvlan Created'
        Export-ContainerNetwork | Should -Be $text
        # All but ids.
        (Get-StateRow | Where-Object { $_ -like 'networks *' }) -replace '\b[0-9a-f]{64}\b' | Sort-Object |
            Should -Be ($rows -replace '\b[0-9a-f]{64}\b' | Sort-Object)
    }

    It 'are left alone when they match already' {
        $before = Get-Snapshot
        Get-Line (Export-ContainerNetwork | Import-ContainerNetwork -WarningVariable warnings) | Should -Be 'lan macvlan InPlace'
        $warnings | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
    }

    It 'are changed when they differ, and each difference is reported' {
        $text = (Export-ContainerNetwork) -replace '1400', '1300' -replace '"mode": "Bridge"', '"mode": "Private"'
        $before = Get-Snapshot
        $planned = $text | Import-ContainerNetwork -WhatIf
        Get-Line $planned | Should -Be 'lan macvlan Skipped Mode: Bridge -> Private; Mtu: 1400 -> 1300'
        "$($planned.Differences[1].Name) $($planned.Differences[1].Expected) $($planned.Differences[1].Actual)" | Should -Be 'Mtu 1300 1400'
        Get-Snapshot | Should -Be $before
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'lan macvlan Changed Mode: Bridge -> Private; Mtu: 1400 -> 1300'
        "$((Get-MacvlanNetwork lan).Mode) $((Get-MacvlanNetwork lan).Mtu)" | Should -Be 'Private 1300'
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
    }

    It 'are changed with their NICs and the access of the host' {
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network lan
        $access = Enable-HostAccess lan
        ip -n web1 link property add dev eth0 altname kept
        $text = (Export-ContainerNetwork) -replace '1400', '1300'
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'lan macvlan Changed Mtu: 1400 -> 1300'
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.mtu) $($link.altnames) $((Get-IpLink $access.InterfaceName).mtu)" | Should -Be '1300 kept 1300'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are not changed or made again under their NICs if that harms them, unless with -Force' {
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network lan
        $address = "$((Get-ContainerNic).IPAddress)"
        $range = (Export-ContainerNetwork | ConvertFrom-Json -AsHashtable)
        $range.networks[0].ipRange = @('10.1.0.200-10.1.0.210')
        $range = $range | ConvertTo-Json -Depth 9
        $other = (Export-ContainerNetwork) -replace '"kind": "macvlan"', '"kind": "ipvlan"' -replace '"mode": "Bridge"', '"mode": "L2"'
        $before = Get-Snapshot
        $failure = Get-Failure { $range | Import-ContainerNetwork }
        "$($failure.What) $($failure.Message)" | Should -BeLike "NetworkInUse ResourceBusy 'lan' *web1/eth0 has 10.1.0.*, which is outside the ranges or excluded."
        $failure = Get-Failure { $other | Import-ContainerNetwork }
        $failure.What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        $failure.Message | Should -Be "The network 'lan' differs, but can't be recreated while it has 1 NIC: web1/eth0."
        Get-Snapshot | Should -Be $before
        Get-Line ($range | Import-ContainerNetwork -Force) | Should -BeLike 'lan macvlan Changed IPRange: *'
        "$((Get-ContainerNic).IPAddress)" | Should -Be $address
        Get-Line ($other | Import-ContainerNetwork -Force) | Should -BeLike 'lan ipvlan Replaced Kind: macvlan -> ipvlan*'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-ContainerNic | Should -BeNullOrEmpty
        Remove-IpvlanNetwork lan
    }

    It 'are not made again under the access of the host, unless with -Force' {
        $access = Enable-HostAccess lan
        $text = (Export-ContainerNetwork) -replace '"kind": "macvlan"', '"kind": "ipvlan"' -replace '"mode": "Bridge"', '"mode": "L2"'
        (Get-Failure { $text | Import-ContainerNetwork }).What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        Get-IpLink $access.InterfaceName | Should -HaveCount 1
        Get-Line ($text | Import-ContainerNetwork -Force) | Should -BeLike '*Replaced*'
        Get-IpLink $access.InterfaceName | Should -BeNullOrEmpty
        Remove-IpvlanNetwork lan
    }

    It 'are as they were when they cannot be made again' {
        $rows = Get-StateRow
        $text = (Export-ContainerNetwork) -replace '"eth0"', '"eth7"'
        (Get-Failure { $text | Import-ContainerNetwork }).What | Should -Be "ParentNotFound ObjectNotFound 'lan'"
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.1.0.0/24 -NoGateway -IPRange 10.1.0.77 -WarningAction Ignore
        $null = Connect-ContainerNic beside web1
        # The gateway is another NIC's address, which only the last step finds out.
        $text = (Export-ContainerNetwork lan) -replace '10\.1\.0\.1"', '10.1.0.77"'
        (Get-Failure { $text | Import-ContainerNetwork }).What | Should -Be "AddressInUse ResourceBusy 'lan'"
        Get-ContainerNic | Disconnect-ContainerNic
        Remove-MacvlanNetwork beside
        Get-StateRow | Should -Be $rows
    }

    It 'go through the pipeline as names, objects, lines and files' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.2.0.0/24
        $text = Export-ContainerNetwork lan
        Get-MacvlanNetwork lan | Export-ContainerNetwork | Should -Be $text
        Get-MacvlanNetwork l* | Export-ContainerNetwork | Should -Be $text
        'LAN', 'lan' | Export-ContainerNetwork | Should -Be $text
        (Export-ContainerNetwork | ConvertFrom-Json).networks.name | Should -Be lan, other
        (Export-ContainerNetwork -Path $folder/all.json).FullName | Should -Be $folder/all.json
        (Get-Failure { Export-ContainerNetwork -Path $folder/all.json -NoClobber }).What | Should -Be "FileExists ResourceExists ''"
        Get-Content $folder/all.json | Should -Be ((Export-ContainerNetwork) -split "`n")
        (Export-ContainerNetwork -Path $folder).Name | Should -Be lan.json, other.json
        $null = Export-ContainerNetwork -Path $folder -As Cni
        $null = Export-ContainerNetwork -Path $folder -As DockerCommand -WarningAction Ignore
        (Get-ChildItem $folder).Name | Sort-Object | Should -Be @(
            'all.json', 'lan.conflist', 'lan.json', 'lan.sh', 'other.conflist', 'other.json', 'other.sh')
        Get-Line (Get-Content $folder/all.json | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace', 'other macvlan InPlace'
        Get-Line (Get-Content $folder/all.json -Raw | Import-ContainerNetwork) | Should -HaveCount 2
        Get-Line (Import-ContainerNetwork $folder/o*.json) | Should -Be 'other macvlan InPlace'
        Get-Line (Get-ChildItem $folder/lan.* -Exclude *.sh | Where-Object Extension -EQ .conflist | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
        Push-Location $folder
        try { Get-Line (Import-ContainerNetwork lan.json, other.conflist) | Should -Be 'lan macvlan InPlace', 'other macvlan InPlace' }
        finally { Pop-Location }
        (ConvertFrom-Json $text).networks | ForEach-Object { $_.name = 'third'; $_.subnet = '10.3.0.0/24'; $_.gateway = '10.3.0.1'; $_ } |
            New-MacvlanNetwork | ForEach-Object Mtu | Should -Be 1400
    }

    It 'are reported when they are missing, and nothing is written' {
        (Get-Failure { Export-ContainerNetwork nosuch -Path $folder/x.json }).What | Should -Be "NetworkNotFound ObjectNotFound 'nosuch'"
        Get-MacvlanNetwork nosuch* | Export-ContainerNetwork -Path $folder/x.json
        Get-ChildItem $folder | Should -BeNullOrEmpty
        Remove-MacvlanNetwork lan
        (Export-ContainerNetwork | ConvertFrom-Json).networks | Should -BeNullOrEmpty
        Get-Line (Export-ContainerNetwork | Import-ContainerNetwork) | Should -BeNullOrEmpty
    }

    It 'go on with the next when one is beyond the words of a format' {
        $null = New-MacvlanNetwork source eth0 -Subnet 10.2.0.0/24 -Mode Source -AllowedMacAddress 02-00-00-00-00-07
        foreach ($format in 'Cni', 'DockerCommand') {
            $failure = Get-Failure { $script:text = Export-ContainerNetwork source, lan -As $format -WarningAction Ignore }
            $failure.What | Should -Be "NoCounterpart NotImplemented 'source'"
            @($script:text) | Should -HaveCount 1
            $script:text | Should -BeLike '*10.1.0.0/24*'
        }
    }

    It 'are written to files alone: not through <Place>' -ForEach @(
        @{ Place = 'a link'; Make = { New-Item "$folder/x" -ItemType SymbolicLink -Value "$folder/target" } }
        @{ Place = 'a pipe'; Make = { mkfifo "$folder/x" } }
        @{ Place = 'a folder that is not there'; At = 'none/x' }
        @{ Place = 'another drive'; At = 'env:x' }
    ) {
        if ($Make) { $null = & $Make }
        # Not $Path: that is also a parameter of who runs the tests.
        $place = $At
        if ($At -notlike '*:*') { $place = Join-Path $folder ($At ? $At : 'x') }
        $before = (Get-ChildItem $folder).Name
        (Get-Failure { Export-ContainerNetwork -Path $place }).What | Should -Be "FileUnusable OpenError ''"
        (Get-ChildItem $folder).Name | Should -Be $before
    }

    It 'of CNI are one in a file' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.2.0.0/24
        (Get-Failure { Export-ContainerNetwork -As Cni -Path $folder/x }).What | Should -Be "InvalidParameter InvalidArgument ''"
        $null = Export-ContainerNetwork lan -As Cni -Path $folder/x
        Get-Line (Import-ContainerNetwork $folder/x) | Should -Be 'lan macvlan InPlace'
    }

    It 'are read from files, each by itself' {
        $null = Export-ContainerNetwork -Path $folder/lan.json
        Set-Content $folder/wrong.json '{'
        [IO.File]::WriteAllBytes("$folder/binary.json", [byte[]](0xff, 0xfe, 0xfd, 0x80, 0x81))
        $null = New-Item $folder/empty.json
        $failures = Get-Failure { $script:imported = Import-ContainerNetwork $folder/*.json }
        $failures.What | Should -Be @('binary', 'empty', 'wrong' | ForEach-Object { "InvalidDefinition InvalidData '$folder/$_.json'" })
        Get-Line $script:imported | Should -Be 'lan macvlan InPlace'
        (Get-Failure { Import-ContainerNetwork $folder }).What | Should -Be "FileUnusable OpenError '$folder'"
        { Import-ContainerNetwork $folder/none.json -ErrorAction Stop } | Should -Throw -ErrorId PathNotFound*
        (Get-Failure { '{}' | Import-ContainerNetwork -As Json }).What | Should -Be "InvalidDefinition InvalidData ''"
    }

    It 'are made although one of them is wrong: <Why>' -ForEach @(
        @{ Why = 'a name that leads out'; Network = '"name": "../x", "subnet": "10.2.0.0/24"'; Id = 'InvalidName' }
        @{ Why = 'a name with a pattern'; Network = '"name": "a%d", "subnet": "10.2.0.0/24"'; Id = 'InvalidName' }
        @{ Why = 'a name of two lines'; Network = '"name": "a\nb", "subnet": "10.2.0.0/24"'; Id = 'InvalidDefinition' }
        @{ Why = 'a name that there is'; Network = '"name": "GOOD", "subnet": "10.2.0.0/24"'; Id = 'InvalidDefinition' }
        @{ Why = 'no subnet'; Network = '"name": "bad"'; Id = 'InvalidParameter' }
        @{ Why = 'a gateway elsewhere'; Network = '"name": "bad", "subnet": "10.2.0.0/24", "gateway": "10.3.0.1"'; Id = 'InvalidAddress' }
        @{ Why = 'an MTU of nothing'; Network = '"name": "bad", "subnet": "10.2.0.0/24", "mtu": 0'; Id = 'InvalidParameter' }
        @{ Why = 'a setting that is not known'; Network = '"name": "bad", "subnet": "10.2.0.0/24", "mut": 1400'; Id = 'InvalidDefinition' }
        @{ Why = 'a VLAN id of nothing'; Network = '"name": "bad", "subnet": "10.2.0.0/24", "parent": "eth0:4095"'; Id = 'InvalidVlanId' }
        @{ Why = 'a sub-interface by a pattern'; Vlan = '"name": "v%d", "parent": "eth0", "vlanId": 7'; Id = 'InvalidName' }
        @{ Why = 'a sub-interface outside of its numbers'; Vlan = '"name": "v7", "parent": "eth0", "vlanId": 7000'; Id = 'InvalidVlanId' }
        @{ Why = 'a priority that is out of range'; Vlan = '"name": "v7", "parent": "eth0", "vlanId": 7, "egressPriorityMap": ["0:8"]'; Id = 'InvalidParameter' }
    ) {
        $name = if ($Vlan -match '"name": "([^"]*)"') { $Matches[1] }
        if ($Vlan) { $Network = '"name": "bad", "subnet": "10.2.0.0/24", "parent": "{0}"' -f $name }
        $text = '{{ "format": "macipvlan", "version": 1, "vlans": [ {0} ], "networks": [ {{ "name": "good", "kind": "macvlan", "parent": "eth0", "subnet": "10.9.0.0/24" }}, {{ "kind": "macvlan", {1} }} ] }}' -f
            ($Vlan ? "{ $Vlan }" : ''), $Network
        $before = (Get-ContainerNetwork).Name
        $failures = @(Get-Failure { $script:planned = $text | Import-ContainerNetwork -WhatIf })
        $failures.What | ForEach-Object { $_ | Should -BeLike "$Id *" }
        (Get-ContainerNetwork).Name | Should -Be $before
        @(Get-Failure { $script:imported = $text | Import-ContainerNetwork }).What | Should -Be $failures.What
        # Of two networks of one name, nobody can say which is meant.
        $isTwice = $Why -eq 'a name that there is'
        $failures | Should -HaveCount ($isTwice ? 2 : 1)
        @($script:planned; $script:imported) | Where-Object Result -In Skipped, Created | ForEach-Object Name | Should -Be ($isTwice ? $null : @('good', 'good'))
        (Get-ContainerNetwork).Name | Should -Be ($isTwice ? @('lan') : @('good', 'lan'))
    }

    It 'are named with their file in each error, and made from the other files' {
        $plugin = '"cniVersion": "0.4.0", "type": "macvlan", "master"'
        Set-Content $folder/10-lan.conf "{ `"name`": `"one`", ${plugin}: `"eth0`", `"ipam`": { `"type`": `"host-local`", `"subnet`": `"10.5.0.0/24`" } }"
        Set-Content $folder/20-camera.conf "{ `"name`": `"camera`", ${plugin}: `"eth0`", `"ipam`": { `"type`": `"static`" } }"
        Set-Content $folder/30-guest.conf "{ `"name`": `"guest`", ${plugin}: `"eth7`", `"ipam`": { `"type`": `"host-local`", `"subnet`": `"10.6.0.0/24`" } }"
        Set-Content $folder/40-twice.conf "{ `"name`": `"twice`", ${plugin}: `"eth0`", `"ipam`": { `"type`": `"host-local`", `"subnet`": `"10.7.0.0/24`" } }"
        Copy-Item $folder/40-twice.conf $folder/50-again.conf
        Set-Content $folder/60-wrong.conf '{'
        $failures = Get-Failure { $script:imported = Import-ContainerNetwork $folder/*.conf }
        $failures.What | Should -Be @("InvalidDefinition InvalidData 'camera'", "InvalidDefinition InvalidData '$folder/60-wrong.conf'",
            "ParentNotFound ObjectNotFound 'guest'", "InvalidDefinition InvalidData 'twice'", "InvalidDefinition InvalidData 'twice'")
        $failures[0].Message | Should -BeLike "$folder/20-camera.conf: *'camera'*static*"
        $failures[1].Message | Should -BeLike "$folder/60-wrong.conf*"
        $failures[2].Message | Should -BeLike "$folder/30-guest.conf: *'guest'*eth7*"
        $failures[3].Message | Should -BeLike "*'twice'*$folder/40-twice.conf, $folder/50-again.conf*"
        Get-Line $script:imported | Should -Be 'camera  Failed', 'one macvlan Created', 'guest macvlan Failed', 'twice macvlan Failed', 'twice macvlan Failed'
        # What the kernel refuses is told with the file too.
        ip link set eth0 mtu 1300
        Set-Content $folder/30-guest.conf "{ `"name`": `"guest`", ${plugin}: `"eth0`", `"mtu`": 1500, `"ipam`": { `"type`": `"host-local`", `"subnet`": `"10.6.0.0/24`" } }"
        (Get-Failure { Import-ContainerNetwork $folder/30-guest.conf }).Message | Should -BeLike "$folder/30-guest.conf: *'guest'*1500*"
        ip link set eth0 mtu 1500
    }

    It 'come from what ConvertFrom-Json makes of a text as from the text' {
        $text = Export-ContainerNetwork
        $docker = '[ { "Name": "tiny", "Created": "2026-11-26T13:03:49.330330089Z", "Driver": "macvlan", "EnableIPv6": false, "Internal": true, "Options": { "parent": "eth0" },
            "IPAM": { "Options": null, "Config": [ { "Subnet": "10.8.0.1/24", "AuxiliaryAddresses": { "a": "10.8.0.9" } } ] }, "Labels": { "a": "1", "b": "2" } },
            { "Name": "other", "Driver": "macvlan", "EnableIPv6": false, "Options": { "parent": "eth0" }, "IPAM": { "Config": [ { "Subnet": "10.9.0.0/24" } ] } } ]'
        Get-Line ($text | ConvertFrom-Json | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
        Get-Line (Import-ContainerNetwork -InputObject ($text | ConvertFrom-Json -AsHashtable)) | Should -Be 'lan macvlan InPlace'
        Get-Line ($docker | ConvertFrom-Json | Import-ContainerNetwork -WarningVariable warnings 3>$null) | Should -Be 'tiny macvlan Created', 'other macvlan Created'
        "$($warnings -join '|')" | Should -Be "'tiny': the labels have no counterpart here, and are left out: a, b.|'tiny': host bits are ignored: Subnet 10.8.0.1/24 is 10.8.0.0/24."
        foreach ($form in { $docker }, { $docker | ConvertFrom-Json -AsHashtable }, { , ($docker | ConvertFrom-Json) }, { $docker | ConvertFrom-Json -NoEnumerate }) {
            (& $form | Import-ContainerNetwork 3>$null).Result | Should -Be InPlace, InPlace
        }
        "$((Get-MacvlanNetwork tiny).Parent) $((Get-MacvlanNetwork tiny).Internal)" | Should -Be 'eth0 True'
        $null = Export-ContainerNetwork lan -Path $folder/x.json
        Get-Line (Get-Item $folder/x.json | Select-Object FullName | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
        Get-Line (Resolve-Path $folder/x.json | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
        $failure = Get-Failure { Get-ContainerNetwork lan | Import-ContainerNetwork }
        $failure[0].Message | Should -BeLike '*MacvlanNetwork isn''t a definition*'
        $loop = @{}; $loop.loop = $loop
        (Get-Failure { $loop | Import-ContainerNetwork })[0].What | Should -BeLike 'InvalidDefinition *'
    }

    It 'are shown in a table that fits 80 columns, with the differences' {
        $lines = (Export-ContainerNetwork) -replace '1400', '1300' -replace '"10.1.0.1"', '"10.1.0.254"' | Import-ContainerNetwork -WhatIf |
            Out-String -Width 80 -Stream | ForEach-Object TrimEnd | Where-Object { $_ -and $_ -notlike 'What if*' }
        $lines[0] | Should -Match '^Name +Kind +Result +Differences$'
        $lines[2] | Should -Match '^lan +macvlan Skipped  Gateway: 10\.1\.0\.1 -> 10\.1\.0\.254$'
        $lines[3].Trim() | Should -Be 'Mtu: 1400 -> 1300'
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $null = New-MacvlanNetwork more eth0 -Subnet 10.2.0.0/24, fd02::/64 -IPRange 10.2.0.10-10.2.0.19, fd02::1000-fd02::1fff
        $planned = (Export-ContainerNetwork more) -replace '10.2.0.19', '10.2.0.29' | Import-ContainerNetwork -WhatIf
        foreach ($item in $planned, $planned.Differences) {
            $text = $item | Out-String -Width 80
            ($text -split "`n" | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
            '10.2.0.10-10.2.0.19', '10.2.0.10-10.2.0.29', 'fd02::1000-fd02::1fff' | ForEach-Object { $text | Should -BeLike "*$_*" }
        }
    }

    It 'are named, with what is done to them, by -WhatIf' {
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network lan
        $null = Export-ContainerNetwork -Path $folder/x.json
        $text = (Get-Content $folder/x.json -Raw) -replace '1400', '1300'
        Set-Content $folder/x.json $text
        Set-Content $folder/y.json ($text -replace '"lan"', '"new"' -replace '10\.1\.', '10.5.')
        $lines = Invoke-Shell "`$null = Import-ContainerNetwork $folder/?.json -Force -WhatIf"
        "$lines" -replace '\s+', ' ' | Should -Be ('What if: Performing the operation "Change the macvlan network: Mtu: 1400 -> 1300, with its NICs: web1/eth0" ' +
            'on target "lan". What if: Performing the operation "Create network: macvlan mode bridge on eth0, 10.5.0.0/24" on target "new".')
    }

    It 'may be on parents that are named otherwise' {
        $text = (Export-ContainerNetwork) -replace '"eth0"', '"wan"'
        ip link property add dev eth0 altname wan
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'lan macvlan InPlace'
        ip link property del dev eth0 altname wan
    }
}

Describe 'Networks of Compose files' -Tag Native, Once {
    BeforeEach {
        $shop = (New-Item $folder/Shop -ItemType Directory -Force).FullName
        $file = "$shop/compose.yaml"
    }

    AfterEach {
        Get-ContainerNetwork | Remove-MacvlanNetwork -Force
        Remove-Item $folder -Recurse -Force
    }

    It 'are made from the file as it is, and services are told what they need' {
        Set-Content $file @'
            # The file of a shop.
            x-lan: &lan
              driver: macvlan
              driver_opts: &options { parent: "${MACIPVLAN_TEST_PARENT:?}", macvlan_mode: private }
            services:
              web:
                image: nginx:${NOT_SET:?}
                networks: { lan: { ipv4_address: 10.5.0.7, mac_address: "02:00:00:00:00:07" } }
              db: { image: postgres, networks: [back, lan] }
              copy: { extends: done, labels: [macipvlan.shop_lan.ip=10.5.0.8] }
              far: { extends: { file: common.yaml, service: web } }
              done: { image: busybox, network_mode: none, labels: [macipvlan.network=shop_lan] }
            networks:
              lan:
                <<: *lan
                driver_opts: { <<: [*options], macvlan_mode: bridge }
                ipam: { config: [ { subnet: $SUBNET, gateway: "${GATEWAY:-10.5.0.254}", aux_addresses: { nas: 10.5.0.9 } } ] }
                x-macipvlan-allow-label: [Network, IPAddress, MacAddress]
              back: {}
              office: { external: true }
              broken: { <<: *lan, ipam: { config: [ { subnet: 10.6.0.0/33 } ] } }
'@
        Set-Content $shop/.env "SUBNET='10.5.0.0/24' # the shop's", 'MACIPVLAN_TEST_PARENT=nosuch'
        $env:MACIPVLAN_TEST_PARENT = 'eth0'
        try {
            $failure = Get-Failure { $script:imported = Import-ContainerNetwork $file -WarningVariable warnings 3>$null; $script:warnings = $warnings }
            $failure.What | Should -Be "InvalidDefinition InvalidData 'shop_broken'"
            $failure.Message | Should -BeLike "$file`: *networks.broken.ipam.config*"
            Get-Line $script:imported | Should -Be 'shop_broken  Failed', 'shop_lan macvlan Created'
            $network = Get-MacvlanNetwork shop_lan
            "$($network.Parent) $($network.Mode) $($network.Subnets.Subnet) $($network.Subnets.Gateway) $($network.AllowLabel -join ',')" |
                Should -Be 'eth0 Bridge 10.5.0.0/24 10.5.0.254 Network,IPAddress,MacAddress'
            $script:imported[1].Services | ForEach-Object { "$_ $($_.HasLabels)" } | Should -Be @(
                'web: macipvlan.network=shop_lan, macipvlan.shop_lan.ip=10.5.0.7, macipvlan.shop_lan.mac=02:00:00:00:00:07 False'
                'db: macipvlan.network=shop_lan False'
                'copy: macipvlan.network=shop_lan, macipvlan.shop_lan.ip=10.5.0.8 True'
                'done: macipvlan.network=shop_lan True')
            @($script:warnings) -match 'The service' | Sort-Object { $_ -notlike '*needs*' } | Should -Be @(
                ("The service 'web' needs network_mode: none instead of its networks, and the labels macipvlan.network=shop_lan, " +
                'macipvlan.shop_lan.ip=10.5.0.7, macipvlan.shop_lan.mac=02:00:00:00:00:07.')
                "The service 'db' needs the labels macipvlan.network=shop_lan instead of these of its networks: lan."
                "The service 'far' can't be read: services.far.extends is a service of another file, which isn't read; import the output of docker compose config --format json instead.")
            @($script:warnings) -match 'office|back' | Should -HaveCount 2
            Get-Line (Import-ContainerNetwork $file -WarningAction Ignore -ErrorAction Ignore) | Should -Be 'shop_broken  Failed', 'shop_lan macvlan InPlace'
            Set-Content $shop/compose.override.yaml 'services: {}'
            $null = Import-ContainerNetwork $file -WarningVariable warnings -WarningAction Ignore -ErrorAction Ignore
            @($warnings).Message | Should -Contain 'Docker merges compose.override.yaml into this file. It isn''t read here; import the output of docker compose config --format json instead.'
            # The text alone belongs to the folder where it's piped.
            Push-Location $shop
            try { Get-Line (Get-Content compose.yaml | Import-ContainerNetwork -WarningAction Ignore -ErrorAction Ignore) | Should -Contain 'shop_lan macvlan InPlace' }
            finally { Pop-Location }
        }
        finally { $env:MACIPVLAN_TEST_PARENT = $null }
    }

    It 'are made from the one in the help about Docker' {
        $page = Get-Content "$PSScriptRoot/../docs/en-US/about_MacIpvlan_From_Docker.md" -Raw
        Set-Content $file ([regex]::Match($page, '(?ms)^```yaml\n(.*?)^```$').Groups[1].Value)
        $imported = Import-ContainerNetwork $file -WarningVariable warnings
        Get-Line $imported | Should -Be 'shop_lan macvlan Created'
        "$($imported.Services) $($imported.Services.HasLabels)" | Should -Be 'web: macipvlan.network=shop_lan, macipvlan.shop_lan.ip=192.168.1.20 True'
        $warnings | Should -BeNullOrEmpty
    }

    It 'need no parser that others share' {
        Set-Content $file 'networks: {}'
        Invoke-Shell "Import-ContainerNetwork $file; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -like '*Yaml*' } |
            ForEach-Object { `"`$(`$_.GetName().Name) `$([Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name)`" } | Sort-Object" |
            Should -Be 'MacIpvlan.Yaml MacIpvlan', 'YamlDotNet MacIpvlan'
    }

    It 'come back from what is exported' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.5.0.0/24, fd05::/64 -Gateway 10.5.0.254 -IPRange 10.5.0.64/26 -ExcludeAddress 10.5.0.70, fd05::5 -AllowLabel IPAddress
        $null = New-MacvlanNetwork other eth0 -Subnet 10.6.0.0/24 -Mode Vepa -Internal -Gateway 10.6.0.1
        $null = New-MacvlanNetwork source eth0 -Subnet 10.7.0.0/24 -Mode Source -AllowedMacAddress 02-00-00-00-00-07
        $failure = Get-Failure { $script:text = Export-ContainerNetwork -As Compose }
        $failure.What | Should -Be "NoCounterpart NotImplemented 'source'"
        @($script:text) | Should -HaveCount 1
        $before = Export-ContainerNetwork lan, other
        $null = Export-ContainerNetwork lan, other -As Compose -Path $file
        (Get-Content $file -Raw).TrimEnd() | Should -Be $script:text
        (Export-ContainerNetwork lan, other -As Compose -Path $shop).Name | Should -Be lan.yaml, other.yaml
        Get-Line (Import-ContainerNetwork $file) | Should -Be 'lan macvlan InPlace', 'other macvlan InPlace'
        Remove-MacvlanNetwork *
        Get-Line (Import-ContainerNetwork $shop/lan.yaml, $shop/other.yaml) | Should -Be 'lan macvlan Created', 'other macvlan Created'
        Export-ContainerNetwork | Should -Be $before
    }

    It 'are refused with line and column, and quickly: <Why>' -ForEach @(
        @{ Why = 'aliases without end'; Text = { "a0: &a0 [x, x]`n" + -join (1..60 | ForEach-Object { "a$_`: &a$_ [*a$($_ - 1), *a$($_ - 1)]`n" }) + 'networks: {}' }; Says = 'line *is more than 1000000 values*' }
        @{ Why = 'deep nesting'; Text = { 'networks: ' + '[' * 1000000 }; Says = 'line 1, column 7* is nested deeper than 60 levels*' }
        @{ Why = 'a huge scalar'; Text = { 'networks: &a ' + 'x' * 8MB + "`nb: [*a, *a, *a]" }; Says = 'line 2* is more than 16777216 characters*' }
        @{ Why = 'defaults in defaults'; Text = { 'networks: {a: {name: "' + '${N:-' * 1000 + '}' * 1000 + '"}}' }; Says = '*it has defaults in defaults*' }
        @{ Why = 'a control character'; Text = { "networks:`n  a$([char]27)[31m: {}" }; Says = 'line 2, column 4 has a control character*' }
        @{ Why = 'an escaped control character'; Text = { 'networks: {"a\e[31m": {driver: macvlan, internal: x}}' }; Says = '*a\u001B* is neither true nor false*' }
        @{ Why = 'the tag of a type'; Text = { 'networks: !System.IO.FileInfo {fileName: /etc/passwd}' }; Says = 'line 1, column 11 has a tag that isn''t supported*' }
        @{ Why = 'two documents'; Text = { "networks: {}`n---`nnetworks: {}" }; Says = 'line 2, column 1 begins a second document*' }
        @{ Why = 'a key that occurs twice'; Text = { "networks: {}`nnetworks: {}" }; Says = 'line 2, column 1 has a key that occurs twice*' }
        @{ Why = 'a default that is missing'; Text = { 'name: ${MACIPVLAN_NONE:?set it}' + "`nnetworks: {}" }; Says = '*name is invalid: the required variable MACIPVLAN_NONE is missing: set it*' }
        @{ Why = 'other YAML'; Text = { "apiVersion: v1`nkind: Pod" }; Says = '*is YAML, but not a Compose file*' }
    ) {
        Set-Content $file (& $Text)
        $before = Get-Snapshot
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $failure = Get-Failure { Import-ContainerNetwork $file }
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 20
        $failure.What | Should -BeLike 'InvalidDefinition InvalidData *'
        $failure.Message | Should -BeLike "$file`: *$Says"
        $failure.Message | Should -Not -Match '\p{Cc}'
        Get-Snapshot | Should -Be $before
    }

    It 'have no variables of a file that another user owns, or that isn''t a file' {
        Set-Content $file "networks: { lan: { driver: macvlan, name: `"lan`$MORE`", driver_opts: { parent: eth0 }, ipam: { config: [ { subnet: 10.5.0.0/24 } ] } } }"
        Set-Content $shop/.env 'MORE=more'
        Get-Line (Import-ContainerNetwork $file -WhatIf) | Should -Be 'lanmore macvlan Skipped'
        chown 12345 $shop/.env
        Get-Line (Import-ContainerNetwork $file -WhatIf -WarningVariable warnings 3>$null) | Should -Be 'lan macvlan Skipped'
        $warnings[0] | Should -Be "The variables of $shop/.env aren't used: another user (id 12345) owns it."
        $warnings[1] | Should -Be 'Variables aren''t set, and are taken as empty: MORE.'
        chown 12345 $file
        Get-Line (Import-ContainerNetwork $file -WhatIf) | Should -Be 'lanmore macvlan Skipped'
        Remove-Item $shop/.env -Force
        mkfifo $shop/.env
        Get-Line (Import-ContainerNetwork $file -WhatIf -WarningVariable warnings 3>$null) | Should -Be 'lan macvlan Skipped'
        $warnings[0] | Should -BeLike '*it isn''t a regular file.'
    }
}

Describe 'Networks on VLANs, and of ipvlan' {
    AfterEach { Clear-Network; Get-VlanSubInterface | Sort-Object Index -Descending | Remove-VlanSubInterface -Force }

    It 'come back with their sub-interfaces' {
        $null = Add-VlanSubInterface eth0 10 -Name outer -Protocol 802.1ad -Mtu 1496 -Gvrp -LooseBinding -ReorderHeader $false `
            -EgressPriorityMap @{ 0 = 3; 1 = 4 } -IngressPriorityMap @{ 5 = 6 }
        $null = New-IpvlanNetwork inner outer.20 -Mode L3S -Flag Private -Subnet 10.10.0.0/24
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $null = New-MacvlanNetwork two eth0.50 -Subnet 10.51.0.0/24
        $null = New-IpvlanNetwork alone -Subnet 10.60.0.0/24 -Mtu 1400
        ip link add link eth0 name foreign mtu 1300 type vlan id 70 mvrp on
        ip link set foreign up
        $null = New-IpvlanNetwork guest foreign -Subnet 10.70.0.0/24
        $links = Get-IpLink | Where-Object ifname -NotLike di-* | ForEach-Object { "$($_.ifname) $($_.mtu) $($_.flags -contains 'UP') $($_.linkinfo | ConvertTo-Json -Depth 9)" }
        $text = Export-ContainerNetwork
        (ConvertFrom-Json $text).vlans.name | Should -Be eth0.50, foreign, outer, outer.20 -Because 'each is there once'
        Clear-Network
        Get-VlanSubInterface | Sort-Object Index -Descending | Remove-VlanSubInterface -Force
        (Get-IpLink).ifname | Should -Be lo, eth0
        (Get-Line ($text | Import-ContainerNetwork)) -replace '.* ' | Should -Be (@('Created') * 5)
        Export-ContainerNetwork | Should -Be $text
        Get-IpLink | Where-Object ifname -NotLike di-* | ForEach-Object { "$($_.ifname) $($_.mtu) $($_.flags -contains 'UP') $($_.linkinfo | ConvertTo-Json -Depth 9)" } |
            Sort-Object | Should -Be ($links | Sort-Object)
        (Get-Line ($text | Import-ContainerNetwork)) -replace '.* ' | Should -Be (@('InPlace') * 5)
        # What was made for networks goes with them, what was made by itself or by others stays.
        Clear-Network
        (Get-VlanSubInterface).Name | Sort-Object | Should -Be foreign, outer
    }

    It 'have their sub-interfaces made again when these differ, and nothing sits on them' {
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $null = New-MacvlanNetwork two eth0.50 -Subnet 10.51.0.0/24
        $text = (Export-ContainerNetwork) -replace '"protocol": "802.1Q",', '"protocol": "802.1Q", "mtu": 1400, "gvrp": true,'
        $text | Import-ContainerNetwork -WhatIf | ForEach-Object { "$($_.Differences)" } |
            Should -Be (@('eth0.50 Mtu: 1500 -> 1400 eth0.50 Gvrp: none -> True') * 2)
        (Get-IpLink eth0.50).mtu | Should -Be 1500
        # Another network's NIC is on it.
        $null = New-NetworkNamespace one | Connect-ContainerNic -Network two
        $failures = Get-Failure { $text | Import-ContainerNetwork }
        $failures.What | Should -Be "NetworkInUse ResourceBusy 'two'", "SubInterfaceInUse ResourceBusy 'web'"
        $failures[1].Message | Should -BeLike '*eth0.50*one/eth0*'
        Get-ContainerNic | Disconnect-ContainerNic
        ($text | Import-ContainerNetwork).Result | Should -Be Replaced, Replaced
        $link = Get-IpLink eth0.50
        "$($link.mtu) $($link.linkinfo.info_data.flags) $($link.flags -contains 'UP')" | Should -Be '1400 REORDER_HDR GVRP True'
        ($text | Import-ContainerNetwork).Result | Should -Be InPlace, InPlace
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'have their sub-interfaces as they were when the network cannot be recorded' {
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $changed = (Export-ContainerNetwork) -replace '"protocol": "802.1Q",', '"protocol": "802.1Q", "mtu": 1400, "gvrp": true,'
        $new = $changed -replace 'eth0\.50', 'eth0.51' -replace '"vlanId": 50', '"vlanId": 51' -replace '"web"', '"new"' -replace '10\.50\.', '10.51.' `
            -replace '"removedWithLastNetwork": true', '"removedWithLastNetwork": false'
        $before = (Get-StateRow) + (ip -d link show dev eth0.50)[1..9]
        Set-StateRow "CREATE TRIGGER refusal BEFORE INSERT ON subnets BEGIN SELECT RAISE(ABORT, 'refused'); END"
        foreach ($text in $changed, $new) {
            $failure = Get-Failure { $text | Import-ContainerNetwork }
            "$($failure.What) $($failure.Message)" | Should -BeLike 'StateUnavailable *refused*'
            (Get-StateRow) + (ip -d link show dev eth0.50)[1..9] | Should -Be $before
            (Get-IpLink).ifname | Should -Be lo, eth0, eth0.50
        }
        Set-StateRow 'DROP TRIGGER refusal'
        ($new | Import-ContainerNetwork).Result | Should -Be Created
        (Get-IpLink eth0.51).mtu | Should -Be 1400
    }

    It 'move to another parent, and take away what was made for them' {
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $null = New-IpvlanNetwork alone -Subnet 10.60.0.0/24
        $text = (Export-ContainerNetwork) -replace 'eth0\.50', 'eth0.51' -replace '"vlanId": 50', '"vlanId": 51' -replace '"internal": true', '"internal": true, "mtu": 1400'
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'alone ipvlan Changed Mtu: none -> 1400', 'web macvlan Changed Parent: eth0.50 -> eth0.51'
        @(Get-IpLink).ifname -notlike 'di-*' | Should -Be lo, eth0, eth0.51
        (Get-IpLink | Where-Object ifname -Like 'di-*').mtu | Should -Be 1400
    }

    It 'are refused before anything is touched when a sub-interface cannot be so' {
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $text = (Export-ContainerNetwork) -replace '"protocol": "802.1Q"', '"protocol": "802.1Q", "mtu": 9000'
        $index = (Get-IpLink eth0.50).ifindex
        (Get-Failure { $text | Import-ContainerNetwork -Force }).What | Should -Be "InvalidParameter InvalidArgument 'web'"
        (Get-IpLink eth0.50).ifindex | Should -Be $index
    }

    It 'leave sub-interfaces of others alone' {
        ip link add link eth0 name foreign type vlan id 70
        ip link set foreign up
        $null = New-IpvlanNetwork guest foreign -Subnet 10.70.0.0/24
        $text = (Export-ContainerNetwork) -replace '"protocol": "802.1Q"', '"protocol": "802.1Q", "mtu": 1400'
        $failure = Get-Failure { $text | Import-ContainerNetwork -Force }
        $failure.What | Should -Be "SubInterfaceInUse ResourceBusy 'guest'"
        $failure.Message | Should -BeLike '*Mtu: 1500 -> 1400*this module didn''t create it*'
        (Get-IpLink foreign).mtu | Should -Be 1500
    }

    It 'use a VLAN that is there, whatever its name' {
        $null = New-MacvlanNetwork web eth0.50 -Subnet 10.50.0.0/24
        $text = Export-ContainerNetwork
        Remove-MacvlanNetwork web
        ip link add link eth0 name lan50 type vlan id 50
        ip link set lan50 up
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'web macvlan Created'
        (Get-MacvlanNetwork web).Parent | Should -Be lan50
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'web macvlan InPlace'
    }

    It 'come back with sub-interfaces of others that they know by another name' {
        ip link add link eth0 name foreign mtu 1300 type vlan id 70
        $null = New-MacvlanNetwork guest foreign -Subnet 10.70.0.0/24 -WarningAction Ignore
        'link set foreign name renamed', 'link set renamed up', 'link property add dev renamed altname foreign' | ip -batch -
        $text = Export-ContainerNetwork
        (ConvertFrom-Json $text).vlans | ForEach-Object { "$($_.name) $($_.parent) $($_.vlanId) $($_.mtu)" } | Should -Be 'foreign eth0 70 1300'
        Clear-Network
        ip link delete renamed
        Get-Line ($text | Import-ContainerNetwork) | Should -Be 'guest macvlan Created'
        "$((Get-IpLink foreign).mtu) $((Get-IpLink foreign).linkinfo.info_data.id)" | Should -Be '1300 70'
        Export-ContainerNetwork | Should -Be $text
    }

    It 'leave nothing behind when they cannot be made' {
        ip link add blocker type dummy
        ip link set blocker name eth0.50.7
        $text = '{ "format": "macipvlan", "version": 1, "vlans": [ { "name": "eth0.50", "parent": "eth0", "vlanId": 50 }, { "name": "eth0.50.7", "parent": "eth0.50", "vlanId": 7 } ],
            "networks": [ { "name": "a", "kind": "macvlan", "parent": "eth0.50.7", "subnet": "10.1.0.0/24" } ] }'
        $before = Get-Snapshot
        (Get-Failure { $text | Import-ContainerNetwork }).What | Should -Be "InterfaceExists ResourceExists 'a'"
        Get-Snapshot | Should -Be $before
        ip link delete eth0.50.7
    }
}
