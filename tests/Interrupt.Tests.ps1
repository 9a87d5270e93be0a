# Ctrl+C: what is finished stays, what is half-made is gone, and who waits for another process waits no longer.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Wait-Waiting([Diagnostics.Process]$Process, [scriptblock]$IsWaiting) {
        # Until the process has got as far as to wait. There is no event for that.
        while (-not $Process.HasExited -and -not (& $IsWaiting)) { Start-Sleep -Milliseconds 20 }
    }
}

AfterAll { Clear-TestHost }

Describe 'Ctrl+C' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork front eth0 -Subnet 10.50.0.0/16
    }

    AfterAll {
        Remove-MacvlanNetwork front -Force
        Remove-NetworkNamespace web1
    }

    It 'amid NICs leaves those that are finished, and nothing else' {
        $process = Start-Shell '1..2000 | ForEach-Object { "web1" } | Connect-ContainerNic front -WarningAction Ignore | ForEach-Object InterfaceName'
        $seen = foreach ($i in 1..10) { $process.StandardOutput.ReadLine() }
        Send-Signal INT $process
        $seen += $process.StandardOutput.ReadToEnd() -split "`n" | Where-Object { $_ }
        $process.WaitForExit()
        $nics = Get-ContainerNic
        $nics.Count | Should -BeLessThan 2000
        $nics.State | Sort-Object -Unique | Should -Be Up
        (Get-IpLink -Namespace web1 | Where-Object ifname -NE lo).ifname | Sort-Object | Should -Be ($nics.InterfaceName | Sort-Object)
        # Each NIC that was reported exists; at most one more was finished with nobody left to report it to.
        $seen | Where-Object { $_ -notin $nics.InterfaceName } | Should -BeNullOrEmpty
        $nics.Count - @($seen).Count | Should -BeIn 0, 1
        $nics | Disconnect-ContainerNic
        Get-StateRow | Where-Object { $_ -match '^(nics|leases|runs) ' } | Should -BeNullOrEmpty
    }

    It 'amid -Verbose messages leaves no NIC half-made' {
        $process = Start-Shell '1..2000 | ForEach-Object { "web1" } | Connect-ContainerNic front -WarningAction Ignore -Verbose 4>&1 | ForEach-Object { "$_" }'
        foreach ($i in 1..50) { $null = $process.StandardOutput.ReadLine() }
        Send-Signal INT $process
        $null = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $nics = Get-ContainerNic
        $nics.State | Sort-Object -Unique | Should -Be Up
        (Get-IpLink -Namespace web1 | Where-Object ifname -NE lo).ifname | Sort-Object | Should -Be ($nics.InterfaceName | Sort-Object)
        $nics | Disconnect-ContainerNic
    }

    It 'amid the removal of a network leaves whole NICs' {
        $null = 1..40 | ForEach-Object { 'web1' } | Connect-ContainerNic front -WarningAction Ignore
        $process = Start-Shell "'ready'; Remove-MacvlanNetwork front -Force"
        $null = $process.StandardOutput.ReadLine()
        Wait-Waiting $process { @(Get-ContainerNic).Count -lt 40 }
        Send-Signal INT $process
        $process.WaitForExit()
        # Where the process was quicker than the signal, there is no network any more.
        $nics = @(Get-ContainerNic)
        $nics | Where-Object State -NE Up | Should -BeNullOrEmpty
        @(Get-IpLink -Namespace web1 | Where-Object ifname -NE lo).Count | Should -Be $nics.Count
        Remove-MacvlanNetwork front -Force
        $null = New-MacvlanNetwork front eth0 -Subnet 10.50.0.0/16
    }

    It 'ends a command that waits for the database, which stays locked' {
        $rows = Get-StateRow
        $text = Get-KernelText
        $holder = Lock-State
        $process = Start-Shell "'ready'; try { Connect-ContainerNic front web1; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $process.StandardOutput.ReadLine() | Should -Be ready
        # Time to run into the lock: nothing shows from outside that it did.
        Start-Sleep 1
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        $process.WaitForExit()
        Unlock-State $holder
        Get-StateRow | Should -Be $rows
        Get-KernelText | Should -Be $text
    }

    It 'ends a command that waits for another one, which goes on' {
        $rows = Get-StateRow
        $text = Get-KernelText
        $lock = [IO.FileStream]::new("$env:MACIPVLAN_STATE.lock", 'Open', 'ReadWrite', 'None')
        $process = Start-Shell "'ready'; try { New-MacvlanNetwork back eth0.50 -Subnet 192.168.60.0/24; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $process.StandardOutput.ReadLine() | Should -Be ready
        Start-Sleep 1
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        $process.WaitForExit()
        $lock.Dispose()
        Get-StateRow | Should -Be $rows
        Get-KernelText | Should -Be $text
    }

    It 'ends a watch' {
        $process = Start-Shell "'ready'; try { Watch-ContainerNetwork; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $process.StandardOutput.ReadLine() | Should -Be ready
        # Time to begin to wait.
        Start-Sleep 1
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        $process.WaitForExit()
    }

    It 'ends tests of NICs that nobody answers' {
        $null = Connect-ContainerNic front web1
        $silent = (1..100 | ForEach-Object { "10.50.9.$_" }) -join "','"
        $process = Start-Shell "'ready'; try { Test-ContainerNic front -Destination '$silent' -TimeoutSeconds 60; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $process.StandardOutput.ReadLine() | Should -Be ready
        # Time to be in the midst of them.
        Start-Sleep 1
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        $process.WaitForExit()
        # They would go on for a minute.
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 30
        Get-ContainerNic | Disconnect-ContainerNic
    }
}
