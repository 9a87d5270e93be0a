# Every example of every page of help, run as it is written, each on a host as the pages have it in mind: on eth0 the
# network lan with NICs of web1 and web2, and db1 without any; with access of the host where it is taken away, and
# after a reboot where all is restored. Where there is a container, its id begins with 4e1f0c2b7a9d. Where VLANs and
# ipvlan are, on eth0.30 the network apps with a NIC of job1, and two VLANs that nothing uses, eth0.40 and eth0.41,
# the latter not ours. Pages that make networks or VLANs begin with eth0 alone, and so does each section of
# about_MacIpvlan_From_Docker and of README. What is about address databases has a real one: tests/fleet/Examples.ps1.
# Starts first, because it takes minutes in a throw-away kernel.

BeforeDiscovery {
    $folder = Join-Path (Split-Path $PSScriptRoot) 'docs/en-US'
    $examples = foreach ($page in Get-ChildItem $folder -Filter *-*.md) {
        $text = ((Get-Content $page -Raw) -split '(?m)^## ' | Where-Object { $_ -like 'EXAMPLES*' })
        $blocks = [regex]::Matches($text, '(?ms)^### Example \d+: (?<title>[^\n]+)$.*?^```powershell\n(?<code>.*?)^```$')
        foreach ($block in $blocks) {
            @{ Page = $page.BaseName; Title = $block.Groups['title'].Value; Code = $block.Groups['code'].Value }
        }
    }
    $examples += foreach ($page in Get-Item (Join-Path $folder about_MacIpvlan_From_Docker.md), (Join-Path (Split-Path $PSScriptRoot) README.md)) {
        foreach ($section in (Get-Content $page -Raw) -split '(?m)^### ' | Select-Object -Skip 1) {
            $blocks = [regex]::Matches($section, '(?ms)^```powershell\n(.*?)^```$')
            @{ Page = $page.BaseName; Title = ($section -split '\n')[0]; Code = -join ($blocks | ForEach-Object { $_.Groups[1].Value }) }
        }
    }
    foreach ($example in $examples) {
        $code = $example.Code
        $example.Kind = if ($code -match 'AddressDatabase|NetworkAddress web') { $code -cmatch 'Ipvlan|eth0\.\d' ? 'FleetSpecial' : 'Fleet' }
        elseif ($code -match 'Watch-ContainerNic') { 'Endless' }
        elseif ($code -match 'Watch-ContainerNetwork') { 'Watching' }
        elseif ($code -match '-Container |docker |podman ') { 'Container' }
        elseif ($code -match '\.png') { 'Picture' }
        elseif ($code -match 'Ipvlan|Vlan(Id|SubInterface)|eth0\.\d') { 'Special' }
        # A network without a parent has a dummy.
        elseif ($code -match 'New-\w+vlanNetwork' -and $code -notmatch '-Parent') { 'Special' }
        else { 'Common' }
    }
    $common, $special, $container, $picture, $endless, $watching, $fleet, $fleetSpecial =
    'Common', 'Special', 'Container', 'Picture', 'Endless', 'Watching', 'Fleet', 'FleetSpecial' |
        ForEach-Object { , @($examples | Where-Object Kind -EQ $_) }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Reset-ExampleHost([string]$Page, [string]$Kind) {
        Clear-TestHost
        Add-TestWire
        if ($Page -match '^((New|Set)-\w+vlanNetwork|Add-VlanSubInterface|about_.*|README)$') { return }
        if ($Kind -eq 'Special') {
            $null = New-IpvlanNetwork apps -Parent eth0.30 -Mode L3 -Subnet 10.30.0.0/24
            $null = New-NetworkNamespace job1 | Connect-ContainerNic -Network apps
            $null = Add-VlanSubInterface eth0 40
            ip link add link eth0 name eth0.41 type vlan id 41
            return
        }
        ip -n wire address add 10.1.0.1/24 dev eth0
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2 | Connect-ContainerNic -Network lan
        $null = New-NetworkNamespace db1
        if ($Page -eq 'Disable-HostAccess') { $null = Enable-HostAccess lan }
        if ($Page -eq 'Restore-ContainerNetwork' -and $Kind -eq 'Common') { Restart-TestHost web1, web2 }
    }

    function Invoke-Example([string]$Code) {
        $ErrorActionPreference = 'Stop'
        # Files are written here, and forgotten.
        Push-Location (New-Item "$TestDrive/$(New-Guid)" -ItemType Directory)
        try { & ([scriptblock]::Create($Code)) 3>$null }
        finally { Pop-Location }
    }
}

AfterAll { Clear-TestHost }

Describe 'Examples with macvlan alone' -Tag Native, Once {
    BeforeAll {
        $sleeper = Start-Sleeper 'unshare --net'
        Set-Content /run/app.pid $sleeper.Id
    }

    AfterAll { Stop-Sleeper $sleeper }

    It '<Page>: <Title>' -ForEach $common {
        Reset-ExampleHost $Page $Kind
        { Invoke-Example $Code } | Should -Not -Throw
    }
}

Describe 'Examples with a program that renders pictures' -Tag Native, Once {
    It '<Page>: <Title>' -ForEach $picture {
        $problem = Get-PictureProblem
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        Reset-ExampleHost $Page $Kind
        $null = Invoke-WithPictureProgram { Invoke-Example $Code }
        Get-Item $TestDrive/*/*.png | Should -Not -BeNullOrEmpty
    }
}

Describe 'Examples that watch' -Tag Native, Once {
    It '<Page>: <Title>, until Ctrl+C' -ForEach $watching {
        Reset-ExampleHost $Page $Kind
        $process = Start-Shell "`$ErrorActionPreference = 'Stop'; try { $Code } catch { [Console]::WriteLine(`"failed: `$_`") }"
        foreach ($action in @('add', 'delete') * 10) {
            ip -n web1 address $action 10.1.0.77/24 dev eth0
            Start-Sleep -Milliseconds 100
        }
        if (-not $process.HasExited) { Send-Signal INT $process }
        $process.WaitForExit(20000) | Should -BeTrue
        $process.StandardOutput.ReadToEnd() | Should -Not -Match failed
    }
}

Describe 'Examples with an address database' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/fleet/Examples.ps1
        $problem = Get-PostgresProblem
        if (-not $problem) { Start-ExampleServer }
    }

    AfterAll { Stop-PostgresServer }

    It '<Page>: <Title>' -ForEach $fleet {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        Invoke-FleetExample $Code
    }
}

Describe 'Examples with an address database, and VLANs or ipvlan' {
    BeforeAll {
        . $PSScriptRoot/fleet/Examples.ps1
        $problem = Get-PostgresProblem
        if (-not $problem) { Start-ExampleServer }
    }

    AfterAll { Stop-PostgresServer }

    It '<Page>: <Title>' -ForEach $fleetSpecial {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        Invoke-FleetExample $Code
    }
}

Describe 'Examples with VLANs, ipvlan or a dummy' {
    It '<Page>: <Title>' -ForEach $special {
        Reset-ExampleHost $Page $Kind
        { Invoke-Example $Code } | Should -Not -Throw
    }
}

Describe 'Examples with a container' {
    BeforeAll {
        # One that no runtime knows is known by its control group.
        $id = '4e1f0c2b7a9d'.PadRight(64, '0')
        $group = "/sys/fs/cgroup/docker-$id.scope"
        $sleeper = Start-Sleeper 'unshare --net'
        mkdir $group
        Set-Content "$group/cgroup.procs" $sleeper.Id

        # Docker itself is in Containers.Tests.ps1; here, the container of all its answers is that one.
        # Podman itself is in OciHook.Tests.ps1.
        function podman { if ("$args" -notlike 'run --network none --annotation macipvlan.network=office *') { throw "podman $args" } }

        function docker {
            switch ("$args") {
                'ps -q' { $id.Substring(0, 12) }
                'run --network none -d nginx' { $id }
                'run -d --network none --label macipvlan.network=office --label macipvlan.office.ip=10.2.0.20 nginx' { $id }
                'network inspect office' { '[{"Name":"office","Driver":"macvlan","IPAM":{"Config":[{"Subnet":"10.77.0.0/24"}]},"Options":{"parent":"eth0"}}]' }
                'network inspect office lab' {
                    '[{"Name":"office","Driver":"macvlan","IPAM":{"Config":[{"Subnet":"10.77.0.0/24"}]},"Options":{"parent":"eth0"}},
                      {"Name":"lab","Driver":"macvlan","Internal":true,"IPAM":{"Config":[{"Subnet":"10.78.0.0/24"}]},"Options":{"parent":"eth0"}}]'
                }
                default { throw "docker $_" }
            }
        }
    }

    AfterAll {
        Stop-Sleeper $sleeper
        rmdir $group
    }

    It '<Page>: <Title>' -ForEach $container {
        Reset-ExampleHost $Page $Kind
        { Invoke-Example $Code } | Should -Not -Throw
    }

    It '<Page>: <Title>, until Ctrl+C' -ForEach $endless {
        Reset-ExampleHost $Page $Kind
        ip -n web1 link delete eth0
        $process = Start-Shell $Code
        for ($i = 0; $i -lt 100 -and -not (Get-IpLink eth0 -Namespace web1); $i++) { Start-Sleep -Milliseconds 100 }
        $process.HasExited | Should -BeFalse
        (Get-IpLink eth0 -Namespace web1).ifname | Should -Be eth0
        Send-Signal INT $process
        $process.WaitForExit(20000) | Should -BeTrue
    }
}
