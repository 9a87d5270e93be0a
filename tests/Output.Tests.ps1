# What people and files get to see beside the objects: progress of what takes long, and no colour in files.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $manifest = Join-Path (Get-Module MacIpvlan).ModuleBase 'MacIpvlan.psd1'
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
    $null = New-NetworkNamespace web1, web2
    $null = Connect-ContainerNic lan web1

    function Get-Progress([string]$Script, [Diagnostics.Process]$Obstacle) {
        # Each record of progress in a line, of a script that runs in a runspace of its own. An obstacle to it is taken
        # away as soon as there is progress to be seen.
        $shell = [powershell]::Create()
        $shell.Runspace = [runspacefactory]::CreateRunspace([runspace]::DefaultRunspace.InitialSessionState.Clone())
        $shell.Runspace.ThreadOptions = 'ReuseThread'
        $shell.Runspace.Open()
        $null = $shell.AddScript("Import-Module '$manifest'; $Script")
        $running = $shell.BeginInvoke()
        while (-not $running.IsCompleted -and -not $shell.Streams.Progress.Count) { Start-Sleep -Milliseconds 20 }
        if ($Obstacle) { Unlock-State $Obstacle }
        $null = $shell.EndInvoke($running)
        $shell.Streams.Progress | ForEach-Object { "$($_.RecordType) $($_.Activity): $($_.StatusDescription)" }
        $shell.Runspace.Dispose()
    }
}

AfterAll { Clear-TestHost }

Describe 'Progress' -Tag Native, Once {
    It 'is shown of a test that takes long, and taken away' {
        $told = Get-Progress 'Test-ContainerNic lan -Destination 10.1.0.200, 10.1.0.201 -Count 1 -TimeoutSeconds 1.5'
        $told[0] | Should -Be 'Processing Testing NICs: 1 of 2: web1/eth0 to 10.1.0.200'
        $told[-1] | Should -Be 'Completed Testing NICs: 2 of 2: web1/eth0 to 10.1.0.201'
    }

    It 'is shown while one NIC''s address is probed, and taken away after an error' {
        $null = New-MacvlanNetwork slow eth0 -Subnet 10.2.0.0/24 -ProbeAddress -ProbeTimeoutMilliseconds 1500
        $told = Get-Progress "'web2', 'none' | Connect-ContainerNic slow -ErrorAction SilentlyContinue"
        $told[0] | Should -Be 'Processing Connecting NICs: 1: web2'
        $told[-1] | Should -Be 'Completed Connecting NICs: 1: web2'
        Remove-MacvlanNetwork slow -Force
    }

    It 'is shown of networks, of which the first takes long: <Activity>' -ForEach @(
        @{ Activity = 'Creating networks: 1'; Script = '[pscustomobject]@{ Name = "a"; Parent = "eth0"; Subnet = "10.3.0.0/24" } | New-MacvlanNetwork' }
        @{ Activity = 'Importing networks: 1 of 2'; Script = '$text | Import-ContainerNetwork' }
        @{ Activity = 'Enabling host access: 1 of 2'; Script = 'Enable-HostAccess a, b' }
        @{ Activity = 'Disabling host access: 1 of 2'; Script = 'Disable-HostAccess a, b' }
        @{ Activity = 'Removing networks: 1 of 2'; Script = 'Remove-MacvlanNetwork a, b' }
    ) {
        $text = '{ "format": "macipvlan", "version": 1, "networks": [ { "name": "a", "kind": "macvlan", "parent": "eth0", "subnet": "10.3.0.0/24", "mtu": 1400 },
            { "name": "b", "kind": "macvlan", "parent": "eth0", "subnet": "10.4.0.0/24" } ] }'
        $told = Get-Progress "`$text = '$text'; $Script" -Obstacle (Lock-State)
        $told[0] | Should -Be "Processing ${Activity}: a"
        $told[-1] | Should -BeLike "Completed $($Activity -replace ':.*'): *"
    }

    It 'is taken away when an error ends the command' {
        $told = Get-Progress "try { Test-ContainerNic lan -Destination 10.1.0.200 -Count 1 -TimeoutSeconds 1.5 | ForEach-Object { throw 'enough' } } catch { }"
        $told[-1] | Should -BeLike 'Completed *'
    }
}

Describe 'Colour' -Tag Native, Once {
    It 'is in no file: of views, errors, warnings and verbose messages' {
        $file = Join-Path $TestDrive 'output.txt'
        # A terminal there could be.
        $null = Invoke-Shell -Through env, TERM=xterm-256color @"
            & {
                Get-ContainerNetwork; Get-ContainerNetwork | Format-List *; Get-ContainerNic; Get-NetworkNamespace
                Test-ContainerNic lan -Destination 10.1.0.200 -Count 1 -TimeoutSeconds 0.1
                Get-ContainerNetwork none; Connect-ContainerNic lan none; New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
                New-MacvlanNetwork two eth0 -Subnet 10.2.0.0/24 -Mtu 1400 -Verbose
                Connect-ContainerNic two web2 -Mtu 9000 -Verbose
                Connect-ContainerNic lan web2 -Verbose
                Remove-MacvlanNetwork two -Force -Verbose; Restore-ContainerNetwork; Test-ContainerNetwork
                ip link set eth0 mtu 1400; Watch-ContainerNetwork -Timeout 0.1; Get-Help Connect-ContainerNic -Examples
            } *> '$file'
"@
        $text = Get-Content $file -Raw
        $text | Should -Match "The network 'none' doesn't exist"
        $text | Should -Match 'ip -n web2 link set'
        $text.Contains([char]27) | Should -BeFalse
    }
}
