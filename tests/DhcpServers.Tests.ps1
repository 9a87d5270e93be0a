# The DHCP servers and radvd of tests/dhcp, on which other tests rely: with udhcpc of busybox as the client.

BeforeDiscovery {
    . $PSScriptRoot/dhcp/Servers.ps1
    $kinds = 'Dnsmasq', 'Isc', 'Kea', 'Networkd' | ForEach-Object { @{ Kind = $_; Problem = Get-DhcpProblem $_, Tcpdump } }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    & $PSScriptRoot/Assert-Isolated.ps1
    Clear-TestKernel
    ip link set lo up
    Add-TestWire
    $folder = New-DaemonFolder udhcpc
    # Notes what udhcpc was told, and gives the address to the interface.
    Set-Content $folder/script @"
#!/bin/sh
case `$1 in
    bound | renew) ip address replace `$ip/`$mask dev `$interface ;;
    *) ip address flush dev `$interface scope global ;;
esac
env >$folder/new && mv $folder/new $folder/`$1
"@
    chmod +x $folder/script

    function Start-Udhcpc {
        # Starts a client, and returns its process.
        param([string]$Options, [string]$Namespace)
        Remove-Item $folder/bound, $folder/renew -ErrorAction Ignore
        $enter = if ($Namespace) { "ip netns exec $Namespace" }
        $start = [Diagnostics.ProcessStartInfo]::new('sh')
        '-c', "exec $enter busybox udhcpc -f -t 5 -T 1 -A 1 -i eth0 -s $folder/script $Options >$folder/output 2>&1" | ForEach-Object { $start.ArgumentList.Add($_) }
        [Diagnostics.Process]::Start($start)
    }

    function Get-Told {
        # What a server told with a lease (bound) or a renewal (renew), as a table of udhcpc's variables, as soon as it has told it.
        param([string]$Event = 'bound')
        for ($i = 0; $i -lt 500 -and -not (Test-Path $folder/$Event); $i++) { Start-Sleep -Milliseconds 20 }
        $variables = @{}
        Get-Content $folder/$Event | ForEach-Object { $name, $value = $_ -split '=', 2; $variables[$name] = $value }
        $variables
    }

    function Invoke-Udhcpc {
        # Asks for an address, and returns what the server told. Throws if none answers soon.
        param([string]$Options, [string]$Namespace)
        $process = Start-Udhcpc "-n -q $Options" $Namespace
        $process.WaitForExit()
        if ($process.ExitCode) { throw "udhcpc failed: $(Get-Content $folder/output)" }
        Get-Told
    }
}

AfterAll {
    Stop-DhcpServer
    Clear-TestKernel
    Remove-Item $folder -Recurse
}

Describe '<Kind>' -Tag Native, Once -ForEach $kinds {
    BeforeEach {
        if ($Problem) { Set-ItResult -Skipped -Because $Problem }
        $mac = (Get-IpLink eth0).address
    }

    AfterEach {
        Stop-DhcpServer
        if ($client -and -not $client.HasExited) { Stop-Sleeper $client }
        $client = $null
        ip -force netns delete taken 2>$null
        ip address flush dev eth0 scope global
    }

    It 'gives an address with the options that are requested, and takes it back' {
        $options = @{
            3 = '10.1.0.1'; 6 = '10.1.0.2', '10.1.0.3'; 12 = 'web1'; 15 = 'example.org'; 26 = 1400; 28 = '10.1.0.255'
            33 = '10.7.0.1 10.1.0.3'; 42 = '10.1.0.4'; 119 = 'a.example', 'b.example.org'
            121 = '10.2.0.0/16 10.1.0.2', '0.0.0.0/0 10.1.0.9'
        }
        $times = $Kind -eq 'Networkd' ? @{} : @{ RenewSeconds = 30; RebindSeconds = 50 }
        $server = Start-DhcpServer $Kind -Option $options @times
        $capture = Start-DhcpCapture
        $client = Start-Udhcpc '-B -O staticroutes -O routes -O mtu -O search -O ntpsrv -O hostname -O 58 -O 59'
        $told = Get-Told
        $told.ip | Should -Match '^10\.1\.0\.1\d\d$'
        $told['mask', 'lease', 'serverid', 'router', 'dns', 'hostname', 'domain', 'mtu', 'broadcast', 'routes', 'ntpsrv', 'search', 'staticroutes'] |
            Should -Be 24, 120, 10.1.0.1, 10.1.0.1, '10.1.0.2 10.1.0.3', web1, example.org, 1400, 10.1.0.255, 10.7.0.1/10.1.0.3, 10.1.0.4,
                'a.example b.example.org', '10.2.0.0/16 10.1.0.2 0.0.0.0/0 10.1.0.9'
        # The signal releases the lease.
        Send-Signal USR2 $client
        # What the capture says.
        $packets = Wait-DhcpPacket $capture RELEASE | ForEach-Object { Get-DhcpCapture $capture }
        $packets.Type | Should -Be DISCOVER, OFFER, REQUEST, ACK, RELEASE
        $packets.Mac | Should -Be (@($mac) * 5)
        $packets.IsBroadcast | Should -Be $true, $true, $true, $true, $false
        $packets.BroadcastFlag[0..2] | Should -Be $true, $true, $true
        $packets.ClientId | Select-Object -First 1 | Should -Be "01:$mac"
        $packets[2].State, $packets[2].RequestedAddress, $packets[2].ServerId | Should -Be Selecting, $told.ip, 10.1.0.1
        $packets[3].YourAddress, $packets[3].LeaseSeconds | Should -Be $told.ip, 120
        foreach ($code in $options.Keys | Where-Object { $_ -ne 119 }) { $packets[3].Options[$code] | Should -Be (ConvertTo-DhcpOption $code $options[$code]) }
        if ($times.Count) { $packets[3].Options[58, 59] | ForEach-Object { Get-NumberAt $_ 0 4 } | Should -Be 30, 50 }
        $packets[4].ClientAddress, $packets[4].Source, $packets[4].Destination | Should -Be $told.ip, $told.ip, 10.1.0.1
        # What the server says.
        $log = Get-DhcpServerLog $server
        $log.Type | Should -Be $packets.Type
        if ($Kind -ne 'Isc') { $log.Xid | Should -Be $packets.Xid }
        if ($Kind -ne 'Networkd') {
            $log.Mac | Select-Object -Unique | Should -Be $mac
            Get-DhcpServerLease $server | Should -BeNullOrEmpty
        }
        Stop-DhcpServer
        $server.Process.HasExited, $capture.Process.HasExited | Should -Be $true, $true
    }

    It 'sends nothing that is not requested, unless it is forced to' {
        $null = Start-DhcpServer $Kind -Option @{ 42 = '10.1.0.4' } -ForceOption
        (Invoke-Udhcpc '-o -O router').ntpsrv | Should -Be 10.1.0.4
        if ($Kind -eq 'Networkd') { return }
        Stop-DhcpServer
        $null = Start-DhcpServer $Kind -Option @{ 42 = '10.1.0.4' }
        (Invoke-Udhcpc '-o -O router').ntpsrv | Should -BeNullOrEmpty
    }

    It 'renews a lease, also after a restart' {
        $server = Start-DhcpServer $Kind
        $client = Start-Udhcpc
        $address = "$((Get-Told).ip)/24"
        $address | Should -Match '^10\.1\.0\.1\d\d/24$'
        # systemd-networkd keeps its leases in memory.
        if ($Kind -ne 'Networkd') {
            Stop-DhcpServer $server -Kill
            $lease = Get-DhcpServerLease $server
            "$($lease.Address)/24", $lease.Mac, $lease.ClientId, $lease.IsDeclined | Should -Be $address, $mac, "01:$mac", $false
            ($lease.Expires - [DateTimeOffset]::Now).TotalSeconds | Should -BeGreaterThan 60
            ($lease.Expires - [DateTimeOffset]::Now).TotalSeconds | Should -BeLessOrEqual 121
            $server = Start-DhcpServer $Kind -Folder $server.Folder
        }
        $capture = Start-DhcpCapture
        # The signal renews.
        Send-Signal USR1 $client
        "$((Get-Told renew).ip)/24" | Should -Be $address
        # On a busy machine, the client repeats it, and then asks all servers.
        $request = Wait-DhcpPacket $capture ACK | ForEach-Object { Get-DhcpCapture $capture REQUEST } | Select-Object -First 1
        $request.State, $request.IsBroadcast, "$($request.ClientAddress)/24" | Should -Be Renewing, $false, $address
        Stop-DhcpServer
        # dnsmasq refuses a lease that it doesn't know. The others are silent about it.
        if ($Kind -ne 'Dnsmasq') { return }
        $server = Start-DhcpServer $Kind -Range 10.1.0.20, 10.1.0.29
        $capture = Start-DhcpCapture
        Send-Signal USR1 $client
        $null = Wait-DhcpPacket $capture NAK
        @(Get-DhcpServerLog $server NAK).Count | Should -Be 1
    }

    It 'hears that an address is taken' {
        $server = Start-DhcpServer $Kind
        $first = (Invoke-Udhcpc).ip
        ip netns add taken
        # Older kernels create no link with the name of one in the parent's namespace.
        ip -n wire link add link eth0 name taken netns taken type macvlan
        "address add $first/32 dev taken", 'link set taken up' | ip -n taken -batch -
        ip address flush dev eth0 scope global
        $capture = Start-DhcpCapture
        $client = Start-Udhcpc '-a2000'
        $declined = Wait-DhcpPacket $capture DECLINE
        $declined[0].RequestedAddress | Should -Be $first
        (Get-ArpCapture $capture | Where-Object IsProbe)[0].TargetAddress | Should -Be $first
        @(Get-DhcpServerLog $server DECLINE).Count | Should -Be @(Get-DhcpCapture $capture DECLINE).Count
        if ($Kind -in 'Isc', 'Kea') { (Get-DhcpServerLease $server | Where-Object IsDeclined).Address | Should -Be $first }
    }
}

Describe 'Short and infinite leases, and reservations' -Tag Native, Once {
    It 'of <Kind>' -ForEach $kinds {
        if ($Problem) { return Set-ItResult -Skipped -Because $Problem }
        $seconds = $Kind -eq 'Dnsmasq' ? 120 : 5
        # systemd-networkd knows MAC addresses only.
        $who = $Kind -eq 'Networkd' ? (Get-IpLink eth0).address : 'id:ff:00:01'
        $server = Start-DhcpServer $Kind -LeaseSeconds $seconds -Reservation @{ $who = '10.1.0.151' }
        $told = Invoke-Udhcpc ($Kind -eq 'Networkd' ? '' : '-C -x 0x3d:ff0001')
        $told.ip, $told.lease | Should -Be 10.1.0.151, $seconds
        Stop-DhcpServer
        if ($Kind -in 'Isc', 'Networkd') { return }
        $server = Start-DhcpServer $Kind -LeaseSeconds ([uint32]::MaxValue)
        (Invoke-Udhcpc).lease | Should -Be ([uint32]::MaxValue)
        (Get-DhcpServerLease $server).Expires | Should -BeNullOrEmpty
        Stop-DhcpServer
    }
}

Describe 'A suspended server' -Tag Native, Once {
    It 'neither answers nor ends' {
        $problem = Get-DhcpProblem Dnsmasq
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $server = Start-DhcpServer Dnsmasq
        Suspend-DhcpServer $server
        { Invoke-Udhcpc '-t 1' } | Should -Throw '*no lease*'
        Resume-DhcpServer $server
        (Invoke-Udhcpc).ip | Should -Match '^10\.1\.0\.1\d\d$'
        Suspend-DhcpServer $server
        Stop-DhcpServer
        $server.Process.HasExited | Should -BeTrue
    }
}

Describe 'radvd' -Tag Native, Once {
    It 'advertises prefixes, resolvers and routes, and says goodbye' {
        $problem = Get-DhcpProblem Radvd
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $router = Start-Radvd -Prefix fd01::/64 -ValidSeconds 100 -PreferredSeconds 50 -Resolver fd01::53 -SearchDomain example.org -Route fd05::/48 -Mtu 1400
        Get-Content $router.Log -Raw | Should -Match 'sending RA to ff02::1 on eth0 .*, 6 options'
        for ($i = 0; $i -lt 500 -and -not ($address = @(Get-IpAddress '' eth0) -like 'fd01:*'); $i++) { Start-Sleep -Milliseconds 20 }
        $address | Should -BeLike 'fd01:*/64'
        (Get-IpRoute -Family 6 | Where-Object dst -EQ default).protocol | Should -Be ra
        Stop-DhcpServer
        for ($i = 0; $i -lt 500 -and ($route = Get-IpRoute -Family 6 | Where-Object dst -EQ default); $i++) { Start-Sleep -Milliseconds 20 }
        $route | Should -BeNullOrEmpty
        @(Get-Process radvd -ErrorAction Ignore).Count | Should -Be 0
    }
}

Describe 'dnsmasq and NICs of ipvlan, which share a MAC address' {
    It 'gives an address to each client identifier' {
        $problem = Get-DhcpProblem Dnsmasq, Tcpdump
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        foreach ($name in 'web1', 'web2') {
            "netns add $name", "link add link eth0 name new netns $name type ipvlan mode l2" | ip -batch -
            ip -n $name link set new name eth0 up
        }
        $server = Start-DhcpServer Dnsmasq
        $capture = Start-DhcpCapture
        $first = Invoke-Udhcpc '-B -C -x 0x3d:ff0001' -Namespace web1
        $second = Invoke-Udhcpc '-B -C -x 0x3d:ff0002' -Namespace web2
        $second.ip | Should -Not -Be $first.ip
        $acks = Wait-DhcpPacket $capture ACK -Count 2
        $acks.YourAddress | Should -Be $first.ip, $second.ip
        $acks.Mac | Should -Be (@((Get-IpLink eth0).address) * 2)
        (Get-DhcpServerLease $server | Sort-Object ClientId).ClientId | Should -Be 'ff:00:01', 'ff:00:02'
    }
}
