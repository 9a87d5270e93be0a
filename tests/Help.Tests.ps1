# What Get-Help shows of the built module. That pages, cmdlets and built help agree is told by the unit tests.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $pages = Join-Path (Split-Path $PSScriptRoot) 'docs/en-US'
}

AfterAll { Clear-TestHost }

Describe 'Get-Help' -Tag Native, Once {
    # The culture decides where PowerShell looks, and it remembers what it found: so in a process of its own.
    It 'finds every page and topic under the culture <_>' -ForEach 'de-DE', 'en-US' {
        $cmdlets = foreach ($page in Get-ChildItem $pages -Filter *-*.md) {
            $text = Get-Content $page -Raw
            "$($page.BaseName) $([regex]::Matches($text, '(?m)^### Example ').Count) $([regex]::Match($text, '## SYNOPSIS\n\n(.*)\n').Groups[1].Value)"
        }
        $topics = (Get-ChildItem $pages -Filter about_*.md).BaseName
        Invoke-Shell @"
            [cultureinfo]::CurrentUICulture = '$_'
            (Get-Module MacIpvlan).ExportedCmdlets.Keys | Sort-Object | ForEach-Object { Get-Help `$_ } |
                ForEach-Object { "`$(`$_.Name) `$(@(`$_.Examples.Example).Count) `$(`$_.Synopsis)" }
            '$($topics -join "', '")' | ForEach-Object { (("`$(Get-Help `$_)" -split '\n')[1]).Trim() }
"@ | Should -Be (@($cmdlets | Sort-Object) + $topics)
    }

    It 'opens the page of every cmdlet in the project with -Online' {
        # On Linux, PowerShell opens an address with xdg-open.
        $folder = (New-Item (Join-Path $TestDrive programs) -ItemType Directory).FullName
        Set-Content $folder/xdg-open '#!/bin/sh', 'echo "$1" >>"$OPENED"'
        chmod +x $folder/xdg-open
        $opened = Join-Path $TestDrive opened
        $base = "$((Get-Module MacIpvlan).ProjectUri)/blob/main/"
        $paths = (Get-ChildItem $pages -Filter *-*.md).BaseName | Sort-Object | ForEach-Object { "docs/en-US/$_.md" }
        $links = Invoke-Shell @"
            `$env:PATH = '$folder' + ':' + `$env:PATH
            `$env:OPENED = '$opened'
            (Get-Module MacIpvlan).ExportedCmdlets.Keys | Sort-Object | ForEach-Object { @((Get-Help `$_).relatedLinks.navigationLink)[0].uri }
            Get-Help Connect-ContainerNic -Online
"@
        $links | Should -Be ($paths -replace '^', $base)
        $links.Substring($base.Length) | ForEach-Object { Join-Path (Split-Path $PSScriptRoot) $_ | Should -Exist }
        for ($i = 0; $i -lt 500 -and -not (Test-Path $opened); $i++) { Start-Sleep -Milliseconds 10 }
        Get-Content $opened | Should -Be "${base}docs/en-US/Connect-ContainerNic.md"
    }
}
