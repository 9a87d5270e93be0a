# Which variables a block of a test file sees. Valid under Pester as well.

$atFileLevel = 'discovery'
$script:inScriptScope = 'discovery'

BeforeDiscovery {
    $modes = 'L2', 'L3'
}

BeforeAll {
    $fromFile = 'file'
    $script:counter = 0
    function Get-Doubled($number) { 2 * $number }
}

Describe 'scopes' {
    BeforeAll {
        $fromBlock = 'block'
        $changed = 1
    }

    BeforeEach {
        $fromEach = 'each'
        $script:counter++
    }

    It 'sees variables and functions of the setups around it' {
        $fromFile | Should -Be 'file'
        $fromBlock | Should -Be 'block'
        $fromEach | Should -Be 'each'
        Get-Doubled 4 | Should -Be 8
    }

    It 'does not see variables of discovery' {
        $atFileLevel | Should -BeNullOrEmpty
        $script:inScriptScope | Should -BeNullOrEmpty
        $modes | Should -BeNullOrEmpty
    }

    It 'keeps its assignments to itself, first half' {
        $leak = 5
        $changed = 2
        $changed | Should -Be 2
        $leak | Should -Be 5
    }

    It 'keeps its assignments to itself, second half' {
        $leak | Should -BeNullOrEmpty
        $changed | Should -Be 1
    }

    It 'shares script variables' {
        $script:counter | Should -Be 5
        $script:shared = 'yes'
    }

    It 'shares script variables between tests' {
        $script:shared | Should -Be 'yes'
    }

    It 'knows its own file' {
        $PSCommandPath | Should -BeLike '*Scopes.Tests.ps1'
        Join-Path $PSScriptRoot 'Scopes.Tests.ps1' | Should -Exist
    }

    It 'has no variables of the machinery' {
        $action | Should -BeNullOrEmpty
    }

    It 'may use a name that the machinery uses too' {
        $Name = 'n'
        $Body = 'b'
        "$Name$Body" | Should -Be 'nb'
    }

    Context 'inner block' {
        BeforeAll { $fromBlock = 'inner' }

        It 'overrides' { $fromBlock | Should -Be 'inner' }

        It 'sees the outer ones' { $fromFile | Should -Be 'file' }
    }

    It 'is not changed by an inner block' { $fromBlock | Should -Be 'block' }

    It 'keeps typed variables' {
        [int] $number = '3'
        $number | Should -BeOfType [int]
    }
}

Describe 'data' {
    Context 'mode <_>' -ForEach 'L2', 'L3' {
        It 'knows the data of its block' {
            $_ | Should -BeIn 'L2', 'L3'
        }

        It 'knows its own data <n>' -ForEach @{ n = 1 }, @{ n = 2 } {
            $n | Should -BeIn 1, 2
            $_.n | Should -Be $n
        }
    }

    It 'takes <a> and <b> as parameters' -TestCases @{ a = 1; b = 2 }, @{ a = 3; b = 6 } {
        param($a, $b)
        $b | Should -Be (2 * $a)
    }

    It 'takes parameters in another order' -ForEach @{ first = 1; second = 2 } {
        param($second, $first)
        $first | Should -Be 1
        $second | Should -Be 2
    }

    It 'reads a property <x.y>' -ForEach @{ x = @{ y = 7 } } { $x.y | Should -Be 7 }

    foreach ($number in 1..2) {
        It "loop $number" { $number | Should -BeNullOrEmpty }
        It "loop $number with data" -ForEach @{ number = $number } { $number | Should -BeIn 1, 2 }
    }
}

Describe 'control flow' {
    It 'ends at return' {
        return
        throw 'not reached'
    }

    It 'ends at break' {
        break
        throw 'not reached'
    }

    It 'ends at continue' {
        continue
        throw 'not reached'
    }

    It 'goes on after them' { 1 | Should -Be 1 }

    It 'goes on after an error that does not terminate' {
        Get-Item /no/such/item -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem | Should -HaveCount 1
    }

    It 'runs finally' {
        try { $value = 1 } finally { $value = 2 }
        $value | Should -Be 2
    }
}

Describe 'order' {
    BeforeAll { $script:order = [System.Collections.Generic.List[string]]::new(); $order.Add('all') }
    BeforeEach { $order.Add('each') }
    AfterEach { $order.Add('after') }

    It 'first' { $order -join ' ' | Should -Be 'all each' }

    Context 'inner' {
        BeforeAll { $order.Add('inner') }
        BeforeEach { $order.Add('innerEach') }
        AfterEach { $order.Add('innerAfter') }
        AfterAll { $order.Add('innerAll') }

        It 'second' { $order -join ' ' | Should -Be 'all each after inner each innerEach' }
    }

    It 'third' { $order -join ' ' | Should -Be 'all each after inner each innerEach innerAfter after innerAll each' }
}

Describe 'TestDrive' {
    BeforeAll { Set-Content TestDrive:/all.txt 'all' }

    It 'is a folder' {
        $TestDrive | Should -Exist
        (Get-Item $TestDrive).PSIsContainer | Should -BeTrue
    }

    It 'keeps a file of the block' {
        Get-Content TestDrive:/all.txt | Should -Be 'all'
        Join-Path $TestDrive 'all.txt' | Should -Exist
    }

    Context 'inner' {
        BeforeAll { Set-Content "$TestDrive/inner.txt" 'inner' }

        It 'has both' {
            'TestDrive:/inner.txt', 'TestDrive:/all.txt' | Should -Exist
        }
    }

    It 'drops what an inner block left' {
        'TestDrive:/inner.txt' | Should -Not -Exist
        'TestDrive:/all.txt' | Should -Exist
    }
}

Describe 'TestDrive of the next block' {
    It 'is empty' { Get-ChildItem TestDrive:/ | Should -BeNullOrEmpty }
}

Describe 'skipping' {
    It 'a test' -Skip { throw 'not reached' }

    It 'not with false' -Skip:$false { $true | Should -BeTrue }

    It 'from inside' {
        Set-ItResult -Skipped -Because 'there is a reason'
        throw 'not reached'
    }

    Context 'a block' -Skip {
        BeforeAll { throw 'not reached' }

        It 'with a test' { throw 'not reached' }
    }
}

Describe 'the file before or after this one' {
    It 'has left no script variable' { $script:fromOtherFile | Should -BeNullOrEmpty }
}
