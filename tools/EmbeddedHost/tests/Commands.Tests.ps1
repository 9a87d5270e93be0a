# The commands that the host brings along behave as PowerShell's own. Valid under Pester in pwsh as well.

Describe 'commands for objects' {
    It '<code>' -ForEach @(
        @{ code = { 1..5 | Select-Object -First 2 }; result = 1, 2 }
        @{ code = { 1..5 | Select-Object -Last 2 }; result = 4, 5 }
        @{ code = { 1..5 | Select-Object -Skip 2 -First 2 }; result = 3, 4 }
        @{ code = { 1..5 | Select-Object -Skip 1 -Last 2 }; result = 3, 4 }
        @{ code = { 1..5 | Select-Object -Skip 3 }; result = 4, 5 }
        @{ code = { 'b', 'a', 'B', 'b' | Select-Object -Unique }; result = 'b', 'a', 'B' }
        @{ code = { 'abc' | Select-Object -ExpandProperty Length }; result = 3 }
        @{ code = { [pscustomobject]@{ A = 1, 2 } | Select-Object -ExpandProperty A }; result = 1, 2 }
        @{ code = { (1 | Select-Object @{ n = 'Twice'; e = { 2 * $_ } }).Twice }; result = 2 }
        @{ code = { ([pscustomobject]@{ Ab = 1; Ac = 2; B = 3 } | Select-Object A* -ExcludeProperty Ac).PSObject.Properties.Name }; result = 'Ab' }
        @{ code = { $null -eq (1 | Select-Object None).None }; result = $true }
        @{ code = { 3, 1, 2 | Sort-Object }; result = 1, 2, 3 }
        @{ code = { 3, 1, 2 | Sort-Object -Descending }; result = 3, 2, 1 }
        @{ code = { 3, 1, 3 | Sort-Object -Unique }; result = 1, 3 }
        @{ code = { 'b', 'A', 'a' | Sort-Object -Top 1 }; result = 'A' }
        @{ code = { 'ccc', 'a', 'bb' | Sort-Object Length }; result = 'a', 'bb', 'ccc' }
        @{ code = { 11, 2, 31 | Sort-Object { $_ % 10 }, { -$_ } }; result = 31, 11, 2 }
        @{ code = { 1, 2, 3 | Sort-Object @{ Expression = { $_ % 2 }; Descending = $true }, { $_ } }; result = 1, 3, 2 }
        @{ code = { 'a1', 'b2', 'a3' | Group-Object { $_[0] } | ForEach-Object { "$($_.Name)$($_.Count)$($_.Group)" } }; result = 'a2a1 a3', 'b1b2' }
        @{ code = { ('a1', 'b2', 'a3' | Group-Object { "$($_[0])" } -AsHashTable -AsString)['a'] }; result = 'a1', 'a3' }
        @{ code = { ('x', 'X', 'y' | Group-Object -NoElement).Name }; result = 'x', 'y' }
        @{ code = { (1..4 | Measure-Object).Count }; result = 4 }
        @{ code = { $m = 1..4 | Measure-Object -Sum -Average -Maximum -Minimum; $m.Sum, $m.Average, $m.Maximum, $m.Minimum }; result = 10, 2.5, 4, 1 }
        @{ code = { ('a', 'bbb' | Measure-Object Length -Sum).Sum }; result = 4 }
        @{ code = { Compare-Object 1, 2, 3 2, 3, 4 | ForEach-Object { "$($_.InputObject)$($_.SideIndicator)" } }; result = '4=>', '1<=' }
        @{ code = { (Compare-Object 1, 2 2 -IncludeEqual -ExcludeDifferent).SideIndicator }; result = '==' }
        @{ code = { Compare-Object 1, 2 1, 2 }; result = $null }
        @{ code = { 1..3 | Tee-Object -Variable kept | ForEach-Object { 2 * $_ }; $kept }; result = 2, 4, 6, 1, 2, 3 }
        @{ code = { (New-Object Version 1, 2).ToString() }; result = '1.2' }
        @{ code = { (New-Object psobject -Property @{ a = 5 }).a }; result = 5 }
        @{ code = { ('x' | Get-Member -Name Length).MemberType }; result = 'Property' }
        @{ code = { Get-Random -Minimum 5 -Maximum 6 }; result = 5 }
        @{ code = { 1..9 | Get-Random -Count 9 | Sort-Object }; result = 1..9 }
        @{ code = { Get-Date '2020-01-02' -Format yyyy.MM.dd }; result = '2020.01.02' }
        @{ code = { (New-Guid).GetType() }; result = [guid] }
        @{ code = { Invoke-Expression '1 + 1; $made = 3'; $made }; result = 2, 3 }
        @{ code = { (Measure-Command { Start-Sleep -Milliseconds 30; $made = 3 }).TotalMilliseconds -ge 30; $made }; result = $true, 3 }
        @{ code = { $v = 4; Get-Variable v -ValueOnly; Set-Variable v 5; $v }; result = 4, 5 }
        @{ code = { Write-Output 1 2 3 }; result = 1, 2, 3 }
        @{ code = { (Write-Output 1, 2 -NoEnumerate | Measure-Object).Count }; result = 1 }
        @{ code = { Write-Host a b -Separator - 6>&1 | ForEach-Object { "$_" } }; result = 'a-b' }
        @{ code = { (Write-Warning w 3>&1).Message; (Write-Verbose v -Verbose 4>&1).Message }; result = 'w', 'v' }
        @{ code = { (Write-Information i 6>&1).MessageData }; result = 'i' }
        @{ code = { (Get-Process -Id $PID).Id -eq $PID }; result = $true }
    ) {
        & $code | Should -Be $result
    }

    It 'ends the pipeline after the first objects' {
        $seen = [System.Collections.Generic.List[int]]::new()
        1..1000 | ForEach-Object { $seen.Add($_); $_ } | Select-Object -First 2 | Should -Be 1, 2
        $seen | Should -HaveCount 2
    }

    It 'write errors with their parts' {
        Write-Error -Message 'm' -ErrorId 'Mine' -Category InvalidData -TargetObject 7 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.Exception.Message | Should -Be 'm'
        $problem.FullyQualifiedErrorId | Should -BeLike 'Mine*'
        $problem.CategoryInfo.Category | Should -Be 'InvalidData'
        $problem.TargetObject | Should -Be 7
    }

    It 'write an error in the name of their caller' {
        function Test-Caller { [CmdletBinding()] param() Write-Error 'x' }
        Test-Caller -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.InvocationInfo.MyCommand.Name | Should -Be 'Test-Caller'
    }
}

Describe 'JSON' {
    It 'is written for <code>' -ForEach @(
        @{ code = { [ordered]@{ a = 1; b = 'x'; c = $null; d = $true; e = 1.0, 2.5 } }; text = '{"a":1,"b":"x","c":null,"d":true,"e":[1.0,2.5]}' }
        @{ code = { [pscustomobject]@{ A = [DayOfWeek]::Friday; B = [uri]'http://h/' } }; text = '{"A":5,"B":"http://h/"}' }
        @{ code = { 'a"b<ü' }; text = '"a\"b<ü"' }
        @{ code = { , @() }; text = '[]' }
        @{ code = { @{} }; text = '{}' }
        @{ code = { [version]'1.2' }; text = '{"Major":1,"Minor":2,"Build":-1,"Revision":-1,"MajorRevision":-1,"MinorRevision":-1}' }
    ) {
        & $code | ConvertTo-Json -Compress | Should -BeExactly $text
    }

    It 'is indented' { @{ a = 1, 2 } | ConvertTo-Json | Should -Be "{`n  `"a`": [`n    1,`n    2`n  ]`n}" }

    It 'ends at the depth, with a warning' {
        $deep = @{ a = @{ b = @{ c = 1 } } }
        $deep | ConvertTo-Json -Compress -Depth 3 | Should -Be '{"a":{"b":{"c":1}}}'
        $deep | ConvertTo-Json -Compress -Depth 1 -WarningVariable warned 3>$null | Should -Be '{"a":{"b":"System.Collections.Hashtable"}}'
        $warned | Should -BeLike '*truncated*'
    }

    It 'is read' {
        $read = '{ "a": 1, "b": [1, { "c": null }], "t": "2020-01-02T03:04:05Z", "f": 1.5 }' | ConvertFrom-Json
        $read.a | Should -BeOfType [long]
        $read.b[1].PSObject.Properties.Name | Should -Be 'c'
        $read.t | Should -Be ([datetime]::new(2020, 1, 2, 3, 4, 5, [DateTimeKind]::Utc))
        $read.f | Should -Be 1.5
    }

    It 'is read into tables' { ('{"a":{"B":1}}' | ConvertFrom-Json -AsHashtable)['a']['B'] | Should -Be 1 }

    It 'is taken apart at the top' {
        '[1,[2,3]]' | ConvertFrom-Json | Should -HaveCount 2
        , ('[1,2]' | ConvertFrom-Json -NoEnumerate) | Should -HaveCount 1
    }

    It 'may be wrong' { { '{wrong' | ConvertFrom-Json } | Should -Throw 'Conversion from JSON failed*' }
}

Describe 'commands for items' {
    BeforeAll {
        $null = New-Item -ItemType Directory "$TestDrive/d/inner" -Force
        Set-Content "$TestDrive/d/a.txt" 'one', 'two', 'three'
        Set-Content "$TestDrive/d/inner/b.log" 'log'
    }

    It '<code>' -ForEach @(
        @{ code = { Join-Path a b c }; result = 'a/b/c' }
        @{ code = { '/x', '/y' | Join-Path -ChildPath z }; result = '/x/z', '/y/z' }
        @{ code = { Split-Path /a/b/c.txt; Split-Path /a/b/c.txt -Leaf }; result = '/a/b', 'c.txt' }
        @{ code = { Split-Path /a/c.txt -LeafBase; Split-Path /a/c.txt -Extension; Split-Path a -IsAbsolute }; result = 'c', '.txt', $false }
        @{ code = { Test-Path TestDrive:/d; Test-Path TestDrive:/d -PathType Leaf; Test-Path TestDrive:/no; Test-Path '' }; result = $true, $false, $false, $false }
        @{ code = { Test-Path TestDrive:/d/*.txt; Test-Path no-drive:/x; Test-Path env:PATH; Test-Path variable:none }; result = $true, $false, $true, $false }
        @{ code = { Test-Path -LiteralPath 'TestDrive:/d/*.txt' }; result = $false }
        @{ code = { Get-Content TestDrive:/d/a.txt }; result = 'one', 'two', 'three' }
        @{ code = { Get-Content TestDrive:/d/a.txt -Raw }; result = "one`ntwo`nthree`n" }
        @{ code = { Get-Content TestDrive:/d/a.txt -TotalCount 1; Get-Content TestDrive:/d/a.txt -Tail 1 }; result = 'one', 'three' }
        @{ code = { (Get-ChildItem TestDrive:/d).Name | Sort-Object }; result = 'a.txt', 'inner' }
        @{ code = { Get-ChildItem TestDrive:/d -Recurse -File -Name | Sort-Object }; result = 'a.txt', 'inner/b.log' }
        @{ code = { (Get-ChildItem TestDrive:/d -Directory).Name; (Get-ChildItem TestDrive:/d -Filter *.txt).Name }; result = 'inner', 'a.txt' }
        @{ code = { (Get-ChildItem TestDrive:/d -Recurse -Include *.log).Name }; result = 'b.log' }
        @{ code = { (Get-Item TestDrive:/d/a.txt).Length }; result = 14 }
        @{ code = { (Resolve-Path TestDrive:/d/*.txt).Path; Convert-Path "$TestDrive/d/../d" }; result = { 'TestDrive:/d/a.txt', "$TestDrive/d" } }
        @{ code = { (Get-FileHash TestDrive:/d/inner/b.log).Hash }; result = '9B75290F6A6359A2A3471022CBBA4B724E45105B313AE8F6C103A2F79E82A857' }
        @{ code = { (Import-PowerShellDataFile TestDrive:/data.psd1).List[1] }; result = 2 }
        @{ code = { Set-Location "$TestDrive/d"; (Get-Location).Path; Push-Location inner; $PWD.Path; Pop-Location; $PWD.Path }; result = { "$TestDrive/d", "$TestDrive/d/inner", "$TestDrive/d" } }
    ) {
        Set-Content TestDrive:/data.psd1 '@{ List = 1, 2 }'
        $wanted = if ($result -is [scriptblock]) { & $result } else { $result }
        Push-Location
        try { & $code | Should -Be $wanted } finally { Pop-Location }
    }

    It 'write files' {
        Set-Content TestDrive:/w.txt 'a'
        Add-Content TestDrive:/w.txt 'b', 'c'
        'd' | Add-Content TestDrive:/w.txt -NoNewline
        Get-Content TestDrive:/w.txt -Raw | Should -Be "a`nb`nc`nd"
    }

    It 'write files by redirection' {
        'a', 'b' > "$TestDrive/r.txt"
        'c' >> "$TestDrive/r.txt"
        Get-Content TestDrive:/r.txt | Should -Be 'a', 'b', 'c'
        Write-Warning 'w' 3> "$TestDrive/r.txt"
        Get-Content TestDrive:/r.txt | Should -Be 'w'
        Get-Item /no/such 2> "$TestDrive/r.txt"
        Get-Content TestDrive:/r.txt -Raw | Should -Match '/no/such'
    }

    It 'copy, move and remove' {
        Copy-Item TestDrive:/d TestDrive:/e -Recurse
        Get-Content TestDrive:/e/inner/b.log | Should -Be 'log'
        Move-Item TestDrive:/e/a.txt TestDrive:/moved.txt
        'TestDrive:/e/a.txt' | Should -Not -Exist
        Get-Item TestDrive:/moved.txt | Remove-Item
        'TestDrive:/moved.txt' | Should -Not -Exist
        Remove-Item TestDrive:/e -Recurse
        'TestDrive:/e' | Should -Not -Exist
        'TestDrive:/d/inner/b.log' | Should -Exist
    }

    It 'remove nothing with -WhatIf' {
        Remove-Item TestDrive:/d -Recurse -WhatIf 6>$null
        'TestDrive:/d' | Should -Exist
    }

    It 'make files and links' {
        (New-Item TestDrive:/n/m/new.txt -Value 'v' -Force).Name | Should -Be 'new.txt'
        Get-Content TestDrive:/n/m/new.txt | Should -Be 'v'
        { New-Item TestDrive:/n/m/new.txt -ErrorAction Stop } | Should -Throw
        $null = New-Item -ItemType SymbolicLink "$TestDrive/link" -Value "$TestDrive/n"
        'TestDrive:/link/m/new.txt' | Should -Exist
    }

    It 'keep objects' {
        [pscustomobject]@{ a = 1, 2 } | Export-Clixml TestDrive:/x.xml
        (Import-Clixml TestDrive:/x.xml).a | Should -Be 1, 2
    }

    It 'Import-Csv gives rows, of which a cell may be empty or in quotes' {
        Set-Content TestDrive:/x.csv 'Name,Note', 'a,', 'b,"one, two"'
        $rows = Import-Csv TestDrive:/x.csv
        $rows.Name | Should -Be a, b
        $rows.Note | Should -Be '', 'one, two'
    }

    It 'report <id> of <code> and go on' -ForEach @(
        @{ code = { Get-Item /no/such }; id = 'PathNotFound,*GetItemCommand' }
        @{ code = { Get-ChildItem /no/such }; id = 'PathNotFound,*GetChildItemCommand' }
        @{ code = { Get-Content /no/such }; id = 'PathNotFound,*GetContentCommand' }
        @{ code = { Remove-Item /no/such }; id = 'PathNotFound,*RemoveItemCommand' }
        @{ code = { Copy-Item /no/such /tmp/x }; id = 'PathNotFound,*CopyItemCommand' }
        @{ code = { Resolve-Path /no/such }; id = 'PathNotFound,*ResolvePathCommand' }
        @{ code = { Set-Location /no/such }; id = 'PathNotFound,*' }
        @{ code = { Get-Variable no-such }; id = 'VariableNotFound,*' }
        @{ code = { Get-Process -Id 99999999 }; id = 'NoProcessFoundForGivenId,*' }
        @{ code = { 1 | Select-Object -ExpandProperty None }; id = 'ExpandPropertyNotFound,*' }
    ) {
        $problem = & { & $code; 'went on' } 2>&1
        $problem[0].FullyQualifiedErrorId | Should -BeLike $id
        $problem[-1] | Should -Be 'went on'
    }
}

Describe 'text' {
    It 'is laid out as a table' {
        $text = [pscustomobject]@{ A = 1; Bc = 'x' }, [pscustomobject]@{ A = 2; Bc = 'y' } | Format-Table -AutoSize | Out-String
        ($text -replace '\e\[[\d;]*m').Trim() | Should -Be "A Bc`n- --`n1 x`n2 y"
    }

    It 'is laid out as a list' {
        $text = [pscustomobject]@{ A = 1; Bc = 'x' } | Format-List Bc | Out-String
        ($text -replace '\e\[[\d;]*m').Trim() | Should -Be 'Bc : x'
    }

    It 'is grouped and without headers where asked' {
        $text = 1, 2, 3 | Format-Table @{ n = 'N'; e = { $_ } } -GroupBy { $_ % 2 } -HideTableHeaders | Out-String
        $text | Should -Match '(?s)1.*2.*3'
        $text | Should -Not -Match '-'
    }

    It 'comes in lines' { 'a', 'b' | Out-String -Stream | Should -Be 'a', 'b' }

    It 'has the width asked for' {
        $lines = [pscustomobject]@{ A = 'x' * 100 } | Format-Table | Out-String -Width 30 -Stream
        ($lines | ForEach-Object { ($_ -replace '\e\[[\d;]*m').Length } | Measure-Object -Maximum).Maximum | Should -Be 30
    }
}
