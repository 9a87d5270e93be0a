# The test run itself: what it counts, what it tells, and that nothing it started outlives it.

Describe 'A run of test files' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost
        $pester = (Get-Module Pester).Path -replace 'psm1$', 'psd1'

        function Invoke-Run([hashtable]$Files, [string[]]$Options = @()) {
            # Runs files of these names and texts in process and network namespaces of their own; returns what is written.
            # Not on TestDrive: in there, /run is another one.
            $folder = mktemp -d -p /tmp
            foreach ($name in $Files.Keys) { Set-Content "$folder/$name.Tests.ps1" $Files[$name] }
            $shell = (Get-Shell)[0]
            $output = & $PSScriptRoot/isolate.sh $shell -NoProfile -File $PSScriptRoot/Invoke-Tests.ps1 -Path $folder -Result $folder/result -Pester $pester -EndProcesses @Options 2>&1
            @{ ExitCode = $LASTEXITCODE; Output = $output -join "`n"; Lines = @(Get-Content $folder/result) }
            Remove-Item $folder -Recurse
        }
    }

    AfterAll { Clear-TestHost }

    It 'counts what passes, fails and is skipped, outside of tests as well, and tells why' {
        $run = Invoke-Run @{
            a = "Describe 'a' { It 'is' { 1 | Should -Be 1 }; It 'fails' { 1 | Should -Be 2 }; It 'waits' { Set-ItResult -Skipped -Because 'it is early' } }"
            b = "Describe 'b' { BeforeAll { throw 'no' }; It 'never runs' { } }"
            c = 'Describe {'
        }
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -Be '1 4 1'
        $run.Lines -join "`n" | Should -Match '\[-\] a\.Tests\.ps1: a\.fails\n    Expected 2, but got 1\.'
        $run.Lines -join "`n" | Should -Match '\[!\] a\.Tests\.ps1: a\.waits\n    .*it is early'
        $run.Lines -join "`n" | Should -Match '\[-\] b\.Tests\.ps1: b\n    no'
        $run.Lines -join "`n" | Should -Match '\[-\] c\.Tests\.ps1'
    }

    It 'counts as failed: a test without a result, a file without a test or that leaves before its first one, and one that ends the process' {
        # The longest one is first, and the last one ends the run, though with 0.
        $run = Invoke-Run @{
            a = "Describe 'a' { It 'is open' { Set-ItResult -Inconclusive -Because 'nobody knows' } } # $('-' * 40)"
            b = "1 # $('-' * 80)"
            c = "exit 0; Describe 'c' { It 'never runs' { } } # $('-' * 40)"
            d = "Describe 'd' { It 'ends' { [Environment]::Exit(0) } }"
        }
        $run.Lines[0] | Should -Be '0 4 0'
        $run.Lines -like '*.Tests.ps1*' | Should -Be @(
            '[-] a.Tests.ps1: a.is open'
            '[-] c.Tests.ps1: has no test, or exited before the first one'
            '[-] b.Tests.ps1: has no test, or exited before the first one'
            '[-] d.Tests.ps1: broke off: the process that ran it ended')
    }

    It 'ends what a file leaves running, at the end of that file' {
        $run = Invoke-Run @{
            # The longer one is first.
            a = "Describe 'a' { It 'leaves two, one without a parent' { Start-Process sleep 613; sh -c 'sleep 613 >/dev/null 2>&1 &' } }"
            b = "Describe 'b' { It 'is alone' { (Get-Process sleep -ErrorAction Ignore).Count | Should -Be 0 } }"
        }
        $run.Lines | Should -Be '2 0 0'
    }

    It 'names and ends what hangs, and goes on with the next file' {
        $run = Invoke-Run -Options '-TimeoutSeconds', 20 @{
            a = "Describe 'a' { It 'passes' { }; It 'hangs' { sleep 614 }; It 'comes too late' { } } # and is the longer one"
            b = "Describe 'b' { It 'passes' { } }"
        }
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -Be '1 1 0'
        $run.Lines[1] | Should -Be '[-] a.Tests.ps1: hangs, and was ended after 20 seconds in: a.hangs'
        $run.Lines[2] | Should -Match '^    running: \d+: \S*sleep 614$'
        $run.Output | Should -Match ([regex]::Escape($run.Lines[1]))
    }
}

Describe 'build.sh run' -Tag Native, Once {
    It 'hands words on as they are: <_>' -ForEach "it's", "’;(1+41) #", "‘x‛ ‚y", '$HOME "a b"', '--x', '', '*' {
        $quoted = bash -c 'eval "$(sed -n "/^quote() {/,/^}/p" "$0")"; quote "$1"' $PSScriptRoot/../build.sh "$_"
        & ([scriptblock]::Create('& { "$args" }' + $quoted)) | Should -BeExactly $_
    }
}

Describe 'The throw-away kernel' -Tag Native, Once {
    BeforeAll {
        $kernel = "$PSScriptRoot/kernel/run.sh"
        $missing = & $kernel --missing
        $problem = if ((Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux') { 'a kernel does not run in a kernel' }
        elseif ($missing) { "these packages are missing: $missing" }
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'tells what is missing, and does not start without it' {
        $null = New-Item $TestDrive/bin -ItemType Directory
        'bash', 'od', 'head' | ForEach-Object { $null = New-Item $TestDrive/bin/$_ -ItemType SymbolicLink -Value (Get-Command $_).Source }
        $text = env PATH=$TestDrive/bin bash $kernel true 2>&1
        $LASTEXITCODE | Should -Be 69
        "$text" | Should -BeLike '*install the Debian packages*user-mode-linux*'
    }

    It 'runs with what processors with AMX need, on others too' {
        $compiler = Get-Command tcc, cc, gcc, clang -CommandType Application -ErrorAction Ignore | Select-Object -First 1
        if (-not $compiler) { return Set-ItResult -Skipped -Because 'there is no compiler' }
        & $compiler -shared -fPIC -nostdlib -o $TestDrive/xstate.so $PSScriptRoot/kernel/xstate.c
        # Floating point is what it is about.
        $answer = env LD_PRELOAD=$TestDrive/xstate.so $kernel sh -c 'uname -r; awk "BEGIN { print 1 / 3 }"'
        $answer[0] | Should -Match '^6\.'
        $answer[1] | Should -Be '0.333333'
    }
}
