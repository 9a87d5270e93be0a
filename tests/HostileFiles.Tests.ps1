# Files, folders, links and pipes that another user can write to: nothing of theirs decides where root writes or reads.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
    $base = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-hostile.$PID"
    $null = mkdir -m 755 $base $base/root $base/home
    Set-Content $base/root/x.json 'what root has'
    chown 65534 $base/home
}

AfterAll {
    Remove-Item $base -Recurse -Force
    Remove-MacvlanNetwork front
    Clear-TestHost
}

Describe 'A folder of another user' -Tag Native, Once {
    It 'can be written to, and only there' {
        (Export-ContainerNetwork front -Path $base/home/x.json).FullName | Should -Be $base/home/x.json
        (Get-ChildItem $base/home -Force).Name | Should -Be x.json
        stat -c %u $base/home/x.json | Should -Be 0
        Remove-Item $base/home/x.json
    }

    It 'has links that no command follows: <Case>' -ForEach @(
        @{ Case = 'of that user'; Make = { ln -s $base/root $base/home/link; chown -h 65534 $base/home/link } }
        # Users may make hard links to links of root where the kernel does not protect these.
        @{ Case = 'of root'; Make = { ln -s $base/root $base/home/link } }
        @{ Case = 'on the way'; Make = { ln -s . $base/home/way; chown -h 65534 $base/home/way; ln -s way/../root $base/home/link } }
    ) {
        . $Make
        foreach ($attempt in { Export-ContainerNetwork front -Path $base/home/link/x.json }, { Show-ContainerNetwork -Path $base/home/link/x.svg },
            { Import-ContainerNetwork $base/home/link/x.json }) {
            $problem = Get-Failure $attempt
            $problem.What | Should -BeLike 'FileUnusable *' -Because "$attempt"
            $problem.Message | Should -BeLike "*$base/home/*symbolic link*"
        }
        (Get-ChildItem $base/root -Force).Name | Should -Be x.json
        Get-Content $base/root/x.json | Should -Be 'what root has'
        Remove-Item $base/home/*
    }

    It 'is no place for the state, at whatever depth' {
        $stateBefore = $env:MACIPVLAN_STATE
        $null = mkdir -m 700 -p $base/home/mine/deep
        try {
            foreach ($path in "$base/home/mine/deep/state.db", "$base/home/mine/new/state.db") {
                $env:MACIPVLAN_STATE = $path
                $problem = Get-Failure { Get-ContainerNetwork }
                $problem.What | Should -BeLike 'StateUnavailable *'
                $problem.Message | Should -BeLike "*$base/home belongs to another user (id 65534)*"
                $problem.Action | Should -BeLike '*chown*MACIPVLAN_STATE*'
            }
            Get-ChildItem $base/home/mine -Recurse -File | Should -BeNullOrEmpty
        }
        finally {
            $env:MACIPVLAN_STATE = $stateBefore
            Remove-Item $base/home/mine -Recurse
        }
    }

    It 'has no socket of a runtime, unless it is that user''s and was named' {
        $before = $env:DOCKER_HOST, $env:CONTAINER_HOST, $env:XDG_RUNTIME_DIR
        try {
            $env:CONTAINER_HOST = $null
            $env:DOCKER_HOST = "unix://$base/home/docker.sock"
            $listener = [Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $listener.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new("$base/home/docker.sock"))
            # Root's socket, which that user can exchange.
            $problem = Get-Failure { Connect-ContainerNic front -Container web1 }
            $problem.Message | Should -BeLike "*$base/home belongs to another user (id 65534)*"
            # That user's, which nobody listens to.
            chown 65534 $base/home/docker.sock
            $problem = Get-Failure { Connect-ContainerNic front -Container web1 }
            $problem.Message | Should -BeLike "*$base/home/docker.sock: Connection refused*"
        }
        finally {
            $listener.Dispose()
            Remove-Item $base/home/docker.sock -ErrorAction Ignore
            $env:DOCKER_HOST, $env:CONTAINER_HOST, $env:XDG_RUNTIME_DIR = $before
        }
    }
}

Describe 'A file that is replaced' -Tag Native, Once {
    It 'gives a former owner no right to write to the new one' {
        Set-Content $base/home/x.json old
        chmod 666 $base/home/x.json
        chown 65534 $base/home/x.json
        $null = Export-ContainerNetwork front -Path $base/home/x.json
        stat -c '%u %a' $base/home/x.json | Should -Be '0 644'
        Remove-Item $base/home/x.json
    }
}

Describe 'An import from a pipe' -Tag Native, Once {
    BeforeAll {
        mkfifo $base/pipe
        Export-ContainerNetwork front | Set-Content $base/text
    }

    It 'reads what its writer sends' {
        $writer = Start-Process sh "-c `"cat $base/text > $base/pipe`"" -PassThru
        (Import-ContainerNetwork $base/pipe).Result | Should -Be InPlace
        $writer.WaitForExit()
    }

    It 'reads standard input' {
        $lines = Invoke-Shell "'ready'; (Import-ContainerNetwork /dev/fd/9).Result" -Through sh, -c, "exec `"`$@`" 9<$base/text", sh
        $lines | Should -Be ready, InPlace
    }

    It 'ends with Ctrl+C while nobody writes' {
        $shell = [PowerShell]::Create()
        $null = $shell.AddScript("Import-Module '$((Get-Module MacIpvlan).Path)'; `$global:PID; Import-ContainerNetwork '$base/pipe'")
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $null = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        while (-not $output.Count) { Start-Sleep -Milliseconds 50 }
        Start-Sleep 1
        $stop = $shell.BeginStop($null, $null)
        $ended = $stop.AsyncWaitHandle.WaitOne(30000)
        # Lets an import that did not end go on, or this process would not end either.
        if (-not $ended) { 'x' | Set-Content $base/pipe }
        $ended | Should -BeTrue
    }
}
