# Every parameter set of every cmdlet, in each way that it offers: by name, by position, and through a pipeline by value and
# by property. It must be that set which is found (a function with the same parameters tells which one is), and the cmdlet
# itself must take it. A new cmdlet is tested as soon as it is exported; what its parameters are given is in Get-Sample.

BeforeDiscovery {
    $module = Import-Module ($env:MACIPVLAN_MODULE ?? (Join-Path (Split-Path $PSScriptRoot) 'out/MacIpvlan/MacIpvlan.psd1')) -PassThru
    $ways = foreach ($command in $module.ExportedCmdlets.Values | Sort-Object Name) {
        foreach ($set in $command.ParameterSets) {
            $parameters = $set.Parameters | Where-Object { $_.Name -notin [Management.Automation.Cmdlet]::CommonParameters + 'WhatIf', 'Confirm' }
            $case = @{ Command = $command.Name; Set = $set.Name; Way = 'name'; Piped = '' }
            $case
            if (@($parameters | Where-Object Position -GE 0)) { $case + @{ } | ForEach-Object { $_.Way = 'position'; $_ } }
            foreach ($piped in $parameters | Where-Object ValueFromPipeline) { $case + @{ } | ForEach-Object { $_.Way, $_.Piped = 'pipeline', $piped.Name; $_ } }
            if ($parameters | Where-Object { $_.ValueFromPipelineByPropertyName -and $_.IsMandatory }) { $case + @{ } | ForEach-Object { $_.Way = 'property'; $_ } }
        }
    }
    $vlan, $other = @($ways | Where-Object Command -Like *-VlanSubInterface), @($ways | Where-Object Command -NotLike *-VlanSubInterface)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
    $null = New-IpvlanNetwork own eth0 -Subnet 10.2.0.0/24 -WarningAction Ignore
    $sleeper = Start-Sleeper 'unshare --net'
    $null = Connect-ContainerNic lan web1
    $null = Connect-ContainerNic lan -ProcessId $sleeper.Id
    # Nobody answers there.
    $null = Register-AddressDatabase fleet 'Host=127.0.0.1:1;Database=ipam;Username=node1' -TimeoutSeconds 1

    function Get-Sample([string]$Command, [string]$Parameter) {
        $verb, $noun = $Command -split '-'
        $isNew = $verb -in 'New', 'Add', 'Register'
        switch ($Parameter) {
            Name {
                switch ($noun) {
                    NetworkNamespace { $isNew ? 'new1' : 'web2' }
                    VlanSubInterface { $isNew ? 'new1' : 'eth0.5' }
                    IpvlanNetwork { $isNew ? 'new1' : 'own' }
                    AddressDatabase { $isNew ? 'new1' : 'fleet' }
                    default { $isNew ? 'new1' : 'lan' }
                }
            }
            Network { Get-ContainerNetwork lan }
            Target { Get-NetworkNamespace web1 }
            Namespace { Get-NetworkNamespace web1 }
            # Nothing matches: for patterns, that is no error.
            Container { $verb -eq 'Connect' ? 'nobody' : 'box*' }
            ProcessId { $sleeper.Id }
            InputObject { $verb -eq 'Import' ? (Export-ContainerNetwork lan) : (Get-ContainerNic -Namespace web1) }
            Path { (Export-ContainerNetwork lan -Path $TestDrive/lan.json).FullName }
            Destination { 'web1' }
            Parent { 'eth0' }
            VlanId { 7 }
            Subnet { '10.9.0.0/24' }
            IPAddress { '10.1.0.2' }
            NewName { 'new1' }
            ConnectionString { 'Host=127.0.0.1:1;Database=ipam;Username=postgres' }
            HostName { 'node2' }
            ScriptBlock { { 1 } }
            FilePath { 'true' }
            OciState { ConvertTo-Json @{ id = '0' * 64; pid = $sleeper.Id } }
            default { throw "Get-Sample has nothing for the parameter $Parameter of $Command." }
        }
    }

    function Invoke-Way([Management.Automation.CommandInfo]$Info, [object]$As, [string]$Set, [string]$Way, [string]$Piped, [hashtable]$More = @{}) {
        $parameters = ($Info.ParameterSets | Where-Object Name -EQ $Set).Parameters
        $needed = $parameters | Where-Object { $_.IsMandatory -and $_.Name -ne $Piped }
        $byPosition = $parameters | Where-Object { $Way -eq 'position' -and $_.Position -ge 0 } | Sort-Object Position
        $byProperty = $needed | Where-Object { $Way -eq 'property' -and $_.ValueFromPipelineByPropertyName }
        $named = $More.Clone()
        $needed | Where-Object { $_ -notin $byPosition -and $_ -notin $byProperty } | ForEach-Object { $named[$_.Name] = Get-Sample $Info.Name $_.Name }
        $arguments = @($byPosition | ForEach-Object { , (Get-Sample $Info.Name $_.Name) })
        if ($Piped) { return Get-Sample $Info.Name $Piped | & $As @named }
        if (-not $byProperty) { return & $As @arguments @named }
        $properties = [ordered]@{}
        $byProperty | ForEach-Object { $properties[$_.Name] = Get-Sample $Info.Name $_.Name }
        [pscustomobject]$properties | & $As @named
    }

    function Assert-Way([string]$Command, [string]$Set, [string]$Way, [string]$Piped) {
        $info = Get-Command $Command
        $metadata = [Management.Automation.CommandMetadata]::new($info)
        $binding = [Management.Automation.ProxyCommand]::GetCmdletBindingAttribute($metadata)
        # The attributes that ignore a property without a value, and a NIC, aren't in the text.
        $block = [Management.Automation.ProxyCommand]::GetParamBlock($metadata) -replace "(\[Alias\('Id')", '[MacIpvlan.PowerShell.NullIsNothing()]$1'
        if ($info.Noun -in 'ContainerNic', 'ContainerNicStatistics') { $block = $block -replace '(?=\[MacIpvlan\.PowerShell\.N\w+Reference\[\]\]\s*\$\{N[ae])', '[MacIpvlan.PowerShell.NicIsNothing()]' }
        $namesSet = [scriptblock]::Create("$binding param($block) process { `$PSCmdlet.ParameterSetName }")
        # What is piped is a target; these two take it only so that the set is not settled before it is seen.
        $isTarget = $Way -eq 'pipeline' -and $Command -eq 'Connect-ContainerNic' -and $Piped -in 'Container', 'Namespace'
        Invoke-Way $info $namesSet $Set $Way $Piped | Should -Be ($isTarget ? 'Target' : $Set)
        # That does not end by itself.
        if ($info.Verb -eq 'Watch' -and -not $info.Parameters.ContainsKey('Timeout')) { return }
        $more = $info.Parameters.ContainsKey('WhatIf') ? @{ WhatIf = $true } : @{}
        # It must have this or -Dhcp.
        if ($info.Parameters.ContainsKey('Dhcp') -and $info.Verb -ne 'Set') { $more.Subnet = Get-Sample $info.Name Subnet }
        # With nothing but what it must have, it asks which NICs.
        $changesNic = $info.Noun -eq 'ContainerNic' -and $info.Verb -in 'Disconnect', 'Set', 'Move', 'Enable', 'Disable'
        if ($changesNic -and $Set -eq 'Network' -and $Way -eq 'name') { $more.Network = 'lan' }
        # And what to change, or where to move it.
        if ($Command -like 'Set-*') { $more.Mtu = 1400 }
        if ($Command -eq 'Move-ContainerNic') { $more.Destination = 'web2' }
        if ($info.Parameters.ContainsKey('Timeout')) { $more.Timeout = 0.05 }
        if ($info.Parameters.ContainsKey('TimeoutSeconds') -and $info.Verb -eq 'Test') { $more.TimeoutSeconds, $more.Count = 0.05, 1 }
        if ($info.Verb -eq 'New' -or $info.Verb -eq 'Test') { $more.WarningAction = 'Ignore' }
        $failures = Get-Failure { Invoke-Way $info $Command $Set $Way $Piped $more }
        $failures | Where-Object What -NotMatch "^(ContainerNotFound|NamespaceNotFound|RuntimeUnavailable) .* 'nobody'$" |
            Where-Object { $info.Verb -ne 'Initialize' -or $_.What -notlike 'AddressDatabaseUnavailable *' } |
            ForEach-Object { "$($_.What) $($_.Message)" } | Should -BeNullOrEmpty
    }
}

AfterAll {
    Stop-Sleeper $sleeper
    Clear-TestHost
}

Describe 'Parameter sets' -Tag Native, Once {
    It '<Command>, set <Set>, by <Way> <Piped>' -ForEach $other { Assert-Way $Command $Set $Way $Piped }

    It '<Verb>-ContainerNic takes the network first, then the target, by position and down the pipeline' -ForEach @(
        @{ Verb = 'Get' }, @{ Verb = 'Test' }, @{ Verb = 'Connect' }, @{ Verb = 'Disconnect' }
    ) {
        $null = Connect-ContainerNic lan web2
        $change = @{}
        if ($Verb -in 'Connect', 'Disconnect') { $change.WhatIf = $true }
        if ($Verb -eq 'Test') { $change.Count, $change.TimeoutSeconds, $change.ErrorAction = 1, 0.01, 'Ignore' }
        $command = "$Verb-ContainerNic"
        $process = "/proc/$($sleeper.Id)/ns/net"
        function Get-Sleeper { Get-Process -Id $sleeper.Id }
        $calls = @(
            @{ Call = { & $command lan web1 @change }; Targets = 'web1' }
            @{ Call = { 'web1', 'web2' | & $command lan @change }; Targets = 'web1', 'web2' }
            @{ Call = { Get-NetworkNamespace web2 | & $command lan @change }; Targets = 'web2' }
            @{ Call = { Get-Sleeper | & $command lan @change }; Targets = $process }
            @{ Call = { Get-MacvlanNetwork lan | & $command -Target web1 @change }; Targets = 'web1' }
            @{ Call = { Get-MacvlanNetwork lan | & $command -Namespace web2 @change }; Targets = 'web2' }
            if ($Verb -ne 'Connect') {
                @{ Call = { 'web1' | & $command @change }; Targets = 'web1' }
                @{ Call = { Get-ContainerNetwork lan | & $command @change }; Targets = $process, 'web1', 'web2' }
                @{ Call = { Get-Sleeper | & $command @change }; Targets = $process }
                @{ Call = { Get-ContainerNic lan web1 | & $command @change }; Targets = 'web1' }
            })
        # The objects, and what -WhatIf says, name the targets. The latter goes past the pipeline: all calls are in one process.
        if ($Verb -in 'Get', 'Test') {
            $found = $calls | ForEach-Object { , @(& $_.Call | ForEach-Object { "$($_.Source ?? $_)" -replace '/eth\d+( .*)?$' }) }
        }
        else {
            $script = "function Get-Sleeper { Get-Process -Id $($sleeper.Id) }; `$change = @{ WhatIf = `$true }; `$command = '$command'"
            $lines = Invoke-Shell (@($script) + $calls.ForEach{ "[Console]::WriteLine('#'); $($_.Call)" } -join '; ')
            $found = "$lines" -split '#' | Select-Object -Skip 1 | ForEach-Object {
                , @([regex]::Matches($_, 'on target "([^"/]*(?:/proc)?[^"]*?)(?:/eth\d+)?"').ForEach{ $_.Groups[1].Value }) }
        }
        $found | Should -HaveCount $calls.Count
        for ($i = 0; $i -lt $calls.Count; $i++) {
            $found[$i] | Sort-Object -Unique | Should -Be ($calls[$i].Targets | Sort-Object) -Because "of $($calls[$i].Call)"
        }
        if ($Verb -eq 'Connect') { (Get-Failure { 'web1' | Connect-ContainerNic }).Action | Should -Be "Specify the network: 'web1' | Connect-ContainerNic NETWORK." }
        Disconnect-ContainerNic lan web2
    }

    It 'finds NICs by address, MAC address and parent' {
        $nic = Get-ContainerNic lan web1
        $address = $nic.IPAddress[0]
        foreach ($given in $address, ($address -replace '/.*'), [ipaddress]($address -replace '/.*'), '10.1.0.0/24', '10.1.0.1-10.1.0.9') {
            "$(Get-ContainerNic -IPAddress $given)" | Should -BeLike '*web1/eth0*' -Because "$given ($($given.GetType())) is looked for"
        }
        "$(Get-ContainerNic -IPAddress $address)" | Should -Be 'web1/eth0'
        Get-ContainerNic -IPAddress 10.1.0.200, 10.2.0.0/24 | Should -BeNullOrEmpty
        "$(Get-ContainerNic -MacAddress $nic.MacAddress)" | Should -Be 'web1/eth0'
        "$(Get-ContainerNic -MacAddress ($nic.MacAddress -replace ':', '-').ToUpper() -Parent ETH*)" | Should -Be 'web1/eth0'
        Get-ContainerNic -Parent eth9 | Should -BeNullOrEmpty
    }

    It 'gives the NICs of a process that is in the namespace, each once, and none for others' {
        $inside = Start-Sleeper 'ip netns exec web1'
        try {
            "$($inside, $inside | Get-ContainerNic)" | Should -Be 'web1/eth0'
            Get-Process -Id $PID | Get-ContainerNic | Should -BeNullOrEmpty
            Get-Failure { Get-Process -Id $PID | Disconnect-ContainerNic } | Should -BeNullOrEmpty
        }
        finally { Stop-Sleeper $inside }
    }

    It 'asks which NICs, and never takes nothing for all' {
        (Get-Failure { Disconnect-ContainerNic }).What | Should -BeLike 'InvalidParameter *'
        (Get-Failure { $null | Disconnect-ContainerNic -Force }).What | Should -Not -BeNullOrEmpty
        Get-ContainerNic lan | Should -Not -BeNullOrEmpty
    }

    It 'take a name in the first place for the network, as Connect and Get do' {
        $null = Connect-ContainerNic lan web2 -InterfaceName other0
        Disconnect-ContainerNic lan web2
        Get-ContainerNic lan -Namespace web2 | Should -BeNullOrEmpty
        $null = Connect-ContainerNic lan web2
        'web2' | Disconnect-ContainerNic lan -InterfaceName eth*
        Get-ContainerNic lan | ForEach-Object Namespace | Should -Not -Contain web2
        $null = Connect-ContainerNic lan web2
        Disconnect-ContainerNic lan
        Get-ContainerNic | Should -BeNullOrEmpty
        Get-Failure { Disconnect-ContainerNic web2 } | ForEach-Object What | Should -Be "NetworkNotFound ObjectNotFound 'web2'"
    }
}

Describe 'Parameter sets of VLAN sub-interfaces' {
    BeforeAll { $null = Add-VlanSubInterface eth0 5 }

    It '<Command>, set <Set>, by <Way> <Piped>' -ForEach $vlan { Assert-Way $Command $Set $Way $Piped }
}

Describe 'Names' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace App, app, 'app[1]', app1
        $null = New-MacvlanNetwork names eth0 -Subnet 10.3.0.0/24 -WarningAction Ignore
        $null = Connect-ContainerNic names App, app, 'app[1]', app1
        $null = Connect-ContainerNic names app -InterfaceName Eth0
        function Get-Found([scriptblock]$Get) { & $Get | ForEach-Object { "$_" } }
    }

    AfterAll { Remove-MacvlanNetwork names -Force }

    It 'match exactly, or else without regard to case: <Given>' -ForEach @(
        @{ Given = { Get-ContainerNic NAMES -Namespace app -InterfaceName eth0 }; Found = 'app/eth0' }
        @{ Given = { Get-ContainerNic names -Namespace App }; Found = 'App/eth0' }
        @{ Given = { Get-ContainerNic names -Namespace APP }; Found = 'App/eth0', 'app/eth0', 'app/Eth0' }
        @{ Given = { Get-ContainerNic names -Namespace 'app[1]' }; Found = 'app[1]/eth0' }
        @{ Given = { Get-ContainerNic names -Namespace 'APP[1]' }; Found = 'app1/eth0' }
        @{ Given = { Get-ContainerNic names -InterfaceName ETH0 -Namespace app1 }; Found = 'app1/eth0' }
        @{ Given = { Get-ContainerNic names -InterfaceName Eth0 }; Found = 'app/Eth0' }
        @{ Given = { Get-NetworkNamespace 'app[1]' }; Found = 'app[1]' }
        @{ Given = { Get-NetworkNamespace APP }; Found = 'App', 'app' }
    ) {
        Get-Found $Given | Sort-Object -CaseSensitive | Should -BeExactly ($Found | Sort-Object -CaseSensitive)
    }

    It 'of a namespace that is there mean that one, though no NIC is in it' {
        $null = New-NetworkNamespace APP
        Get-ContainerNic names -Namespace APP | Should -BeNullOrEmpty
        (Get-Failure { Disconnect-ContainerNic -Namespace APP }).What | Should -Be "NicNotFound ObjectNotFound 'APP'"
        Remove-NetworkNamespace APP
        Get-ContainerNic names | Should -HaveCount 5
    }
}
