# The hook of examples/oci-hook with a real Podman: containers have their NICs before their programs run.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/runtimes/Runtimes.ps1
    Initialize-TestHost
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -AllowLabel IPAddress
    $null = New-MacvlanNetwork closed eth0 -Subnet 10.3.0.0/24
    $runtimes = Start-RuntimeHost
    $problem = $runtimes.Problem
    if ($problem) { return }
    # What an installation has in folders of the system.
    $bin = "$($runtimes.Folder)/bin"
    $null = New-Item $bin, $bin/modules -ItemType Directory
    $null = New-Item $bin/pwsh -ItemType SymbolicLink -Target ([Environment]::ProcessPath)
    $null = New-Item $bin/modules/MacIpvlan -ItemType SymbolicLink -Target (Get-Module MacIpvlan).ModuleBase
    $hook = Get-Content $PSScriptRoot/../examples/oci-hook/macipvlan.json -Raw | ConvertFrom-Json
    $hook.hook.path = (Resolve-Path $PSScriptRoot/../examples/oci-hook/macipvlan-hook).Path
    $variables = "PATH=${bin}:$env:PATH", "PSModulePath=$bin/modules", "MACIPVLAN_STATE=$env:MACIPVLAN_STATE"
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
