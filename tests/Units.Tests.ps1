# The units of examples/ under a real systemd, which is the first process of namespaces of its own: that they work with the
# restrictions that they have.

Describe 'The units' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-NetworkNamespace web1
        $null = Connect-ContainerNic lan web1
        $problem = if (-not (Test-Path /lib/systemd/systemd)) { 'systemd is missing' }
        $tree = findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1
        if (-not $tree) { $problem = 'there are no control groups of version 2' }
        if ($problem) { return }

        $units = '/run/systemd/system'
        $null = New-Item "$units/macipvlan-watch.service.d", "$units/macipvlan-restore.service.d", "$units/macipvlan-statistics.service.d" -ItemType Directory
        Copy-Item $PSScriptRoot/../examples/*.service, $PSScriptRoot/../examples/*.timer $units
        'sysinit', 'basic', 'timers', 'shutdown', 'test' | ForEach-Object { Set-Content "$units/$_.target" '[Unit]', 'DefaultDependencies=no' }
        # Only one test has a journal.
        foreach ($unit in 'watch', 'restore', 'statistics') { Set-Content "$units/macipvlan-$unit.service.d/test.conf" '[Service]', "StandardOutput=append:/run/$unit.log", "StandardError=append:/run/$unit.log" }
        Add-Content "$units/macipvlan-watch.service.d/test.conf" 'WatchdogSec=1', 'RestartSec=100ms'

        $group = "$tree/macipvlan-test-$PID"
        $start = [Diagnostics.ProcessStartInfo]::new('bash')
        "$PSScriptRoot/systemd/start.sh", $group, (Get-Module MacIpvlan).ModuleBase, (Split-Path ([Environment]::ProcessPath)), (Split-Path $env:MACIPVLAN_STATE) |
            ForEach-Object { $start.ArgumentList.Add($_) }
        $manager = [Diagnostics.Process]::Start($start)

        # The first process of the new namespaces.
        function Get-Manager { "$(Get-Content "/proc/$($manager.Id)/task/$($manager.Id)/children" -ErrorAction Ignore)".Trim() }

        function Invoke-Systemctl {
            # What systemctl says, and its exit code.
            nsenter -t (Get-Manager) -m -p systemctl @args 2>&1 | ForEach-Object { "$_" }
        }

        for ($i = 0; $i -lt 100 -and -not $manager.HasExited -and (Invoke-Systemctl is-system-running) -ne 'running'; $i++) { Start-Sleep -Milliseconds 50 }
        if ("$(Invoke-Systemctl is-system-running)" -ne 'running') { throw "systemd doesn't start: $(Invoke-Systemctl is-system-running) $(Get-Content /run/console -ErrorAction Ignore)" }

        function Start-WatchUnit {
            $text = Invoke-Systemctl start macipvlan-watch
            $LASTEXITCODE | Should -Be 0 -Because "$text $(Get-Log watch)"
        }

        function Get-Property([string]$Name) { Invoke-Systemctl show -p $Name --value macipvlan-watch }

        function Wait-For([scriptblock]$IsSo) {
            # What the service does a moment later.
            for ($i = 0; $i -lt 300 -and -not (& $IsSo); $i++) { Start-Sleep -Milliseconds 100 }
            & $IsSo | Should -BeTrue -Because "$IsSo; $(Get-Log watch)"
        }

        function Get-Log([string]$Unit) { (Get-Content "/run/$Unit.log" -ErrorAction Ignore) -join "`n" }
    }

    AfterAll {
        if ($manager) {
            $manager.Kill()
            $manager.WaitForExit()
            # The kernel empties the groups a moment later.
            for ($i = 0; $i -lt 50 -and (Test-Path $group); $i++) { Start-Sleep -Milliseconds 100; find $group -depth -type d -delete 2>$null }
        }
        Clear-TestHost
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'are what systemd-analyze accepts without a word' {
        foreach ($unit in Get-ChildItem $PSScriptRoot/../examples/* -Include *.service, *.timer) { systemd-analyze verify --man=no $unit.FullName 2>&1 | Should -BeNullOrEmpty -Because $unit.Name }
    }

    It 'start where none of their folders exists yet: each makes them first, and until then systemd must not miss them' {
        foreach ($unit in Get-ChildItem $PSScriptRoot/../examples -Filter *.service) {
            $lines = Get-Content $unit.FullName
            $writable = ($lines -match '^ReadWritePaths=') -replace '^.*?=' -split ' '
            $writable | Should -Match '^-/' -Because $unit.Name
            foreach ($folder in $writable) { @($lines -match "^ExecStartPre=\+/usr/bin/mkdir .*$([regex]::Escape($folder.Substring(1)))$") | Should -HaveCount 1 -Because "$folder in $($unit.Name)" }
        }
    }

    It 'watch: restores NICs, isn''t stuck, sees namespaces that come later, lets go of those that end, and ends at once' {
        ip -n web1 link delete eth0
        $text = Invoke-Systemctl start macipvlan-watch
        $LASTEXITCODE | Should -Be 0 -Because "$text $(Get-Log watch)"
        Invoke-Systemctl is-active macipvlan-watch | Should -Be active
        (Get-IpLink eth0 -Namespace web1).operstate | Should -Be UP
        Get-IpAddress web1 eth0 | Should -Contain fd01::1/64
        Get-Log watch | Should -BeLike '*name=web1/eth0 network=lan result=Restored*'
        # As a fleet's or DHCP's upkeep has to find it.
        $null = New-NetworkNamespace late
        $main = Invoke-Systemctl show -p MainPID --value macipvlan-watch
        $seen = nsenter -t (Get-Manager) -m -p cat "/proc/$main/mountinfo"
        $seen -match ' /run/netns/late ' | Should -HaveCount 1
        # A namespace that has no name any longer ends, and its links with it.
        ip link add probe type veth peer name probe netns late
        ip netns delete late
        for ($i = 0; $i -lt 200 -and (Get-IpLink probe); $i++) { Start-Sleep -Milliseconds 100 }
        Get-IpLink probe | Should -BeNullOrEmpty
        Start-Sleep 2
        'ActiveState', 'NRestarts', 'Result' | ForEach-Object { Invoke-Systemctl show -p $_ --value macipvlan-watch } | Should -Be active, 0, success -Because (Get-Log watch)
        $null = Invoke-Systemctl stop macipvlan-watch
        Get-Property Result | Should -Be success
    }

    It 'watch: restores the NICs of a name and of a process when it is restarted or reloaded, and when it comes back after its death' {
        # One of the service's processes, whose ids are others than here.
        $process = nsenter -t (Get-Manager) -m -p sh -c 'unshare --net sleep 600 >/dev/null 2>&1 & echo $!'
        $module = '/usr/local/share/powershell/Modules/MacIpvlan/MacIpvlan.psd1'
        try {
            $null = nsenter -t (Get-Manager) -m -p env -u MACIPVLAN_STATE /usr/local/bin/pwsh -NoProfile -Command "Import-Module $module; Connect-ContainerNic lan -ProcessId $process"
            function Invoke-InProcess { nsenter -t (Get-Manager) -m -p nsenter --net -t $process @args }
            $links = { (Get-IpLink eth0 -Namespace web1).address; (Invoke-InProcess ip -j link show eth0 2>$null | ConvertFrom-Json).address }
            $remove = { ip -n web1 link delete eth0; Invoke-InProcess ip link delete eth0 }
            $before = & $links
            $before -match '^..:..:..:..:..:..$' | Should -HaveCount 2
            & $remove
            Start-WatchUnit
            & $links | Should -Be $before
            & $remove
            $null = Invoke-Systemctl restart macipvlan-watch
            & $links | Should -Be $before -Because 'it is ready when everything is restored'
            $main = Get-Property MainPID
            & $remove
            $null = Invoke-Systemctl reload macipvlan-watch
            Wait-For { @(& $links).Where{ $_ }.Count -eq 2 }
            & $links | Should -Be $before
            Wait-For { (Get-Property ActiveState) -eq 'active' }
            "$(Get-Property MainPID) $(Get-Property NRestarts)" | Should -Be "$main 0"
            & $remove
            $null = Invoke-Systemctl kill --signal=KILL macipvlan-watch
            Wait-For { (Get-Property NRestarts) -eq 1 -and (Get-Property ActiveState) -eq 'active' }
            & $links | Should -Be $before
            Get-Property MainPID | Should -Not -Be $main
            $null = Invoke-Systemctl stop macipvlan-watch
            Get-Property Result | Should -Be success
        }
        finally {
            $null = Invoke-Systemctl stop macipvlan-watch
            nsenter -t (Get-Manager) -m -p sh -c 'kill $0' $process
            Get-ContainerNic | Where-Object ProcessId -EQ $process | Disconnect-ContainerNic
        }
    }

    It 'watch: renews the lease of a NIC, with the restrictions that it has' {
        . $PSScriptRoot/dhcp/Servers.ps1
        $missing = Get-DhcpProblem Dnsmasq
        if ($missing) { return Set-ItResult -Skipped -Because $missing }
        $null = Start-DhcpServer Dnsmasq -Address 10.7.0.1/24 -Range 10.7.0.100, 10.7.0.199 -RenewSeconds 3
        try {
            $null = New-MacvlanNetwork leased eth0 -Dhcp
            $null = New-NetworkNamespace leased1
            $nic = Connect-ContainerNic leased leased1
            $capture = Start-DhcpCapture
            Start-WatchUnit
            Wait-For { (Get-Log watch) -like '*kind=Lease name=leased1/eth0 network=leased result=Renewed*' }
            $request = (Wait-DhcpPacket $capture REQUEST)[0]
            "$($request.State) $($request.SourcePort) $($request.DestinationMac)" | Should -Be "Renewing 68 $((Get-IpLink eth0 -Namespace wire).address)"
            Get-IpAddress leased1 eth0 | Should -Be "$($nic.IPAddress)"
        }
        finally {
            $null = Invoke-Systemctl stop macipvlan-watch
            Stop-DhcpServer -Kill
            Remove-MacvlanNetwork leased -Force
            Remove-NetworkNamespace leased1
        }
    }

    It 'watch: writes entries of the journal, with fields, to a real one' {
        if (-not (Test-Path /lib/systemd/systemd-journald)) { return Set-ItResult -Skipped -Because 'systemd-journald is missing' }
        Set-Content $units/systemd-journald.socket '[Unit]', 'DefaultDependencies=no', '[Socket]', 'ListenStream=/run/systemd/journal/stdout',
            'ListenDatagram=/run/systemd/journal/socket', 'PassCredentials=yes', 'PassSecurity=yes'
        Set-Content $units/systemd-journald.service '[Unit]', 'DefaultDependencies=no', '[Service]', 'Type=notify', 'Sockets=systemd-journald.socket',
            'ExecStart=/lib/systemd/systemd-journald', 'StandardOutput=null'
        Set-Content $units/macipvlan-watch.service.d/zz.conf '[Service]', 'StandardOutput=journal', 'StandardError=journal'
        try {
            $null = Invoke-Systemctl daemon-reload
            $text = Invoke-Systemctl start systemd-journald.socket systemd-journald.service
            $LASTEXITCODE | Should -Be 0 -Because "$text $(Invoke-Systemctl status systemd-journald.service)"
            ip -n web1 link delete eth0
            Start-WatchUnit
            $entries = { @(nsenter -t (Get-Manager) -m -p journalctl -u macipvlan-watch MACIPVLAN_NETWORK=lan -o json 2>$null | ConvertFrom-Json) }
            Wait-For { (& $entries).Count -eq 1 }
            $entry = (& $entries)[0]
            'MESSAGE', 'PRIORITY', 'SYSLOG_IDENTIFIER', 'MACIPVLAN_KIND', 'MACIPVLAN_NAME', 'MACIPVLAN_NETWORK', 'MACIPVLAN_RESULT', '_SYSTEMD_UNIT' |
                ForEach-Object { $entry.$_ } | Should -Be 'web1/eth0 Restored', 6, macipvlan, Nic, web1/eth0, lan, Restored, macipvlan-watch.service
        }
        finally {
            $null = Invoke-Systemctl stop macipvlan-watch
            $null = Invoke-Systemctl stop systemd-journald.socket systemd-journald.service
            Remove-Item $units/macipvlan-watch.service.d/zz.conf, $units/systemd-journald.*
            $null = Invoke-Systemctl daemon-reload
        }
    }

    It 'restore: restores NICs of namespaces that are made anew' {
        ip netns delete web1
        ip netns add web1
        $text = Invoke-Systemctl start macipvlan-restore
        $LASTEXITCODE | Should -Be 0 -Because "$text $(Get-Log restore)"
        (Get-IpLink eth0 -Namespace web1).operstate | Should -Be UP -Because (Get-Log restore)
        Get-IpAddress web1 eth0 | Should -Contain fd01::1/64
    }

    It 'statistics: writes the counters into a file that the collector can read, as often as the timer says' {
        $text = Invoke-Systemctl start macipvlan-statistics
        $LASTEXITCODE | Should -Be 0 -Because "$text $(Get-Log statistics)"
        # /var is another one there.
        $root = "/proc/$(Get-Manager)/root"
        $file = "$root/var/lib/prometheus/node-exporter/macipvlan.prom"
        stat -c '%a' $file | Should -Be 644
        $first = Get-Content $file
        @($first -match '^macipvlan_nic_up\{network="lan",container="",namespace="web1",interface="eth0",id="[0-9a-f]{16}"\} 1$') | Should -HaveCount 1 -Because (Get-Log statistics)
        @($first -match '^macipvlan_nic_transmit_bytes_total\{.*\} [1-9]\d*$') | Should -HaveCount 1
        $null = New-Item "$units/macipvlan-statistics.timer.d" -ItemType Directory
        Set-Content "$units/macipvlan-statistics.timer.d/test.conf" '[Timer]', 'OnActiveSec=0', 'OnUnitActiveSec=1'
        $null = Invoke-Systemctl daemon-reload
        Remove-Item $file
        $text = Invoke-Systemctl start macipvlan-statistics.timer
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        for ($i = 0; $i -lt 300 -and -not (Test-Path $file); $i++) { Start-Sleep -Milliseconds 100 }
        Test-Path $file | Should -BeTrue -Because (Get-Log statistics)
        $null = Invoke-Systemctl stop macipvlan-statistics.timer
    }
}
