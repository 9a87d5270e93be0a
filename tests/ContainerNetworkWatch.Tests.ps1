# What Watch-ContainerNetwork tells while others change links, addresses, routes and neighbours. It runs in a runspace of
# its own, beside the test.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.1/24 dev eth0
    $manifest = Join-Path (Get-Module MacIpvlan).ModuleBase 'MacIpvlan.psd1'
    # What a test has not stopped because it failed would be watching in the next one.
    $watches = [Collections.Generic.List[object]]::new()

    function Start-Watch([string]$Command = 'Watch-ContainerNetwork', [object]$Argument, [switch]$IsDeaf) {
        # Returned when it listens: then it reports the MTU of eth0. One that is deaf for that is given a moment.
        $shell = [powershell]::Create()
        $shell.Runspace = [runspacefactory]::CreateRunspace([runspace]::DefaultRunspace.InitialSessionState.Clone())
        $shell.Runspace.ThreadOptions = 'ReuseThread'
        $shell.Runspace.Open()
        $null = $shell.AddScript("param(`$argument) Import-Module '$manifest'; $Command").AddArgument($Argument)
        $none = [Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        $events = [Management.Automation.PSDataCollection[psobject]]::new()
        $events.EnumeratorNeverBlocks = $true
        $handle = $shell.BeginInvoke($none, $events)
        $watch = [pscustomobject]@{ Shell = $shell; Events = $events; Handle = $handle }
        $watches.Add($watch)
        if ($IsDeaf) { Start-Sleep 1; return $watch }
        # What sits on it reports its own, also of a change that the watch has found as it began.
        for ($mtu = 1499; -not ((Get-Event $watch) -like '*eth0: link changed: MTU*') -and -not $handle.IsCompleted -and $mtu -gt 1300; $mtu--) {
            ip link set eth0 mtu $mtu
            Start-Sleep -Milliseconds 50
        }
        Wait-Event $watch "*eth0: link changed: MTU $((Get-IpLink eth0).mtu), *"
        $watch
    }

    function Get-Event([object]$Watch) { @($Watch.Events) | ForEach-Object { "$_" } }

    function Wait-Event([object]$Watch, [string]$Pattern) {
        for ($i = 0; $i -lt 400 -and -not $Watch.Handle.IsCompleted -and -not ((Get-Event $Watch) -like $Pattern); $i++) { Start-Sleep -Milliseconds 50 }
        if (-not ((Get-Event $Watch) -like $Pattern)) {
            throw "No event '$Pattern' among: $((Get-Event $Watch) -join '; ') $($Watch.Shell.Streams.Error) $($Watch.Shell.InvocationStateInfo.Reason)"
        }
    }

    function Stop-Watch([object]$Watch) {
        # Stopped as by Ctrl+C. What it told meanwhile, without what Start-Watch did and without link-local addresses,
        # which the kernel makes when it pleases.
        Close-Watch $Watch
        "$($Watch.Shell.Streams.Error)" | Should -BeNullOrEmpty
        Get-Event $Watch | Where-Object { $_ -notmatch 'changed: MTU|fe80:' }
    }

    function Close-Watch([object]$Watch) {
        $Watch.Shell.Stop()
        $Watch.Shell.Runspace.Dispose()
        $null = $watches.Remove($Watch)
    }

    function Wait-NoLink([string]$Name) {
        # The kernel takes a namespace apart a while after its last user has gone.
        for ($i = 0; $i -lt 200 -and (Get-IpLink $Name); $i++) { Start-Sleep -Milliseconds 50 }
        Get-IpLink $Name
    }
}

AfterAll {
    foreach ($watch in $watches.ToArray()) { Close-Watch $watch }
    Clear-TestHost
}

Describe 'Watch-ContainerNetwork' -Tag Native, Once {
    BeforeEach {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2
        $null = Connect-ContainerNic lan web1
    }

    AfterEach {
        foreach ($watch in $watches.ToArray()) { Close-Watch $watch }
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
        ip link set eth0 mtu 1500 up
    }

    It 'reports the parent, and whose it is' {
        $watch = Start-Watch
        ip link set eth0 down
        ip link set eth0 up
        ip address add 192.0.2.1/24 dev eth0
        ip address delete 192.0.2.1/24 dev eth0
        Wait-Event $watch '*address removed: 192.0.2.1/24'
        $told = @($watch.Events) | Where-Object { -not $_.Nic }
        $told.Network | Sort-Object -Unique | Should -Be lan
        $told.Namespace | Sort-Object -Unique | Should -Be host
        ($told | Where-Object { "$_" -like '*: down*' }) | ForEach-Object { "$($_.Interface) $($_.Kind) $($_.Action) $($_.IsUp)" } | Should -Be 'eth0 Link Changed False'
        ($told | Where-Object Kind -EQ Address | Where-Object { "$_" -notlike '*fe80*' }) | ForEach-Object { "$($_.Action) $($_.IPAddress)" } |
            Should -Be 'Added 192.0.2.1/24', 'Removed 192.0.2.1/24'
        # The kernel reports the carrier of a NIC a while later.
        Stop-Watch $watch | Where-Object { $_ -match '^host.*(link|address)' } | Should -Be @(
            'host/eth0: link changed: down; no carrier'
            'host/eth0: link changed: up; carrier'
            'host/eth0: address added: 192.0.2.1/24'
            'host/eth0: address removed: 192.0.2.1/24')
    }

    It 'tells what happens in the namespace of a NIC' {
        $watch = Start-Watch
        ip -n web1 address add 10.1.0.77/24 dev eth0
        ip -n web1 route add 10.9.0.0/16 via 10.1.0.1 metric 5
        ip -n web1 route replace 10.9.0.0/16 via 10.1.0.9 metric 5
        ip -n web1 route add blackhole 10.8.0.0/16
        ip -n web1 route delete 10.9.0.0/16
        ip -n web1 address delete 10.1.0.77/24 dev eth0
        # What does not belong to the NIC is not reported.
        ip -n web1 link set lo down
        ip -n web1 link add other type veth peer name other2
        ip -n web1 link set eth0 name lan0
        Wait-Event $watch '*name lan0*'
        $told = @($watch.Events) | Where-Object Kind -NE Link | Where-Object { "$_" -notlike '*fe80*' }
        $told | ForEach-Object { "$($_.Network) $($_.Nic)" } | Sort-Object -Unique | Should -Be ' ', 'lan web1/eth0'
        "$($told[2].Destination) $($told[2].Gateway) $($told[2].Metric) $($told[2].Type)" | Should -Be '10.9.0.0/16 10.1.0.9 5 Unicast'
        Stop-Watch $watch | Should -Be @(
            'web1/eth0: address added: 10.1.0.77/24'
            'web1/eth0: route added: 10.9.0.0/16 via 10.1.0.1 metric 5'
            'web1/eth0: route changed: 10.9.0.0/16 via 10.1.0.9 metric 5'
            'web1: route added: blackhole 10.8.0.0/16'
            'web1/eth0: route removed: 10.9.0.0/16 via 10.1.0.9 metric 5'
            'web1/eth0: address removed: 10.1.0.77/24'
            'web1/lan0: link changed: name lan0, was eth0')
    }

    It 'reports a neighbour that answered a ping, until it is forgotten' {
        $watch = Start-Watch
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        ip -n web1 neighbor delete 10.1.0.1 dev eth0
        Wait-Event $watch 'web1/eth0: neighbor removed: 10.1.0.1 *'
        $mac = (Get-IpLink eth0 -Namespace wire).address
        $known = @($watch.Events) | Where-Object { $_.Kind -eq 'Neighbor' -and "$($_.IPAddress)" -eq '10.1.0.1' } | Select-Object -First 1
        "$($known.Action) $($known.Nic) $($known.State)" | Should -Be 'Added web1/eth0 Reachable'
        $known.MacAddress | Should -Be $mac
        Stop-Watch $watch | Where-Object { $_ -like 'web1/eth0: neighbor *' } | Should -Contain "web1/eth0: neighbor added: 10.1.0.1 lladdr $mac REACHABLE"
    }

    It 'watches NICs that are connected while it runs, until they are disconnected' {
        $watch = Start-Watch
        $null = Connect-ContainerNic lan web2
        Wait-Event $watch 'web2/eth0: address added: 10.1.0.3/24'
        # One more in a namespace that is watched: it is known from its first moment.
        $null = Connect-ContainerNic lan web1
        Wait-Event $watch 'web1/eth1: address added: 10.1.0.4/24'
        ip -n web2 link set eth0 mtu 1280
        Wait-Event $watch 'web2/eth0: link changed: MTU 1280, *'
        $null = Get-ContainerNic | Disconnect-ContainerNic
        Wait-Event $watch 'web2/eth0: link removed: macvlan'
        Wait-Event $watch 'web1/eth1: link removed: macvlan'
        @($watch.Events) | Where-Object { $_.Namespace -ne 'host' } | ForEach-Object { "$($_.Network) $($_.Nic)" } | Sort-Object -Unique |
            Should -Be 'lan web1/eth0', 'lan web1/eth1', 'lan web2/eth0'
        # No NIC is left in it.
        ip -n web2 link set lo down
        ip -n web2 link set lo up
        $told = Stop-Watch $watch
        @($told -like 'web2/eth0: link added: macvlan, *').Count | Should -Be 1
        @($told -like 'web1/eth1: link added: macvlan, *').Count | Should -Be 1
        $told | Should -Contain 'web2/eth0: address removed: 10.1.0.3/24'
        $told -like '*/lo: *' | Should -BeNullOrEmpty
    }

    It 'reports the networks that are named, of the kinds that are named' {
        $null = New-MacvlanNetwork back eth0 -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic back web2
        $watch = Start-Watch 'Get-ContainerNetwork BACK | Watch-ContainerNetwork -Kind Link, Route'
        foreach ($name in 'web1', 'web2') {
            ip -n $name link set eth0 down
            ip -n $name address add 10.2.0.77/24 dev eth0
            ip -n $name link set eth0 up
            ip -n $name route add 10.9.0.0/16 dev eth0
        }
        Wait-Event $watch '*10.9.0.0/16'
        @($watch.Events).Network | Sort-Object -Unique | Should -Be back
        Stop-Watch $watch | Should -Be @(
            'web2/eth0: link changed: down; no carrier'
            'web2/eth0: link changed: up; carrier'
            'web2/eth0: route added: 10.2.0.0/24'
            'web2/eth0: route added: 10.9.0.0/16')
    }

    It 'tells with -All what belongs to no network' {
        $watch = Start-Watch 'Watch-ContainerNetwork -All'
        ip link add other type veth peer name other2
        ip -n web1 link set lo down
        ip link delete other
        Wait-Event $watch 'host/other: link removed: veth'
        $told = Stop-Watch $watch
        $told | Should -Contain 'host/other: link added: veth, down, MTU 1500'
        $told | Should -Contain 'web1/lo: link changed: down; no carrier'
    }

    It 'lets a namespace end whose name is deleted, and one whose process ends' {
        $sleeper = Start-Sleeper 'unshare --net'
        $null = Connect-ContainerNic lan -ProcessId $sleeper.Id
        # Their other ends go when the namespaces do.
        ip link add probe1 type veth peer name probe netns web1
        ip link add probe2 type veth peer name probe netns $sleeper.Id
        $watch = Start-Watch
        ip netns delete web1
        Wait-NoLink probe1 | Should -BeNullOrEmpty
        Stop-Sleeper $sleeper
        Wait-NoLink probe2 | Should -BeNullOrEmpty
        Wait-Event $watch 'web1/eth0: link removed: its namespace has ended'
        Wait-Event $watch "*$($sleeper.Id)*/eth0: link removed: its namespace has ended"
        # One of that name is another. Of what happens at the same moment elsewhere, nothing is missed.
        ip netns add web1
        ip link add other type veth peer name other2
        $null = Connect-ContainerNic lan web1
        ip link delete other
        Wait-Event $watch 'web1/eth0: address added: 10.1.0.4/24'
        $null = Stop-Watch $watch
    }

    It 'ends when its time is over, in whatever form that is given' {
        Watch-ContainerNetwork -Timeout 0.2 | Should -BeNullOrEmpty
        Watch-ContainerNetwork -Timeout 0 | Should -BeNullOrEmpty
        Watch-ContainerNetwork lan -Timeout '00:00:00.2' | Should -BeNullOrEmpty
        Watch-ContainerNetwork * -Timeout ([timespan]::FromMilliseconds(1)) | Should -BeNullOrEmpty
        foreach ($value in -1, 'soon', 1e300, [timespan]::FromSeconds(-1)) {
            { Watch-ContainerNetwork -Timeout $value } | Should -Throw '*is neither a time span nor a number of seconds*'
        }
    }

    It 'has nothing to watch of a network that there is not' {
        (Get-Failure { Watch-ContainerNetwork none }).What | Should -Be "NetworkNotFound ObjectNotFound 'none'"
    }

    It 'ends with the pipeline that needs no more' {
        $watch = Start-Watch 'Watch-ContainerNetwork | Select-Object -First 1'
        $null = $watch.Handle.AsyncWaitHandle.WaitOne(10000)
        $watch.Shell.InvocationStateInfo.State | Should -Be Completed
        @($watch.Events).Count | Should -Be 1
    }

    It 'warns when events were lost, and goes on' {
        $gate = [Threading.ManualResetEventSlim]::new($true)
        $watch = Start-Watch 'Watch-ContainerNetwork | ForEach-Object { $argument.Wait(); $_ }' $gate
        $gate.Reset()
        1..6000 | ForEach-Object { "link set eth0 mtu $(1400 + $_ % 2)" } | ip -batch -
        # This name is not reported, but it is known when the watch goes on.
        ip -n web1 link set eth0 name lan0
        $gate.Set()
        for ($i = 0; $i -lt 400 -and $watch.Shell.Streams.Warning.Count -eq 0; $i++) { Start-Sleep -Milliseconds 50 }
        "$($watch.Shell.Streams.Warning[0])" | Should -BeLike 'Events were lost*'
        ip -n web1 address add 10.1.0.77/24 dev lan0
        Wait-Event $watch 'web1/lan0: address added: 10.1.0.77/24'
        $null = Stop-Watch $watch
    }

    It 'has a table that fits into 80 columns' {
        $watch = Start-Watch
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        Wait-Event $watch '*10.1.0.1 lladdr*'
        $lines = (@($watch.Events) | Out-String -Width 80) -split '\r?\n' | ForEach-Object TrimEnd
        $lines | Where-Object { $_.Length -gt 80 -or $_ -match '…|\.\.\.' } | Should -BeNullOrEmpty
        ($lines -match '^Time ')[0] | Should -Match '^Time +Interface +Kind +Action +Summary$'
        ($lines -match 'lladdr')[0] | Should -Match '^\d\d:\d\d:\d\d web1/eth0 +Neighbor Added +10\.1\.0\.1 lladdr'
        $json = @($watch.Events)[0] | ConvertTo-Json -Depth 1 | ConvertFrom-Json
        "$($json.Interface) $($json.Network) $($json.Mtu)" | Should -Be "eth0 lan $((Get-IpLink eth0).mtu)"
        $null = Stop-Watch $watch
    }

    It 'needs no more than it says' {
        $limited = 'setpriv', '--inh-caps=-all', '--ambient-caps=-all'
        $script = "try { Watch-ContainerNetwork -Timeout 0.1; 'watched' } catch { `"`$((`$_.FullyQualifiedErrorId -split ',')[0]) `$_`" }"
        Invoke-Shell $script -Through ($limited + '--bounding-set=-all,+net_admin,+net_broadcast,+sys_admin') | Should -Be watched
        Invoke-Shell $script -Through ($limited + '--bounding-set=-all,+net_admin,+sys_admin') | Should -BeLike 'PermissionDenied *CAP_NET_BROADCAST*'
    }
}

Describe 'Watch-ContainerNic' -Tag Native, Once {
    It 'lets namespaces end while it waits' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network lan
        ip link add probe1 type veth peer name probe netns web1
        $watch = Start-Watch Watch-ContainerNic -IsDeaf
        ip netns delete web1
        Wait-NoLink probe1 | Should -BeNullOrEmpty
        $null = Stop-Watch $watch
        Remove-MacvlanNetwork lan -Force
    }
}

Describe 'Watch-ContainerNetwork on VLANs and ipvlan' {
    It 'reports sub-interfaces, what they sit on, and that they are gone and back' {
        $null = New-MacvlanNetwork lan eth0.50 -Subnet 10.1.0.0/24
        $null = New-IpvlanNetwork apps eth0.60 -Subnet 10.2.0.0/24
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network apps
        $watch = Start-Watch
        @($watch.Events | Where-Object Interface -EQ eth0)[0].Network | Should -Be 'apps, lan'
        ip -n web1 address add 10.2.0.77/24 dev eth0
        ip link delete eth0.50
        ip link delete eth0.60
        Wait-Event $watch 'host/eth0.60: link removed: vlan'
        $null = Restore-ContainerNetwork
        Wait-Event $watch 'web1/eth0: address added: 10.2.0.2/24'
        @($watch.Events) | Where-Object Interface -EQ eth0.50 | ForEach-Object Network | Sort-Object -Unique | Should -Be lan
        $told = Stop-Watch $watch
        $told | Should -Contain 'web1/eth0: address added: 10.2.0.77/24'
        $told | Should -Contain 'host/eth0.50: link removed: vlan'
        $told | Should -Contain 'web1/eth0: link removed: ipvlan'
        @($told -like 'host/eth0.50: link added: vlan, *').Count | Should -Be 1
        # Older kernels make it under another name first.
        @($told -like 'web1/*: link added: ipvlan, *').Count | Should -Be 1
    }
}

Describe 'Watch-ContainerNetwork on a DHCP network' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/dhcp/Servers.ps1
        $problem = Get-DhcpProblem Isc
    }

    AfterAll { Stop-DhcpServer -Kill }

    It 'reports what happens to leases, also an end that nobody prevents' {
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        $server = Start-DhcpServer Isc -Range 10.1.0.100, 10.1.0.100 -LeaseSeconds 4
        $null = New-MacvlanNetwork leased eth0 -Dhcp -ProbeAddress:$false
        $null = New-NetworkNamespace box1
        $watch = Start-Watch 'Watch-ContainerNetwork leased -Kind Lease, Link'
        $null = Connect-ContainerNic leased box1
        Wait-Event $watch 'box1/eth0: lease added: obtained 10.1.0.100/24 from 10.1.0.1 until *'
        # dhcpd doesn't extend a lease in its first quarter.
        Start-Sleep 1.5
        $null = Update-ContainerNic leased
        Wait-Event $watch 'box1/eth0: lease changed: renewed 10.1.0.100/24 from 10.1.0.1 until *'
        Wait-Event $watch 'box1/eth0: lease removed: 10.1.0.100/24 from 10.1.0.1 expired'
        $null = Update-ContainerNic leased
        for ($i = 0; $i -lt 100 -and @((Get-Event $watch) -like '*: lease added: obtained *').Count -lt 2; $i++) { Start-Sleep -Milliseconds 50 }
        $leases = @($watch.Events) | Where-Object { $_.Kind -eq 'Lease' }
        "$($leases.Change | Select-Object -First 4)" | Should -Be 'LeaseObtained LeaseRenewed LeaseExpired LeaseObtained'
        "$($leases[0].Lease.Server)" | Should -Be 10.1.0.1
        "$($leases[0].Network) $($leases[0].Nic)" | Should -Be 'leased box1/eth0'
        Close-Watch $watch
        Remove-MacvlanNetwork leased -Force
    }
}
