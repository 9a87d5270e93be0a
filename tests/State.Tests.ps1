# The state on disk: what one process makes, the next one sees; where it is; who may use it.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'What one process makes' {
    It 'is seen, used and removed by the next' -Tag Native, Once {
        $lines = Invoke-Shell @'
            $null = New-NetworkNamespace web1, web2
            $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -IPRange 192.168.50.64/26 -Mtu 1400 -RouteMetric 7
            Connect-ContainerNic front web1 | ForEach-Object { "$_ $($_.IPAddress)" }
'@
        $lines | Should -Be 'web1/eth0 192.168.50.64/24'
        $network = Get-ContainerNetwork
        "$network $($network.Subnets) $($network.Subnets.IPRange) $($network.Mtu) $($network.RouteMetric) $($network.NicCount)" |
            Should -Be 'front 192.168.50.0/24 192.168.50.64-192.168.50.127 1400 7 1'
        "$((Connect-ContainerNic front web2).IPAddress)" | Should -Be 192.168.50.65/24
        $lines = Invoke-Shell @'
            Get-ContainerNic | ForEach-Object { "$_ $($_.IPAddress)" }
            Disconnect-ContainerNic -Namespace web1
            Connect-ContainerNic front web2 -WarningAction Ignore | ForEach-Object { "$_ $($_.IPAddress)" }
'@
        $lines | Should -Be 'web1/eth0 192.168.50.64/24', 'web2/eth0 192.168.50.65/24', 'web2/eth1 192.168.50.64/24'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-IpAddress web2 eth1 | Should -Be 192.168.50.64/24
        Remove-MacvlanNetwork front -Force
        (Get-IpLink -Namespace web2).ifname | Should -Be lo
        Get-StateRow | Should -BeNullOrEmpty
        Remove-NetworkNamespace web*
    }

    It 'goes with the last network of the next, if it was made for networks' {
        $null = Invoke-Shell @'
            New-MacvlanNetwork front eth0.10.20 -Subnet 192.168.50.0/24
            New-IpvlanNetwork alone -Subnet 192.168.60.0/24
'@
        Get-IpLink | Should -HaveCount 5
        Remove-MacvlanNetwork front
        Remove-IpvlanNetwork alone
        (Get-IpLink).ifname | Should -Be lo, eth0
    }
}

Describe 'MACIPVLAN_STATE' {
    BeforeEach { $stateBefore = $env:MACIPVLAN_STATE }

    AfterEach {
        $env:MACIPVLAN_STATE = $stateBefore
        Remove-Item $TestDrive/own -Recurse -Force -ErrorAction Ignore
    }

    It 'says where the state is: in a folder that is its owner''s alone' -Tag Native, Once {
        $env:MACIPVLAN_STATE = Join-Path $TestDrive 'own/deep/my.db'
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        [IO.File]::Exists($env:MACIPVLAN_STATE) | Should -BeTrue
        stat -c %a $TestDrive/own/deep | Should -Be 700
        stat -c %a (Get-ChildItem $TestDrive/own/deep).FullName | Should -Be (@('600') * 4) -Because 'all files are private'
        Remove-MacvlanNetwork front
    }

    It 'keeps states apart' -Tag Native, Once {
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $env:MACIPVLAN_STATE = Join-Path $TestDrive 'own/state.db'
        Get-ContainerNetwork | Should -BeNullOrEmpty
        New-MacvlanNetwork front eth0 -Subnet 192.168.60.0/24 | Should -HaveCount 1
        $env:MACIPVLAN_STATE = $stateBefore
        "$((Get-ContainerNetwork).Subnets)" | Should -Be 192.168.50.0/24
        Remove-MacvlanNetwork front
    }

    It 'is /var/lib/macipvlan/state.db when it is not set' {
        $env:MACIPVLAN_STATE = $null
        $null = New-MacvlanNetwork not-set eth0 -Subnet 192.168.50.0/24
        [IO.File]::Exists('/var/lib/macipvlan/state.db') | Should -BeTrue
        stat -c %a /var/lib/macipvlan | Should -Be 700
        Remove-MacvlanNetwork not-set
    }
}

Describe 'A state that cannot be used' -Tag Native, Once {
    BeforeAll {
        $stateBefore = $env:MACIPVLAN_STATE
        $folder = "$TestDrive/bad"
        Set-Content $TestDrive/elsewhere precious
    }

    AfterAll { $env:MACIPVLAN_STATE = $stateBefore }

    AfterEach {
        Remove-Item $folder -Recurse -Force
        Remove-Item $TestDrive/link -ErrorAction Ignore
    }

    It 'stops commands before they touch anything: <Case>' -ForEach @(
        @{ Case = 'others may write to its folder'; File = 'bad/state.db'; Make = { chmod 777 $folder }
            Says = '*chmod go-w*' }
        @{ Case = 'its folder is a file'; File = 'bad/file/state.db'; Make = { Set-Content $folder/file x }
            Says = '*MACIPVLAN_STATE*' }
        @{ Case = 'it is a folder'; File = 'bad/state.db'; Make = { $null = mkdir $folder/state.db }
            Says = '*MACIPVLAN_STATE*' }
        @{ Case = 'it is no database'; File = 'bad/state.db'; Says = '*MACIPVLAN_STATE*'
            Make = { Set-Content $folder/state.db ('no database ' * 100) }
        }
        @{ Case = 'it is empty'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'
            Make = { Set-Content $folder/state.db '' -NoNewline }
        }
        @{ Case = 'it has been cut off'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'; Make = {
                $null = Get-StateRow
                $content = [IO.File]::ReadAllBytes($env:MACIPVLAN_STATE)
                Remove-Item $folder/state.db-*
                [IO.File]::WriteAllBytes($env:MACIPVLAN_STATE, $content[0..9999])
            }
        }
        @{ Case = 'it has been cut off to nothing, beside its log'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'
            Make = { $null = Get-StateRow; [IO.File]::WriteAllBytes($env:MACIPVLAN_STATE, @()) }
        }
        @{ Case = 'it has been cut off, beside its log'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'; Make = {
                # SQLite as others use it writes the log back and removes it; the network is in a new one.
                $null = Get-StateRow
                $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
                $content = [IO.File]::ReadAllBytes($env:MACIPVLAN_STATE)
                [IO.File]::WriteAllBytes($env:MACIPVLAN_STATE, $content[0..10239])
            }
        }
        @{ Case = 'it is gone, but its log is there'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'; Make = {
                New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
                Remove-Item $folder/state.db, $folder/state.db.lock
            }
        }
        @{ Case = 'it is gone, and its log with it'; File = 'bad/state.db'; Says = '*start over, remove*state.db*'
            Make = { $null = Get-StateRow; Remove-Item $folder/state.db, $folder/state.db-* }
        }
        @{ Case = 'its log is gone'; File = 'bad/state.db'; Says = '*state.db-wal back*start over, remove*state.db*'
            Make = { $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24; Remove-Item $folder/state.db-* }
        }
        @{ Case = 'it is a symbolic link'; File = 'bad/state.db'; Says = '*MACIPVLAN_STATE*'
            Make = { ln -s $TestDrive/elsewhere $folder/state.db }
        }
        @{ Case = 'its log is a symbolic link'; File = 'bad/state.db'; Says = '*MACIPVLAN_STATE*'
            Make = { ln -s $TestDrive/elsewhere $folder/state.db-wal }
        }
        @{ Case = 'its lock is a symbolic link'; File = 'bad/state.db'; Says = '*MACIPVLAN_STATE*'
            Make = { ln -s $TestDrive/elsewhere $folder/state.db.lock }
        }
        @{ Case = 'its folder belongs to someone else'; File = 'bad/state.db'; Says = '*chown*'; Make = { chown 4711 $folder } }
        @{ Case = 'it belongs to someone else'; File = 'bad/state.db'; Says = '*chown*'
            Make = { $null = Get-StateRow; chown 4711 $folder/state.db }
        }
        @{ Case = 'others may write to it'; File = 'bad/state.db'; Says = '*chmod go-w*'
            Make = { $null = Get-StateRow; chmod 666 $folder/state.db }
        }
        @{ Case = 'its folder is a link of someone else'; File = 'link/state.db'; Says = '*chown*'
            Make = { ln -s $folder $TestDrive/link; chown -h 4711 $TestDrive/link }
        }
        @{ Case = 'it is of a newer version'; File = 'bad/state.db'; Says = '*version*'; Make = {
                $null = Get-StateRow
                # The version that SQLite keeps for its user is a number of four bytes at offset 60 of the file.
                $bytes = [IO.File]::ReadAllBytes($env:MACIPVLAN_STATE)
                $bytes[63] = 99
                [IO.File]::WriteAllBytes($env:MACIPVLAN_STATE, $bytes)
            }
        }
    ) {
        mkdir -m 700 $folder
        $env:MACIPVLAN_STATE = Join-Path $TestDrive $File
        . $Make
        $hash = if ([IO.File]::Exists($env:MACIPVLAN_STATE)) { (Get-FileHash $env:MACIPVLAN_STATE).Hash }
        $links = [IO.File]::ReadAllText('/proc/net/dev') -replace '\s+\d+'
        foreach ($attempt in { 'a', 'b' | Get-ContainerNetwork }, { New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 }) {
            $problem = Get-Failure $attempt
            $problem | Should -HaveCount 1 -Because 'no other input could succeed'
            $problem.What | Should -BeLike "StateUnavailable ResourceUnavailable '*'"
            $problem.Action | Should -BeLike $Says
        }
        [IO.File]::ReadAllText('/proc/net/dev') -replace '\s+\d+' | Should -Be $links
        if ($hash) { (Get-FileHash $env:MACIPVLAN_STATE).Hash | Should -Be $hash }
        Get-Content $TestDrive/elsewhere | Should -Be precious
    }
}

Describe 'A disk' -Tag Native, Once {
    BeforeAll {
        $stateBefore = $env:MACIPVLAN_STATE
        $disk = "$TestDrive/disk"
        $null = New-NetworkNamespace web1
    }

    BeforeEach {
        $null = mkdir -m 700 $disk
        mount -t tmpfs -o size=2m,mode=700 tmpfs $disk
        $env:MACIPVLAN_STATE = "$disk/state.db"
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1
        $rowsBefore = Get-StateRow
        $textBefore = Get-KernelText
    }

    AfterEach {
        Remove-Item $disk/fill -ErrorAction Ignore
        Remove-MacvlanNetwork front -Force
        umount $disk
        Remove-Item $disk
        $env:MACIPVLAN_STATE = $stateBefore
    }

    AfterAll { Remove-NetworkNamespace web1 }

    It 'that is full is reported once, and nothing is lost or half-made' {
        dd if=/dev/zero of=$disk/fill bs=4096 2>$null
        foreach ($attempt in { New-MacvlanNetwork back eth0.50 -Subnet 192.168.60.0/24 }, { 'web1' | Connect-ContainerNic front },
            { Get-ContainerNic | Disconnect-ContainerNic }, { Remove-MacvlanNetwork front -Force }) {
            # As many rows as it takes to need another page of the file.
            for ($i = 0; $i -lt 50 -and -not ($problem = Get-Failure $attempt); $i++) { }
            $problem | Should -HaveCount 1 -Because "$attempt"
            $problem.What | Should -BeLike "StateUnavailable ResourceUnavailable '*'"
            $problem.Message | Should -BeLike '*the disk is full.'
        }
        Remove-Item $disk/fill
        Get-StateRow | Should -Be $rowsBefore
        Get-KernelText | Should -Be $textBefore
        "$(Connect-ContainerNic front web1)" | Should -Be web1/eth1
    }

    It 'that is read-only is reported once, and nothing is half-made' {
        mount -o remount,ro $disk
        foreach ($attempt in { New-MacvlanNetwork back eth0.50 -Subnet 192.168.60.0/24 }, { 'web1' | Connect-ContainerNic front },
            { Disconnect-ContainerNic -Namespace web1 }, { Remove-MacvlanNetwork front -Force }) {
            $problem = Get-Failure $attempt
            $problem | Should -HaveCount 1 -Because "$attempt"
            $problem.What | Should -BeLike "StateUnavailable ResourceUnavailable '*'"
            $problem.Action | Should -BeLike '*MACIPVLAN_STATE*'
        }
        mount -o remount,rw $disk
        Get-StateRow | Should -Be $rowsBefore
        Get-KernelText | Should -Be $textBefore
    }
}

Describe 'A state that another process has locked' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $holder = Lock-State
    }

    AfterAll { Unlock-State $holder }

    It 'can be read' { "$(Get-ContainerNetwork)" | Should -Be front }

    It 'makes a command wait no longer than is sensible, and say who has it' {
        $problem = Get-Failure { 'back', 'rear' | ForEach-Object { New-MacvlanNetwork $_ eth0 -Subnet 192.168.60.0/24 -ErrorAction Stop } }
        $problem | Should -HaveCount 1
        $problem.What | Should -BeLike "StateUnavailable ResourceUnavailable '*'"
        $problem.Message | Should -BeLike "*locked by another process*process $($holder.Id)*"
        "$(Get-ContainerNetwork)" | Should -Be front
    }

    It 'makes a command wait until it is free' {
        $waiting = Start-Shell "'ready'; New-MacvlanNetwork back eth0 -Subnet 192.168.60.0/24 | ForEach-Object Name"
        $waiting.StandardOutput.ReadLine() | Should -Be ready
        # Time to run into the lock.
        Start-Sleep 1
        $waiting.HasExited | Should -BeFalse
        Unlock-State $holder
        $waiting.StandardOutput.ReadToEnd().Trim() | Should -Be back
        Remove-MacvlanNetwork front, back
    }
}

Describe 'A copy of the state' -Tag Native, Once {
    AfterEach { Remove-NetworkNamespace copy -Force }

    It 'that SQLite makes while commands run is consistent, and can be used in its place' {
        $null = New-NetworkNamespace copy
        $null = New-MacvlanNetwork front eth0 -Subnet 10.50.0.0/16
        $busy = Start-Shell '(, "copy" * 60) | Connect-ContainerNic front -WarningAction Ignore | ForEach-Object InterfaceName; Get-ContainerNic | Disconnect-ContainerNic'
        $connection = Connect-State
        # Between the NICs as they come, so that all is taken while the process is at work.
        $copies = for ($i = 0; $busy.StandardOutput.ReadLine(); $i++) {
            if ($i % 10) { continue }
            Invoke-Sql $connection "VACUUM INTO '$TestDrive/copy$i.db'"
            "$TestDrive/copy$i.db"
        }
        $busy.WaitForExit()
        $connection.Dispose()
        $copies | Should -HaveCount 6
        foreach ($copy in $copies) {
            $connection = Connect-State $copy
            Invoke-Sql $connection 'PRAGMA integrity_check' | Should -Be ok
            Invoke-Sql $connection 'PRAGMA foreign_key_check' | Should -BeNullOrEmpty
            # Addresses are taken lowest first and the first is the gateway's: one run, without gaps.
            $leases = Invoke-Sql $connection 'SELECT COUNT(*), MIN(address), MAX(address) FROM leases'
            Invoke-Sql $connection 'SELECT (SELECT COUNT(*) FROM nics), first, last FROM runs' | Should -Be $leases
            $connection.Dispose()
        }
        Get-ContainerNic | Should -BeNullOrEmpty
        $stateNow = $env:MACIPVLAN_STATE
        $env:MACIPVLAN_STATE = Join-Path $TestDrive 'restored/state.db'
        $null = mkdir -m 700 $TestDrive/restored
        Copy-Item $copies[-1] $env:MACIPVLAN_STATE
        @(Get-ContainerNic).Count | Should -BeGreaterThan 50
        $env:MACIPVLAN_STATE = $stateNow
        Remove-MacvlanNetwork front
    }
}

Describe 'A process without CAP_NET_ADMIN' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1
        $before = Get-Snapshot
        $textBefore = Get-KernelText
        # One process for all tests, since it takes a while to start.
        $script = @'
            foreach ($change in
                { New-MacvlanNetwork bad eth0 -Subnet 192.168.60.0/24 }, { New-IpvlanNetwork bad eth0 -Subnet 192.168.60.0/24 },
                { Remove-MacvlanNetwork front -Force }, { Remove-IpvlanNetwork * }, { Add-VlanSubInterface eth0 50 },
                { Remove-VlanSubInterface * -Force }, { Connect-ContainerNic front web1 }, { Disconnect-ContainerNic -Namespace web1 },
                { New-NetworkNamespace web2 }, { Remove-NetworkNamespace web1 -Force }) {
                try { & $change; "$change no error that ends it" }
                catch { "$(($_.FullyQualifiedErrorId -split ',')[0]) $($_.CategoryInfo.Category) $($_.CategoryInfo.Activity)" }
            }
            "$(Get-ContainerNetwork) $(Get-MacvlanNetwork) $(Get-IpvlanNetwork) $(Get-ContainerNic)"
            "$(Get-NetworkNamespace) $(Get-VlanSubInterface)"
'@
        $lines = Invoke-Shell $script -Through setpriv, --inh-caps=-all, --bounding-set=-all, --ambient-caps=-all
    }

    AfterAll {
        Remove-NetworkNamespace web1 -Force
        Remove-MacvlanNetwork front
    }

    It 'is refused every change' {
        $lines[0..9] | Should -Be @(
            'PermissionDenied PermissionDenied New-MacvlanNetwork', 'PermissionDenied PermissionDenied New-IpvlanNetwork'
            'PermissionDenied PermissionDenied Remove-MacvlanNetwork', 'PermissionDenied PermissionDenied Remove-IpvlanNetwork'
            'PermissionDenied PermissionDenied Add-VlanSubInterface', 'PermissionDenied PermissionDenied Remove-VlanSubInterface'
            'PermissionDenied PermissionDenied Connect-ContainerNic', 'PermissionDenied PermissionDenied Disconnect-ContainerNic'
            'PermissionDenied PermissionDenied New-NetworkNamespace', 'PermissionDenied PermissionDenied Remove-NetworkNamespace')
        Get-Snapshot | Should -Be $before
        Get-KernelText | Should -Be $textBefore
    }

    It 'may look' { $lines[-2, -1] | Should -Be 'front front  web1/eth0', 'web1 wire ' }
}

Describe 'The state, when all is removed' -Tag Native, Once {
    It 'is empty' {
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }
}
