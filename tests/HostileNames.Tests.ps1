# What containers and other users name is shown without what would control a terminal: it clears the screen, hides what
# follows, or turns the direction of the text around.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    # An escape sequence, its 8-bit form, a delete, a text direction and a character of no width: 14 bytes.
    $hostile = "`e[2J$([char]0x9b)$([char]0x7f)$([char]0x202e)$([char]0x200b)"

    function Get-Shown {
        # All that a script block shows on any stream: as a table, a list and JSON, and the verbose messages.
        param([scriptblock]$ShowingBlock)
        $PSDefaultParameterValues = @{ '*-Container*:Verbose' = $true; '*-Macvlan*:Verbose' = $true; '*-Network*:Verbose' = $true }
        $ErrorActionPreference = $WarningPreference = 'Continue'
        $all = @(& $ShowingBlock *>&1)
        $PSStyle.OutputRendering = 'PlainText'
        $all | Out-String -Width 300
        $all | Format-List * | Out-String -Width 300
        $all | ForEach-Object { "$_" }
        foreach ($failure in $all | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) { "$($failure.ErrorDetails.RecommendedAction)" }
    }

    function Test-Shown {
        # Whether the texts have anything that isn't shown, but for the ends of lines.
        param([string[]]$Text)
        $found = [regex]::Match($Text -join "`n", '.{0,40}[\p{Cc}\p{Cf}-[\r\n]].{0,20}')
        if ($found.Success) { [regex]::Escape($found.Value) -replace '\p{C}', '<?>' } else { 'clean' }
    }
}

AfterAll { Clear-TestHost }

Describe 'Hostile names' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.70.0.0/24
        $null = New-NetworkNamespace web | Connect-ContainerNic -Network lan
        ip -n web link set eth0 down
        ip -n web link set eth0 name $hostile
        ip -n web link set $hostile alias "x$hostile"
        ip -n web link property add dev $hostile altname "alt$hostile" 2>$null
    }

    AfterAll {
        Get-ContainerNic | Disconnect-ContainerNic
        Remove-MacvlanNetwork * -Force
        ip netns delete "bad$hostile" 2>$null
        Remove-NetworkNamespace web
    }

    It 'of a link are harmless in <What>' -ForEach @(
        @{ What = 'a test of its NIC'; Run = { Test-ContainerNic lan -Destination 10.70.0.77 -Count 1 -TimeoutSeconds 0.1 } }
        @{ What = 'the comparison'; Run = { Test-ContainerNetwork } }
        @{ What = 'the list of NICs'; Run = { Get-ContainerNic } }
        @{ What = 'the drawing'; Run = { Show-ContainerNetwork } }
        @{ What = 'the preview of a repair'; Run = { Repair-ContainerNetwork -WhatIf } }
        @{ What = 'the repair'; Run = { Repair-ContainerNetwork } }
        @{ What = 'a test of its NIC that is up'; Run = { Test-ContainerNic lan -Destination 10.70.0.77 -Count 1 -TimeoutSeconds 0.1 } }
    ) {
        $shown = Get-Shown $Run
        Test-Shown $shown | Should -Be clean
        # The NIC is found and addressed, whatever its name is.
        "$shown" | Should -Not -Match 'NicMissing'
    }

    It 'of a link are harmless in events' {
        $script = Join-Path $TestDrive change.sh
        Set-Content $script 'sleep 0.5', 'ip -n web link set eth0 down', "ip -n web link set eth0 name '$hostile'",
            "ip -n web link set '$hostile' up", "ip -n web address add 10.70.0.99/24 dev '$hostile'"
        $null = Start-Process sh $script
        $shown = Get-Shown { Watch-ContainerNetwork -All -Timeout 2 }
        Test-Shown $shown | Should -Be clean
        "$shown" | Should -Match '10.70.0.99'
    }

    It 'of links without a record are harmless in the comparison and in errors' {
        $id = (Get-ContainerNetwork lan).Id.Substring(0, 12)
        ip link add m0 link eth0 type macvlan
        ip link set m0 netns web
        ip -n web link set m0 alias "macipvlan:${id}:$hostile"
        ip -n web link set m0 name "0$hostile"
        Test-Shown (Get-Shown { Test-ContainerNetwork }) | Should -Be clean
        $failure = Get-Failure { New-MacvlanNetwork two eth0 -Subnet 10.71.0.0/24 -Mode Passthru }
        $failure.What | Should -Match 'ParentInUse'
        Test-Shown $failure.Message, $failure.Action | Should -Be clean
        ip -n web link delete "0$hostile"
    }

    It 'of namespaces are harmless, and the namespace is removed' {
        ip netns add "bad$hostile"
        $shown = Get-Shown { Get-NetworkNamespace }
        Test-Shown $shown | Should -Be clean
        "$shown" | Should -Match 'bad'
        Test-Shown (Get-Shown { Connect-ContainerNic lan "/run/netns/bad$hostile"; Get-ContainerNic; Get-ContainerNic | Disconnect-ContainerNic }) | Should -Be clean
        Test-Shown (Get-Shown { Get-NetworkNamespace bad* | Remove-NetworkNamespace -WhatIf }) | Should -Be clean
        Get-NetworkNamespace bad* | Remove-NetworkNamespace
        [IO.Directory]::GetFiles('/run/netns') -match 'bad' | Should -BeNullOrEmpty
    }

    It 'in a definition are harmless in <What>' -ForEach @(
        @{ What = 'a name'; Text = '{"Networks":[{"Name":"HOSTILE","Kind":"Macvlan"}]}' }
        @{ What = 'a parent'; Text = '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"macvlan","master":"HOSTILE","ipam":{"type":"host-local","ranges":[[{"subnet":"10.72.0.0/24"}]]}}]}' }
        @{ What = 'a property'; Text = '{"cniVersion":"1.0.0","name":"n","HOSTILE":1,"plugins":[{"type":"macvlan","HOSTILE":1}]}' }
        @{ What = 'no definition'; Text = 'HOSTILE' }
    ) {
        $escaped = $Text -replace 'HOSTILE', ($hostile -replace "`e", '\u001b' -replace ([char]0x7f), '\u007f' -replace ([char]0x9b), '\u009b')
        Test-Shown (Get-Shown { $escaped | Import-ContainerNetwork -WhatIf }) | Should -Be clean
        Test-Shown (Get-Shown { $Text -replace 'HOSTILE', $hostile | Import-ContainerNetwork -WhatIf }) | Should -Be clean
    }

    It 'in parameters are harmless in errors' {
        $failures = Get-Failure {
            # A bracket would be a wildcard to some of them.
            $hostile = $hostile -replace '\['
            New-MacvlanNetwork $hostile eth0 -Subnet 10.73.0.0/24
            New-MacvlanNetwork n $hostile -Subnet 10.73.0.0/24
            New-NetworkNamespace $hostile
            Connect-ContainerNic lan $hostile
            Connect-ContainerNic lan web -InterfaceName $hostile
            Get-ContainerNetwork $hostile
            Remove-NetworkNamespace $hostile
        }
        $failures.Count | Should -Be 7
        Test-Shown $failures.Message, $failures.Action | Should -Be clean
    }
}
