# Containers of a real Docker and a real Podman, each run by these tests in a temporary place: NICs by name, id and
# pipeline, and what happens to them when containers restart and end.

Describe 'A runtime that does not start' -Tag Native, Once {
    BeforeAll { . $PSScriptRoot/runtimes/Runtimes.ps1 }

    It 'is reported in one line, with what its log complains about: <Case>' -ForEach @(
        @{ Case = 'errors among other messages'; Log = @(
                'time="2026-11-26T16:00:00.1Z" level=info msg="Starting up"'
                'time="2026-11-26T16:00:00.2Z" level=warning msg="Error while \"testing\" overlay" storage-driver=vfs'
                'mount: /sys/fs/cgroup: permission denied.'
                'time="2026-11-26T16:00:00.3Z" level=info msg="stopping event stream following graceful shutdown" namespace=moby'
                'failed to start daemon: Devices cgroup isn''t mounted', '')
            Said = 'Error while "testing" overlay; mount: /sys/fs/cgroup: permission denied.; failed to start daemon: Devices cgroup isn''t mounted' }
        @{ Case = 'what was said last'; Log = 'level=info msg="a"', 'level=info msg="b"', 'level=debug msg="c"', 'level=info msg="d"'; Said = 'b; c; d' }
        @{ Case = 'one line'; Log = 'bash: dockerd: not found'; Said = 'bash: dockerd: not found' }
        @{ Case = 'a line without end'; Log = 'x' * 5000; Said = "$('x' * 200) ... $('x' * 195)" }
        @{ Case = 'nothing'; Log = ''; Said = 'it says nothing' }
    ) {
        Set-Content $TestDrive/log $Log
        Get-Complaint $TestDrive/log | Should -Be $Said
    }
}

Describe 'Containers of Docker and Podman' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        . $PSScriptRoot/runtimes/Runtimes.ps1
        Initialize-TestHost
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $runtimes = Start-RuntimeHost
        $problem, $base = $runtimes.Problem, $runtimes.Folder
        if ($problem) { return }
        Invoke-Runtime docker run -d --name web1 --network none busybox:test sleep 600
        Invoke-Runtime podman run -d --name db1 --network none busybox:test sleep 600

        function Get-BareAddress($Nic) { $Nic.IPAddress[0] -replace '/.*' }

        function Test-Between([int]$ProcessId, [string]$Destination) {
            $null = nsenter --net -t $ProcessId busybox ping -c 1 -W 2 $Destination
            $LASTEXITCODE -eq 0
        }

        function Get-NicResult($Items) {
            # What became of NICs, a line each.
            @($Items | Where-Object Kind -EQ Nic | ForEach-Object { "$($_.Name) $($_.Result) $($_.Reason)".TrimEnd() }) }
    }

    AfterAll {
        if (Test-Path variable:runtimes) { Stop-RuntimeHost $runtimes }
        Clear-TestHost
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    AfterEach { Get-ContainerNic | Disconnect-ContainerNic }

    It 'get NICs by name and id, and reach each other through them' {
        $web, $db = (Connect-ContainerNic lan -Container web1), (Connect-ContainerNic lan -Container (Invoke-Runtime podman ps -q --no-trunc))
        "$web $($web.Container) $($web.Runtime) $($web.Image) $($web.Namespace) $($web.State)" | Should -Be 'web1/eth0 web1 Docker busybox:test web1 Up'
        "$db $($db.Container) $($db.Runtime) $($db.Image)" | Should -Be 'db1/eth0 db1 Podman localhost/busybox:test'
        $web.ContainerId | Should -Be (Invoke-Runtime docker ps -q --no-trunc)
        Invoke-Runtime docker exec web1 ping -c 1 -W 2 (Get-BareAddress $db) | Out-String | Should -BeLike '* 1 packets received*'
        Test-Between (Get-ContainerProcess podman db1) (Get-BareAddress $web) | Should -BeTrue
        (Get-ContainerNic -Container web1).Id | Should -Be $web.Id
        $lines = (Get-ContainerNic | Format-Table -View Container | Out-String -Width 80) -split "`n" | Where-Object { $_.Trim() } | ForEach-Object TrimEnd
        $lines[0] | Should -Be '   Network: lan'
        $lines[1] | Should -Match '^Container +Id +Runtime +Interface +State +Image$'
        $lines -match "^db1 +$($db.ContainerId.Substring(0, 12)) Podman +eth0 +Up +localhost/" | Should -HaveCount 1
        $lines -match "^web1 +$($web.ContainerId.Substring(0, 12)) Docker +eth0 +Up +busybox:test$" | Should -HaveCount 1
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        (Get-ContainerNic -Container $db.ContainerId.Substring(0, 12)).Id | Should -Be $db.Id
        Get-ContainerNic -Container nosuch | Should -BeNullOrEmpty
        Disconnect-ContainerNic -Container web1
        Get-ContainerLink docker web1 | Should -BeNullOrEmpty
        Get-ContainerLink podman db1 | Should -HaveCount 1
        (Get-Failure { Disconnect-ContainerNic -Container web1 }).What | Should -Be "NicNotFound ObjectNotFound 'web1'"
    }

    It 'come back as what they were in a file' {
        $made = (Connect-ContainerNic lan -Container web1 -IPAddress 10.1.0.77), (Connect-ContainerNic lan -Container db1 -InterfaceName lan0)
        $saved = $made | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 2)) }
        $saved | Disconnect-ContainerNic
        Get-ContainerNic | Should -BeNullOrEmpty
        $saved | Connect-ContainerNic | ForEach-Object { "$_ $($_.Container) $($_.ContainerId) $($_.IPAddress) $($_.MacAddress)" } |
            Should -Be ($made | ForEach-Object { "$_ $($_.Container) $($_.ContainerId) $($_.IPAddress) $($_.MacAddress)" })
    }

    It 'come down the pipeline, by what docker ps and podman ps tell' {
        $ids = @(Invoke-Runtime docker ps -q) + (Invoke-Runtime podman ps -q)
        $ids | Should -HaveCount 2
        $ids | Connect-ContainerNic -Network lan | ForEach-Object Container | Should -Be web1, db1
        $ids | Disconnect-ContainerNic
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'give way to a namespace of their name, unless -Container says otherwise' {
        $null = New-NetworkNamespace web1
        $nics = ('web1' | Connect-ContainerNic -Network lan), (Connect-ContainerNic lan -Container web1), (Connect-ContainerNic lan -Namespace web1)
        $nics | ForEach-Object { "$($_.NamespacePath.Split('/')[1]) <$($_.Container)>" } | Should -Be 'run <>', 'proc <web1>', 'run <>'
        @(Get-ContainerNic -Namespace web1).Id | Should -Be $nics[0].Id, $nics[2].Id
        @(Get-ContainerNic -Container web1).Id | Should -Be $nics[1].Id
        Remove-NetworkNamespace web1 -Force
        @(Get-ContainerNic).Id | Should -Be $nics[1].Id
    }

    It 'are found by control group where no runtime is asked' {
        $ids = 'docker', 'podman' | ForEach-Object { Invoke-Runtime $_ ps -q --no-trunc }
        $before = $env:DOCKER_HOST, $env:CONTAINER_HOST
        try {
            $env:DOCKER_HOST = $env:CONTAINER_HOST = $null
            $nics = @($ids[0], $ids[1].Substring(0, 12)) | Connect-ContainerNic -Network lan
            $nics | ForEach-Object { "$($_.ContainerId) $($_.Runtime) <$($_.Image)>" } | Should -Be "$($ids[0]) Docker <>", "$($ids[1]) Podman <>"
            $nics.Container | Should -Be $ids[0].Substring(0, 12), $ids[1].Substring(0, 12)
            (Get-Failure { Connect-ContainerNic lan -Container web1 }).What | Should -Be "RuntimeUnavailable ResourceUnavailable 'web1'"
            (Get-Failure { Connect-ContainerNic lan -Container ('0' * 64) }).What | Should -BeLike 'ContainerNotFound *'
            # A daemon that is dead matters only to what nobody else knows.
            $env:DOCKER_HOST = "unix://$base/nothing.sock"
            (Connect-ContainerNic lan -Container $ids[0]).ContainerId | Should -Be $ids[0]
            (Get-Failure { Connect-ContainerNic lan -Container web1 }).Message | Should -BeLike "*$base/nothing.sock*"
        }
        finally { $env:DOCKER_HOST, $env:CONTAINER_HOST = $before }
        Test-Between (Get-ContainerProcess docker web1) (Get-BareAddress $nics[1]) | Should -BeTrue
    }

    It 'have errors of their own when they cannot have NICs' {
        Invoke-Runtime docker create --name idle --network none busybox:test sleep 600
        Invoke-Runtime docker run -d --name hosted --network host busybox:test sleep 600
        Invoke-Runtime docker run -d --name guest --network container:web1 busybox:test sleep 600
        Invoke-Runtime podman run -d --name hosted2 --network host busybox:test sleep 600
        Invoke-Runtime podman run -d --name guest2 --network container:db1 busybox:test sleep 600
        Invoke-Runtime podman create --name web1 busybox:test sleep 600
        $problems = 'idle', 'hosted', 'hosted2', 'guest', 'guest2', 'nosuch', 'web1', '-web1' | ForEach-Object { Get-Failure { Connect-ContainerNic lan -Container $_ } }
        $problems.What | Should -Be @("ContainerNotRunning ResourceUnavailable 'idle'", "HostNamespace InvalidArgument 'hosted'"
            "HostNamespace InvalidArgument 'hosted2'", "NamespaceShared InvalidArgument 'guest'", "NamespaceShared InvalidArgument 'guest2'"
            "ContainerNotFound ObjectNotFound 'nosuch'", "ContainerAmbiguous InvalidArgument 'web1'", "InvalidName InvalidArgument '-web1'")
        $problems[3].Message | Should -BeLike '*guest*of web1.'
        $problems[4].Message | Should -BeLike '*guest2*of db1.'
        foreach ($kind in 'docker', 'podman') {
            $problems[6].Message | Should -BeLike "*$((Invoke-Runtime $kind ps -aq --filter name=web1).Substring(0, 12))*"
        }
        Invoke-Runtime docker rm -f idle hosted guest
        Invoke-Runtime podman rm -f -t 0 hosted2 guest2 web1
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'get their NICs back after a restart, as they were' {
        $web = Connect-ContainerNic lan -Container web1 -InterfaceName lan7
        $null = Connect-ContainerNic lan -Container db1
        $links = (Get-ContainerLink docker web1), (Get-ContainerLink podman db1)
        Invoke-Runtime docker restart -t 0 web1
        Invoke-Runtime podman restart -t 0 db1
        Get-ContainerLink docker web1 | Should -BeNullOrEmpty
        (Get-ContainerNic).State | Should -Be ContainerRestarted, ContainerRestarted
        Get-NicResult (Restore-ContainerNetwork -Container web1) | Should -Be 'web1/lan7 Restored'
        Get-ContainerLink docker web1 | Should -Be $links[0]
        Get-ContainerLink podman db1 | Should -BeNullOrEmpty
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web1/lan7 InPlace', 'db1/eth0 Restored'
        (Get-Failure { Restore-ContainerNetwork -Container nosuch }).What | Should -Be "NicNotFound ObjectNotFound 'nosuch'"
        Get-ContainerLink podman db1 | Should -Be $links[1]
        Test-Between (Get-ContainerProcess podman db1) (Get-BareAddress $web) | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'take their NICs along where <By> keeps the old namespace alive' -ForEach @(
        @{ By = 'another container'; Hold = { Invoke-Runtime docker run -d --name guest --network container:web1 busybox:test sleep 600 }
            Inside = { Get-ContainerLink docker guest }; Release = { Invoke-Runtime docker rm -f guest }
            Repair = { Get-NicResult (Restore-ContainerNetwork -Container web1) | Should -Be 'web1/eth0 Restored' } }
        @{ By = 'a mount'; Hold = { ip netns attach held (Get-ContainerProcess docker web1) }
            Inside = { (Get-IpLink -Namespace held).ifname | Where-Object { $_ -ne 'lo' } }; Release = { ip netns delete held }
            Repair = { (Repair-ContainerNetwork).IsRepaired | Should -BeTrue } }
    ) {
        function Get-ContainerNamespace { readlink "/proc/$(Get-ContainerProcess docker web1)/ns/net" }
        . $Hold
        $null = Connect-ContainerNic lan -Container web1
        $links, $old = (Get-ContainerLink docker web1), (Get-ContainerNamespace)
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Invoke-Runtime docker restart -t 0 web1
        . $Inside | Should -HaveCount 1
        Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Network) $($_.Name): $($_.Expected) -> $($_.Actual) $($_.IsRepaired)" } |
            Should -Be "NamespaceChanged lan web1/eth0: $(Get-ContainerNamespace) -> $old False"
        (Get-ContainerNic).State | Should -Be ContainerRestarted
        Test-ContainerNetwork -Quiet | Should -BeFalse
        (Test-ContainerNic -Container web1).Reason | Should -BeLike '*restarted*Restore-ContainerNetwork'
        Get-ContainerLink docker web1 | Should -BeNullOrEmpty
        . $Repair
        Get-ContainerLink docker web1 | Should -Be $links
        . $Inside | Should -BeNullOrEmpty
        Test-ContainerNetwork | Should -BeNullOrEmpty
        . $Release
    }

    It 'keep their addresses while they are stopped, and lose them when they are removed' {
        Invoke-Runtime docker run -d --name web2 --network none busybox:test sleep 600
        Invoke-Runtime podman run -d --name db2 --network none busybox:test sleep 600
        $ids = (Invoke-Runtime docker ps -q --filter name=web2), (Invoke-Runtime podman ps -q --filter name=db2)
        $null = (Connect-ContainerNic lan -Container $ids[0] -IPAddress 10.1.0.20), (Connect-ContainerNic lan -Container $ids[1])
        (Get-ContainerNic).BelongsTo | Should -Be Id, Id
        Invoke-Runtime docker stop -t 0 web2
        Invoke-Runtime podman stop -t 0 db2
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web2/eth0 Waiting Its container is stopped.', 'db2/eth0 Waiting Its container is stopped.'
        (Get-ContainerNic).State | Should -Be ContainerStopped, ContainerStopped
        (Get-MacvlanNetwork lan).NicCount | Should -Be 2
        (Get-Failure { Remove-MacvlanNetwork lan }).Message | Should -BeLike '*: db2/eth0 (its container is stopped), web2/eth0 (its container is stopped).'
        Test-ContainerNetwork -Quiet | Should -BeTrue -Because 'a stopped container is as it should be'
        $failure = Get-Failure { Connect-ContainerNic lan -Container web1 -IPAddress 10.1.0.20 }
        $failure.What | Should -Be "AddressInUse ResourceBusy 'web1'"
        $failure.Message | Should -BeLike '*web2/eth0 (its container is stopped).'
        $mac = (Get-ContainerNic -Container web2).MacAddress
        (Get-Failure { Connect-ContainerNic lan -Container web1 -MacAddress $mac }).Message | Should -BeLike '*web2/eth0 (its container is stopped).'
        Invoke-Runtime docker start web2
        Get-NicResult (Restore-ContainerNetwork -Container web2) | Should -Be 'web2/eth0 Restored'
        Invoke-Runtime docker rm -f web2
        Invoke-Runtime podman rm -f -t 0 db2
        (Get-ContainerNic).State | Should -Be ContainerGone, ContainerGone
        (Get-MacvlanNetwork lan).NicCount | Should -Be 0
        # The removed container's address is free as soon as somebody asks for it.
        (Connect-ContainerNic lan -Container web1 -IPAddress 10.1.0.20 -MacAddress $mac).State | Should -Be Up
        Get-NicResult (Restore-ContainerNetwork -Container db2) | Should -Be 'db2/eth0 Released Its container has been removed.'
        (Get-ContainerNic).Container | Should -Be web1
    }

    It 'pass their NICs on to the next one of their name' {
        Invoke-Runtime docker run -d --name web2 --network none busybox:test sleep 600
        $nics = @(Connect-ContainerNic lan -Container web2 -InterfaceName lan0 -IPAddress 10.1.0.40 -Mtu 1400; Connect-ContainerNic lan -Container web2)
        $links = @(Get-ContainerLink docker web2)
        $nics.BelongsTo | Should -Be Name, Name
        Invoke-Runtime docker rm -f web2
        (Get-ContainerNic).State | Should -Be ContainerAwaited, ContainerAwaited
        (Get-ContainerNic | Out-String) | Should -Match 'Container\s+\S+\s+\S+ Docker\s+Awaited'
        Test-ContainerNetwork -Quiet | Should -BeTrue -Because 'who takes a container away knows it'
        Get-NicResult (Restore-ContainerNetwork) | Should -Be @('web2/lan0', 'web2/eth0' -replace '$', ' Waiting There is no container of its name.')
        # Stopped, it is the one that is waited for.
        Invoke-Runtime docker create --name web2 --network none busybox:test sleep 600
        Get-NicResult (Restore-ContainerNetwork) | Should -Be @('web2/lan0', 'web2/eth0' -replace '$', ' Waiting Its container is stopped.')
        Invoke-Runtime docker start web2
        (Get-ContainerNic).State | Should -Be ContainerRestarted, ContainerRestarted
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web2/lan0 Restored', 'web2/eth0 Restored'
        @(Get-ContainerLink docker web2) | Should -Be $links
        $now = Get-ContainerNic -Container web2
        $now.Id | Sort-Object | Should -Be ($nics.Id | Sort-Object)
        $now.ContainerId | Select-Object -Unique | Should -Be (Invoke-Runtime docker ps -q --no-trunc --filter name=web2)
        ($now | Where-Object InterfaceName -EQ lan0).Mtu | Should -Be 1400
        # Renamed, it keeps them while it runs; then they go to the one that has the name.
        Invoke-Runtime docker rename web2 web2-old
        Invoke-Runtime docker run -d --name web2 --network none busybox:test sleep 600
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web2/lan0 InPlace', 'web2/eth0 InPlace'
        Invoke-Runtime docker stop -t 0 web2-old
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web2/lan0 Restored', 'web2/eth0 Restored'
        @(Get-ContainerLink docker web2) | Should -Be $links
        # An address that somebody else needs doesn't wait.
        Invoke-Runtime docker rm -f web2 web2-old
        $null = Connect-ContainerNic lan -Container web1 -IPAddress 10.1.0.40 -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*web2/lan0 (there is no container of its name)*isn''t kept any longer*'
        # A NIC that is asked for takes the place of the one that waits.
        Invoke-Runtime docker run -d --name web2 --network none busybox:test sleep 600
        $null = Connect-ContainerNic lan -Container web2 -IPAddress 10.1.0.41
        (Get-ContainerNic -Container web2).IPAddress | Should -Be 10.1.0.41/24
        # With two of the name, nobody can say which is meant.
        Invoke-Runtime docker rm -f web2
        foreach ($kind in 'docker', 'podman') { Invoke-Runtime $kind run -d --name web2 --network none busybox:test sleep 600 }
        Get-NicResult (Restore-ContainerNetwork -Container web2) | Should -Be 'web2/eth0 Restored' -Because 'one of them is of the runtime that had it'
        Invoke-Runtime docker rm -f web2
        Get-NicResult (Restore-ContainerNetwork -Container web2) | Should -Be 'web2/eth0 Restored'
        (Get-ContainerNic -Container web2).Runtime | Should -Be Podman
        Invoke-Runtime podman rm -f -t 0 web2
    }

    It 'of Compose pass them on to the next one of the same instance' {
        function Start-Instance([string]$Name, [string]$Service, [int]$Number) {
            Invoke-Runtime docker run -d --name $Name --network none -l com.docker.compose.project=shop -l com.docker.compose.service=$Service `
                -l com.docker.compose.container-number=$Number busybox:test sleep 600
        }
        Start-Instance shop_web_1 web 1
        Start-Instance shop_web_2 web 2
        $nics = 'shop_web_1', 'shop_web_2' | ForEach-Object { Connect-ContainerNic lan -Container $_ }
        $nics.ComposeInstance | Should -Be shop/web/1, shop/web/2
        $lines = (Export-ContainerNetwork lan -As Compose -WarningAction Ignore) -split "`n"
        $lines[0..4] | ForEach-Object Trim | Should -Be 'services:', 'web:', 'network_mode: none', 'labels:', 'macipvlan.network: lan'
        $links = @('shop_web_1', 'shop_web_2' | ForEach-Object { Get-ContainerLink docker $_ })
        Invoke-Runtime docker rm -f shop_web_1 shop_web_2
        # Another version of Compose has other names. One that only has the labels, as an image can give them, is no instance.
        Start-Instance stranger web 2
        Start-Instance shop-web-1 web 1
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'shop-web-1/eth0 Restored', 'shop_web_2/eth0 Waiting There is no container of its name.'
        Start-Instance shop-web-2 web 2
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'shop-web-1/eth0 InPlace', 'shop-web-2/eth0 Restored'
        @('shop-web-1', 'shop-web-2' | ForEach-Object { Get-ContainerLink docker $_ }) | Should -Be $links
        Invoke-Runtime docker rm -f shop-web-1 shop-web-2 stranger
    }

    It 'have the same address of a DHCP server after a restart, and when they are made anew under their name' {
        . $PSScriptRoot/dhcp/Servers.ps1
        $missing = Get-DhcpProblem Dnsmasq
        if ($missing) { Set-ItResult -Skipped -Because $missing }
        $server = Start-DhcpServer Dnsmasq -Address 10.7.0.1/24 -Range 10.7.0.100, 10.7.0.199
        try {
            $null = New-MacvlanNetwork leased eth0 -Dhcp
            foreach ($kind in 'docker', 'podman') { Invoke-Runtime $kind run -d --name "$kind-lease" --network none busybox:test sleep 600 }
            $nics = 'docker-lease', 'podman-lease' | ForEach-Object { Connect-ContainerNic leased -Container $_ }
            $links = (Get-ContainerLink docker docker-lease), (Get-ContainerLink podman podman-lease)
            $links | Should -Match '^eth0 \S+ 10\.7\.0\.1\d\d$'
            Get-DhcpServerLog $server -Type DISCOVER | Should -HaveCount 2
            foreach ($kind in 'docker', 'podman') { Invoke-Runtime $kind restart -t 0 "$kind-lease" }
            Get-NicResult (Restore-ContainerNetwork leased) | Should -Be 'docker-lease/eth0 Restored', 'podman-lease/eth0 Restored'
            (Get-ContainerLink docker docker-lease), (Get-ContainerLink podman podman-lease) | Should -Be $links
            Get-DhcpServerLog $server -Type DISCOVER | Should -HaveCount 2 -Because 'a lease goes on'
            foreach ($kind in 'docker', 'podman') {
                # Podman gives a container ten seconds to end.
                Invoke-Runtime $kind kill "$kind-lease"
                Invoke-Runtime $kind rm -f "$kind-lease"
                Invoke-Runtime $kind run -d --name "$kind-lease" --network none busybox:test sleep 600
            }
            # One gets the NIC that belongs to its name, and to the other one, another is connected, which takes that one's place.
            Get-NicResult (Restore-ContainerNetwork leased -Container docker-lease) | Should -Be 'docker-lease/eth0 Restored'
            Get-DhcpServerLog $server -Type DISCOVER | Should -HaveCount 2 -Because 'a lease goes on'
            $null = Connect-ContainerNic leased -Container podman-lease
            (Get-ContainerLink docker docker-lease), (Get-ContainerLink podman podman-lease) | Should -Be $links
            Get-NicResult (Restore-ContainerNetwork leased) | Should -Be 'docker-lease/eth0 InPlace', 'podman-lease/eth0 InPlace'
            Get-DhcpServerLog $server -Type RELEASE | Should -BeNullOrEmpty
            $nics[0].Lease.ClientIdentifier | Should -Be (Get-ContainerNic -Container docker-lease).Lease.ClientIdentifier
            foreach ($kind in 'docker', 'podman') {
                Invoke-Runtime $kind kill "$kind-lease"
                Invoke-Runtime $kind rm -f "$kind-lease"
            }

            Get-ContainerNic leased | Disconnect-ContainerNic
            Get-DhcpServerLog $server -Type RELEASE | Should -HaveCount 2
        }
        finally {
            Stop-DhcpServer
            ip -n wire address delete 10.7.0.1/24 dev eth0
            Remove-MacvlanNetwork leased -Force
        }
    }

    It 'wait when their runtime tells nothing' {
        $null = Connect-ContainerNic lan -Container web1
        Invoke-Runtime docker stop -t 0 web1
        $before = $env:DOCKER_HOST
        try {
            $env:DOCKER_HOST = "unix://$base/nothing.sock"
            @(Test-ContainerNetwork).Kind | Should -Be LeaseWithoutNic
            (Get-ContainerNic).State | Should -Be NamespaceGone
            Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web1/eth0 Waiting No runtime can tell whether its container still exists.'
        }
        finally { $env:DOCKER_HOST = $before }
        Invoke-Runtime docker start web1
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'web1/eth0 Restored'
        # Until somebody needs their addresses.
        Invoke-Runtime docker stop -t 0 web1
        try {
            $env:DOCKER_HOST = "unix://$base/nothing.sock"
            (Connect-ContainerNic lan -Container db1 -IPAddress (Get-ContainerNic).IPAddress).State | Should -Be Up
            (Get-ContainerNic).Container | Should -Be db1
        }
        finally { $env:DOCKER_HOST = $before }
        Invoke-Runtime docker start web1
    }

    It 'are watched: NICs follow restarts, also those of a runtime that was away' {
        $null = 'web1', 'db1' | Connect-ContainerNic -Network lan
        $links = (Get-ContainerLink docker web1), (Get-ContainerLink podman db1)
        # Restarted before anybody watches.
        Invoke-Runtime docker restart -t 0 web1
        $watch = Start-Shell 'Watch-ContainerNic | ForEach-Object { [Console]::WriteLine("$($_.Name) $($_.Result)") }'
        try {
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web1/eth0 Restored'
            Get-ContainerLink docker web1 | Should -Be $links[0]
            Invoke-Runtime podman restart -t 0 db1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'db1/eth0 Restored'
            Get-ContainerLink podman db1 | Should -Be $links[1]
            Invoke-Runtime docker restart -t 0 web1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web1/eth0 Restored'
            Test-Between (Get-ContainerProcess docker web1) ($links[1] -split ' ')[2] | Should -BeTrue
            # The service ends and comes back; its containers live on, and one of them is another by then.
            Stop-Runtime $runtimes.Daemons.podman
            $runtimes.Daemons.podman = Start-Runtime podman $base
            Invoke-Runtime podman restart -t 0 db1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'db1/eth0 Restored'
            Invoke-Runtime docker run -d --name web3 --network none busybox:test sleep 600
            $web = Connect-ContainerNic lan -Container web3 -IPAddress 10.1.0.33
            $link = Get-ContainerLink docker web3
            # Another container of the name gets the NIC.
            Invoke-Runtime docker rm -f web3
            Invoke-Runtime docker run -d --name web3 --network none busybox:test sleep 600
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web3/eth0 Restored'
            Get-ContainerLink docker web3 | Should -Be $link
            $now = Get-ContainerNic -Container web3
            "$($now.Id) $($now.ContainerId) $($now.BelongsTo)" | Should -Be "$($web.Id) $(Invoke-Runtime docker ps -q --no-trunc --filter name=web3) Name"
            Disconnect-ContainerNic -Container web3
            # One that belongs to the id ends with it.
            $null = Connect-ContainerNic lan -Container $now.ContainerId
            Invoke-Runtime docker rm -f web3
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web3/eth0 Released'
            # Who gets the name later gets the NIC then.
            Invoke-Runtime docker run -d --name web3 --network none busybox:test sleep 600
            $null = Connect-ContainerNic lan -Container web3
            Invoke-Runtime docker rm -f web3
            Invoke-Runtime docker run -d --name web4 --network none busybox:test sleep 600
            Invoke-Runtime docker rename web4 web3
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web3/eth0 Restored'
            Get-ContainerLink docker web3 | Should -HaveCount 1
            Disconnect-ContainerNic -Container web3
            Invoke-Runtime docker rm -f web3
            (Get-ContainerNic).Container | Sort-Object | Should -Be db1, web1
            Send-Signal INT $watch
            $watch.WaitForExit(30000) | Should -BeTrue -Because 'Ctrl+C ends it'
        }
        finally { if (-not $watch.HasExited) { Stop-Sleeper $watch } }
    }

    It 'have their former link looked for by <By>, if who made their NIC anew is killed before it could' -ForEach @(
        @{ By = 'the next Watch-ContainerNic' }
        @{ By = 'Restore-ContainerNetwork' }
        @{ By = 'Disconnect-ContainerNic' }
    ) {
        $null = Connect-ContainerNic lan -Container web1
        $link = Get-ContainerLink docker web1
        $start = 'Watch-ContainerNic -WarningAction SilentlyContinue | ForEach-Object { [Console]::WriteLine("$($_.Name) $($_.Result)") }'
        $watch = Start-Shell $start
        try {
            $null = Connect-ContainerNic lan -Container db1
            Invoke-Runtime podman restart -t 0 db1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'db1/eth0 Restored' -Because 'it watches by now'
            ip netns add held
            # It has a second to look for it, unless this test is slow.
            for ($i = 0; $i -lt 5 -and @(Get-IpLink -Namespace held).ifname -notcontains 'eth0'; $i++) {
                if ($watch.HasExited) { $watch = Start-Shell $start; Start-Sleep 5 }
                nsenter --net -t (Get-ContainerProcess docker web1) ip link set eth0 netns held
                'link set eth0 address 02:00:00:00:00:99', 'link set eth0 up' | ip -n held -batch -
                Invoke-Runtime docker restart -t 0 web1
                $watch.StandardOutput.ReadLine() | Should -BeLike 'web1/eth0 Restored'
                Stop-Sleeper $watch
            }

            (Get-IpLink -Namespace held).ifname | Should -Contain eth0
            Get-ContainerLink docker web1 | Should -Be $link
            switch ($By) {
                'Restore-ContainerNetwork' { $null = Restore-ContainerNetwork -WarningAction SilentlyContinue }
                'Disconnect-ContainerNic' { $null = Disconnect-ContainerNic -Container web1 -WarningAction SilentlyContinue }
                default {
                    $watch = Start-Shell $start
                    for ($i = 0; $i -lt 100 -and (Get-IpLink -Namespace held).ifname -contains 'eth0'; $i++) { Start-Sleep -Milliseconds 100 }
                }
            }

            (Get-IpLink -Namespace held).ifname | Should -Not -Contain eth0
            Get-ContainerLink docker web1 | Should -Be $(if ($By -ne 'Disconnect-ContainerNic') { $link })
            Test-ContainerNetwork | Should -BeNullOrEmpty
            Get-StateRow | Where-Object { $_ -like 'former_links *' } | Should -BeNullOrEmpty
        }
        finally {
            if (-not $watch.HasExited) { Stop-Sleeper $watch }
            ip netns delete held
        }
    }

    It 'keep their own NIC when two have swapped their names, whichever starts first' {
        'swap1', 'swap2' | ForEach-Object { Invoke-Runtime docker run -d --name $_ --network none busybox:test sleep 600 }
        $null = 'swap1', 'swap2' | Connect-ContainerNic lan
        $links = (Get-ContainerLink docker swap1), (Get-ContainerLink docker swap2)
        'rename swap1 tmp', 'rename swap2 swap1', 'rename tmp swap2', 'stop -t 0 swap1', 'restart -t 0 swap2' | ForEach-Object { Invoke-Runtime docker @($_ -split ' ') }
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'swap2/eth0 Restored', 'swap2/eth0 Waiting Its container is stopped.'
        Invoke-Runtime docker start swap1
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'swap2/eth0 InPlace', 'swap1/eth0 Restored'
        (Get-ContainerLink docker swap2), (Get-ContainerLink docker swap1) | Should -Be $links
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # The name of one that was removed goes to one that has a NIC.
        'rm -f swap1', 'rename swap2 swap1', 'restart -t 0 swap1' | ForEach-Object { Invoke-Runtime docker @($_ -split ' ') }
        Get-NicResult (Restore-ContainerNetwork) | Should -Be 'swap1/eth0 Restored', 'swap1/eth0 Waiting There is no container of its name.'
        Get-ContainerLink docker swap1 | Should -Be $links[0]
        Invoke-Runtime docker rm -f swap1
    }

    It 'have their NIC before their former link is looked for, wherever they have moved it: <Case>' -ForEach @(
        @{ Case = 'with its MAC address, which the new one needs'; Change = @() }
        @{ Case = 'with another MAC address'; Change = 'link set eth0 address 02:00:00:00:00:99' }
    ) {
        $null = Connect-ContainerNic lan -Container web1
        $link = Get-ContainerLink docker web1
        $watch = Start-Shell 'Watch-ContainerNic -WarningAction SilentlyContinue | ForEach-Object { [Console]::WriteLine("$($_.Name) $($_.Result)") }'
        try {
            $null = Connect-ContainerNic lan -Container db1
            Invoke-Runtime podman restart -t 0 db1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'db1/eth0 Restored' -Because 'it watches by now'
            ip netns add held
            nsenter --net -t (Get-ContainerProcess docker web1) ip link set eth0 netns held
            @($Change) + 'link set eth0 up' | ip -n held -batch -
            (Get-IpLink -Namespace held).ifname | Should -Contain eth0
            Invoke-Runtime docker restart -t 0 web1
            $watch.StandardOutput.ReadLine() | Should -BeLike 'web1/eth0 Restored'
            Get-ContainerLink docker web1 | Should -Be $link
            for ($i = 0; $i -lt 100 -and (Get-IpLink -Namespace held).ifname -contains 'eth0'; $i++) { Start-Sleep -Milliseconds 100 }
            (Get-IpLink -Namespace held).ifname | Should -Not -Contain eth0
            Get-ContainerLink docker web1 | Should -Be $link
            Test-ContainerNetwork | Should -BeNullOrEmpty
        }
        finally {
            if (-not $watch.HasExited) { Stop-Sleeper $watch }
            ip netns delete held
        }
    }

    It 'take networks as command lines, and report them as they were' {
        $run = "$PSScriptRoot/runtimes/run.sh"
        $null = New-MacvlanNetwork moved eth0 -Subnet 10.5.0.0/24, fd05::/64 -Gateway 10.5.0.254, fd05::1 -IPRange 10.5.0.64/26 `
            -ExcludeAddress 10.5.0.70 -Mode Private -Mtu 1400
        $null = & $run sh -c (Export-ContainerNetwork moved -As DockerCommand -WarningAction Ignore)
        try { $text = & $run docker network inspect moved }
        finally { Invoke-Runtime docker network rm moved }
        $imported = $text | Import-ContainerNetwork -WarningVariable warnings
        "$($imported.Name) $($imported.Result) $($imported.Differences) $warnings" | Should -Be 'moved InPlace  '
        Invoke-Runtime podman network create -d macvlan --subnet 10.5.0.0/24 --gateway 10.5.0.254 --ip-range 10.5.0.64/26 -o mode=private -o parent=eth0 -o mtu=1400 moved
        try { $text = & $run podman --remote network inspect moved }
        finally { Invoke-Runtime podman network rm moved }
        ($text | Import-ContainerNetwork -WhatIf -WarningAction Ignore).Differences | ForEach-Object Name | Should -Be Subnet, Gateway, IPRange, ExcludeAddress
        Remove-MacvlanNetwork moved
    }

    It 'move here from networks of Docker by the runbook for that, with their addresses' {
        function docker { & "$PSScriptRoot/runtimes/run.sh" docker @args }
        $runbook = "$PSScriptRoot/../examples/migrate-from-docker.ps1"
        Invoke-Runtime docker network create -d macvlan --subnet 10.6.0.0/24 --gateway 10.6.0.254 -o parent=eth0 old
        Invoke-Runtime docker run -d --name mover --network old --ip 10.6.0.9 busybox:test sleep 600
        & $runbook -WhatIf | ForEach-Object { "$($_.Name) $($_.Result)" } | Should -Be 'old Skipped'
        Get-ContainerLink docker mover | Should -BeLike 'eth0 * 10.6.0.9'
        $moved = & $runbook
        "$($moved[0].Name) $($moved[0].Result) $($moved[1]) $($moved[1].IPAddress)" | Should -Be 'old Created mover/eth0 10.6.0.9/24'
        Get-ContainerLink docker mover | Should -Be "eth0 $($moved[1].MacAddress) 10.6.0.9"
        docker network inspect -f '{{len .Containers}}' old | Should -Be 0
        $again = & $runbook
        "$($again.Name) $($again.Result)" | Should -Be 'old InPlace'
        Invoke-Runtime docker rm -f mover
        Invoke-Runtime docker network rm old
        Get-ContainerNic | Disconnect-ContainerNic
        Remove-MacvlanNetwork old
    }

    It 'are completed by name while they run' {
        $complete = {
            param($line)
            @([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText)
        }
        & $complete 'Connect-ContainerNic lan -Container ' | Should -Be db1, web1
        & $complete 'Get-ContainerNic -Container w' | Should -Be web1
        & $complete 'Connect-ContainerNic lan we' | Should -Be web1
    }
}
