# Stop at any moment, as Ctrl+C does at a prompt whose process goes on: what is finished stays, what is half-made is gone,
# and no thread, descriptor or lock is left behind in the process.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Descriptor {
        # What the open descriptors lead to. The runtime keeps those of assemblies, which it loads when they are needed.
        [IO.Directory]::GetFileSystemEntries('/proc/self/fd') | ForEach-Object { "$([IO.FileInfo]::new($_).LinkTarget)" } |
            Where-Object { $_ -notlike '*.dll' }
    }

    function Get-ThreadName {
        # The kernel cuts names off after 15 bytes.
        [IO.Directory]::GetDirectories('/proc/self/task') | ForEach-Object {
            try { [IO.File]::ReadAllText("$_/comm").Trim() } catch [IO.IOException] { Write-Debug "$_ has ended" }
        }
    }

    function Wait-Until([scriptblock]$IsSo) {
        # What ends in the background: announcements, and the closing of their sockets.
        for ($i = 0; $i -lt 400 -and -not (& $IsSo); $i++) { Start-Sleep -Milliseconds 25 }
    }

    function Get-NicLink {
        # The links of NICs, and how many the state has. A namespace's link is named by its namespace.
        foreach ($name in $names) { Get-IpLink -Namespace $name | Where-Object ifname -NE lo | ForEach-Object { "$name/$($_.ifname)" } }
    }
}

AfterAll { Clear-TestHost }

Describe 'Stop' -Tag Native, Once {
    It 'at a random moment leaves nothing half-made and nothing behind, 40 times, in a soak 400' {
        $seed = if ($env:STOP_SEED) { [int]$env:STOP_SEED } else { [Random]::Shared.Next() }
        Write-Host "    to repeat it: `$env:STOP_SEED = $seed"
        $random = [Random]::new($seed)
        $names = 1..30 | ForEach-Object { "stop$_" }
        $null = $names | New-NetworkNamespace
        # Without a default route, which only one NIC of a namespace can have.
        $null = New-MacvlanNetwork front eth0 -Subnet 10.80.0.0/16 -Internal
        $null = $names[0] | Connect-ContainerNic front
        $null = New-MacvlanNetwork more0 eth0.100 -Subnet 10.90.0.0/24
        $json = (Export-ContainerNetwork more0) -join "`n"
        $import = 1..5 | ForEach-Object { $json -replace 'more0', "more$_" -replace 'eth0\.100', "eth0.10$_" -replace '10\.90\.', "10.9$_." }
        Remove-MacvlanNetwork more0
        Get-ContainerNic | Disconnect-ContainerNic

        $state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
        $state.ImportPSModule((Join-Path (Get-Module MacIpvlan).ModuleBase MacIpvlan.psd1))
        $runspace = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($state)
        $runspace.Open()
        $runspace.SessionStateProxy.SetVariable('names', $names)
        $runspace.SessionStateProxy.SetVariable('import', $import)
        # Each with the longest time that it is left alone, in milliseconds. Those that end start anew, so that the stop finds
        # them at work.
        $pipelines = @(
            @{ Time = 200; Script = 'while ($true) { $names | Connect-ContainerNic front | Disconnect-ContainerNic }' }
            @{ Time = 120; Script = 'while ($true) { $names | Connect-ContainerNic front }' }
            @{ Time = 60; Script = 'while ($true) { Test-ContainerNetwork }' }
            @{ Time = 60; Script = 'while ($true) { Get-ContainerNic | Test-ContainerNic -Destination 10.80.255.1 -TimeoutSeconds 5 }' }
            @{ Time = 60; Script = 'Watch-ContainerNetwork' }
            @{ Time = 120; Script = 'while ($true) { $import | Import-ContainerNetwork; Remove-MacvlanNetwork more* -Force }' }
            @{ Time = 60; Script = 'Get-ContainerNic | Disconnect-ContainerNic' }
        )
        $stop = {
            param([string]$Script, [int]$Milliseconds)
            $shell = [PowerShell]::Create($runspace)
            $null = $shell.AddScript($Script)
            $running = $shell.BeginInvoke()
            $null = $running.AsyncWaitHandle.WaitOne($Milliseconds)
            $shell.Stop()
            "$($shell.InvocationStateInfo.State)"
            $shell.Dispose()
        }
        $pipelines | ForEach-Object { $null = & $stop $_.Script 300 }
        # Time for the announcements to end.
        Start-Sleep 3
        $descriptors = @(Get-Descriptor)

        $amid = 0
        $rounds = $env:MACIPVLAN_SOAK ? 400 : 40
        foreach ($round in 1..$rounds) {
            $pipeline = $pipelines[($round - 1) % $pipelines.Count]
            $ended = & $stop $pipeline.Script $random.Next($pipeline.Time)
            if ($ended -eq 'Stopped') { $amid++ }
            Get-ContainerNic | Where-Object State -NE Up | Should -BeNullOrEmpty -Because "of round ${round}: $($pipeline.Script)"
            if ($round % 14) { continue }
            $null = Restore-ContainerNetwork -WarningAction SilentlyContinue
            Test-ContainerNetwork | Should -BeNullOrEmpty -Because "of round ${round}: $($pipeline.Script)"
            Get-NicLink | Sort-Object | Should -Be (Get-ContainerNic | ForEach-Object { "$_" } | Sort-Object)
            Get-ContainerNic | Disconnect-ContainerNic
        }
        $amid | Should -BeGreaterOrEqual ($rounds / 2) -Because 'a pipeline that is over can not be stopped'
        $runspace.Dispose()

        Get-ContainerNic | Disconnect-ContainerNic
        Get-NicLink | Should -BeNullOrEmpty
        Remove-MacvlanNetwork * -Force
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
        $names | Remove-NetworkNamespace
        Wait-Until { @(Get-Descriptor).Count -le $descriptors.Count }
        $now = @(Get-Descriptor)
        $now.Count - $descriptors.Count | Should -BeLessOrEqual 0 -Because (@($now | Where-Object { $_ -notin $descriptors }) -join ', ')
        $threads = Get-ThreadName
        $threads -match '^(reserve|make) NICs' | Should -BeNullOrEmpty
        # The announcer, and the threads that close its sockets, serve all commands.
        @($threads -match '^MacIpvlan').Count | Should -BeLessOrEqual 33
    }
}
