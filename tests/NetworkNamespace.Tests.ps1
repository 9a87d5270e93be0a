# New-, Get- and Remove-NetworkNamespace, and how they and ip netns see each other's namespaces.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-IpNamespace { @(ip netns list) | ForEach-Object { ($_ -split ' ')[0] } | Sort-Object }
}

AfterAll { Clear-TestHost }

Describe 'New-NetworkNamespace' -Tag Native, Once {
    AfterEach { Get-NetworkNamespace | Where-Object Name -NE wire | Remove-NetworkNamespace -Force }

    It 'makes a namespace that ip netns knows, with loopback up and nothing else' {
        $namespace = New-NetworkNamespace web1
        $namespace | Should -BeOfType MacIpvlan.NetworkNamespace
        "$namespace $($namespace.Name) $($namespace.Path)" | Should -Be 'web1 web1 /run/netns/web1'
        Get-IpNamespace | Should -Be web1, wire
        $link = Get-IpLink -Namespace web1
        $link.ifname | Should -Be lo
        $link.flags | Should -Contain UP
        ip netns exec web1 readlink /proc/self/ns/net | Should -Be "net:[$($namespace.Inode)]"
        readlink /proc/self/ns/net | Should -Not -Be "net:[$($namespace.Inode)]" -Because 'this process stays where it was'
    }

    It 'makes several, from <Form>' -ForEach @(
        @{ Form = 'an array'; How = { New-NetworkNamespace web1, web2 } }
        @{ Form = 'names in the pipeline'; How = { 'web1', 'web2' | New-NetworkNamespace } }
        @{ Form = 'objects in the pipeline'
            How = { 'web1', 'web2' | ForEach-Object { [pscustomobject]@{ Name = $_ } } | New-NetworkNamespace } }
    ) {
        (& $How).Name | Should -Be web1, web2
        Get-IpNamespace | Should -Be web1, web2, wire
    }

    It "takes the name '<Name>'" -ForEach @{ Name = 'with space' }, @{ Name = 'x' * 255 }, @{ Name = 'Ünï.c-ode_1' }, @{ Name = '...' } {
        (New-NetworkNamespace $Name).Name | Should -BeExactly $Name
        [IO.File]::Exists("/run/netns/$Name") | Should -BeTrue
    }

    It 'makes two namespaces whose names differ by case' {
        (New-NetworkNamespace web1, Web1).Inode | Select-Object -Unique | Should -HaveCount 2
        (Get-NetworkNamespace Web1).Name | Should -BeExactly Web1
    }

    It 'refuses a name that is taken by <Whom>, and goes on' -ForEach @(
        @{ Whom = 'ip netns'; Name = 'wire' }, @{ Whom = 'itself'; Name = 'web1' }
    ) {
        $problem = Get-Failure { 'web1', $Name, 'web2' | New-NetworkNamespace }
        $problem.What | Should -Be "NamespaceExists ResourceExists '$Name'"
        Get-IpNamespace | Should -Be web1, web2, wire
    }

    It 'changes nothing with -WhatIf, and asks nothing with -Confirm:$false' {
        $ConfirmPreference = 'Low'
        $before = Get-Snapshot
        New-NetworkNamespace web1 -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
        New-NetworkNamespace web1 -Confirm:$false | Remove-NetworkNamespace -WhatIf
        Get-IpNamespace | Should -Be web1, wire
        Remove-NetworkNamespace web1 -Confirm:$false
        Get-Snapshot | Should -Be $before
    }

    It 'shows each step with -Verbose' {
        $steps = New-NetworkNamespace web1 -Verbose 4>&1 | ForEach-Object { "$_" }
        $steps | Should -Contain 'ip netns add web1'
        $steps | Should -Contain 'ip -n web1 link set dev lo up'
        Remove-NetworkNamespace web1 -Verbose 4>&1 | ForEach-Object { "$_" } | Should -Contain 'ip netns delete web1'
    }
}

Describe 'New-NetworkNamespace, asked for what cannot be' -Tag Native, Once {
    It 'refuses a name <Case>' -ForEach @(
        @{ Case = 'that means the folder'; Name = '.' }, @{ Case = 'that means the folder above'; Name = '..' }
        @{ Case = 'with a slash'; Name = 'a/b' }, @{ Case = 'that leads elsewhere'; Name = '../a' }
        @{ Case = 'that is a path'; Name = '/run/netns/a' }, @{ Case = 'of two lines'; Name = "a`nb" }
        @{ Case = 'of 256 letters'; Name = 'x' * 256 }, @{ Case = 'of 256 bytes'; Name = 'ü' * 128 }
    ) {
        $before = Get-Snapshot
        (Get-Failure { New-NetworkNamespace $Name }).What | Should -Be "InvalidName InvalidArgument '$Name'"
        Get-Snapshot | Should -Be $before
    }

    It 'refuses an empty name' {
        (Get-Failure { New-NetworkNamespace '' }).What | Should -Match '^(InvalidName|ParameterArgumentValidationError)'
    }
}

Describe 'Get-NetworkNamespace' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace web1, web2
        # What is left of a namespace whose removal was interrupted: a file without a mount.
        $null = New-Item -ItemType File /run/netns/half
    }

    AfterAll {
        Remove-Item /run/netns/half -ErrorAction Ignore
        Remove-NetworkNamespace web*
    }

    It 'lists those of ip netns too, by name, with their inodes' {
        $namespaces = Get-NetworkNamespace
        $namespaces.Name | Should -Be web1, web2, wire
        ($namespaces | Where-Object Name -EQ wire).Inode | Should -Be (stat -c %i /run/netns/wire)
    }

    It 'finds <Found> by <Case>' -ForEach @(
        @{ Case = 'name'; Name = 'web1'; Found = 'web1' }
        @{ Case = 'patterns'; Name = '*1', 'wi*', 'z*'; Found = 'web1 wire' }
        @{ Case = 'pattern and name, once'; Name = 'web*', 'web1'; Found = 'web1 web2' }
    ) {
        "$(Get-NetworkNamespace $Name)" | Should -Be $Found
    }

    It 'takes names from the pipeline, reports one that is unknown, and goes on' {
        (Get-Failure { 'nosuch', 'web1' | Get-NetworkNamespace }).What |
            Should -Be "NamespaceNotFound ObjectNotFound 'nosuch'"
        "$('nosuch', 'web1' | Get-NetworkNamespace -ErrorAction Ignore)" | Should -Be web1
    }

    It 'shows a table that fits 80 columns' {
        $text = Get-NetworkNamespace | Out-String -Width 80
        ($text -split '\r?\n').Where({ $_ })[0] | Should -Match '^Name +Inode +Path'
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text | Should -Match "(?m)^web1 +$((Get-NetworkNamespace web1).Inode) +/run/netns/web1 *$"
    }
}

Describe 'Remove-NetworkNamespace' -Tag Native, Once {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        ip netns add other
    }

    AfterEach {
        Get-NetworkNamespace | Where-Object Name -NE wire | Remove-NetworkNamespace -Force
        Remove-MacvlanNetwork * -Force
    }

    It 'removes by <Case>' -ForEach @(
        @{ Case = 'name, whoever made it'; How = { Remove-NetworkNamespace web1, other }; Left = 'web2', 'wire' }
        @{ Case = 'pattern'; How = { Remove-NetworkNamespace web*, z* }; Left = 'other', 'wire' }
        @{ Case = 'pipeline of objects'; How = { Get-NetworkNamespace web* | Remove-NetworkNamespace }; Left = 'other', 'wire' }
        @{ Case = 'pipeline of names'; How = { 'web1', 'other' | Remove-NetworkNamespace }; Left = 'web2', 'wire' }
    ) {
        & $How | Should -BeNullOrEmpty
        Get-IpNamespace | Should -Be $Left
        Get-NetworkNamespace | ForEach-Object Name | Should -Be $Left
    }

    It 'reports a name that is unknown, and removes the rest' {
        (Get-Failure { 'nosuch', 'web1' | Remove-NetworkNamespace }).What |
            Should -Be "NamespaceNotFound ObjectNotFound 'nosuch'"
        Get-IpNamespace | Should -Be other, web2, wire
    }

    It 'removes what is left of a namespace whose removal was interrupted' {
        umount /run/netns/web1
        $problem = Get-Failure { Remove-NetworkNamespace web1 }
        $isLeft = [IO.File]::Exists('/run/netns/web1')
        Remove-Item /run/netns/web1 -ErrorAction Ignore
        $problem | Should -BeNullOrEmpty
        $isLeft | Should -BeFalse
    }

    It 'lets ip netns remove what New-NetworkNamespace made, and the name be used again' {
        ip -n web1 link add mark type bridge
        ip netns delete web1
        Get-NetworkNamespace web1 -ErrorAction Ignore | Should -BeNullOrEmpty
        $null = New-NetworkNamespace web1
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
    }

    It 'refuses a namespace that has NICs, names their networks, and removes the rest' {
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1
        $before = Get-Snapshot | Where-Object { $_ -ne '/run/netns/web2' }
        $problem = Get-Failure { Remove-NetworkNamespace web1, web2 }
        $problem.What | Should -Be "NamespaceInUse ResourceBusy 'web1'"
        $problem.Message | Should -BeLike "*'web1'*front*"
        $problem.Action | Should -BeLike '*Disconnect-ContainerNic -Namespace web1*-Force*'
        Get-Snapshot | Should -Be $before
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0
    }

    It 'disconnects NICs with -Force, those by another name or a process included' {
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1
        $null = Connect-ContainerNic front -Namespace /run/netns/web1 -InterfaceName lan0
        $null = Connect-ContainerNic front web2
        Remove-NetworkNamespace web1 -Force
        Get-IpNamespace | Should -Be other, web2, wire
        Get-ContainerNic | ForEach-Object { "$_" } | Should -Be web2/eth0
        "$((Connect-ContainerNic front web2).IPAddress)" | Should -Be 192.168.50.2/24 -Because 'it was freed'
    }

    It 'takes the name away where processes are still inside' {
        $sleeper = Start-Process ip 'netns exec web1 sleep 60' -PassThru
        for ($i = 0; $i -lt 500 -and (Get-Content "/proc/$($sleeper.Id)/comm") -ne 'sleep'; $i++) { Start-Sleep -Milliseconds 10 }
        Remove-NetworkNamespace web1
        Get-IpNamespace | Should -Be other, web2, wire
        $sleeper.HasExited | Should -BeFalse
        $sleeper.Kill()
        $sleeper.WaitForExit()
    }
}

Describe 'Network namespaces, removed' -Tag Native, Once {
    It 'have left nothing but what was there' {
        (Get-ChildItem /run/netns).Name | Should -Be wire
        (Get-IpLink).ifname | Should -Be lo, eth0
        Get-StateRow | Should -BeNullOrEmpty
        # A mount of a namespace in the folder's mount point, or a second mount of the folder, would outlive its name.
        @(Get-Content /proc/self/mountinfo) -match ' /run/netns/(?!wire )' | Should -BeNullOrEmpty
    }
}
