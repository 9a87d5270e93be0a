# The bench is run by hand; that it still can be is looked at here.
Describe 'Bench' -Tag Native, Once {
    BeforeAll { $bench = Join-Path (Split-Path $PSScriptRoot -Parent) 'bench' }

    It 'is made of scripts that parse' {
        $scripts = Get-ChildItem $bench -Filter *.ps1
        $problems = foreach ($script in $scripts) {
            $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $errors)
            $errors
        }
        $scripts.Name | Should -Contain 'Measure.ps1'
        $problems | Should -BeNullOrEmpty
        sh -n $bench/peers/processes.sh
        $LASTEXITCODE | Should -Be 0
    }

    It 'has a floor that compiles' {
        if (-not (Get-Command gcc -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no gcc'; return }
        gcc -fsyntax-only -Wall -Wextra -Werror $bench/floor.c
        $LASTEXITCODE | Should -Be 0
    }
}
