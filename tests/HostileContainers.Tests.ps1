# What a container can do against its NIC, and other users against the commands of root: docs/security.md. It changes what a
# container can change; what counts is that a NIC is deleted for certain, or that a command says that it isn't.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.100/24 dev eth0
    ip -n wire link add link eth0 name eth0.50 type vlan id 50
    ip -n wire link set eth0.50 up

    function Get-NicLink {
        # The macvlan and ipvlan links of namespaces, as NAMESPACE/INTERFACE.
        foreach ($name in [IO.Directory]::GetFiles('/run/netns') | Split-Path -Leaf) {
            Get-IpLink -Namespace $name | Where-Object { $_.PSObject.Properties['linkinfo'] -and $_.linkinfo.info_kind -in 'macvlan', 'ipvlan' } |
                ForEach-Object { "$name/$($_.ifname)" }
        }
    }
}

AfterAll { Clear-TestHost }

# The kernel of the machine may lack ipvlan.
foreach ($case in @{ Kind = 'macvlan'; Tag = 'Native', 'Once' }, @{ Kind = 'ipvlan'; Tag = 'Kernel' }) {
    Describe 'A <Kind> NIC whose container' -ForEach $case -Tag $case.Tag {
        BeforeEach {
            $null = & "New-$($Kind)Network" lan eth0 -Subnet 10.1.0.0/24
            $null = New-NetworkNamespace web1, web2
            $nic = Connect-ContainerNic lan web1
            ip netns add nested
        }

        AfterEach {
            'nested', 'web1', 'web2' | ForEach-Object { ip netns delete $_ 2>$null }
            Remove-MacvlanNetwork * -Force 3>$null
            Remove-IpvlanNetwork * -Force 3>$null
        }

        It '<Name> is disconnected for certain' -ForEach @(
            @{ Name = 'renames it'; Act = { ip -n web1 link set eth0 down; ip -n web1 link set eth0 name other } }
            @{ Name = 'gives it the alias of another'; Act = { ip -n web1 link set eth0 alias macipvlan:gone } }
            @{ Name = 'takes its alias and puts it into another group'; Act = { ip -n web1 link set eth0 alias ''; ip -n web1 link set eth0 group 7 } }
            @{ Name = 'changes its MAC address'; Act = { ip -n web1 link set eth0 alias x; ip -n web1 link set eth0 address 02:00:00:00:00:77 2>$null } }
            @{ Name = 'puts another link in its place'; Act = {
                    ip -n web1 link set eth0 down; ip -n web1 link set eth0 name hidden; ip -n web1 link set hidden alias ''
                    ip -n web1 link add eth0 type bridge; ip -n web1 link set eth0 alias "macipvlan:$($nic.Id)"
                } }
            @{ Name = 'moves it to a namespace of its own'; Act = { ip -n web1 link set eth0 netns nested } }
            @{ Name = 'moves it under another name, alias and MAC address'; Act = {
                    ip -n web1 link set eth0 netns nested; ip -n nested link set eth0 name x
                    ip -n nested link set x alias y; ip -n nested link set x address 02:00:00:00:00:77 2>$null
                } }
        ) {
            & $Act
            Disconnect-ContainerNic lan web1 3>$null
            Get-NicLink | Should -BeNullOrEmpty
            Get-ContainerNic | Should -BeNullOrEmpty
            "$((Connect-ContainerNic lan web2).IPAddress)" | Should -Be 10.1.0.2/24
        }

        It 'hides it altogether keeps its address, and every command says so' {
            ip -n web1 link set eth0 netns nested index 77
            ip -n nested link set eth0 name x
            ip -n nested link set x alias y
            ip -n nested link set x address 02:00:00:00:00:77 2>$null
            $problem = Get-Failure { Disconnect-ContainerNic lan web1 }
            $problem.What | Should -Be "InterfaceNotFound ObjectNotFound 'web1/eth0'"
            $problem.Message | Should -BeLike '*nested/x*'
            (Test-ContainerNetwork).Kind | Should -Be LinkMissing
            (Get-Failure { & "Remove-$($Kind)Network" lan -Force }).What | Should -BeLike 'InterfaceNotFound *'
            "$((Connect-ContainerNic lan web2).IPAddress)" | Should -Be 10.1.0.3/24
            Disconnect-ContainerNic lan web1 -Force -WarningVariable warnings 3>$null
            "$warnings" | Should -BeLike '*nested/x*'
            Get-ContainerNic | ForEach-Object Namespace | Should -Be web2
        }

        It 'takes the index that its next NIC gets is told so' {
            $index = (Get-IpLink eth0 -Namespace web1).ifindex + 1
            ip -n web1 link add name taken index $index type bridge
            $problem = Get-Failure { Connect-ContainerNic lan web1 }
            $problem.What | Should -Be "InterfaceExists ResourceExists 'web1'"
            $problem.Message | Should -BeLike "*index $index*"
        }

        It 'puts a link of the same index on a link of its own still loses it' {
            ip -n web1 link set eth0 netns nested
            ip -n web1 link add base type bridge
            $index = (Get-IpLink -Namespace nested | Where-Object ifname -EQ eth0).ifindex
            $type = if ($Kind -eq 'ipvlan') { 'macvlan' } else { $Kind }
            ip -n web1 link add link base name eth0 index $index type $type
            ip -n web1 link set eth0 alias "macipvlan:$($nic.Id)"
            Disconnect-ContainerNic lan web1 3>$null
            Get-NicLink | Should -Be web1/eth0 -Because 'that one is its own'
            ip -n web1 link delete eth0
        }

        It 'hides it and has it restored, which names the link that it can be' {
            ip -n web1 link set eth0 netns nested index 77
            ip -n nested link set eth0 alias x
            $null = Restore-ContainerNetwork -WarningVariable warnings 3>$null
            "$warnings" | Should -BeLike '*nested/eth0*'
            ip -n nested link delete eth0
        }

        It 'hides it, and has ended: the address is free, with a warning that names the link' {
            ip -n web1 link set eth0 netns nested index 77
            ip -n nested link set eth0 alias x
            ip netns delete web1
            Disconnect-ContainerNic lan web1 -WarningVariable warnings 3>$null
            "$warnings" | Should -BeLike '*nested/eth0*'
        }

        It 'leaves alone what another program has on the parent, though it has the address of a NIC' {
            ip link add link eth0 name foreign type $Kind
            ip link set foreign netns nested
            ip -n nested link set foreign up
            ip -n web1 link delete eth0
            ip -n nested address add 10.1.0.2/24 dev foreign
            (Get-Failure { Disconnect-ContainerNic lan web1 }).Message | Should -BeLike '*nested/foreign*'
            $null = Restore-ContainerNetwork 3>$null
            ip netns delete web1
            $null = Restore-ContainerNetwork 3>$null
            Get-NicLink | Should -Be nested/foreign
        }

        It 'moves it to the namespace of the host loses it there' {
            ip -n web1 link set eth0 down
            ip -n web1 link set eth0 name moved
            ip -n web1 link set moved netns $PID
            $moved = ip -o link show type $Kind
            $moved | Should -Not -BeNullOrEmpty
            Disconnect-ContainerNic lan web1 3>$null
            ip -o link show type $Kind | Should -BeNullOrEmpty
        }

        It 'has its parent moved to another namespace loses it' {
            ip link add wan type veth peer name wan1
            ip link set wan up
            $null = & "New-$($Kind)Network" other wan -Subnet 10.2.0.0/24
            $null = Connect-ContainerNic other web2
            ip link set wan netns nested
            Disconnect-ContainerNic other web2
            (Get-IpLink -Namespace web2).ifname | Should -Be lo
        }

        It 'has its parent moved to another namespace, where that gets another index, loses it, or is named' {
            ip link add wan type veth peer name wan1
            ip link set wan up
            $null = & "New-$($Kind)Network" other wan -Subnet 10.2.0.0/24
            $null = Connect-ContainerNic other web2
            $alias = (Get-IpLink eth0 -Namespace web2).ifalias
            ip -n nested link add name taken index (Get-IpLink wan).ifindex type bridge
            ip link set wan netns nested
            $told = Test-ContainerNetwork other
            "$($told.Kind)" | Should -Be 'ParentMissing ParentChanged'
            $told[1].Actual | Should -BeLike 'if* in another namespace'
            ip -n web2 link set eth0 alias x
            (Get-Failure { & "Remove-$($Kind)Network" other -Force }).What | Should -BeLike 'InterfaceNotFound *'
            $problem = Get-Failure { Disconnect-ContainerNic other web2 }
            $problem.What | Should -Be "InterfaceNotFound ObjectNotFound 'web2/eth0'"
            $problem.Message | Should -BeLike '*web2/eth0 can be the one.'
            ip -n web2 link set eth0 alias $alias
            Disconnect-ContainerNic other web2
            (Get-IpLink -Namespace web2).ifname | Should -Be lo
        }

        It 'has deleted it is disconnected' {
            ip -n web1 link delete eth0
            Disconnect-ContainerNic lan web1
            Get-ContainerNic | Should -BeNullOrEmpty
        }

        if ($case.Kind -eq 'macvlan') {
            It 'puts a link of its own in its place is disconnected, with a warning that names the NIC' {
                $index = (Get-IpLink eth0 -Namespace web1).ifindex
                ip -n web1 link add link eth0 name more type macvlan mode bridge
                ip -n web1 link set eth0 netns nested index 77
                ip -n nested link set eth0 alias x
                ip -n web1 link set more netns web2
                ip -n web2 link set more netns web1 index $index
                Disconnect-ContainerNic lan web1 -WarningVariable warnings 3>$null
                "$warnings" | Should -BeLike '*nested/eth0*'
            }
        }

        It 'has ended, after it moved the NIC, loses it with its address' {
            ip -n web1 link set eth0 netns nested
            ip netns delete web1
            Disconnect-ContainerNic lan web1 3>$null
            Get-NicLink | Should -BeNullOrEmpty
        }
    }
}

Describe 'An address in use by a link that is on no record' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2
        # It has the MAC address of 10.1.0.2, which the next NIC would get.
        $nic = Connect-ContainerNic lan web1
        $address = (Get-IpLink eth0 -Namespace web1).address
        $nic | Disconnect-ContainerNic
        ip link add link eth0 name squat address $address netns web2 type macvlan mode bridge
        ip -n web2 link set squat up
    }

    AfterAll {
        ip -n web2 link delete squat
        Remove-MacvlanNetwork lan -Force
        Remove-NetworkNamespace web1, web2 -Force
    }

    It 'is skipped, with a warning' {
        $made = Connect-ContainerNic lan web1 -WarningVariable warnings 3>$null
        "$($made.IPAddress)" | Should -Be 10.1.0.3/24
        "$warnings" | Should -BeLike '*10.1.0.2*'
    }

    It 'is refused if it is asked for' {
        (Get-Failure { Connect-ContainerNic lan web1 -IPAddress 10.1.0.2 }).What | Should -BeLike 'AddressConflict *'
    }
}

Describe 'A namespace that is busy all the time' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2
        $null = 'web1', 'web2' | Connect-ContainerNic lan
        # Links come and go in a namespace that has no name.
        $busy = @'
            seq 1 500 | sed 's/.*/link add d& type bridge/' | ip -batch -
            for i in $(seq 8); do (while echo link add f$i type veth peer name g$i && echo link delete f$i; do :; done | timeout 60 ip -force -batch - 2>/dev/null) & done
            touch $0.ready
            wait
'@
        $script = Join-Path $TestDrive busy.sh
        Set-Content $script $busy
        $process = Start-Process setsid "unshare -n sh $script" -PassThru
        for ($i = 0; $i -lt 300 -and -not (Test-Path "$script.ready"); $i++) { Start-Sleep -Milliseconds 100 }
        ip -n web2 link delete eth0
    }

    AfterAll {
        # The session of the process that was started, with all its loops.
        Get-ChildItem /proc -Directory | Where-Object Name -Match '^\d+$' | Where-Object {
            try { ((Get-Content "/proc/$($_.Name)/stat" -ErrorAction Stop) -replace '.*\) ').Split(' ')[3] -eq $process.Id } catch { $false }
        } | ForEach-Object { Stop-Process -Id $_.Name -Force -ErrorAction Ignore }
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web1, web2 -Force
    }

    It 'keeps nobody from comparing networks' {
        $failure = $null
        $differences = Test-ContainerNetwork -ErrorVariable failure 3>$null
        $failure | Should -BeNullOrEmpty
        $differences.Name | Should -Be web2/eth0
    }

    It 'keeps nobody from making a network of mode Passthru' {
        ip link add other type veth peer name other1
        $made = New-MacvlanNetwork alone other -Mode Passthru -Subnet 10.2.0.0/24 3>$null
        $made.Name | Should -Be alone
    }
}

Describe 'A parent amid a pipeline of 100 NICs that is' -Tag Native, Once {
    BeforeEach {
        'link add wan type veth peer name wan1', 'link set wan1 up', 'link set wan up', 'netns add away' | ip -batch -
        $names = 1..100 | ForEach-Object { "c$_" }
        $names -replace '^', 'netns add ' | ip -batch -
        $null = New-MacvlanNetwork many wan -Subnet 10.9.0.0/24
    }

    AfterEach {
        Remove-MacvlanNetwork many -Force 3>$null
        @($names) + 'away' -replace '^', 'netns delete ' | ip -force -batch - 2>$null
        ip link delete wan1 2>$null
    }

    It '<Name>, while they are connected, leaves nothing that is on no record' -ForEach @(
        @{ Name = 'renamed'; Act = 'ip link set wan down; ip link set wan name wan0; ip link set wan0 up'
            Back = { ip link set wan0 down; ip link set wan0 name wan; ip link set wan up } }
        @{ Name = 'moved'; Act = 'ip link set wan netns away'; Back = { ip -n away link set wan netns $PID; ip link set wan up } }
        @{ Name = 'deleted and made again'; Act = 'ip link delete wan1; ip link add wan type veth peer name wan1; ip link set wan1 up; ip link set wan up'
            Back = { } }
    ) {
        $change = Start-Process sh "-c `"sleep 0.03; $Act`"" -PassThru
        $made = $names | Connect-ContainerNic -Network many -ErrorVariable failures -ErrorAction SilentlyContinue 3>$null
        $change.WaitForExit()
        @($made).Count + @($failures | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count | Should -Be 100
        $recorded = Get-ContainerNic many | ForEach-Object { "$_" }
        Get-NicLink | Where-Object { $_ -notin $recorded } | Should -BeNullOrEmpty
        & $Back
        $null = Restore-ContainerNetwork 3>$null
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Get-NicLink | Should -HaveCount @($recorded).Count
    }
}

Describe 'What is opened as a namespace' -Tag Native, Once {
    BeforeAll {
        $pipe = Join-Path $TestDrive pipe
        mkfifo $pipe

        function Test-Opened([scriptblock]$Action) {
            # Whether somebody opens the pipe to read while the action runs.
            $file = Join-Path $TestDrive opened
            Remove-Item $file -ErrorAction Ignore
            $writer = Start-Process sh "-c `"exec 3>$pipe; touch $file`"" -PassThru
            Start-Sleep -Milliseconds 200
            & $Action
            Start-Sleep -Milliseconds 200
            Test-Path $file
            if (-not $writer.HasExited) { $writer.Kill() }
        }
    }

    It 'is a namespace, and nothing else that a path leads to: <Name>' -ForEach @(
        @{ Name = 'with -Namespace'; Act = { Get-Failure { Connect-ContainerNic lan -Namespace $pipe } } }
        @{ Name = 'through a link'; Act = { $null = New-Item -ItemType SymbolicLink "$pipe.link" -Target $pipe -Force; Get-Failure { Connect-ContainerNic lan -Namespace "$pipe.link" } } }
        @{ Name = 'as a named namespace'; Act = {
                $null = New-Item -ItemType SymbolicLink /run/netns/odd -Target $pipe -Force
                try { Get-Failure { Connect-ContainerNic lan odd }; $null = Get-NetworkNamespace; $null = Test-ContainerNetwork } finally { Remove-Item /run/netns/odd }
            } }
        @{ Name = 'where a NIC is on record'; Act = {
                $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network lan
                ip netns delete web1
                $null = New-Item -ItemType SymbolicLink /run/netns/web1 -Target $pipe
                try { $null = Test-ContainerNetwork; $null = Restore-ContainerNetwork } finally { Remove-Item /run/netns/web1 }
            } }
    ) {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        try { Test-Opened { $null = & $Act } | Should -BeFalse }
        finally { Remove-MacvlanNetwork lan -Force }
    }
}

Describe 'A host with a hundred thousand mounts' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2
        $null = 'web1', 'web2' | Connect-ContainerNic lan
        ip netns delete web1
        # Each copy of the mount namespace has 4,096 mounts, and each is seen by five processes.
        $many = Join-Path $TestDrive many
        $script = Join-Path $TestDrive many.sh
        Set-Content $script @"
            mkdir -p $many/m0
            mount -t tmpfs none $many
            mkdir $many/m0 $many/m1
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do mkdir $many/d`$i; mount --rbind $many $many/d`$i; done
            for i in 1 2 3 4 5 6; do unshare --mount sh -c 'for j in 1 2 3 4 5; do sleep 300 & done; sleep 300' & done
            wait
"@
        $process = Start-Process setsid "unshare --mount sh $script" -PassThru
        for ($i = 0; $i -lt 300; $i++) {
            $busy = Get-ChildItem /proc -Directory | Where-Object Name -Match '^\d+$' | Where-Object {
                try { [IO.File]::ReadAllText("/proc/$($_.Name)/mountinfo").Length -gt 100kB } catch { $false }
            }
            if (@($busy).Count -gt 36) { break }
            Start-Sleep -Milliseconds 200
        }
    }

    AfterAll {
        Get-ChildItem /proc -Directory | Where-Object Name -Match '^\d+$' | Where-Object {
            try { ((Get-Content "/proc/$($_.Name)/stat" -ErrorAction Stop) -replace '.*\) ').Split(' ')[3] -eq $process.Id } catch { $false }
        } | ForEach-Object { Stop-Process -Id $_.Name -Force -ErrorAction Ignore }
        Remove-MacvlanNetwork lan -Force
        Remove-NetworkNamespace web2 -Force
    }

    It 'has its NICs compared, those of ended namespaces too' {
        @($busy).Count | Should -BeGreaterThan 36
        (Test-ContainerNetwork).Name | Should -Be web1/eth0
    }
}

Describe 'Routes that NICs of a namespace share' -Tag Native, Once {
    BeforeEach {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::1 -Route 'blackhole 10.8.0.0/16', 'unreachable fd08::/32'
        $null = New-MacvlanNetwork two eth0 -Subnet 10.2.0.0/24, fd02::/64 -Gateway 10.2.0.1, fd02::1 -Route 'blackhole 10.8.0.0/16'
        $null = New-NetworkNamespace web1
        $first = Connect-ContainerNic lan web1
        $second = Connect-ContainerNic two web1
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web1 -Force
    }

    It 'go to the next one when the first is disconnected' {
        $first | Disconnect-ContainerNic
        (Get-IpRoute web1 | Where-Object dst -EQ default).gateway | Should -Be 10.2.0.1
        (Get-IpRoute web1 6 | Where-Object dst -EQ default).gateway | Should -Be fd02::1
        (Get-IpRoute web1 | Where-Object { (Get-Text $_ type) -eq 'blackhole' }).dst | Should -Be 10.8.0.0/16
        Get-IpRoute web1 6 | Where-Object { (Get-Text $_ type) -eq 'unreachable' } | Should -BeNullOrEmpty
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'stay where they are when the second is disconnected' {
        $second | Disconnect-ContainerNic
        (Get-IpRoute web1 | Where-Object dst -EQ default).gateway | Should -Be 10.1.0.1
        (Get-IpRoute web1 | Where-Object { (Get-Text $_ type) -eq 'blackhole' }).dst | Should -Be 10.8.0.0/16
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'go with the last one' {
        $first, $second | Disconnect-ContainerNic
        Get-IpRoute web1 | Should -BeNullOrEmpty
    }

    It 'are added by Restore where they are missing' {
        ip -n web1 route delete default
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored, InPlace
        (Get-IpRoute web1 | Where-Object dst -EQ default).gateway | Should -Be 10.1.0.1
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be InPlace, InPlace
    }
}
