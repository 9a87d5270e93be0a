# Show-ContainerNetwork: what is drawn of what the kernel and the state have, and where it is written. How it looks is in
# the unit tests, and here in Chromium where that is installed.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Tree {
        # The drawing without what is different each time.
        param([string[]]$Name)
        Show-ContainerNetwork $Name | Select-Object -Skip 1 |
            ForEach-Object { $_ -replace '(?<=[-m]-)[0-9a-f]{12}', 'ID' -replace '(?<= )([0-9a-f]{2}:){5}[0-9a-f]{2}', 'MAC' }
    }
}

AfterAll { Clear-TestHost }

Describe 'Show-ContainerNetwork' -Tag Native, Once {
    BeforeAll {
        Clear-TestHost
        Add-TestWire
        ip address add 10.1.0.5/24 dev eth0
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -IPRange 10.1.0.64/26
        $null = New-MacvlanNetwork Empty -Parent eth0 -Subnet 10.2.0.0/24 -Mtu 1400 -NoDefaultRoute -WarningAction Ignore
        $null = New-NetworkNamespace web1, web2
        $null = Enable-HostAccess lan -InterfaceName hm-lan
        $null = Connect-ContainerNic lan web1, web2 -WarningAction Ignore
    }

    It 'draws the link, its networks and their NICs, under the name of the host' {
        Show-ContainerNetwork | Select-Object -First 1 | Should -Be (uname -n)
        Get-Tree | Should -Be @(
            '└─ eth0  veth, up, MTU 1500'
            '   │  10.1.0.5/24'
            '   ├─ Empty  macvlan Bridge, no default route, MTU 1400'
            '   │     10.2.0.0/24  gateway 10.2.0.1  0 in use, 253 free'
            '   └─ lan  macvlan Bridge'
            '      │  10.1.0.0/24  gateway 10.1.0.1  3 in use, 61 free'
            '      │  fd01::/64    no gateway        3 in use, over 10^19 free'
            '      ├─ host/hm-lan  10.1.0.64/32'
            '      │               fd01::1/128'
            '      ├─ web1/eth0    10.1.0.65/24  MAC'
            '      │               fd01::2/64'
            '      └─ web2/eth0    10.1.0.66/24  MAC'
            '                      fd01::3/64')
    }

    It 'draws networks by <Case>' -ForEach @(
        @{ Case = 'name'; Draw = { Show-ContainerNetwork LAN }; Found = 'lan' }
        @{ Case = 'pattern'; Draw = { Show-ContainerNetwork e* }; Found = 'Empty' }
        @{ Case = 'the pipeline, all in one drawing'; Draw = { Get-ContainerNetwork | Show-ContainerNetwork }; Found = 'Empty lan' }
    ) {
        $lines = & $Draw
        "$($lines -match '  macvlan' -replace '^\W+(\w+).*', '$1')" | Should -Be $Found
        $lines -match '─ eth0 ' | Should -HaveCount 1
    }

    It 'reports a name that is unknown, and draws the others; nothing where there are none' {
        (Get-Failure { Show-ContainerNetwork nosuch, lan }).What | Should -Be "NetworkNotFound ObjectNotFound 'nosuch'"
        @(Show-ContainerNetwork nosuch, lan -ErrorAction Ignore) -match 'lan  macvlan' | Should -HaveCount 1
        Show-ContainerNetwork nosuch -ErrorAction Ignore | Should -BeNullOrEmpty
        Show-ContainerNetwork z* | Should -BeNullOrEmpty
        @() | Show-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'marks what is not well in words' {
        ip link set eth0 down
        Get-Tree lan | Should -Contain '└─ eth0  veth, MTU 1500  [down]'
        Get-Tree lan | Should -Contain '   └─ lan  macvlan Bridge  [parent down]'
        ip link set eth0 up
        ip -n wire link set eth0 down
        Get-Tree lan | Should -Contain '└─ eth0  veth, MTU 1500  [no carrier]'
        ip -n wire link set eth0 up
        # Older kernels name no link that is up.
        ip link set eth0 down
        ip link set eth0 name eth9
        Get-Tree lan | Should -Contain '└─ eth0  link  [missing]'
        Get-Tree lan | Should -Contain '   └─ lan  macvlan Bridge  [parent missing]'
        Get-Tree lan | Should -Contain '      ├─ web1/eth0    10.1.0.65/24  MAC  [lower layer down]'
        ip link set eth9 name eth0
        ip link set eth0 up
    }

    It 'draws twenty NICs of a network, and with -All every one' {
        $null = New-MacvlanNetwork many -Parent eth0 -Subnet 10.3.0.0/24 -WarningAction Ignore
        $null = 1..23 | ForEach-Object { Connect-ContainerNic many web1 -InterfaceName "m$_" -NoIPAddress }
        $lines = Show-ContainerNetwork many
        $lines -match 'web1/m' | Should -HaveCount 20
        $lines[-1] | Should -Be '      └─ … and 3 more'
        (Show-ContainerNetwork many -All) -match 'web1/m' | Should -HaveCount 23
        Show-ContainerNetwork many -As Html | Should -BeLike '*<td>m23</td>*'
        Remove-MacvlanNetwork many -Force
    }

    It 'fits 80 columns, whatever the names: what is longer than its column has a line of its own' {
        $long = 'a-name-of-a-container-of-a-project-of-sixty-four-letters-at-least'
        $wide = '网络命名空间' * 6
        $null = New-NetworkNamespace $long, $wide, ('w' * 120)
        $null = New-MacvlanNetwork $long.Substring(0, 60) -Parent eth0 -Subnet 2001:db8:1234:5678:9abc:def0:1234:0/112 -NoDefaultRoute -WarningAction Ignore
        $null = $long, $wide, ('w' * 120) | Connect-ContainerNic -Network $long.Substring(0, 60)
        $lines = Show-ContainerNetwork
        $lines | Where-Object { $_.Length + [regex]::Matches($_, '\p{IsCJKUnifiedIdeographs}').Count -gt 80 } | Should -BeNullOrEmpty
        foreach ($name in "$long/eth0", $long.Substring(0, 60), 'web1/eth0') { @($lines -match "─ $name( |$)").Count | Should -BeGreaterThan 0 }
        @($lines -match '─ w+…w+/eth0$') | Should -HaveCount 1
        @($lines -match '2001:db8:1234:5678:9abc:def0:1234:[123]/112') | Should -HaveCount 3
        Remove-MacvlanNetwork $long.Substring(0, 60) -Force
        Remove-NetworkNamespace $long, $wide, ('w' * 120)
    }

    It 'gives the text of other drawings to the pipeline' {
        (Show-ContainerNetwork -As Mermaid) -split '\n' | Should -Contain '    nic6("web1/eth0<br>10.1.0.65/24<br>fd01::2/64")'
        ([xml](Show-ContainerNetwork -As Svg)).svg.title.'#text' | Should -Be "Container networks of $(uname -n)"
        # The overview, and each network.
        ([xml](Show-ContainerNetwork -As Html)).html.body.main.section.id | Should -Be overview, network-Empty, network-lan
    }

    It 'is as wide as -Width says: columns of text, pixels of a picture' {
        $wide, $narrow = 200, 40 | ForEach-Object { (Show-ContainerNetwork -Width $_ | Measure-Object Length -Maximum).Maximum }
        $wide | Should -BeGreaterThan 60
        $narrow | Should -BeLessOrEqual 40
        foreach ($width in 1600, 300) { ([xml](Show-ContainerNetwork -As Svg -Width $width)).svg.width | Should -Be $width }
        ([xml](Show-ContainerNetwork -As Html -Width 1600)).html.body.main.figure.svg.width | Should -Be 1600
        $failure = Get-Failure { Show-ContainerNetwork -As Mermaid -Width 80 }
        $failure.What | Should -BeLike 'InvalidParameter InvalidArgument *'
        $failure.Action | Should -Be 'Omit -Width, or choose another format.'
    }

    It 'writes <File>, as its name tells' -ForEach @(
        @{ File = 'a.svg'; Begin = '<svg xmlns' }
        @{ File = 'a.HTML'; Begin = '<!DOCTYPE html>' }
        @{ File = 'a.mmd'; Begin = 'flowchart LR' }
        @{ File = 'a.txt'; Begin = "$(uname -n)" }
    ) {
        Push-Location $TestDrive
        $written = Show-ContainerNetwork -Path $File
        Pop-Location
        $written | Should -BeOfType IO.FileInfo
        $written.FullName | Should -Be (Join-Path $TestDrive $File)
        Get-Content $written.FullName -TotalCount 1 | Should -BeLike "$Begin*"
        # What is asked for goes before the name.
        $null = Show-ContainerNetwork -Path $written.FullName -As Text
        Get-Content $written.FullName -TotalCount 1 | Should -Be (uname -n)
    }

    It 'refuses the extension <_>, unless with -As' -ForEach '.jpg', '.PDF' {
        $path = Join-Path $TestDrive "picture$_"
        $failure = Get-Failure { Show-ContainerNetwork -Path $path }
        $failure.What | Should -BeLike 'InvalidParameter InvalidArgument *'
        $failure.Message | Should -Be "Drawings can't be written as $($_.ToLowerInvariant()) files."
        $path | Should -Not -Exist
        (Show-ContainerNetwork -Path $path -As Svg).Length | Should -BeGreaterThan 0
    }

    It 'writes a PNG picture, twice as large as the SVG picture' {
        $problem = Get-PictureProblem
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        $path = Join-Path $TestDrive 'a.png'
        (Invoke-WithPictureProgram { Show-ContainerNetwork -Path $path }).FullName | Should -Be $path
        $bytes = [IO.File]::ReadAllBytes($path)
        [Convert]::ToHexString($bytes, 0, 16) | Should -Be '89504E470D0A1A0A0000000D49484452'
        # The header has width and height in network order.
        $width, $height = 16, 20 | ForEach-Object { [Net.IPAddress]::NetworkToHostOrder([BitConverter]::ToInt32($bytes, $_)) }
        "0 0 $($width / 2) $($height / 2)" | Should -Be ([xml](Show-ContainerNetwork -As Svg)).svg.viewBox
        Invoke-WithPictureProgram { $null = Show-ContainerNetwork -Path $path -Width 640 }
        [Net.IPAddress]::NetworkToHostOrder([BitConverter]::ToInt32([IO.File]::ReadAllBytes($path), 16)) | Should -Be 640
    }

    It 'refuses a PNG picture without a file, and without a program that renders it' {
        $failure = Get-Failure { Show-ContainerNetwork -As Png }
        $failure.What | Should -Be "InvalidParameter InvalidArgument ''"
        $failure.Action | Should -Be 'Specify the file with -Path.'
        $path = Join-Path $TestDrive 'b.png'
        $programs = $env:PATH
        $env:PATH = '/nowhere'
        try { $failure = Get-Failure { Show-ContainerNetwork -Path $path } }
        finally { $env:PATH = $programs }
        $failure.What | Should -Be "RendererUnavailable ResourceUnavailable ''"
        $failure.Action | Should -BeLike '*librsvg2-bin*'
        $path | Should -Not -Exist
    }

    It 'ends the program at Ctrl+C, and writes no file' {
        $folder = (New-Item (Join-Path $TestDrive programs) -ItemType Directory).FullName
        Set-Content $folder/rsvg-convert '#!/bin/sh', "echo `$`$ >$folder/id.new", "mv $folder/id.new $folder/id", 'exec sleep 300'
        chmod +x $folder/rsvg-convert
        $process = Start-Shell "`$env:PATH = '${folder}:' + `$env:PATH; Show-ContainerNetwork -Path $folder/a.png"
        for ($i = 0; $i -lt 3000 -and -not (Test-Path $folder/id); $i++) { Start-Sleep -Milliseconds 10 }
        Send-Signal INT $process
        $process.WaitForExit(20000) | Should -BeTrue
        "/proc/$(Get-Content $folder/id)" | Should -Not -Exist
        "$folder/a.png" | Should -Not -Exist
    }

    It 'replaces a file, and with -NoClobber leaves it' {
        $path = Join-Path $TestDrive 'kept.txt'
        Set-Content $path old
        (Get-Failure { Show-ContainerNetwork -Path $path -NoClobber }).What | Should -Be "FileExists ResourceExists ''"
        Get-Content $path | Should -Be old
        $null = Show-ContainerNetwork -Path $path
        Get-Content $path -TotalCount 1 | Should -Be (uname -n)
    }

    It 'writes through no link, into no folder, and onto no device' {
        $target = Join-Path $TestDrive 'target'
        Set-Content $target mine
        ln -s $target (Join-Path $TestDrive 'link.svg')
        foreach ($path in (Join-Path $TestDrive 'link.svg'), "$TestDrive", '/dev/null', '/nowhere/a.svg', 'env:a') {
            (Get-Failure { Show-ContainerNetwork -Path $path }).What | Should -Be "FileUnusable OpenError ''" -Because $path
        }
        Get-Content $target | Should -Be mine
        (Get-Item (Join-Path $TestDrive 'link.svg')).LinkTarget | Should -Be $target
        [IO.Directory]::GetFiles("$TestDrive", '.*.tmp') | Should -BeNullOrEmpty
    }

    It 'changes nothing' {
        $before = Get-Snapshot
        Show-ContainerNetwork -As Html | Out-Null
        Get-Snapshot | Should -Be $before
    }
}

Describe 'Show-ContainerNetwork, VLANs, bridges and dummies' {
    BeforeAll {
        Clear-TestHost
        Add-TestWire
        $null = Add-VlanSubInterface eth0 50 -Name outer -Protocol 802.1ad
        ip link add link eth0 name eth0.99 type vlan id 99
        $null = New-IpvlanNetwork apps -Parent eth0.30 -Mode L3 -Subnet 10.30.0.0/24
        $null = New-MacvlanNetwork inner -Parent outer -VlanId 20 -Mode Vepa -Subnet 10.20.0.0/24
        'link add br0 type bridge', 'link add p0 master br0 type dummy', 'link set p0 up', 'link set br0 up' | ip -batch -
        $null = New-MacvlanNetwork bridged -Parent br0 -Subnet 10.40.0.0/24
        $null = New-MacvlanNetwork closed -Subnet 172.31.0.0/28
        $null = New-NetworkNamespace app1 | Connect-ContainerNic -Network apps
    }

    It 'draws sub-interfaces between links and networks, and no others' {
        Get-Tree | Should -Be @(
            '├─ eth0  veth, up, MTU 1500'
            '│  ├─ eth0.30  VLAN 30, up, MTU 1500'
            '│  │  └─ apps  ipvlan L3'
            '│  │     │  10.30.0.0/24  gateway 10.30.0.1  1 in use, 252 free'
            '│  │     └─ app1/eth0  10.30.0.2/24'
            '│  └─ outer  VLAN 50 (802.1ad), up, MTU 1500'
            '│     └─ outer.20  VLAN 20, up, MTU 1500'
            '│        └─ inner  macvlan Vepa'
            '│              10.20.0.0/24  gateway 10.20.0.1  0 in use, 253 free'
            '├─ br0  bridge, ports p0, up, MTU 1500'
            '│  └─ bridged  macvlan Bridge'
            '│        10.40.0.0/24  gateway 10.40.0.1  0 in use, 253 free'
            '└─ dm-ID  dummy, up, MTU 1500'
            '   └─ closed  macvlan Bridge, internal'
            '         172.31.0.0/28  gateway 172.31.0.1  0 in use, 13 free')
    }

    It 'knows where sub-interfaces were that are gone' {
        ip link delete outer
        Get-Tree inner | Should -Be @(
            '└─ eth0  veth, up, MTU 1500'
            '   └─ outer  VLAN 50 (802.1ad)  [missing]'
            '      └─ outer.20  VLAN 20  [missing]'
            '         └─ inner  macvlan Vepa  [parent missing]'
            '               10.20.0.0/24  gateway 10.20.0.1  0 in use, 253 free')
    }

    It 'is what the picture in docs was made with' {
        Clear-TestHost
        $root = Split-Path $PSScriptRoot
        # The script has a /run of its own, where TestDrive can be.
        $path = "/var/tmp/topology-$(New-Guid).svg"
        $text = Invoke-Example topology $path
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        Get-ContainerNetwork | Should -BeNullOrEmpty -Because 'it works in namespaces of its own'
        # But for the name of the host, the time, and what is random.
        $texts = $path, "$root/docs/topology.svg" | ForEach-Object {
            (Get-Content $_ -Raw) -replace 'networks of [^<]+|as of [^<]+|hm-[0-9a-f]{12}|([0-9a-f]{2}:){5}[0-9a-f]{2}'
        }
        $texts[0] | Should -Be $texts[1]
    }
}

Describe 'Pictures and pages in Chromium' -Tag Native, Once {
    BeforeAll {
        Clear-TestHost
        Add-TestWire
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.2.0.0/24 -WarningAction Ignore
        $names = 'web1', '"><img src=x onerror=top.document.title="run">', "it's & a [long] name; $('W' * 60)"
        $null = $names | New-NetworkNamespace
        $null = Connect-ContainerNic lan $names -WarningAction Ignore
        $null = Connect-ContainerNic other web1

        $chromium = Get-Command chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore |
            Select-Object -First 1 -ExpandProperty Source
        $problem = if ((Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux') { 'Chromium is too slow in this kernel' }
        elseif (-not $chromium) { 'there is no chromium' }

        function Invoke-Chromium([string]$Html) {
            # A page as it is when its scripts are done, and what went to the console.
            $folder = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
            Set-Content "$folder/test.html" $Html
            $options = '--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', '--virtual-time-budget=5000',
                "--user-data-dir=$folder", '--dump-dom'
            & $chromium @options "file://$folder/test.html" 2>&1 | ForEach-Object { "$_" }
        }
    }

    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'has no text that leaves its box, in the fonts that there are' {
        $script = @'
            const out = [...document.querySelectorAll('text')].filter(t => {
                const text = t.getBBox(), box = t.parentNode.querySelector('rect').getBBox();
                return text.x < box.x || text.x + text.width > box.x + box.width || text.y < box.y || text.y + text.height > box.y + box.height + 2;
            });
            document.title = 'texts ' + document.querySelectorAll('text').length + ' out ' + out.map(t => t.textContent).join();
'@
        $page = Invoke-Chromium "<!DOCTYPE html><title></title>$(Show-ContainerNetwork -As Svg)<script>$script</script>"
        "$page" | Should -Match '<title>texts \d\d+ out </title>'
    }

    It 'runs the search and nothing else, without a word on the console' {
        # In a frame of its own, which a script of the test types into.
        $page = Show-ContainerNetwork -As Html
        $frame = $page.Replace('&', '&amp;').Replace("'", '&#39;')
        $script = @'
            addEventListener('load', () => {
                const inner = document.querySelector('iframe').contentDocument, input = inner.querySelector('input');
                input.value = 'WEB1 10.2';
                input.dispatchEvent(new Event('input'));
                const rows = [...inner.querySelectorAll('#overview tbody tr:not(.off), .network:not(.off) tbody tr:not(.off)')]
                    .map(r => r.cells[0].textContent.trim());
                document.title = `${inner.title}|${input.parentNode.hidden}|${rows}|${inner.querySelectorAll('g.found.off').length}`;
            });
'@
        $text = Invoke-Chromium "<!DOCTYPE html><title></title><iframe srcdoc='$frame'></iframe><script>$script</script>"
        "$text" | Should -Match ([regex]::Escape("<title>Container networks of $(uname -n)|false|other,web1|1</title>"))
        "$text" | Should -Not -Match 'CONSOLE'
    }
}
