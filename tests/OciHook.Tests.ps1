# The hook of examples/oci-hook with a real Podman: containers have their NICs before their programs run.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/runtimes/Runtimes.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -AllowLabel IPAddress
    $null = New-MacvlanNetwork dmz eth0 -Subnet 10.2.0.0/24 -AllowLabel Network
    $null = New-MacvlanNetwork small eth0 -Subnet 10.4.0.0/30 -AllowLabel Network
    $null = New-MacvlanNetwork closed eth0 -Subnet 10.3.0.0/24
    $runtimes = Start-RuntimeHost
    $problem = $runtimes.Problem
    if ($problem) { return }
    # What an installation has in folders of the system.
    $bin = "$($runtimes.Folder)/bin"
    $null = New-Item $bin, $bin/modules -ItemType Directory
    $null = New-Item $bin/pwsh -ItemType SymbolicLink -Target ([Environment]::ProcessPath)
    $null = New-Item $bin/modules/MacIpvlan -ItemType SymbolicLink -Target (Get-Module MacIpvlan).ModuleBase
    $example = (Resolve-Path $PSScriptRoot/../examples/oci-hook).Path
    $hook = Get-Content $example/macipvlan.json -Raw | ConvertFrom-Json
    $hook.hook.path = "$example/macipvlan-hook"
    $variables = "PATH=${bin}:$env:PATH", "PSModulePath=$bin/modules", "MACIPVLAN_STATE=$env:MACIPVLAN_STATE"
    # pwsh from its package has no .NET of its own, and a hook gets no variables of others.
    if ($env:DOTNET_ROOT) { $variables += "DOTNET_ROOT=$env:DOTNET_ROOT" }
    $hook.hook | Add-Member env $variables
    $hook | ConvertTo-Json -Depth 5 | Set-Content "$($runtimes.Folder)/hooks.d/macipvlan.json"

    function Invoke-Podman {
        # What a podman command writes, whether it succeeds or not.
        & $PSScriptRoot/runtimes/run.sh podman --remote @args 2>&1 | ForEach-Object { "$_" }
    }
}

AfterAll {
    if (Test-Path variable:runtimes) { Stop-RuntimeHost $runtimes }
    Clear-TestHost
}

Describe 'The OCI hook' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem; return } }

    AfterEach {
        Stop-DhcpServer
        if (-not $problem) {
            Clear-Runtime podman
            Get-ContainerNic | Disconnect-ContainerNic
        }
    }

    It 'connects a container before its first instruction, gives it the same NIC again, and leaves the rest to Watch-ContainerNic' {
        $watch = Start-Shell 'Watch-ContainerNic 3>&1 | ForEach-Object { [Console]::WriteLine("$($_.Name) $($_.Result) $($_.Reason)".TrimEnd()) }'
        try {
            # A label for the same network is no second NIC.
            $asked = '--annotation', 'macipvlan.network=lan', '--annotation', 'macipvlan.lan.ip=10.1.0.20', '--label', 'macipvlan.network=lan'
            $text = Invoke-Podman run --name web1 --network none @asked busybox:test sh -c 'ip -4 address show eth0; exec sleep 2'
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            "$text" | Should -BeLike '*inet 10.1.0.20/24 *eth0*'
            $nic = Get-ContainerNic
            "$($nic.Container) $($nic.Runtime) $($nic.BelongsTo) $($nic.State)" | Should -Be 'web1 Podman Id ContainerStopped' -Because 'Watch-ContainerNic has recorded the name'
            $text = Invoke-Podman start -a web1
            "$text" | Should -BeLike '*inet 10.1.0.20/24 *eth0*'
            (Get-ContainerNic).MacAddress | Should -Be $nic.MacAddress
            Invoke-Runtime podman rm -f -t 0 web1
            $line = $watch.StandardOutput.ReadLineAsync()
            $line.Wait(20000) | Should -BeTrue
            $line.Result | Should -Be 'web1/eth0 Released Its container has been removed.'
        }
        finally { Stop-Sleeper $watch }
    }

    It 'lets a container start without a NIC that <Case>' -ForEach @(
        @{ Case = 'its network does not allow'; Options = '--network', 'none', '--annotation', 'macipvlan.network=closed' }
        @{ Case = 'the host would get'; Options = '--network', 'host', '--annotation', 'macipvlan.network=lan' }
        @{ Case = 'another container would get'; Options = '--network', 'container:other', '--annotation', 'macipvlan.network=lan' }
    ) {
        Invoke-Runtime podman run -d --name other --network none busybox:test sleep 600
        $text = Invoke-Podman run --rm @Options busybox:test ip address
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        Get-ContainerNic | Should -BeNullOrEmpty
        Get-ContainerLink podman other | Should -BeNullOrEmpty
    }

    It 'keeps a container from starting that it cannot connect: <Case>' -ForEach @(
        @{ Case = 'no such network'; Asked = , 'network=nosuch'; Said = "*macipvlan: *isn't connected to 'nosuch': there is no network of that name.*" }
        @{ Case = 'no address'; Asked = 'network=lan', 'lan.ip=x'; Said = "*macipvlan: *its label macipvlan.lan.ip=x isn't valid.*" }
        @{ Case = 'no address of the network'; Asked = 'network=lan', 'lan.ip=10.9.9.9'; Said = "*macipvlan: *10.9.9.9 isn't in any subnet of 'lan'*" }
    ) {
        $options = $Asked | ForEach-Object { '--annotation'; "macipvlan.$_" }
        $text = Invoke-Podman run --name web1 --network none @options busybox:test echo started
        $LASTEXITCODE | Should -Be 126
        "$text" | Should -BeLike $Said
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'is installed as its README says, and gives a container several networks' {
        # What it installs goes into memory, in a mount namespace of its own.
        $install = [regex]::Match((Get-Content $example/README.md -Raw), '(?ms)^```\n(install .*?)^podman').Groups[1].Value
        Set-Content "$($runtimes.Folder)/pwsh" '#!/bin/sh', "exec env $(if ($env:DOTNET_ROOT) { "DOTNET_ROOT=$env:DOTNET_ROOT " })PSModulePath=$bin/modules MACIPVLAN_STATE=$env:MACIPVLAN_STATE $([Environment]::ProcessPath) `"`$@`""
        Set-Content "$($runtimes.Folder)/install.sh" @"
set -e
cd "`$1/layers"
mkdir usr usr.work
mount -t overlay overlay -o lowerdir=/usr,upperdir=`$1/layers/usr,workdir=`$1/layers/usr.work /usr || exit 77
install "`$1/pwsh" /usr/local/bin/pwsh
grep -v hooks_dir "`$1/containers.conf" >"`$1/defaults.conf"
unset CONTAINER_HOST
# PowerShell puts its own folder first.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME="`$1/home" CONTAINERS_CONF="`$1/defaults.conf" CONTAINERS_STORAGE_CONF="`$1/storage.conf"
cd $example
$install
podman run --network none --annotation 'macipvlan.network=lan dmz' busybox:test ip -4 address
"@
        $text = & $PSScriptRoot/runtimes/run.sh sh -c "mount -t tmpfs tmpfs $($runtimes.Folder)/layers && exec sh $($runtimes.Folder)/install.sh $($runtimes.Folder)" 2>&1
        if ($LASTEXITCODE -eq 77) { return Set-ItResult -Skipped -Because "no file system can be mounted over that of the runtimes here: $text" }
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike '*inet 10.1.0.*/24 *eth0*inet 10.2.0.*/24 *eth1*'
    }

    It 'waits for a lease on a network with DHCP, and gives a container that is started again the same' {
        $noServer = Get-DhcpProblem Dnsmasq
        if ($noServer) { return Set-ItResult -Skipped -Because $noServer }
        $null = New-MacvlanNetwork office eth0 -Dhcp -DhcpTimeoutSeconds 5 -AllowLabel Network
        try {
            $asked = '--name', 'web1', '--network', 'none', '--annotation', 'macipvlan.network=office', 'busybox:test'
            $text = Invoke-Podman run @asked echo started
            $LASTEXITCODE | Should -Be 126
            "$text" | Should -BeLike '*macipvlan: No DHCP server answered * within 5 seconds.*'
            Invoke-Podman rm web1
            $server = Start-DhcpServer Dnsmasq -Address 10.9.0.1/24 -Range 10.9.0.100, 10.9.0.199 -Option @{ 3 = '10.9.0.1' }
            $text = Invoke-Podman run @asked sh -c 'ip -4 address show eth0; ip route'
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            $address = [regex]::Match("$text", 'inet (10\.9\.0\.1\d\d)/24 .*default via 10\.9\.0\.1 dev eth0').Groups[1].Value
            $address | Should -Not -BeNullOrEmpty -Because "$text"
            "$((Get-ContainerNic).Lease)" | Should -BeLike "$address/24 from 10.9.0.1 *"
            "$(Invoke-Podman start -a web1)" | Should -BeLike "*inet $address/24 *"
            [IO.File]::ReadAllText($server.Log) | Should -Match "DHCPACK\(eth0\) $address $((Get-ContainerNic).MacAddress -replace '-', ':')"
        }
        finally { Remove-MacvlanNetwork office -Force }
    }

    It 'takes no address of a stopped container, and the one of a container that nobody knows' {
        $asked = '--network', 'none', '--annotation', 'macipvlan.network=small', 'busybox:test', 'ip', '-4', 'address'
        "$(Invoke-Podman run --rm @asked)" | Should -BeLike '*inet 10.4.0.2/30*'
        "$(Invoke-Podman run --rm @asked)" | Should -BeLike '*inet 10.4.0.2/30*'
        Get-ContainerNic | Disconnect-ContainerNic
        Invoke-Runtime podman run -d --name stays --network none busybox:test sleep 600
        $null = Connect-ContainerNic small -Container stays
        Invoke-Runtime podman stop -t 0 stays
        $text = Invoke-Podman run @asked
        $LASTEXITCODE | Should -Be 126
        "$text" | Should -BeLike "*macipvlan: The network 'small' has no free address. 1 NIC keeps its address: stays/eth0*"
        Invoke-Runtime podman start stays
        (Restore-ContainerNetwork small | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        Get-ContainerLink podman stays | Should -BeLike 'eth0 * 10.4.0.2'
    }

    It 'says why when there is no PowerShell, or it ends before its time' {
        $empty = (New-Item $TestDrive/empty -ItemType Directory).FullName
        $text = '{}' | & /usr/bin/env PATH=$empty /bin/sh $example/macipvlan-hook 2>&1
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*macipvlan: pwsh failed, or was ended'
    }

    It 'has an error for what is no state of a container, and shows what would be done' {
        (Get-Failure { Restore-ContainerNetwork -OciState '{}' }).Message | Should -BeLike "*This isn't the state of a container: its id *"
        $id = (& { Invoke-Runtime podman run -d --network none busybox:test sleep 600; Invoke-Runtime podman ps -q --no-trunc })
        $state = @{ id = $id; pid = Get-ContainerProcess podman $id; annotations = @{ 'macipvlan.network' = 'lan' } } | ConvertTo-Json
        (Restore-ContainerNetwork -OciState $state -WhatIf).Result | Should -Be Skipped
        Get-ContainerNic | Should -BeNullOrEmpty
        "$(Restore-ContainerNetwork -OciState $state | ForEach-Object { "$($_.Kind) $($_.Result)" })" | Should -Be 'Nic Connected'
        (Restore-ContainerNetwork -OciState $state | Where-Object Kind -EQ Nic).Result | Should -Be InPlace
        Get-ContainerNic | Should -HaveCount 1
    }
}
