# NICs in quick succession are made one behind the other: that shows in nothing but time.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $names = 1..40 | ForEach-Object { "w$_" }

    function Get-Made {
        # The namespaces that have a NIC, as the kernel has it.
        $names | Where-Object { Test-Path "/run/netns/$_" } | Where-Object { (Get-IpLink -Namespace $_).Count -gt 1 }
    }
}

AfterAll { Clear-TestHost }

Describe 'NICs in quick succession' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace $names
        $null = New-MacvlanNetwork front eth0 -Subnet 10.50.0.0/16
    }

    AfterEach {
        Get-ContainerNic | Disconnect-ContainerNic
        Get-StateRow | Where-Object { $_ -match '^(nics|leases|runs) ' } | Should -BeNullOrEmpty
    }

    AfterAll {
        Remove-MacvlanNetwork front -Force
        Remove-NetworkNamespace $names
    }

    It 'get addresses and are reported in the order they came' {
        $nics = $names | Connect-ContainerNic front
        $nics.Namespace | Should -Be $names
        "$($nics.IPAddress)" | Should -Be "$(2..41 | ForEach-Object { "10.50.0.$_/16" })"
        foreach ($name in 'w1', 'w23', 'w40') {
            Get-IpAddress eth0 -Namespace $name | Should -Contain "10.50.0.$(1 + $name.Substring(1))/16"
        }
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'get the next name where a namespace has several of them' {
        (1..20 | ForEach-Object { 'w1' } | Connect-ContainerNic front).InterfaceName | Should -Be (0..19 | ForEach-Object { "eth$_" })
    }

    It 'know of those that are still being made' {
        # The second and third of a namespace come before the first is recorded, and later.
        $targets = foreach ($name in $names[0..4]) { $name, $name, $name }
        $null = $targets + $names[0..4] | Connect-ContainerNic front -WarningVariable said -WarningAction SilentlyContinue
        foreach ($name in $names[0..4]) {
            foreach ($i in 1..3) {
                $others = 0..($i - 1) | ForEach-Object { "$name/eth$_" }
                "$said" | Should -BeLike "*$name/eth$i is in the same subnet as $($others -join ', '): *"
                "$said" | Should -BeLike "*$name/eth$i doesn't get the IPv4 default route, because $name/eth0 has it.*"
            }
        }
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are reported in their turn where some cannot be made' {
        ip -n w15 link add lan0 type veth peer name lan1
        $told = $names[0..9] + 'missing' + $names[10..19] | Connect-ContainerNic front -InterfaceName lan0 2>&1 |
            ForEach-Object { $_ -is [System.Management.Automation.ErrorRecord] ? ($_.FullyQualifiedErrorId -split ',')[0] : $_.Namespace }
        ip -n w15 link delete lan0
        $told | Should -Be ($names[0..9] + 'NamespaceNotFound' + $names[10..13] + 'InterfaceExists' + $names[15..19])
        Get-Made | Should -Be ($names[0..13] + $names[15..19])
    }

    It 'are as many as there are addresses' {
        $null = New-MacvlanNetwork small eth0 -Subnet 10.52.0.0/24 -IPRange 10.52.0.11-10.52.0.20
        $told = $names | Connect-ContainerNic small 2>&1 |
            ForEach-Object { $_ -is [System.Management.Automation.ErrorRecord] ? ($_.FullyQualifiedErrorId -split ',')[0] : "$($_.IPAddress)" }
        $told | Should -Be (@(11..20 | ForEach-Object { "10.52.0.$_/24" }) + @(1..30 | ForEach-Object { 'AddressesExhausted' }))
        Get-Made | Should -Be $names[0..9]
        Remove-MacvlanNetwork small -Force
    }

    It 'take the addresses of namespaces that have ended' {
        $null = New-MacvlanNetwork small eth0 -Subnet 10.52.0.0/24 -IPRange 10.52.0.11-10.52.0.20
        $null = New-NetworkNamespace (1..10 | ForEach-Object { "old$_" })
        $null = 1..10 | ForEach-Object { "old$_" } | Connect-ContainerNic small
        1..10 | ForEach-Object { ip netns delete "old$_" }
        $nics = $names[0..9] | Connect-ContainerNic small
        $nics.Namespace | Should -Be $names[0..9]
        $nics.IPAddress | Sort-Object | Should -Be (11..20 | ForEach-Object { "10.52.0.$_/24" })
        Remove-MacvlanNetwork small -Force
    }

    It 'end where -ErrorAction Stop says so: with <_>' -ForEach 'a namespace that is not there', 'a name that is taken' {
        $last = 'missing'
        if ($_ -like 'a name*') {
            $last = 'w11'
            ip -n w11 link add lan0 type veth peer name lan1
        }
        $told = [Collections.Generic.List[object]]::new()
        { $names[0..9] + $last + $names[11..39] | Connect-ContainerNic front -InterfaceName lan0 -ErrorAction Stop | ForEach-Object { $told.Add($_) } } |
            Should -Throw
        if ($last -eq 'w11') { ip -n w11 link delete lan0 }
        $told.Namespace | Should -Be $names[0..9]
        Get-Made | Should -Be $names[0..9]
        (Get-ContainerNic).Namespace | Should -Be $names[0..9]
    }

    It 'are as many as were wanted' {
        ($names | Connect-ContainerNic front | Select-Object -First 3).Namespace | Should -Be $names[0..2]
        Get-Made | Should -Be $names[0..2]
        (Get-ContainerNic).Namespace | Should -Be $names[0..2]
    }

    It 'are reported at once where the next is long in coming' {
        $told = [Collections.Generic.List[object]]::new()
        $before = $names[0..4] | ForEach-Object {
            $told.Count
            Start-Sleep -Milliseconds 30
            $null = $_ | Connect-ContainerNic front | ForEach-Object { $told.Add($_) }
        }
        $before | Should -Be (0..4)
        Get-ContainerNic | Disconnect-ContainerNic
        $told.Clear()
        $before = [Collections.Generic.List[int]]::new()
        $names[0..4] | ForEach-Object {
            $before.Add($told.Count)
            Start-Sleep -Milliseconds 30
            $_
        } | Connect-ContainerNic front | ForEach-Object { $told.Add($_) }
        $before | Should -Be (0..4)
    }

    It 'are finished where the next is long in coming' {
        $finished = [Collections.Generic.List[string]]::new()
        $null = & {
            $names[0..9]
            for ($i = 0; $i -lt 200 -and @(Get-ContainerNic | Where-Object State -EQ Up).Count -lt 10; $i++) {
                Start-Sleep -Milliseconds 50
            }
            Get-ContainerNic | Where-Object State -EQ Up | ForEach-Object { $finished.Add($_.Namespace) }
            $names[10]
        } | Connect-ContainerNic front
        $finished | Should -Be $names[0..9]
        Get-Made | Should -Be $names[0..10]
    }

    It 'are whole or not at all when their command is killed: <_> reported' -ForEach 1, 7, 20, 33 {
        $process = Start-Shell "1..40 | ForEach-Object { `"w`$_`" } | Connect-ContainerNic front | ForEach-Object Namespace"
        foreach ($i in 1..$_) { $null = $process.StandardOutput.ReadLine() }
        $process.Kill()
        $process.WaitForExit()
        # The next command puts right what that one was at.
        $null = New-MacvlanNetwork next eth0 -Subnet 10.51.0.0/16
        Remove-MacvlanNetwork next
        $nics = @(Get-ContainerNic)
        $nics.Count | Should -BeGreaterOrEqual ($_ - 1)
        $nics.State | Sort-Object -Unique | Should -Be Up
        Get-Made | Should -Be $nics.Namespace
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}
