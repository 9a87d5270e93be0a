# Line editing at the prompt of a pwsh without PSReadLine: tools/pwsh/ReadLine.ps1, at a terminal that script(1) makes.

Describe 'A prompt without PSReadLine' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost
        $problem = if (-not (Get-Command script -CommandType Application -ErrorAction Ignore)) { 'there is no script' }
        $readLine = "$(Split-Path $PSScriptRoot)/tools/pwsh/ReadLine.ps1"

        function Invoke-Prompt([string[]]$Keys) {
            # Types keys, each time that a prompt is there, and returns what the terminal shows, without its control sequences.
            $text = "Import-Module '$((Get-Module MacIpvlan).Path)'; Remove-Module PSReadLine -ErrorAction Ignore; . '$readLine'; function prompt { 'ready> ' }"
            $start = [Diagnostics.ProcessStartInfo]::new('script')
            '-qec', "stty cols 40; exec $((Get-Shell)[0]) -NoProfile -NoLogo -NoExit -Command '$($text -replace "'", "'\''")'", '/dev/null' |
                ForEach-Object { $start.ArgumentList.Add($_) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
            $start.Environment['TERM'] = 'xterm'
            $process = [Diagnostics.Process]::Start($start)
            $shown = [Text.StringBuilder]::new()
            foreach ($line in $Keys + "exit`r") {
                # The first thing at a prompt is to clear the rest of the line.
                $prompt = [Text.StringBuilder]::new()
                while ("$prompt" -notmatch 'ready> .*\e\[J$') {
                    $character = $process.StandardOutput.Read()
                    if ($character -lt 0) { throw "The shell has ended: $shown$prompt" }
                    $null = $prompt.Append([char]$character)
                    # A terminal that is asked where its cursor is answers.
                    if ("$prompt".EndsWith("`e[6n")) {
                        $process.StandardInput.Write("`e[1;8R")
                        $process.StandardInput.Flush()
                    }
                }
                $null = $shown.Append($prompt)
                $process.StandardInput.Write($line)
                $process.StandardInput.Flush()
            }
            $null = $shown.Append($process.StandardOutput.ReadToEnd())
            "$shown" -replace '\e\[[\d;?]*[A-Za-z]' -replace '\e[=>]'
        }
    }

    AfterAll { Clear-TestHost }
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'completes with Tab, edits, and knows what was typed before' {
        $text = Invoke-Prompt "'a' + 'b'`r", "Get-MacvlanN`t | Measure-Object | ForEach-Object Count`r", "`e[A`e[A`e[H(`e[F) * 2`r"
        $text | Should -Match '(?m)^ab\r?$'
        $text | Should -Match 'Get-MacvlanNetwork'
        $text | Should -Match '(?m)^0\r?$'
        $text | Should -Match '(?m)^abab\r?$'
    }
}
