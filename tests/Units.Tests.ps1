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
        # There is no journal.
        foreach ($unit in 'watch', 'restore', 'statistics') { Set-Content "$units/macipvlan-$unit.service.d/test.conf" '[Service]', "StandardOutput=append:/run/$unit.log", "StandardError=append:/run/$unit.log" }
        Add-Content "$units/macipvlan-watch.service.d/test.conf" 'WatchdogSec=1', 'Restart=no'

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
        $time = [Diagnostics.Stopwatch]::StartNew()
        $null = Invoke-Systemctl stop macipvlan-watch
        $time.Elapsed.TotalSeconds | Should -BeLessThan 1
        Invoke-Systemctl show -p Result --value macipvlan-watch | Should -Be success
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
