# Invoke-NetworkNamespace: script blocks and programs inside, what they write, how they end, and that the process stays where it was.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace box1, box2
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
    $nics = Connect-ContainerNic lan box1, box2
    $identity = @{}
    foreach ($name in 'box1', 'box2') { $identity[$name] = "net:[$((Get-NetworkNamespace $name).Inode)]" }
    $own = readlink /proc/self/ns/net

    function Get-ThreadNamespace {
        # The network namespaces of this process's threads.
        [IO.Directory]::GetDirectories('/proc/self/task') | ForEach-Object {
            try { [IO.FileInfo]::new("$_/ns/net").LinkTarget } catch [IO.IOException] { Write-Debug "$_ has ended" }
        } | Sort-Object -Unique
    }

    function Assert-AtHome {
        # The runtime's compiler keeps a thread for some seconds.
        for ($i = 0; $i -lt 100 -and (Get-ThreadNamespace) -ne $own; $i++) { Start-Sleep -Milliseconds 100 }
        Get-ThreadNamespace | Should -Be $own
    }
}

AfterAll { Clear-TestHost }

Describe 'Invoke-NetworkNamespace' -Tag Native, Once {
    It 'runs a script block on a thread inside, and nothing else is there' {
        Invoke-NetworkNamespace { [IO.FileInfo]::new('/proc/thread-self/ns/net').LinkTarget } box1 | Should -Be $identity.box1
        [IO.FileInfo]::new('/proc/thread-self/ns/net').LinkTarget | Should -Be $own
        Assert-AtHome
    }

    It 'runs programs inside, which a script block starts or which is the command' {
        Invoke-NetworkNamespace { readlink /proc/self/ns/net } -Target box1 | Should -Be $identity.box1
        Invoke-NetworkNamespace readlink box2 -ArgumentList /proc/self/ns/net | Should -Be $identity.box2
        Invoke-NetworkNamespace /bin/sh -Target box1 -ArgumentList '-c', 'echo "$1|$2"', 'sh', 'a b', '$x;"' | Should -Be 'a b|$x;"' -Because 'no shell reads the arguments'
        Assert-AtHome
    }

    It 'takes <Case>' -ForEach @(
        @{ Case = 'names in the pipeline'; Do = { 'box1', 'box2' | Invoke-NetworkNamespace { readlink /proc/self/ns/net } }; In = 'box1', 'box2' }
        @{ Case = 'an array'; Do = { Invoke-NetworkNamespace { readlink /proc/self/ns/net } box2, box1 }; In = 'box2', 'box1' }
        @{ Case = 'a path'; Do = { Invoke-NetworkNamespace { readlink /proc/self/ns/net } /run/netns/box1 }; In = , 'box1' }
        @{ Case = 'namespaces'; Do = { Get-NetworkNamespace box? | Invoke-NetworkNamespace { readlink /proc/self/ns/net } }; In = 'box1', 'box2' }
        @{ Case = 'NICs'; Do = { Get-ContainerNic lan | Invoke-NetworkNamespace { readlink /proc/self/ns/net } }; In = 'box1', 'box2' }
        @{ Case = 'NICs from a file'
            Do = { $nics | Export-Clixml $TestDrive/nics.xml; Import-Clixml $TestDrive/nics.xml | Invoke-NetworkNamespace readlink -ArgumentList /proc/self/ns/net }; In = 'box1', 'box2' }
    ) {
        & $Do | Should -Be $identity[$In]
    }

    It 'takes a process by its namespace' {
        $process = Start-Process ip -ArgumentList 'netns exec box2 sleep 60' -PassThru
        try {
            for ($i = 0; $i -lt 100 -and (readlink "/proc/$($process.Id)/ns/net") -ne $identity.box2; $i++) { Start-Sleep -Milliseconds 50 }
            Invoke-NetworkNamespace { readlink /proc/self/ns/net } "/proc/$($process.Id)/ns/net" | Should -Be $identity.box2
        }
        finally {
            $process.Kill()
        }
    }

    It 'reaches what only the namespace reaches' {
        # No address of the host is on this network.
        Test-Ping '' 10.1.0.2 -TimeoutSeconds 1 | Should -BeFalse
        Invoke-NetworkNamespace { (Test-Connection 10.1.0.2 -Count 1 -TimeoutSeconds 5).Status } box2 | Should -Be Success
        Invoke-NetworkNamespace { busybox ping -c 1 -W 5 10.1.0.2 } box2 | Out-String | Should -Match '1 packets received'
    }

    It 'keeps the host''s mounts, and shows the namespace under /proc/thread-self/net' {
        $seen = Invoke-NetworkNamespace {
            [IO.FileInfo]::new('/proc/thread-self/ns/mnt').LinkTarget
            [IO.File]::ReadAllText('/proc/thread-self/net/dev') -match 'eth0:'
            [IO.File]::ReadAllText('/proc/sys/net/ipv4/conf/eth0/forwarding').Trim()
        } box1
        $seen[0] | Should -Be (readlink /proc/self/ns/mnt)
        $seen[1..2] | Should -Be $true, 0
    }

    It 'starts in the session''s folder, in a new runspace, with arguments and values of the session' {
        Push-Location $TestDrive
        try {
            Invoke-NetworkNamespace { $PWD.Path; pwd } box1 | Should -Be "$TestDrive", "$TestDrive"
        }
        finally {
            Pop-Location
        }
        $mine = 'mine'
        $list = 1, 2, 3
        $object = [pscustomobject]@{ Name = 'a'; One = @(7) }
        Invoke-NetworkNamespace { "<$mine>" } box1 | Should -Be '<>'
        Invoke-NetworkNamespace { param($first, $second) "$first $second $using:mine" } box1 -ArgumentList 'x y', 5 | Should -Be 'x y 5 mine'
        Invoke-NetworkNamespace { "$args" } box1 -ArgumentList a, b | Should -Be 'a b'
        Invoke-NetworkNamespace { ($using:list).Count; $using:list[1]; $using:object.Name; ($using:object.One).GetType().Name; $using:env:PATH; ${using:MINE} } box1 |
            Should -Be 3, 2, a, 'Object[]', $env:PATH, mine
        function Get-Inner { $inner = 'of the function'; Invoke-NetworkNamespace { $using:inner } box1 }
        Get-Inner | Should -Be 'of the function'
        $PSDefaultParameterValues.Count | Should -Be (Invoke-NetworkNamespace { $using:PSDefaultParameterValues.Count } box1)
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a variable that does not exist'; Do = { Invoke-NetworkNamespace { $using:nothingOfThatName } box1 }; Id = 'InvalidParameter' }
        @{ Case = 'a script block as a value'; Do = { $block = { 1 }; Invoke-NetworkNamespace { & $using:block } box1 }; Id = 'InvalidParameter' }
        @{ Case = 'a namespace that does not exist'; Do = { Invoke-NetworkNamespace { 1 } nowhere }; Id = 'NamespaceNotFound' }
        @{ Case = 'a file that is no namespace'; Do = { Invoke-NetworkNamespace { 1 } /etc/hostname }; Id = 'NamespaceNotFound' }
        @{ Case = 'a program that does not exist'; Do = { Invoke-NetworkNamespace no-such-program box1 }; Id = 'CommandNotFoundException' }
        @{ Case = 'a cmdlet as a program'; Do = { Invoke-NetworkNamespace Get-Host box1 }; Id = 'CommandNotFoundException' }
        @{ Case = 'a pattern as a program'; Do = { Invoke-NetworkNamespace 'read*' box1 -ArgumentList / }; Id = 'CommandNotFoundException' }
    ) {
        (Get-Failure $Do).What | Should -BeLike "$Id *"
    }

    It 'hands objects over as they come, and keeps their types' {
        $first = Measure-Command { Invoke-NetworkNamespace { 1; Start-Sleep 100 } box1 | Select-Object -First 1 }
        $first.TotalSeconds | Should -BeLessThan 90 -Because 'the script is stopped, and not waited for'
        $result = Invoke-NetworkNamespace { [IO.FileInfo]'/etc'; , (1, 2); $null; [pscustomobject]@{ A = 1 } } box1
        $result.Count | Should -Be 4
        $result[0] | Should -BeOfType IO.FileInfo
        $result[1].Count | Should -Be 2
        $result[3].A | Should -Be 1
        $lines = 0
        Invoke-NetworkNamespace { 1..5000; busybox seq 5000 } box1 | ForEach-Object { $lines++ }
        $lines | Should -Be 10000
        Assert-AtHome
    }

    It 'forwards errors, warnings and messages, each once' {
        $DebugPreference = 'Continue'
        $all = Invoke-NetworkNamespace { Write-Warning w; Write-Host h; Write-Information i; Write-Error e; Write-Verbose v; Write-Debug d; 'o' } box1 -Verbose *>&1 |
            Where-Object { "$_" -notlike 'Performing the operation*' }
        $all | ForEach-Object { "$($_.GetType().Name) $_" } | Should -Be @(
            'WarningRecord w', 'InformationRecord h', 'InformationRecord i', 'ErrorRecord e', 'VerboseRecord v', 'DebugRecord d', 'String o')
        $DebugPreference = 'SilentlyContinue'
        Invoke-NetworkNamespace { Write-Verbose v; Write-Debug d } box1 *>&1 | Should -BeNullOrEmpty
        (Get-Failure { Invoke-NetworkNamespace { throw 'broken'; 1 } box1 }).Message | Should -Be broken
        # An error is one of the script, and the others go on.
        'box1', 'box2' | Invoke-NetworkNamespace { if ((readlink /proc/self/ns/net) -eq $using:identity.box1) { throw 'one' }; 'other' } -ErrorAction SilentlyContinue -ErrorVariable failed |
            Should -Be other
        "$failed" | Should -Be one
    }

    It 'shows at a prompt what Write-Host writes, once' {
        $module = (Get-Module MacIpvlan).Path
        $text = "Import-Module '$module'; Invoke-NetworkNamespace { Write-Host shown; Write-Warning warned } box1"
        $shell = Get-Shell
        $output = & $shell[0] -NoProfile -Command $text 2>&1
        ($output -match 'shown').Count | Should -Be 1
        ($output -match 'warned').Count | Should -Be 1
    }

    It 'sets $LASTEXITCODE, and lets a failure be an error as PowerShell does' {
        $global:LASTEXITCODE = 0
        Invoke-NetworkNamespace sh box1 -ArgumentList '-c', 'exit 3'
        $LASTEXITCODE | Should -Be 3
        Invoke-NetworkNamespace { sh -c 'exit 5'; 'goes on' } box1 | Should -Be 'goes on'
        $LASTEXITCODE | Should -Be 5
        Invoke-NetworkNamespace { 1 } box1 | Out-Null
        $LASTEXITCODE | Should -Be 5 -Because 'no program ran'
        $PSNativeCommandUseErrorActionPreference = $true
        (Get-Failure { Invoke-NetworkNamespace sh box1 -ArgumentList '-c', 'exit 7' }).What | Should -BeLike 'ProgramExitedWithNonZeroCode *'
        $LASTEXITCODE | Should -Be 7
    }

    It 'keeps the language mode of the session' {
        $state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
        $state.ImportPSModule((Get-Module MacIpvlan).Path)
        $shell = [PowerShell]::Create($state)
        $null = $shell.AddScript('$null = Get-Command Invoke-NetworkNamespace; $ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"
            Invoke-NetworkNamespace { [Console]::Beep(1, 1) } box1; Invoke-NetworkNamespace { $ExecutionContext.SessionState.LanguageMode } box1')
        $result = $shell.Invoke()
        "$result $($shell.Streams.Error)" | Should -Match '^ConstrainedLanguage .*language mode'
        $shell.Dispose()
    }

    It 'runs nothing with -WhatIf, and asks with -Confirm' {
        Invoke-NetworkNamespace { New-Item $using:TestDrive/made } box1 -WhatIf
        "$TestDrive/made" | Should -Not -Exist
    }

    It 'completes the names of namespaces' {
        (TabExpansion2 'Invoke-NetworkNamespace { 1 } bo').CompletionMatches.CompletionText | Should -Be box1, box2
    }
}

Describe 'The threads of the process' -Tag Native, Once {
    It 'stay at home when a script <Case>' -ForEach @(
        @{ Case = 'starts many programs'; Do = { 1..30 | ForEach-Object { $null = ip link } } }
        @{ Case = 'waits for a process, for which the runtime has a shared thread'; Do = { Start-Process true -Wait } }
        @{ Case = 'uses the thread pool'; Do = { 1..50 | ForEach-Object { [Threading.Tasks.Task]::Delay(1).Wait(); $null = [IO.File]::ReadAllTextAsync('/etc/passwd').Result } } }
        @{ Case = 'uses sockets without waiting'; Do = {
                $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 5999); $listener.Start()
                $accept = $listener.AcceptTcpClientAsync(); $client = [Net.Sockets.TcpClient]::new()
                $client.ConnectAsync('127.0.0.1', 5999).Wait(); $accept.Result.Dispose(); $client.Dispose(); $listener.Stop() } }
        @{ Case = 'runs in parallel'; Do = { 1..4 | ForEach-Object -Parallel { $_ } | Out-Null } }
        @{ Case = 'asks the web'; Do = { Invoke-WebRequest http://127.0.0.1:5997 -TimeoutSec 2 -ErrorAction SilentlyContinue } }
    ) {
        Invoke-NetworkNamespace $Do box1
        # Work that others give the pool afterwards runs at home.
        Add-Type -ErrorAction Ignore -TypeDefinition 'public static class PoolPlace { public static string[] All(int n) { var r = new System.Threading.Tasks.Task<string>[n];
            for (int i = 0; i < n; i++) r[i] = System.Threading.Tasks.Task.Run(() => { System.Threading.Thread.Sleep(20); return new System.IO.FileInfo("/proc/thread-self/ns/net").LinkTarget; });
            System.Threading.Tasks.Task.WaitAll(r); return System.Array.ConvertAll(r, t => t.Result); } }'
        [PoolPlace]::All(50) | Sort-Object -Unique | Should -Be $own
        Assert-AtHome
    }

    It 'run what is outside by nature: <Case>' -ForEach @(
        @{ Case = 'web cmdlets'; Do = { (Invoke-WebRequest http://127.0.0.1:5990/index.html -TimeoutSec 10).Content.Trim() }; Is = 'host' }
        @{ Case = 'curl is inside'; Do = { busybox wget -qO- http://127.0.0.1:5990/index.html }; Is = 'box1' }
        @{ Case = 'sockets of the script''s own thread are inside'; Is = 'box1'; Do = {
                $client = [Net.Sockets.TcpClient]::new('127.0.0.1', 5990); $stream = $client.GetStream()
                $writer = [IO.StreamWriter]::new($stream); $writer.Write("GET /index.html HTTP/1.0`r`n`r`n"); $writer.Flush()
                [IO.StreamReader]::new($stream).ReadToEnd().Trim().Split("`n")[-1]; $client.Dispose() } }
        @{ Case = 'ForEach-Object -Parallel'; Do = { 1 | ForEach-Object -Parallel { [IO.FileInfo]::new('/proc/thread-self/ns/net').LinkTarget -eq $using:own } }; Is = $true }
    ) {
        $servers = foreach ($place in 'host', 'box1') {
            $null = New-Item -ItemType Directory "$TestDrive/$place" -Force
            Set-Content "$TestDrive/$place/index.html" $place
            $through = if ($place -eq 'box1') { "--net=/run/netns/box1 busybox" } else { "--net=/proc/self/ns/net busybox" }
            Start-Process nsenter -ArgumentList "$through httpd -f -p 127.0.0.1:5990 -h $TestDrive/$place" -PassThru
        }
        ip link set lo up
        try {
            for ($i = 0; $i -lt 100; $i++) {
                if ((busybox wget -qO- http://127.0.0.1:5990/index.html 2>$null) -and (nsenter --net=/run/netns/box1 busybox wget -qO- http://127.0.0.1:5990/index.html 2>$null)) { break }
                Start-Sleep -Milliseconds 50
            }
            $text = "$Do".Replace('$using:own', "'$own'")
            Invoke-NetworkNamespace ([scriptblock]::Create($text)) box1 | Should -Be $Is
        }
        finally {
            $servers | ForEach-Object Kill
        }
    }
}

Describe 'Stop' -Tag Native, Once {
    It 'ends <Case>' -ForEach @(
        @{ Case = 'a script'; Script = 'Invoke-NetworkNamespace { while ($true) { Start-Sleep -Milliseconds 50 } } box1' }
        @{ Case = 'a program'; Script = 'Invoke-NetworkNamespace sleep box1 -ArgumentList 987654' }
        @{ Case = 'a script that writes without end'; Script = 'Invoke-NetworkNamespace { while ($true) { 1 } } box1 | ForEach-Object { Start-Sleep -Milliseconds 5 }' }
        @{ Case = 'a script before it has begun'; Script = 'Invoke-NetworkNamespace { Start-Sleep 1000 } box1'; Soon = $true }
    ) {
        $state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
        $state.ImportPSModule((Get-Module MacIpvlan).Path)
        $shell = [PowerShell]::Create($state)
        $null = $shell.AddScript($Script)
        $running = $shell.BeginInvoke()
        if (-not $_.Soon) { Start-Sleep 1 }
        $shell.Stop()
        { $shell.EndInvoke($running) } | Should -Throw
        $shell.InvocationStateInfo.State | Should -Be Stopped
        $shell.Dispose()
        Get-ChildItem /proc/*/cmdline -ErrorAction Ignore | Where-Object { (Get-Content $_ -Raw -ErrorAction Ignore) -like "sleep`0987654*" } | Should -BeNullOrEmpty
        Assert-AtHome
    }
}
