# Labels of containers of a real Docker and a real Podman: Watch-ContainerNic gives them the NICs that they ask for, as far as the
# networks allow that, and nothing else.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/runtimes/Runtimes.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -AllowLabel DefaultRoute, IPAddress, InterfaceName, MacAddress, Mtu
    $null = New-MacvlanNetwork dmz eth0 -Subnet 10.2.0.0/24 -AllowLabel Network
    $null = New-MacvlanNetwork closed eth0 -Subnet 10.3.0.0/24
    $runtimes = Start-RuntimeHost
    $problem = $runtimes.Problem
    $null = & $PSScriptRoot/runtimes/run.sh sh -c 'command -v docker-compose'
    $hasCompose = -not $LASTEXITCODE

    function Invoke-Compose([string[]]$File, [string[]]$Words, [string]$Variable = 'BUILD=1') {
        # Runs docker-compose with the files of the project shop, and throws if it fails.
        $files = $File | ForEach-Object { '--file'; $_ }
        $lines = & $PSScriptRoot/runtimes/run.sh env $Variable docker-compose --project-name shop @files @Words 2>&1
        if ($LASTEXITCODE) { throw "docker-compose ${Words}: $lines" }
    }

    function Start-Labelled([string]$Kind, [string]$Name, [string[]]$Label, [string]$Network = 'none') {
        # A container with labels.
        $options = $Label | ForEach-Object { '--label'; "macipvlan.$_" }
        Invoke-Runtime $Kind run -d --name $Name --network $Network @options busybox:test sleep 600
    }

    function Start-Watch {
        # Watch-ContainerNic in a process of its own, for Read-Watch.
        Start-Shell 'Watch-ContainerNic 3>&1 | ForEach-Object { [Console]::WriteLine(($_ -is [Management.Automation.WarningRecord] ? "WARNING $_" : "$($_.Name) $($_.Result) $($_.Reason)".TrimEnd())) }'
    }

    function Read-Watch([Diagnostics.Process]$Watch) {
        # The next line that it writes.
        $line = $Watch.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(30000)) { throw 'Watch-ContainerNic tells nothing.' }
        $line.Result
    }

    function Stop-Watch([Diagnostics.Process]$Watch) {
        Send-Signal INT $Watch
        if (-not $Watch.WaitForExit(30000)) { Stop-Sleeper $Watch; throw 'Ctrl+C does not end it.' }
    }
}

AfterAll {
    if (Test-Path variable:runtimes) { Stop-RuntimeHost $runtimes }
    Clear-TestHost
}

Describe 'Labels of containers' -Tag Native, Once {
    BeforeEach {
        if ($problem) { Set-ItResult -Skipped -Because $problem; return }
        $watch = Start-Watch
    }

    AfterEach {
        if (-not $problem) {
            if (-not $watch.HasExited) { Stop-Sleeper $watch }
            'docker', 'podman' | ForEach-Object { Clear-Runtime $_ }
            Get-ContainerNic | Disconnect-ContainerNic
        }
    }

    It 'give them NICs when they start: <_>' -ForEach docker, podman {
        Start-Labelled $_ web1 network=lan, lan.ip=10.1.0.20, lan.ip6=fd01::20/64, lan.mac=02:00:00:00:00:20, lan.interface=lan0, lan.mtu=1400
        Read-Watch $watch | Should -BeLike 'web1/lan0 Connected'
        Get-ContainerLink $_ web1 | Should -Be 'lan0 02:00:00:00:00:20 10.1.0.20'
        $nic = Get-ContainerNic
        "$($nic.Container) $($nic.BelongsTo) $($nic.IPAddress) $($nic.Mtu) $($nic.State)" | Should -Be 'web1 Label 10.1.0.20/24 fd01::20/64 1400 Up'
        ($nic | Format-List | Out-String) | Should -Match 'BelongsTo\s+: Label'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # Several networks, of which the second has the default route.
        Start-Labelled $_ web2 'network=dmz, LAN', lan.default-route=true
        @(Read-Watch $watch; Read-Watch $watch) | Should -Be 'web2/eth0 Connected', 'web2/eth1 Connected'
        nsenter --net -t (Get-ContainerProcess $_ web2) ip route show default | Should -BeLike 'default via 10.1.0.1 dev eth1*'
        # A restart gives it the same.
        $links = Get-ContainerLink $_ web1
        Invoke-Runtime $_ restart -t 0 web1
        Read-Watch $watch | Should -BeLike 'web1/lan0 Restored'
        Get-ContainerLink $_ web1 | Should -Be $links
        Stop-Watch $watch
    }

    It 'give the next container of the name the same NIC, and the last none' {
        Start-Labelled docker web1 network=lan
        Read-Watch $watch | Should -BeLike 'web1/eth0 Connected'
        Start-Labelled docker other network=lan
        Read-Watch $watch | Should -BeLike 'other/eth0 Connected'
        $links = Get-ContainerLink docker web1
        Invoke-Runtime docker rm -f web1
        Start-Labelled docker web1 network=lan
        Read-Watch $watch | Should -BeLike 'web1/eth0 Restored'
        Get-ContainerLink docker web1 | Should -Be $links
        # Other labels are other NICs.
        Invoke-Runtime docker rm -f web1
        Start-Labelled docker web1 network=lan, lan.ip=10.1.0.77
        Read-Watch $watch | Should -BeLike 'web1/eth0 Released The labels of*' -Because 'it asks for another address'
        Read-Watch $watch | Should -BeLike 'web1/eth0 Connected'
        Get-ContainerLink docker web1 | Should -BeLike 'eth0 * 10.1.0.77'
        Invoke-Runtime docker rm -f web1
        Invoke-Runtime docker run -d --name web1 --network none busybox:test sleep 600
        Read-Watch $watch | Should -BeLike "web1/eth0 Released The labels of web1 (*) don't ask for it."
        Get-ContainerLink docker web1 | Should -BeNullOrEmpty
        # When nobody comes, nothing is left.
        Invoke-Runtime docker rm -f other
        (Get-ContainerNic).State | Should -Be ContainerAwaited
        Read-Watch $watch | Should -BeLike 'other/eth0 Released Its container has been removed.'
        Get-ContainerNic | Should -BeNullOrEmpty
        Stop-Watch $watch
    }

    It 'are heeded at the start of the cmdlet: what came, went and changed while nobody watched' {
        Start-Labelled docker stays network=lan
        Start-Labelled podman changes network=lan
        Start-Labelled docker goes network=lan
        @(1..3 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be 'changes/eth0 Connected', 'goes/eth0 Connected', 'stays/eth0 Connected'
        # It isn't even told to end.
        $watch.Kill()
        $watch.WaitForExit()
        $links = Get-ContainerLink docker stays
        Invoke-Runtime docker restart -t 0 stays
        Invoke-Runtime podman rm -f -t 0 changes
        Start-Labelled podman changes network=dmz
        Invoke-Runtime docker rm -f goes
        Start-Labelled podman comes network=dmz
        $watch = Start-Watch
        @(1..5 | ForEach-Object { (Read-Watch $watch) -replace 'The labels.*', 'The labels' }) | Sort-Object |
            Should -Be 'changes/eth0 Connected', 'changes/eth0 Released The labels', 'comes/eth0 Connected', 'goes/eth0 Released Its container has been removed.', 'stays/eth0 Restored'
        Get-ContainerLink docker stays | Should -Be $links
        Get-ContainerNic | ForEach-Object { "$($_.Container) $($_.Network)" } | Sort-Object | Should -Be 'changes dmz', 'comes dmz', 'stays lan'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Stop-Watch $watch
    }

    It 'are refused where the network does not allow them, and said so once' {
        Start-Labelled docker web1 network=closed
        Read-Watch $watch | Should -BeLike "WARNING The container web1 (*) isn't connected to 'closed': the network doesn't allow labels; *-AllowLabel*"
        Start-Labelled docker web2 network=dmz, dmz.ip=10.2.0.5, dmz.mac=02:00:00:00:00:05
        Read-Watch $watch | Should -BeLike "WARNING *web2*'dmz': the network doesn't allow labels to choose IPAddress, MacAddress."
        Start-Labelled docker web3 network=nosuch
        Read-Watch $watch | Should -BeLike "WARNING *web3*'nosuch': there is no network of that name."
        Start-Labelled docker web4 network=lan, lan.ip=fd01::5
        Read-Watch $watch | Should -BeLike "WARNING *web4*'lan': its label macipvlan.lan.ip=fd01::5 isn't valid."
        # What a container writes is nothing for a terminal.
        Start-Labelled docker web5 network=lan, "lan.mtu=`e[2J", lan.dns=10.1.0.9
        Read-Watch $watch | Should -BeLike "WARNING The label macipvlan.lan.dns of the container web5 (*) isn't known."
        Read-Watch $watch | Should -BeLike "WARNING *web5*'lan': its label macipvlan.lan.mtu=?``[2J isn't valid." | Should -Not -Match "`e"
        Start-Labelled docker gateway network=lan, lan.ip=10.1.0.1
        Read-Watch $watch | Should -BeLike "WARNING *gateway*'lan': the address 10.1.0.1 is the gateway's*"
        # Neither refused nor possible.
        Start-Labelled docker web6 network=lan, lan.ip=10.9.9.9
        Read-Watch $watch | Should -BeLike "web6/eth0 Failed *10.9.9.9 isn't in any subnet of 'lan'*"
        Start-Labelled docker web8 network=lan, lan.ip=10.9.9.9, lan.interface=lan0
        Read-Watch $watch | Should -BeLike "web8/lan0 Failed *10.9.9.9 isn't in any subnet of 'lan'*"
        Start-Labelled docker web7 network=lan host
        Read-Watch $watch | Should -BeLike "WARNING *web7*'lan': *host's own network namespace*"
        # Once.
        Invoke-Runtime docker restart -t 0 web1
        Start-Labelled docker last network=lan
        Read-Watch $watch | Should -BeLike 'last/eth0 Connected'
        (Get-ContainerNic).Container | Should -Be last
        Stop-Watch $watch
    }

    It 'are heeded when their network is made, has another definition, or gets their name' {
        Start-Labelled docker web1 network=later
        Start-Labelled podman web2 network=LATER, later.ip=10.4.0.9
        1..2 | ForEach-Object { Read-Watch $watch | Should -BeLike "WARNING *web?*'later': there is no network of that name." }
        $null = New-MacvlanNetwork later eth0 -Subnet 10.4.0.0/24
        1..2 | ForEach-Object { Read-Watch $watch | Should -BeLike "WARNING *web?*'later': the network doesn't allow labels*" }
        # What refused one allows it now, and what was impossible for the other is possible.
        Export-ContainerNetwork later -Path $TestDrive/later.json
        (Get-Content $TestDrive/later.json -Raw) -replace '"name"', '"allowLabel": ["IPAddress"], "name"' -replace '10\.4\.0', '10.5.0' | Set-Content $TestDrive/later.json
        (Import-ContainerNetwork $TestDrive/later.json).Result | Should -Be Changed
        @(Read-Watch $watch; Read-Watch $watch) -replace '(Failed).*(isn''t in any).*', '$1 $2' | Sort-Object | Should -Be 'web1/eth0 Connected', "web2/eth0 Failed isn't in any"
        Get-ContainerLink docker web1 | Should -BeLike 'eth0 * 10.5.0.2'
        (Get-Content $TestDrive/later.json -Raw) -replace '10\.5\.0', '10.4.0' | Set-Content $TestDrive/later.json
        (Import-ContainerNetwork $TestDrive/later.json -Force).Result | Should -Be Changed
        Read-Watch $watch | Should -BeLike 'web2/eth0 Connected'
        Get-ContainerLink docker web1 | Should -BeLike 'eth0 * 10.4.0.2'
        Get-ContainerLink podman web2 | Should -BeLike 'eth0 * 10.4.0.9'
        # The name goes to another network; the containers keep what they have, and get what they ask for.
        Start-Labelled docker web3 network=soon
        Read-Watch $watch | Should -BeLike "WARNING *web3*'soon': there is no network of that name."
        $null = New-MacvlanNetwork early eth0 -Subnet 10.6.0.0/24 -AllowLabel Network
        Rename-ContainerNetwork early soon
        Read-Watch $watch | Should -BeLike 'web3/eth0 Connected'
        Remove-MacvlanNetwork later -Force
        (Get-ContainerNic).Container | Should -Be web3
        Stop-Watch $watch
        Remove-MacvlanNetwork soon -Force
    }

    It 'that leave a NIC without the default route are named in the warning' {
        Start-Labelled docker web1 'network=dmz, LAN'
        $lines = @(1..3 | ForEach-Object { Read-Watch $watch })
        $lines -like 'WARNING*' | Should -BeLike ('WARNING web1/eth1 doesn''t get the IPv4 default route, because web1/eth0 has it. *' +
            ' macipvlan.LAN.default-route=true* macipvlan.LAN.default-route=false.')
        $lines -like '*-DefaultRoute*' | Should -BeNullOrEmpty
        Stop-Watch $watch
    }

    It 'in a project of Compose keep their NICs through up, new images and scaling' {
        if (-not $hasCompose) { return Set-ItResult -Skipped -Because 'docker-compose is missing; tests/runtimes/unpack.sh gets it' }
        $file = "$TestDrive/compose.yaml"
        Set-Content $file @'
version: "2.4"
services:
  web:
    image: busybox:test
    command: ["sleep", "600"]
    network_mode: none
    environment: { BUILD: "${BUILD:-1}" }
    labels: { macipvlan.network: lan, macipvlan.lan.interface: lan0 }
'@
        function Get-ServiceLink {
            Invoke-Runtime docker ps --format '{{.Names}}' | Sort-Object | ForEach-Object { "$_ $(Get-ContainerLink docker $_)" }
        }

        function Invoke-Shop([int]$Build, [string[]]$Words) { Invoke-Compose $file $Words "BUILD=$Build" }

        Invoke-Shop 1 up, -d, --scale, web=3
        @(1..3 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be (1..3 | ForEach-Object { "shop_web_$_/lan0 Connected" })
        $links = @(Get-ServiceLink)
        (Get-ContainerNic).ComposeInstance | Sort-Object | Should -Be shop/web/1, shop/web/2, shop/web/3
        # A new image, or other settings: each container is made anew.
        $ids = Invoke-Runtime docker ps -q
        Invoke-Shop 2 up, -d, -t, 0, --scale, web=3
        Invoke-Runtime docker ps -q | Where-Object { $_ -in $ids } | Should -BeNullOrEmpty
        @(1..3 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be (1..3 | ForEach-Object { "shop_web_$_/lan0 Restored" })
        Get-ServiceLink | Should -Be $links
        # Down to one, and what the others had is free.
        Invoke-Shop 2 up, -d, -t, 0, --scale, web=1
        @(1..2 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be (2..3 | ForEach-Object { "shop_web_$_/lan0 Released Its container has been removed." })
        Get-ServiceLink | Should -Be $links[0]
        Invoke-Shop 2 up, -d, -t, 0, --scale, web=3
        @(1..2 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be (2..3 | ForEach-Object { "shop_web_$_/lan0 Connected" })
        @(Get-ServiceLink)[0] | Should -Be $links[0]
        @(Get-ServiceLink) -replace '.* ' | Sort-Object | Should -Be ($links -replace '.* ' | Sort-Object)
        Invoke-Shop 2 down, -t, 0
        Stop-Watch $watch
    }

    It 'are in the file that is exported for Compose, with which docker-compose gives the project the same NICs' {
        if (-not $hasCompose) { return Set-ItResult -Skipped -Because 'docker-compose is missing; tests/runtimes/unpack.sh gets it' }
        $base, $more = "$TestDrive/base.yaml", "$TestDrive/more.yaml"
        Set-Content $base @'
services:
  web: { image: "busybox:test", command: ["sleep", "600"] }
  db: { image: "busybox:test", command: ["sleep", "600"] }
'@
        Set-Content $more @'
services:
  web: { network_mode: none, labels: { macipvlan.network: "lan, dmz", macipvlan.lan.interface: lan0, macipvlan.lan.ip: 10.1.0.77, macipvlan.lan.mac: "02:00:00:00:00:77" } }
  db: { network_mode: none, labels: { macipvlan.network: dmz } }
'@
        Invoke-Compose $base, $more up, -d
        @(1..3 | ForEach-Object { do { $line = Read-Watch $watch } while ($line -like 'WARNING *default route*'); $line }) | Sort-Object |
            Should -Be 'shop_db_1/eth0 Connected', 'shop_web_1/eth0 Connected', 'shop_web_1/lan0 Connected'
        $links = 'shop_web_1', 'shop_db_1' | ForEach-Object { Get-ContainerLink docker $_ }
        # All settings that Compose has words for.
        $null = New-MacvlanNetwork full eth0 -Subnet 10.5.0.0/24, fd05::/64 -Mode Private -Internal -IPRange 10.5.0.128/25 -ExcludeAddress 10.5.0.200 -AllowLabel Mtu
        Export-ContainerNetwork -As Compose -Path $TestDrive/exported.yaml
        Invoke-Compose $base, $more down, -t, 0
        Invoke-Compose $base, $TestDrive/exported.yaml up, -d
        @(1..3 | ForEach-Object { Read-Watch $watch }) | Sort-Object |
            Should -Be 'shop_db_1/eth0 Restored', 'shop_web_1/eth0 Restored', 'shop_web_1/lan0 Restored'
        'shop_web_1', 'shop_db_1' | ForEach-Object { Get-ContainerLink docker $_ } | Sort-Object | Should -Be ($links | Sort-Object)
        Invoke-Compose $base, $TestDrive/exported.yaml down, -t, 0
        # Docker itself makes the networks of it for a service that uses them.
        Remove-MacvlanNetwork full
        Set-Content $base 'services: { web: { image: "busybox:test", command: ["sleep", "600"], networks: [full] } }'
        (Get-Content $TestDrive/exported.yaml -Raw) -replace '(?ms)\Aservices:.*?(?=^networks:)' | Set-Content $TestDrive/exported.yaml
        Invoke-Compose $base, $TestDrive/exported.yaml up, -d
        Get-ContainerLink docker shop_web_1 | Should -BeLike 'eth0 * 10.5.0.128'
        Invoke-Compose $base, $TestDrive/exported.yaml down, -t, 0
        Stop-Watch $watch
    }

    It 'belong to the container, whatever it is called' {
        Start-Labelled docker web1 network=lan, lan.ip=10.1.0.21
        Start-Labelled docker web2 network=lan, lan.ip=10.1.0.22
        $null = Read-Watch $watch; $null = Read-Watch $watch
        $links = (Get-ContainerLink docker web1), (Get-ContainerLink docker web2)
        Invoke-Runtime docker rename web1 tmp
        Invoke-Runtime docker rename web2 web1
        Invoke-Runtime docker rename tmp web2
        # Blue and green: the next one has the name while the former one still runs.
        Invoke-Runtime docker rename web1 web1-old
        Start-Labelled docker web1 network=lan, lan.ip=10.1.0.23
        Read-Watch $watch | Should -Be 'web1/eth0 Connected'
        for ($i = 0; $i -lt 100 -and @(Get-ContainerNic).Container -notcontains 'web1-old'; $i++) { Start-Sleep -Milliseconds 100 }
        Get-ContainerNic | ForEach-Object { "$($_.Container) $($_.IPAddress[0]) $($_.State)" } | Sort-Object |
            Should -Be 'web1 10.1.0.23/24 Up', 'web1-old 10.1.0.22/24 Up', 'web2 10.1.0.21/24 Up'
        (Get-ContainerLink docker web2), (Get-ContainerLink docker web1-old) | Should -Be $links
        Invoke-Runtime docker rm -f web1-old
        Read-Watch $watch | Should -BeLike 'web1-old/eth0 Released*'
        Stop-Watch $watch
    }

    It 'belong to the container, also when two have swapped their names and start at the same time' {
        Start-Labelled docker web1 network=lan, lan.ip=10.1.0.21
        Start-Labelled docker web2 network=lan, lan.ip=10.1.0.22
        $null = Read-Watch $watch; $null = Read-Watch $watch
        $links = (Get-ContainerLink docker web1), (Get-ContainerLink docker web2)
        Invoke-Runtime docker rename web1 tmp
        Invoke-Runtime docker rename web2 web1
        Invoke-Runtime docker rename tmp web2
        Invoke-Runtime docker restart -t 0 web1 web2
        @(Read-Watch $watch; Read-Watch $watch) | Sort-Object | Should -Be 'web1/eth0 Restored', 'web2/eth0 Restored'
        (Get-ContainerLink docker web2), (Get-ContainerLink docker web1) | Should -Be $links
        # Stopped for a while, with the other one's name.
        Invoke-Runtime docker stop -t 0 web2
        Invoke-Runtime docker rename web2 tmp
        Invoke-Runtime docker rename web1 web2
        Invoke-Runtime docker rename tmp web1
        Invoke-Runtime docker restart -t 0 web2
        Read-Watch $watch | Should -Be 'web2/eth0 Restored'
        Invoke-Runtime docker start web1
        Read-Watch $watch | Should -Be 'web1/eth0 Restored'
        (Get-ContainerLink docker web1), (Get-ContainerLink docker web2) | Should -Be $links
        Stop-Watch $watch
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'give a container one NIC, however many watch' {
        $others = 1..2 | ForEach-Object { Start-Watch }
        try {
            1..8 | ForEach-Object { Start-Labelled docker "many$_" network=lan }
            for ($i = 0; $i -lt 100 -and @(Get-ContainerNic).Count -lt 8; $i++) { Start-Sleep -Milliseconds 100 }
            # What the slowest of them does comes late.
            Start-Sleep 2
            (Get-ContainerNic).Container | Sort-Object | Should -Be (1..8 | ForEach-Object { "many$_" })
        }
        finally { $others | ForEach-Object { Stop-Sleeper $_ } }
        Stop-Watch $watch
    }

    It 'leave a running container its NIC when the network gets another name' {
        $null = New-MacvlanNetwork old eth0 -Subnet 10.4.0.0/24 -AllowLabel Network
        Start-Labelled docker web1 network=old
        Read-Watch $watch | Should -BeLike 'web1/eth0 Connected'
        $link = Get-ContainerLink docker web1
        Rename-ContainerNetwork old OLD -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty -Because 'a label means this name too'
        Rename-ContainerNetwork old new -WarningVariable warnings 3>$null
        $warnings | Should -BeLike "Labels name 'OLD': *web1*macipvlan.network=new*macipvlan.new.*"
        Read-Watch $watch | Should -BeLike "WARNING *web1 (*'old': there is no network of that name."
        Stop-Watch $watch
        $watch = Start-Watch
        Start-Labelled docker web2 network=old
        @(Read-Watch $watch; Read-Watch $watch) -replace '.*(web\d) .* to (.*)', '$1 $2' | Sort-Object |
            Should -Be "web1 'old': there is no network of that name.", "web2 'old': there is no network of that name."
        Get-ContainerLink docker web1 | Should -Be $link
        Stop-Watch $watch
        Remove-MacvlanNetwork new -Force
    }

    It 'are heeded after the host has started anew, as are names: all have the same NICs' {
        Start-Labelled docker web1 network=lan
        Read-Watch $watch | Should -BeLike 'web1/eth0 Connected'
        Start-Labelled podman web2 network=lan, lan.interface=lan0
        Read-Watch $watch | Should -BeLike 'web2/lan0 Connected'
        Invoke-Runtime docker run -d --name db1 --network none busybox:test sleep 600
        $null = Connect-ContainerNic lan -Container db1
        $null = New-NetworkNamespace space1
        $null = Connect-ContainerNic lan space1
        $links = { Get-ContainerLink docker web1; Get-ContainerLink podman web2; Get-ContainerLink docker db1; Get-NicText space1 }
        $before = & $links
        $before | Should -HaveCount 5
        Stop-Watch $watch
        # Nothing of the kernel's lives on, nor what the runtimes have on its file systems.
        Invoke-Runtime docker kill web1 db1
        Invoke-Runtime podman kill web2
        'docker', 'podman' | ForEach-Object { Stop-Runtime $runtimes.Daemons[$_] }
        'run', 'libpod', 'exec' | ForEach-Object { Remove-Item "$($runtimes.Folder)/$_" -Recurse -Force }
        Restart-TestHost space1
        'docker', 'podman' | ForEach-Object { $runtimes.Daemons[$_] = Start-Runtime $_ $runtimes.Folder }
        $watch = Start-Watch
        Read-Watch $watch | Should -Be 'space1/eth0 Restored'
        Invoke-Runtime docker start web1 db1
        Invoke-Runtime podman start web2
        @(1..3 | ForEach-Object { Read-Watch $watch }) | Sort-Object | Should -Be 'db1/eth0 Restored', 'web1/eth0 Restored', 'web2/lan0 Restored'
        & $links | Should -Be $before
        (Get-ContainerNic).State | Select-Object -Unique | Should -Be Up
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Stop-Watch $watch
    }

    It 'leave a NIC alone that a command has connected' {
        Stop-Watch $watch
        Start-Labelled docker web1 network=lan
        $null = Connect-ContainerNic lan -Container web1 -IPAddress 10.1.0.50
        $watch = Start-Watch
        Invoke-Runtime docker restart -t 0 web1
        Read-Watch $watch | Should -BeLike 'web1/eth0 Restored'
        "$((Get-ContainerNic).IPAddress[0]) $((Get-ContainerNic).BelongsTo)" | Should -Be '10.1.0.50/24 Name'
        Stop-Watch $watch
    }
}

Describe 'What labels may ask for' -Tag Native, Once {
    It 'is part of the network, and goes with it into files' {
        (Get-MacvlanNetwork dmz).AllowLabel | Should -Be Network
        (Get-MacvlanNetwork closed).AllowLabel | Should -BeNullOrEmpty
        (Get-MacvlanNetwork lan).AllowLabel | Should -Be Network, IPAddress, MacAddress, InterfaceName, Mtu, DefaultRoute
        (Get-MacvlanNetwork dmz | Format-List | Out-String) | Should -Match 'AllowLabel\s+: (\{Network\}|Network)'
        $null = New-MacvlanNetwork file eth0 -Subnet 10.4.0.0/24 -AllowLabel Mtu
        Export-ContainerNetwork file -Path $TestDrive/file.json
        (Get-Content $TestDrive/file.json -Raw | ConvertFrom-Json).networks.allowLabel | Should -Be Network, Mtu
        Remove-MacvlanNetwork file
        (Import-ContainerNetwork $TestDrive/file.json).Result | Should -Be Created
        (Import-ContainerNetwork $TestDrive/file.json).Result | Should -Be InPlace
        $again = Get-MacvlanNetwork file
        $again.AllowLabel | Should -Be Network, Mtu
        Remove-MacvlanNetwork file
        ($again | New-MacvlanNetwork).AllowLabel | Should -Be Network, Mtu
        Remove-MacvlanNetwork file
        (Get-Failure { New-MacvlanNetwork file eth0 -Subnet 10.4.0.0/24 -AllowLabel Everything }).What | Should -BeLike 'ParameterArgumentTransformationError*'
    }
}
