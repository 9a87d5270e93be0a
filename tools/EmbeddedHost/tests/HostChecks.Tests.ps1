# Starts the host as a user does, and looks at what it prints and returns. Valid under Pester as well, where it tests
# the published host.

BeforeAll {
    $hostFile = Join-Path ([AppContext]::BaseDirectory) 'EmbeddedHost.dll'
    if (-not (Test-Path $hostFile)) {
        $hostFile = Join-Path $PSScriptRoot '../../../out/EmbeddedHost/EmbeddedHost.dll'
    }
    $fixtures = Join-Path $PSScriptRoot 'fixtures'

    function Start-TestHost([string[]] $Arguments = @(), [hashtable] $Environment = @{}) {
        # In a process group of its own, which an interrupt reaches as a whole, as Ctrl+C does. A test run in the
        # background has Ctrl+C switched off, and hands that on.
        $start = [Diagnostics.ProcessStartInfo]::new('env')
        foreach ($argument in @('--default-signal=INT', 'setsid', 'dotnet', $hostFile) + $Arguments) { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        [Diagnostics.Process]::Start($start)
    }

    function Wait-TestHost($Process) {
        $output = $Process.StandardOutput.ReadToEndAsync()
        $errors = $Process.StandardError.ReadToEndAsync()
        if (-not $Process.WaitForExit(60000)) { $Process.Kill(); throw 'The host hangs.' }
        [pscustomobject]@{
            Text = $output.Result.TrimEnd()
            Lines = $output.Result.TrimEnd() -split '\r?\n'
            Errors = $errors.Result.TrimEnd()
            ExitCode = $Process.ExitCode
        }
    }

    # Runs the host to its end, with these lines and nothing more on its standard input.
    function Invoke-TestHost([string[]] $Arguments, [string[]] $InputLines = @(), [hashtable] $Environment = @{}) {
        $process = Start-TestHost $Arguments $Environment
        foreach ($line in $InputLines) { $process.StandardInput.WriteLine($line) }
        $process.StandardInput.Close()
        Wait-TestHost $process
    }

    # Starts the host, waits for a line, interrupts it, and returns what else it has to say.
    function Invoke-InterruptedHost([string[]] $Arguments, [string] $Signal = 'INT') {
        $process = Start-TestHost $Arguments
        do { $line = $process.StandardOutput.ReadLine() } until ($null -eq $line -or $line -like '*started')
        # bash has a kill of its own; the program is not on every machine.
        bash -c "kill -$Signal -- -$($process.Id)"
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $result = Wait-TestHost $process
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 30
        $result
    }
}

Describe '-Command' {
    It 'returns <code> for <text>' -ForEach @(
        @{ text = '1'; code = 0 }
        @{ text = 'exit 7'; code = 7 }
        @{ text = 'throw 1'; code = 1 }
        @{ text = 'Get-Item /no/such'; code = 1 }
        @{ text = 'Get-Item /no/such; 1'; code = 0 }
        @{ text = 'sh -c "exit 3"'; code = 1 }
        @{ text = 'sh -c "exit 3"; exit $LASTEXITCODE'; code = 3 }
        @{ text = '"unclosed'; code = 1 }
    ) {
        (Invoke-TestHost '-NoProfile', '-Command', $text).ExitCode | Should -Be $code
    }

    It 'joins what follows' {
        (Invoke-TestHost '-c', '1', '+', '2').Text | Should -Be '3'
    }

    It 'says what is wrong with an incomplete command' {
        (Invoke-TestHost '-Command', '"unclosed').Errors | Should -BeLike '*terminator*'
    }

    It 'reads the text from standard input' {
        (Invoke-TestHost '-Command', '-' -InputLines '1 + 1', '"two"').Lines | Should -Be '2', 'two'
    }
}

Describe '-File' {
    It 'binds <arguments>' -ForEach @(
        @{ arguments = @(); line = 'none|0|False|False|' }
        @{ arguments = 'a', '5'; line = 'a|5|False|False|' }
        @{ arguments = '-Count', '5', '-Name', 'b', '-Flag'; line = 'b|5|True|False|' }
        @{ arguments = '-Flag', '-Other:$false', 'a'; line = 'a|0|True|False|' }
        @{ arguments = '-Flag:$true', '-Name:b c'; line = 'b c|0|True|False|' }
        @{ arguments = '-Name:', 'b'; line = 'b|0|False|False|' }
        @{ arguments = 'a', '-1', 'x', 'y z'; line = 'a|-1|False|False|x,y z' }
    ) {
        $result = Invoke-TestHost (@('-NoProfile', '-File', "$fixtures/Arguments.ps1") + $arguments)
        $result.Errors | Should -BeNullOrEmpty
        $result.Text | Should -Be "$line|Arguments.ps1|fixtures"
        $result.ExitCode | Should -Be 0
    }

    It 'fails where an argument does not fit' {
        $result = Invoke-TestHost '-File', "$fixtures/Arguments.ps1", '-Count', 'many'
        $result.ExitCode | Should -Be 1
        $result.Errors | Should -BeLike "*Count*many*"
    }

    It 'returns <code> for a script <script>' -ForEach @(
        @{ script = 'exit 7'; code = 7 }
        @{ script = 'sh -c "exit 3"'; code = 0 }
        @{ script = 'throw 1'; code = 1 }
        @{ script = 'Get-Item /no/such'; code = 0 }
        @{ script = '& { exit 4 }; 1'; code = 4 }
        @{ script = 'if (1) {'; code = 1 }
        @{ script = '#requires -Version 99'; code = 1 }
    ) {
        Set-Content TestDrive:/script.ps1 $script
        (Invoke-TestHost '-File', "$TestDrive/script.ps1").ExitCode | Should -Be $code
    }

    It 'shows the place of an uncaught error' {
        Set-Content TestDrive:/script.ps1 "'first'", "throw 'it breaks'"
        $result = Invoke-TestHost "$TestDrive/script.ps1"
        $result.Text | Should -Be 'first'
        $result.Errors | Should -BeLike '*script.ps1:2*it breaks*'
    }

    It 'runs a script without the extension' {
        Set-Content TestDrive:/script '"args: $args"'
        (Invoke-TestHost '-File', "$TestDrive/script", 'a').Text | Should -Be 'args: a'
    }

    It 'refuses <arguments>' -ForEach @(
        @{ arguments = '-File', '/no/such.ps1' }
        @{ arguments = , '-File' }
        @{ arguments = '-NoSuchOption', '1' }
    ) {
        $result = Invoke-TestHost $arguments
        $result.ExitCode | Should -Be 64
        $result.Errors | Should -Not -BeNullOrEmpty
    }
}

Describe '-Import' {
    It 'imports before it runs' {
        Set-Content TestDrive:/M.psm1 'function Get-Forty { 40 }'
        Set-Content TestDrive:/N.psm1 'function Get-Two { 2 }'
        $result = Invoke-TestHost '-Import', "$TestDrive/M.psm1", '-Import', "$TestDrive/N.psm1", '-Command', '(Get-Forty) + (Get-Two)'
        $result.Text | Should -Be '42'
    }

    It 'fails if it cannot' {
        $result = Invoke-TestHost '-Import', '/no/such.psm1', '-Command', '"reached"'
        $result.ExitCode | Should -Be 1
        $result.Text | Should -BeNullOrEmpty
        $result.Errors | Should -BeLike '*/no/such.psm1*'
    }
}

Describe 'modules' {
    It 'are found by name where the environment says' {
        Set-Content (New-Item "$TestDrive/modules/Named/Named.psm1" -Force) 'function Get-Named { "found" }'
        $variables = @{ PSModulePath = "$TestDrive/modules" }
        (Invoke-TestHost '-Command', 'Get-Named' -Environment $variables).Text | Should -Be 'found'
    }

    It 'of an installed pwsh are left alone' {
        $null = New-Item "$TestDrive/pwsh/Microsoft.PowerShell.Utility" -ItemType Directory
        Set-Content "$TestDrive/pwsh/Microsoft.PowerShell.Utility/Microsoft.PowerShell.Utility.psm1" 'function Get-Surprise { "surprise" }'
        $result = Invoke-TestHost '-Command', 'Get-Surprise' -Environment @{ PSModulePath = "$TestDrive/pwsh" }
        $result.ExitCode | Should -Be 1
        $result.Text | Should -BeNullOrEmpty
    }

    It 'are not there by themselves' {
        (Invoke-TestHost '-Command', 'Get-Module; Get-Module -ListAvailable' -Environment @{ PSModulePath = '' }).Text | Should -BeNullOrEmpty
    }
}

Describe 'streams' {
    BeforeAll {
        $text = 'Write-Warning w; Write-Verbose v -Verbose; Write-Debug d -Debug; Write-Host h; Write-Error e; ' +
            'Write-Information i -InformationAction Continue; Write-Progress p; Write-Verbose hidden; "out"'
        $result = Invoke-TestHost '-Command', $text
    }

    It 'go to standard output' {
        $result.Lines | Should -Be 'WARNING: w', 'VERBOSE: v', 'DEBUG: d', 'h', 'i', 'out'
    }

    It 'go to standard error' { $result.Errors | Should -Be 'Write-Error: e' }

    It 'have no escape sequences' {
        $result = Invoke-TestHost '-Command', 'Write-Host red -ForegroundColor Red; "$([char]27)[31mx$([char]27)[0m"; Get-Item /no/such'
        $result.Text + $result.Errors | Should -Not -Match ([char]27)
    }

    It 'are <width> wide' -ForEach @{ width = 120; variables = @{ COLUMNS = '' } }, @{ width = 40; variables = @{ COLUMNS = '40' } } {
        $text = '[pscustomobject]@{ A = "x" * 200 } | Format-Table | Out-String -Stream | Measure-Object Length -Maximum | % Maximum'
        (Invoke-TestHost '-Command', $text -Environment $variables).Text | Should -Be $width
    }

    It 'of native commands pass through' {
        $result = Invoke-TestHost '-Command', 'sh -c "echo out; echo err >&2"; $x = sh -c "echo kept"; "[$x]"'
        $result.Lines | Should -Be 'out', '[kept]'
        $result.Errors | Should -Be 'err'
    }

    It 'of native commands can be merged' {
        $text = 'sh -c "echo out; echo err >&2" 2>&1 | ForEach-Object { $_.GetType().Name } | Sort-Object'
        (Invoke-TestHost '-Command', $text).Lines | Should -Be 'ErrorRecord', 'String'
    }
}

Describe 'questions' {
    It 'are answered from standard input' {
        $result = Invoke-TestHost '-File', "$fixtures/Confirming.ps1" -InputLines 'what', 'n', 'y'
        $result.Text | Should -BeLike '*Confirm*default is "Y"*kept one*removed two'
        $result.ExitCode | Should -Be 0
    }

    It 'end at the end of standard input' {
        $result = Invoke-TestHost '-File', "$fixtures/Confirming.ps1" -InputLines 'y'
        $result.Text | Should -BeLike '*removed one*'
        $result.Text | Should -Not -BeLike '*two*removed*'
        $result.Errors | Should -BeLike '*Standard input has ended*'
    }

    It 'are refused with -NonInteractive' {
        $result = Invoke-TestHost '-NonInteractive', '-File', "$fixtures/Confirming.ps1" -InputLines 'y', 'y'
        $result.Text | Should -BeNullOrEmpty
        $result.Errors | Should -BeLike '*NonInteractive mode*'
    }

    It 'for a mandatory parameter are an error' {
        $text = 'try { & { param([Parameter(Mandatory)] $Needed) } } catch { $_.FullyQualifiedErrorId }'
        (Invoke-TestHost '-Command', $text -InputLines 'x').Text | Should -Be 'MissingMandatoryParameter'
    }
}

Describe 'prompt' {
    It 'runs line after line' {
        $lines = 'function Add-One($x) {', '$x + 1', '}', '', 'Add-One 2', '$y = 5', '"y is $y"', 'exit 9', '"not reached"'
        $result = Invoke-TestHost @() -InputLines $lines
        $result.ExitCode | Should -Be 9
        $result.Text | Should -BeLike 'PS *> *3*y is 5*'
        $result.Text | Should -Not -BeLike '*reached*'
    }

    It 'goes on after an error' {
        $result = Invoke-TestHost @() -InputLines 'throw "bad"', 'Get-Item /no/such', '"was $?"', 'sh -c "exit 6"', '"$? $LASTEXITCODE"', '}'
        $result.Errors | Should -BeLike '*bad*/no/such*'
        $result.Text | Should -BeLike '*was False*False 6*'
    }

    It 'comes after -NoExit' {
        $result = Invoke-TestHost '-NoExit', '-Command', '$z = 3' -InputLines '"z is $z"'
        $result.Text | Should -BeLike 'PS *z is 3*'
        $result.ExitCode | Should -Be 0
    }
}

Describe 'an interrupt' {
    It 'stops a script and lets it clean up' {
        $result = Invoke-InterruptedHost '-File', "$fixtures/Sleeping.ps1"
        $result.ExitCode | Should -Be 130
        $result.Text | Should -Be 'cleaned up'
    }

    It 'stops a script when asked to terminate' {
        $result = Invoke-InterruptedHost '-File', "$fixtures/Sleeping.ps1" -Signal TERM
        $result.ExitCode | Should -Be 143
        $result.Text | Should -Be 'cleaned up'
    }

    It 'stops a stuck test' {
        $result = Invoke-InterruptedHost '-Command', "Invoke-Pester '$fixtures/SleepingTests.ps1'; 'not reached'"
        $result.ExitCode | Should -Be 130
        $result.Text | Should -Not -BeLike '*reached*'
    }

    It 'ends a native command' {
        $result = Invoke-InterruptedHost '-Command', 'sh -c "echo started; exec sleep 100"; Start-Sleep -Seconds 5; "not reached"'
        $result.ExitCode | Should -Be 130
        $result.Text | Should -BeNullOrEmpty
    }

    It 'stops only the command at the prompt' {
        $process = Start-TestHost
        $process.StandardInput.WriteLine("'star' + 'ted'; Start-Sleep -Seconds 100; 'not reached'")
        do { $line = $process.StandardOutput.ReadLine() } until ($null -eq $line -or $line -like '*started')
        bash -c "kill -INT -- -$($process.Id)"
        $process.StandardInput.WriteLine("'still ' + 'here'")
        $process.StandardInput.WriteLine('exit 5')
        $result = Wait-TestHost $process
        $result.Text | Should -BeLike '*still here*'
        $result.Text | Should -Not -BeLike '*reached*'
        $result.ExitCode | Should -Be 5
    }
}

Describe 'Invoke-Pester' {
    BeforeAll {
        $summary = ' | ForEach-Object { "$($_.Result) $($_.TotalCount) $($_.PassedCount) $($_.FailedCount) $($_.SkippedCount) ' +
            '$($_.InconclusiveCount) $($_.NotRunCount) $($_.FailedBlocksCount) $($_.FailedContainersCount)" }'
        $detailed = Invoke-TestHost '-Command', "Invoke-Pester '$fixtures/Failing.ps1' -Output Detailed"
        function Get-Summary([string] $Arguments) {
            (Invoke-TestHost '-Command', ("Invoke-Pester $Arguments -PassThru -Output None 6>`$null" + $summary)).Lines[-1]
        }
    }

    It 'counts every kind of failure' {
        Get-Summary "'$fixtures/Failing.ps1'" | Should -Be 'Failed 24 5 16 2 1 0 2 0'
    }

    It 'counts <expected> with <filter>' -ForEach @(
        @{ filter = '-TagFilter good'; expected = 'Failed 24 2 0 0 0 22 1 0' }
        @{ filter = '-ExcludeTagFilter failing'; expected = 'Failed 24 3 2 0 0 19 0 0' }
        @{ filter = '-ExcludeTag failing -FullNameFilter other.n*'; expected = 'Passed 24 1 0 0 0 23 0 0' }
        @{ filter = '-FullNameFilter failing.BeforeEach'; expected = 'Failed 24 0 1 0 0 23 0 0' }
        @{ filter = '-Tag no-such-tag'; expected = 'Passed 24 0 0 0 0 24 0 0' }
    ) {
        Get-Summary "'$fixtures/Failing.ps1' $filter" | Should -Be $expected
    }

    It 'goes on after files that it cannot read' {
        Get-Summary "'$fixtures/BrokenDiscovery.ps1', '$fixtures/BrokenSyntax.ps1', '$fixtures/RootSetup.ps1', '$fixtures/Passing.ps1'" |
            Should -Be 'Failed 2 2 0 0 0 0 0 3'
    }

    It 'fails for a path that does not exist' {
        (Invoke-TestHost '-Command', 'Invoke-Pester /no/such').ExitCode | Should -Be 1
    }

    It 'gives every test a line of its own' {
        $detailed.Lines | Where-Object { $_ -match '^\[.\] \S.*ms' } | Should -HaveCount 25
        $detailed.Lines -like '`[+`] failing.passes*' | Should -HaveCount 1
        $detailed.Lines | Should -Contain 'a line begun'
    }

    It 'gives reasons' {
        $detailed.Text | Should -BeLike '*failing.is skipped *ms is skipped, because no reason*'
        $detailed.Text | Should -BeLike '*failing.is inconclusive *ms is inconclusive, because who knows*'
    }

    It 'shows what failed, and where' {
        $detailed.Text | Should -BeLike '*Expected 2, because it is one, but got 1.*Failing.ps1:4*'
        $detailed.Text | Should -BeLike '*RuntimeException: oops*Failing.ps1:6*'
        $detailed.Text | Should -BeLike '*Expected 3, but got 1.*at Test-It, *Failing.ps1:14*Failing.ps1:15*'
    }

    It 'shows errors that fail no test' { $detailed.Errors | Should -Be 'Write-Error: only an error' }

    It 'sums up' {
        $detailed.Lines | Should -Contain 'Tests Passed: 5, Failed: 16, Skipped: 2, Inconclusive: 1, NotRun: 0'
    }

    It 'runs what follows a failed setup' {
        $detailed.Lines | Should -Contain 'AfterAll ran'
        $detailed.Lines | Should -Contain 'AfterEach ran'
    }

    It 'expands names' {
        Set-Content TestDrive:/Names.Tests.ps1 @'
Describe 'block <a.b> of $HOME' -ForEach @{ a = @{ b = 'x' } } {
    BeforeAll { $fromSetup = 'set up' }
    It '<_> "quoted" `<literal`> <a.b> <fromSetup> < `' -ForEach 1 { 1 | Should -Be 1 }
    It 'skipped <_>' -ForEach 2 -Skip { 1 | Should -Be 1 }
}
'@
        $text = "(Invoke-Pester '$TestDrive/Names.Tests.ps1' -PassThru -Output None).Tests.ExpandedPath"
        (Invoke-TestHost '-Command', $text).Lines |
            Should -Be 'block x of $HOME.1 "quoted" <literal> x set up < `', 'block x of $HOME.skipped 2'
    }

    It 'fails what has a name that cannot be expanded' {
        Set-Content TestDrive:/Names.Tests.ps1 @'
Describe 'block' {
    BeforeAll { Set-StrictMode -Version Latest }
    It 'before' { 1 | Should -Be 1 }
    It 'test <unknown>' { 1 | Should -Be 1 }
    Context 'inner <unknown>' { It 'in it' { 1 | Should -Be 1 } }
    It 'after' { 1 | Should -Be 1 }
}
'@
        Get-Summary "'$TestDrive/Names.Tests.ps1'" | Should -Be 'Failed 4 2 2 0 0 0 1 0'
    }

    It 'goes on after a test that exits' {
        Set-Content TestDrive:/Exit.Tests.ps1 'Describe a { It b { exit 0 }; It c { 1 | Should -Be 1 } }'
        Get-Summary "'$TestDrive/Exit.Tests.ps1'" | Should -Be 'Failed 2 1 1 0 0 0 0 0'
    }

    It 'leaves no folder behind' {
        $before = @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'Pester_*' | ForEach-Object Name)
        Get-Summary "'$fixtures/Passing.ps1'" | Should -Be 'Passed 1 1 0 0 0 0 0 0'
        @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'Pester_*' | ForEach-Object Name) | Should -Be $before
    }
}
