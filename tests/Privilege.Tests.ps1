# Least privilege: each cmdlet works with the capabilities that about_MacIpvlan_Privileges says it needs, names the one
# that is missing, and all of them work in the user namespace of an ordinary user.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1
    $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24

    function Invoke-Limited([string[]]$Capability, [string]$Script) {
        # As root, who owns the files, but with no more than these capabilities.
        Invoke-Shell $Script -Through setpriv, --inh-caps=-all, --ambient-caps=-all, "--bounding-set=$(@('-all') + $Capability -join ',+')"
    }

    # One line of each statement: what it writes, or the id of its error and what it says is missing.
    $attempt = @'
        function Attempt([scriptblock]$Command) {
            try { "$(& $Command)" }
            catch { "$(($_.FullyQualifiedErrorId -split ',')[0]) $([regex]::Matches("$_", 'CAP_\w+').Value | Sort-Object -Unique)" }
        }

'@
}

AfterAll { Clear-TestHost }

Describe 'CAP_NET_ADMIN alone' {
    It 'is enough for networks, and what needs more says so' -Tag Native, Once {
        Invoke-Limited net_admin ($attempt + @'
            Attempt { New-MacvlanNetwork two eth0 -Subnet 192.168.60.0/24 }
            Attempt { Get-ContainerNetwork }
            Attempt { Get-NetworkNamespace }
            Attempt { Connect-ContainerNic front web1 }
            Attempt { Disconnect-ContainerNic -Namespace web1 }
            Attempt { Enable-HostAccess front }
            Attempt { New-NetworkNamespace web2 }
            Attempt { Remove-NetworkNamespace web1 }
            Attempt { Remove-MacvlanNetwork two }
'@) | Should -Be (@('two', 'front two', 'web1 wire') + @('PermissionDenied CAP_SYS_ADMIN') * 5 + @(''))
    }

    It 'is enough for VLANs and networks without a parent' {
        Invoke-Limited net_admin ($attempt + @'
            Attempt { New-MacvlanNetwork two eth0.50 -Subnet 192.168.60.0/24 }
            Attempt { New-IpvlanNetwork three -Subnet 192.168.70.0/24 }
            Attempt { Add-VlanSubInterface eth0 60 }
            Attempt { Get-VlanSubInterface }
            Attempt { Remove-MacvlanNetwork two }
            Attempt { Remove-IpvlanNetwork three }
            Attempt { Remove-VlanSubInterface eth0.60 }
'@) | Should -Be 'two', 'three', 'eth0.60', 'eth0.50 eth0.60', '', '', ''
        (Get-IpLink).ifname | Should -Be lo, eth0
    }
}

Describe 'CAP_SYS_ADMIN alone' -Tag Native, Once {
    It 'is enough to remove a namespace, and what needs more says so' {
        $null = New-NetworkNamespace gone
        Invoke-Limited sys_admin ($attempt + @'
            Attempt { Connect-ContainerNic front web1 }
            Attempt { New-MacvlanNetwork two eth0 -Subnet 192.168.60.0/24 }
            Attempt { Remove-NetworkNamespace gone }
'@) | Should -Be 'PermissionDenied CAP_NET_ADMIN', 'PermissionDenied CAP_NET_ADMIN', ''
        "$(Get-NetworkNamespace)" | Should -Be 'web1 wire'
    }
}

Describe 'CAP_SYS_ADMIN and CAP_NET_RAW' -Tag Native, Once {
    It 'are enough to test NICs, and either is missed' {
        $null = Connect-ContainerNic front web1
        ip -n wire address add 192.168.50.1/24 dev eth0
        Invoke-Limited sys_admin, net_raw ($attempt + 'Attempt { (Test-ContainerNic).Status }; Attempt { (Test-ContainerNic -LinkLayer).Status }') |
            Should -Be Reachable, Reachable
        Invoke-Limited sys_admin ($attempt + 'Attempt { Test-ContainerNic }') | Should -Be 'PermissionDenied CAP_NET_RAW'
        Invoke-Limited net_raw ($attempt + 'Attempt { Test-ContainerNic }') | Should -Be 'PermissionDenied CAP_SYS_ADMIN'
        Invoke-Limited net_raw ($attempt + 'Attempt { Get-ContainerNicStatistics }') | Should -Be 'PermissionDenied CAP_SYS_ADMIN'
        Invoke-Limited sys_admin ($attempt + 'Attempt { (Get-ContainerNicStatistics)[0].SentPackets -gt 0 }') | Should -Be True
        Get-ContainerNic | Disconnect-ContainerNic
    }
}

Describe 'CAP_NET_ADMIN and CAP_SYS_ADMIN' -Tag Native, Once {
    It 'are enough for NICs and namespaces' {
        Invoke-Limited net_admin, sys_admin ($attempt + @'
            Attempt { New-NetworkNamespace web2 }
            Attempt { Connect-ContainerNic front web1, web2 }
            Attempt { Get-ContainerNic | Disconnect-ContainerNic }
            Attempt { Remove-NetworkNamespace web2 }
            Attempt { Connect-ContainerNic front web1 -ProbeAddress }
'@) | Should -Be 'web2', 'web1/eth0 web2/eth0', '', '', 'PermissionDenied CAP_NET_RAW'
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'may belong to a process that has none of them: it needs neither to look' {
        Invoke-Limited @() ($attempt + @'
            Attempt { Get-ContainerNetwork }
            Attempt { (Show-ContainerNetwork) -match 'front  macvlan' -replace '\W+(\w+).*', '$1' }
            Attempt { Connect-ContainerNic front web1 }
'@) | Should -Be front, front, 'PermissionDenied CAP_NET_ADMIN CAP_SYS_ADMIN'
    }
}

Describe 'An ordinary user' -Tag Native, Once {
    BeforeAll {
        # Whose folders the programs and the module are in does not matter here: they are shown where anyone may read.
        $base = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-user.$PID"
        $null = mkdir -m 755 $base
        $null = mkdir -m 700 $base/home
        chown 65534:65534 $base/home
        $shown = [Collections.Generic.List[string]]::new()

        function Show-Folder([string]$Path) {
            # The path under which a file or folder is shown.
            $folder = if ([IO.Directory]::Exists($Path)) { $Path } else { Split-Path $Path -Parent }
            if ($folder -notin $shown) {
                $null = mkdir "$base/$($shown.Count)"
                mount --bind $folder "$base/$($shown.Count)"
                $shown.Add($folder)
            }
            "$base/$($shown.IndexOf($folder))$($Path.Substring($folder.Length))"
        }

        function Invoke-User([string]$Script, [string[]]$Through = 'env', [string[]]$As = '--clear-groups') {
            # Runs a script as nobody: it owns a folder, and has no capability but in user namespaces of its own.
            $module = (Get-Module MacIpvlan).ModuleBase
            $command = @(Get-ShellCommand $Script | ForEach-Object {
                    if ([IO.File]::Exists($_)) { Show-Folder $_ } else { $_.Replace($module, (Show-Folder $module)) }
                })
            $arguments = @('--reuid', '65534', '--regid', '65534') + $As + 'env' +
                $variables + "HOME=$base/home" + $Through + $command
            setpriv @arguments
        }

        $variables = @("MACIPVLAN_STATE=$base/home/state/state.db")
        $null = setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rn true 2>&1
        $mayUnshare = $LASTEXITCODE -eq 0
    }

    AfterAll {
        for ($i = 0; $i -lt $shown.Count; $i++) { umount "$base/$i" }
        Remove-Item $base -Recurse -Force
    }

    It 'is told to choose a place for the state, if MACIPVLAN_STATE is not set' {
        $variables = '-u', 'MACIPVLAN_STATE'
        $lines = Invoke-User 'try { Get-ContainerNetwork } catch { "$($_.FullyQualifiedErrorId)"; $_.ErrorDetails.RecommendedAction }'
        $lines[0] | Should -BeLike 'StateUnavailable,*'
        $lines[1] | Should -BeLike '*MACIPVLAN_STATE*'
    }

    It 'may look, and is told what it lacks for more' {
        Invoke-User ($attempt + 'Attempt { Get-ContainerNetwork }; Attempt { Connect-ContainerNic front web1 }') |
            Should -Be '', 'PermissionDenied CAP_NET_ADMIN CAP_SYS_ADMIN'
    }

    It 'reads the state of root as a member of the group that its folder was given to, and cannot change it' {
        $own = $env:MACIPVLAN_STATE
        $variables = @("MACIPVLAN_STATE=$base/shared/state.db")
        $reading = $attempt + 'Attempt { Get-ContainerNetwork }; Attempt { Get-ContainerNic }'
        try {
            $env:MACIPVLAN_STATE = "$base/shared/state.db"
            $null = mkdir -m 750 $base/shared
            chgrp 60001 $base/shared
            $null = New-MacvlanNetwork shared eth0 -Subnet 192.168.61.0/24
            $null = Connect-ContainerNic shared web1
            Invoke-User $reading -As --groups=60001 | Should -Be 'StateUnavailable ', 'StateUnavailable ' -Because 'mode 0750 is usual, and gives nobody the state'
            chmod 2750 $base/shared
            $null = Get-ContainerNetwork
            stat -c '%n %a %g' $base/shared/state.db $base/shared/state.db-wal $base/shared/state.db-shm | ForEach-Object { $_ -replace '.*/' } |
                Should -Be 'state.db 640 60001', 'state.db-wal 640 60001', 'state.db-shm 640 60001'
            stat -c %a $base/shared/state.db.lock | Should -Be 600 -Because 'who can read a lock can hold it'
            Invoke-User $reading -As --groups=60001 | Should -Be 'shared', 'web1/eth0'
            Invoke-User ($attempt + @'
                Attempt { (Show-ContainerNetwork) -match 'shared|web1' }
                Attempt { (Export-ContainerNetwork | ConvertFrom-Json).networks.name }
'@) -As --groups=60001 | Should -BeLike '*shared*'
            Invoke-User 'try { New-MacvlanNetwork two eth0 -Subnet 192.168.62.0/24 } catch { "$_" }' `
                -As --groups=60001, --inh-caps=+net_admin, --ambient-caps=+net_admin | Should -BeLike '*can read the state database*not change it*'
            Invoke-User $reading | Should -Be 'StateUnavailable ', 'StateUnavailable ' -Because 'others than the group still can not'
            # A state that is made in such a folder is the group's from the start.
            Disconnect-ContainerNic shared web1
            Remove-MacvlanNetwork shared
            Remove-Item $base/shared/*
            $null = New-MacvlanNetwork shared eth0 -Subnet 192.168.61.0/24
            Invoke-User $reading -As --groups=60001 | Should -Be 'shared', ''
            Remove-MacvlanNetwork shared
        }
        finally { $env:MACIPVLAN_STATE = $own }
    }

    It 'connects processes in a user namespace of its own' {
        if (-not $mayUnshare) { Set-ItResult -Skipped -Because 'user namespaces are not for ordinary users here'; return }
        Invoke-User -Through unshare, -rn ($attempt + @'
            $ErrorActionPreference = 'Stop'
            ip link add eth0 type veth peer name eth1
            ip link set eth0 up
            ip link set eth1 up
            $child = [Diagnostics.Process]::Start('unshare', '-n sleep 1000')
            while ((readlink "/proc/$($child.Id)/ns/net") -eq (readlink /proc/self/ns/net)) { Start-Sleep -Milliseconds 20 }
            try {
                Attempt { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 }
                Attempt { New-IpvlanNetwork wan eth1 -Subnet 10.2.0.0/24 }
                Attempt { (Connect-ContainerNic lan -ProcessId $child.Id -AnnounceCount 2).InterfaceName }
                nsenter --net -t $child.Id ip -4 -o address show dev eth0 | ForEach-Object { ($_ -split '\s+')[3] }
                Attempt { (Get-ContainerNic).State }
                Attempt { (Test-ContainerNic lan -Destination 10.1.0.9 -Count 1 -TimeoutSeconds 0.1).Status }
                Attempt { Get-ContainerNic | Disconnect-ContainerNic }
                nsenter --net -t $child.Id ip -o link show | ForEach-Object { ($_ -split '\s+')[1] }
                Attempt { Remove-MacvlanNetwork lan }
                Attempt { Remove-IpvlanNetwork wan }
                # What is not its own is out of reach, and the error says by what.
                Attempt { New-NetworkNamespace web2 }
                Attempt { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 }
                Attempt { Connect-ContainerNic lan web1 }
                Attempt { Get-ContainerNic }
                Attempt { Remove-MacvlanNetwork lan }
            }
            finally { $child.Kill() }
'@) | Should -Be @('lan', 'wan', 'eth0', '10.1.0.2/24', 'Up', 'NeighborSilent', '', 'lo:', '', '', 'PermissionDenied CAP_SYS_ADMIN', 'lan'
            'PermissionDenied CAP_SYS_ADMIN', '', '')
        stat -c '%a %u' $base/home/state | Should -Be '700 65534'
        stat -c '%a %u' (Get-ChildItem $base/home/state).FullName | Sort-Object -Unique | Should -Be '600 65534'
        "$(Get-NetworkNamespace)" | Should -Be 'web1 wire'
    }

    It 'makes namespaces in user and mount namespaces of its own' {
        if (-not $mayUnshare) { Set-ItResult -Skipped -Because 'user namespaces are not for ordinary users here'; return }
        Invoke-User -Through unshare, -rnm ($attempt + @'
            mount -t tmpfs tmpfs /run/netns
            ip link add eth0 type veth peer name eth1
            ip link set eth0 up
            Attempt { New-NetworkNamespace web1 }
            Attempt { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 }
            Attempt { Connect-ContainerNic lan web1 }
            Attempt { Remove-NetworkNamespace web1 -Force }
            Attempt { Remove-MacvlanNetwork lan }
'@) | Should -Be 'web1', 'lan', 'web1/eth0', '', ''
    }
}
