# The operators of Should: each has to hold where it should, and to throw where it should not. Valid under Pester as well.

BeforeAll {
    $script:fromOtherFile = 'left behind'

    # Whether the assertion fails as an assertion does, and says so.
    function Assert-Fails([scriptblock] $Assertion, [string] $Message = 'Expected*') {
        $failure = $null
        try { & $Assertion } catch { $failure = $_ }
        if (-not $failure) { throw "The assertion {$Assertion} held." }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PesterAssertionFailed*'
        $failure.Exception.Message | Should -BeLike $Message
    }
}

Describe 'Should <holds>' -ForEach @(
    @{ holds = { 1 | Should -Be 1 }; fails = { 1 | Should -Be 2 } }
    @{ holds = { 1 | Should -Be '1' }; fails = { 'a' | Should -Be 'b' } }
    @{ holds = { 'a' | Should -Be 'A' }; fails = { 'a' | Should -BeExactly 'A' } }
    @{ holds = { 'a' | Should -BeExactly 'a' }; fails = { 'a' | Should -Not -BeExactly 'a' } }
    @{ holds = { $null | Should -Be $null }; fails = { $null | Should -Be 0 } }
    @{ holds = { 1, 2, 3 | Should -Be 1, 2, 3 }; fails = { 1, 2, 3 | Should -Be 1, 2 } }
    @{ holds = { 1, 2 | Should -Not -Be 2, 1 }; fails = { 1, 2 | Should -Be 2, 1 } }
    @{ holds = { @(1, @(2, 3)) | Should -Be @(1, @(2, 3)) }; fails = { @(1, @(2, 3)) | Should -Be @(1, @(2, 4)) } }
    @{ holds = { , @(1) | Should -Be 1 }; fails = { @() | Should -Be 1 } }
    @{ holds = { Should -ActualValue 5 -Be 5 }; fails = { Should -ActualValue 5 -Be 6 } }
    @{ holds = { [DayOfWeek]::Monday | Should -Be 'Monday' }; fails = { [DayOfWeek]::Monday | Should -Be 'Tuesday' } }
    @{ holds = { $null | Should -BeNullOrEmpty }; fails = { 'a' | Should -BeNullOrEmpty } }
    @{ holds = { @() | Should -BeNullOrEmpty }; fails = { @(0) | Should -BeNullOrEmpty } }
    @{ holds = { '' | Should -BeNullOrEmpty }; fails = { ' ' | Should -BeNullOrEmpty } }
    @{ holds = { @{} | Should -BeNullOrEmpty }; fails = { @{ a = 1 } | Should -BeNullOrEmpty } }
    @{ holds = { 'a' | Should -Not -BeNullOrEmpty }; fails = { $null | Should -Not -BeNullOrEmpty } }
    @{ holds = { $true | Should -BeTrue }; fails = { $false | Should -BeTrue } }
    @{ holds = { 1 | Should -BeTrue }; fails = { 0 | Should -BeTrue } }
    @{ holds = { $null | Should -BeFalse }; fails = { 'a' | Should -BeFalse } }
    @{ holds = { $false | Should -Not -BeTrue }; fails = { $true | Should -Not -BeTrue } }
    @{ holds = { 1 | Should -BeOfType [int] }; fails = { 1 | Should -BeOfType [string] } }
    @{ holds = { 1 | Should -BeOfType ([int]) }; fails = { $null | Should -BeOfType ([int]) } }
    @{ holds = { 1 | Should -BeOfType int }; fails = { 1 | Should -Not -BeOfType int } }
    @{ holds = { Get-Item / | Should -BeOfType System.IO.FileSystemInfo }; fails = { Get-Item / | Should -BeOfType System.IO.FileInfo } }
    @{ holds = { 1, 2 | Should -BeOfType [int] }; fails = { 1, 'a' | Should -BeOfType [int] } }
    @{ holds = { 2 | Should -BeIn 1, 2 }; fails = { 3 | Should -BeIn 1, 2 } }
    @{ holds = { 3 | Should -Not -BeIn 1, 2 }; fails = { 2 | Should -Not -BeIn 1, 2 } }
    @{ holds = { 'abc' | Should -BeLike 'A*' }; fails = { 'abc' | Should -BeLike 'b*' } }
    @{ holds = { 'abc' | Should -BeLikeExactly 'a*' }; fails = { 'abc' | Should -BeLikeExactly 'A*' } }
    @{ holds = { 2 | Should -BeGreaterThan 1 }; fails = { 1 | Should -BeGreaterThan 1 } }
    @{ holds = { 1 | Should -BeLessThan 2 }; fails = { 2 | Should -BeLessThan 2 } }
    @{ holds = { 2 | Should -BeGreaterOrEqual 2 }; fails = { 1 | Should -BeGreaterOrEqual 2 } }
    @{ holds = { 2 | Should -BeLessOrEqual 2 }; fails = { 3 | Should -BeLessOrEqual 2 } }
    @{ holds = { 1 | Should -Not -BeGreaterThan 1 }; fails = { 2 | Should -Not -BeGreaterThan 1 } }
    @{ holds = { 1, 2 | Should -Contain 2 }; fails = { 1, 2 | Should -Contain 3 } }
    @{ holds = { 'a', 'b' | Should -Contain 'A' }; fails = { 'a', 'b' | Should -Not -Contain 'A' } }
    @{ holds = { 1, 2 | Should -HaveCount 2 }; fails = { 1, 2 | Should -HaveCount 3 } }
    @{ holds = { @() | Should -HaveCount 0 }; fails = { @() | Should -HaveCount 1 } }
    @{ holds = { $null, $null | Should -HaveCount 2 }; fails = { 1 | Should -Not -HaveCount 1 } }
    @{ holds = { 'abc' | Should -Match '^A.c$' }; fails = { 'abc' | Should -Match '^b' } }
    @{ holds = { 'abc' | Should -MatchExactly 'b' }; fails = { 'abc' | Should -MatchExactly 'B' } }
    @{ holds = { 'abc' | Should -Not -Match 'x' }; fails = { 'abc' | Should -Not -Match 'B' } }
    @{ holds = { '/' | Should -Exist }; fails = { '/no/such' | Should -Exist } }
    @{ holds = { '/no/such' | Should -Not -Exist }; fails = { '/' | Should -Not -Exist } }
    @{ holds = { { throw 'x' } | Should -Throw }; fails = { { 1 } | Should -Throw } }
    @{ holds = { { 1 } | Should -Not -Throw }; fails = { { throw 'x' } | Should -Not -Throw } }
    @{ holds = { { throw 'xyz' } | Should -Throw 'x*' }; fails = { { throw 'xyz' } | Should -Throw 'y*' } }
    @{ holds = { { throw 'xyz' } | Should -Throw -ExpectedMessage 'xyz' }; fails = { { throw 'xyz' } | Should -Throw -ExpectedMessage 'xy' } }
    @{ holds = { { throw 'xyz' } | Should -Throw -ErrorId 'xyz' }; fails = { { throw 'xyz' } | Should -Throw -ErrorId 'a' } }
    @{ holds = { { 1 / 0 } | Should -Throw }; fails = { { Get-Item /no/such 2>$null } | Should -Throw } }
    @{ holds = { { throw [TimeoutException] 'x' } | Should -Throw -ExceptionType ([TimeoutException]) }
        fails = { { throw [TimeoutException] 'x' } | Should -Throw -ExceptionType ([IO.IOException]) } }
    @{ holds = { { Get-Item /no/such -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand' }
        fails = { { Get-Item /no/such -ErrorAction Stop } | Should -Throw -ErrorId 'Other,*' } }
    @{ holds = { Get-Command Import-Module | Should -HaveParameter Name }; fails = { Get-Command Import-Module | Should -HaveParameter Nope } }
    @{ holds = { Get-Command Import-Module | Should -HaveParameter Name -Type ([string[]]) -Mandatory }
        fails = { Get-Command Import-Module | Should -HaveParameter Name -Type ([int]) } }
    @{ holds = { Get-Command Import-Module | Should -Not -HaveParameter Nope }; fails = { Get-Command Import-Module | Should -Not -HaveParameter Name } }
    @{ holds = { Get-Command Import-Module | Should -HaveParameter MinimumVersion -Alias Version }
        fails = { Get-Command Import-Module | Should -HaveParameter Force -Mandatory } }
) {
    It 'holds' { & $holds }

    It 'fails where it should: <fails>' { Assert-Fails $fails }
}

Describe 'messages' {
    It 'name both values' { Assert-Fails { 'a' | Should -Be 'b' } "Expected*'b'*'a'*" }

    It 'give the reason' { Assert-Fails { 1 | Should -Be 2 -Because 'of it' } '*because of it,*' }

    It 'name what was thrown' { Assert-Fails { { throw 'xyz' } | Should -Throw 'a' } "*'a'*'xyz'*" }

    It 'shorten long collections' { Assert-Fails { 1..20 | Should -HaveCount 3 } '*...10 more*' }
}

Describe 'Should -Throw' {
    It 'hands the error over' {
        $thrown = { throw [IO.IOException] 'gone' } | Should -Throw -PassThru
        $thrown.Exception | Should -BeOfType ([IO.IOException])
        $thrown.Exception.Message | Should -Be 'gone'
    }

    It 'runs the block in a scope of its own' {
        { $inside = 1; throw 'x' } | Should -Throw
        $inside | Should -BeNullOrEmpty
    }

    It 'needs a script block' {
        { 'text' | Should -Throw } | Should -Throw '*script*block*'
    }
}

Describe 'the file before or after this one' {
    It 'has left no script variable' { $script:shared | Should -BeNullOrEmpty }
}
