# Get-ContainerNetwork: networks of both kinds, and how they go on through the pipeline.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1
    $null = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Mode L3
    $null = New-MacvlanNetwork Back eth0 -Subnet 192.168.51.0/24, fd18:1234:5678:51::/64 -IPRange 192.168.51.128/25 -WarningAction Ignore
    $null = New-MacvlanNetwork edge eth0 -Subnet 192.168.52.0/24 -WarningAction Ignore
    $null = Connect-ContainerNic back, edge web1
}

AfterAll { Clear-TestHost }

Describe 'Get-ContainerNetwork' -Tag Native, Once {
    It 'lists networks of both kinds by name, whatever its case, each as its own type' {
        Get-ContainerNetwork | ForEach-Object { "$($_.GetType().Name) $_ $($_.Kind) $($_.ModeText) $($_.Parent) $($_.NicCount)" } | Should -Be @(
            'MacvlanNetwork Back macvlan Bridge eth0 1', 'MacvlanNetwork edge macvlan Bridge eth0 1'
            'IpvlanNetwork front ipvlan L3 eth0 0')
    }

    It 'reports each subnet as it was made' {
        $first, $second = (Get-ContainerNetwork back).Subnets
        "$first $($first.Gateway) $($first.IPRange) $($first.ExcludedAddress)" |
            Should -Be '192.168.51.0/24 192.168.51.1 192.168.51.128-192.168.51.255 '
        "$second $($second.Gateway) $($second.IPRange)" | Should -Be 'fd18:1234:5678:51::/64  '
        $second.Subnet, $first.Gateway | Should -BeOfType MacIpvlan.AddressText
    }

    It 'finds <Found> by <Case>' -ForEach @(
        @{ Case = 'name'; With = @{ Name = 'BACK' }; Found = 'Back' }
        @{ Case = 'names and patterns, each once'; With = @{ Name = 'front', '*e', 'f*' }; Found = 'front edge' }
        @{ Case = 'parent'; With = @{ Parent = 'eth0' }; Found = 'Back edge front' }
        @{ Case = 'pattern and parent'; With = @{ Name = 'e*'; Parent = 'e*0' }; Found = 'edge' }
        @{ Case = 'a parent that none has'; With = @{ Parent = 'eth1' }; Found = '' }
        @{ Case = 'a pattern that none has'; With = @{ Name = 'z*' }; Found = '' }
    ) {
        "$(Get-ContainerNetwork @With)" | Should -Be $Found
    }

    It 'reports a name that is unknown, and goes on' {
        (Get-Failure { 'nosuch', 'edge' | Get-ContainerNetwork }).What |
            Should -Be "NetworkNotFound ObjectNotFound 'nosuch'"
        "$('nosuch', 'edge' | Get-ContainerNetwork -ErrorAction Ignore)" | Should -Be edge
    }

    It 'completes names of networks on the command line' {
        $line = 'Get-ContainerNetwork -Name b'
        $matches = [Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches
        $matches.CompletionText | Should -Be Back
    }

    It 'shows both kinds in one table that fits 80 columns' {
        $text = Get-ContainerNetwork | Out-String -Width 80
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text -split '\r?\n' -match '^Name +Kind +Mode +Parent +NICs +Subnets' | Should -HaveCount 1
        $text | Should -Match '(?m)^front +ipvlan +L3 +eth0 +0 192\.168\.50\.0/24 *$'
        $text | Should -Match '(?m)^edge +macvlan +Bridge +eth0 +1 192\.168\.52\.0/24 *$'
        '192.168.51.0/24', 'fd18:1234:5678:51::/64' | ForEach-Object { $text | Should -BeLike "*$_*" }
        $text | Should -Not -Match '…|\.\.\.'
    }

    It 'gives networks to Get-ContainerNic and Connect-ContainerNic' {
        Get-ContainerNetwork back, edge | Get-ContainerNic | ForEach-Object { "$($_.Network) $_" } |
            Should -Be 'Back web1/eth0', 'edge web1/eth1'
        Get-ContainerNetwork edge | Connect-ContainerNic -Namespace web1 -InterfaceName lan0 | Disconnect-ContainerNic
    }

    It 'gives networks to the Remove cmdlet of their kind' {
        Get-ContainerNetwork front | Remove-IpvlanNetwork
        Get-ContainerNetwork | Remove-MacvlanNetwork -Force
        Get-ContainerNetwork | Should -BeNullOrEmpty
        Get-StateRow | Should -BeNullOrEmpty
        Get-IpLink | ForEach-Object ifname | Should -Be lo, eth0
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
    }
}
