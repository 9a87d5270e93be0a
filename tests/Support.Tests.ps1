# The functions that the tests share fail where they can't look: otherwise, a test for nothing would pass.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'A missing namespace' -Tag Native, Once {
    It 'fails <_>' -ForEach @(
        'Get-IpLink -Namespace missing'
        'Get-IpAddress missing eth0'
        'Get-IpRoute missing'
        'Get-IpFact missing'
        'Get-NicText missing'
        'Test-Ping missing 10.1.0.1 -TimeoutSeconds 1'
        'Get-PingReply missing 10.1.0.1'
    ) {
        { & ([scriptblock]::Create($_)) 2>$null } | Should -Throw
    }
}

Describe 'A missing interface' -Tag Native, Once {
    It 'fails the look at its addresses, unless the test allows it' {
        { Get-IpAddress wire missing } | Should -Throw '*missing*'
        Get-IpAddress wire missing -MayFail | Should -BeNullOrEmpty
    }
}

Describe 'A ping' -Tag Native, Once {
    BeforeAll { ip address add 10.1.0.1/24 dev eth0 }

    AfterAll { ip address delete 10.1.0.1/24 dev eth0 }

    It 'fails where there is no program for it' {
        Mock nsenter { $global:LASTEXITCODE = 127; 'nsenter: failed to execute busybox: No such file or directory' }
        { Test-Ping wire 10.1.0.1 } | Should -Throw '*failed to execute busybox*'
    }

    It 'without a reply, or without a route, is false' {
        Test-Ping '' 10.1.0.2 -TimeoutSeconds 1 | Should -BeFalse
        Test-Ping wire 10.1.0.1 -TimeoutSeconds 1 | Should -BeFalse
        Get-PingReply wire 10.1.0.1 | Should -BeNullOrEmpty
    }

    It 'with a reply is true' {
        Test-Ping '' 10.1.0.1 | Should -BeTrue
    }
}
