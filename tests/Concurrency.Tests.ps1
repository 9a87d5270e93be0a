# Many processes at once on one network: no address twice, no error that reaches anyone, nothing left behind.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'Processes that connect NICs to one network at the same time' {
    BeforeAll {
        function Invoke-Together([int]$Count, [string]$Script) {
            # Runs a script in so many processes, each of which finds its number in $me. Returns their lines.
            $commands = 1..$Count | ForEach-Object { , @(Get-ShellCommand "`$me = $_; $Script") }
            $commands | ForEach-Object -ThrottleLimit $Count -Parallel {
                $start, $arguments = $_
                & $start @arguments 2>&1
            }
        }

        function Test-Together([int]$Processes, [int]$Nics) {
            $null = 1..$Processes | ForEach-Object { "c$_" } | New-NetworkNamespace
            $null = New-MacvlanNetwork crowd eth0 -Subnet 10.64.0.0/20 -NoGateway
            $connect = "1..$Nics | ForEach-Object { [pscustomobject]@{ InterfaceName = `"n`$_`" } } |
                Connect-ContainerNic crowd `"c`$me`" -AnnounceCount 0 -WarningAction Ignore | ForEach-Object { `"`$(`$_.IPAddress)`" }"
            $lines = @(Invoke-Together $Processes $connect)
            # What is no address is an error.
            $lines | Where-Object { $_ -notmatch '^10\.64\.\d+\.\d+/20$' } | Should -BeNullOrEmpty
            ($lines | Sort-Object -Unique).Count | Should -Be ($Processes * $Nics)
            # The lowest ones, without a gap.
            $numbers = $lines | ForEach-Object { $o = $_ -split '[./]'; [int]$o[2] * 256 + [int]$o[3] } | Sort-Object
            "$($numbers[0]) $($numbers[-1])" | Should -Be "1 $($Processes * $Nics)"
            # And as the kernel has them.
            $script = 1..$Processes | ForEach-Object { "ip -n c$_ -4 -br address show type macvlan" }
            Set-Content $TestDrive/all.sh $script
            $actual = sh $TestDrive/all.sh | ForEach-Object { ($_ -split '\s+')[2] }
            Compare-Object @($actual | Sort-Object) @($lines | Sort-Object) | Should -BeNullOrEmpty
            Test-ContainerNetwork crowd | Should -BeNullOrEmpty
            Invoke-Together $Processes 'Disconnect-ContainerNic -Namespace "c$me"' | Should -BeNullOrEmpty
            sh $TestDrive/all.sh | Should -BeNullOrEmpty
            (Get-ContainerNetwork crowd).NicCount | Should -Be 0
            Remove-MacvlanNetwork crowd
            1..$Processes | ForEach-Object { "c$_" } | Remove-NetworkNamespace
            Get-StateRow | Should -BeNullOrEmpty
        }
    }

    It 'get distinct addresses: 8 with 20 NICs each, in a soak 16 with 250' -Tag Native, Once {
        Test-Together -Processes ($env:MACIPVLAN_SOAK ? 16 : 8) -Nics ($env:MACIPVLAN_SOAK ? 250 : 20)
    }

    It 'get distinct addresses: 2 with 5 NICs each' -Tag Once {
        Test-Together -Processes 2 -Nics 5
    }
}

Describe 'Several runspaces in one process' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = 1..60 | ForEach-Object { "web$_" } | New-NetworkNamespace
    }

    AfterAll {
        Remove-MacvlanNetwork lan -Force
        Remove-NetworkNamespace web* -Force
    }

    It 'connect, compare and disconnect NICs side by side' {
        $module = (Get-Module MacIpvlan).Path -replace 'bin/[^/]+$', 'MacIpvlan.psd1'
        $shells = 0..2 | ForEach-Object {
            $shell = [PowerShell]::Create()
            $null = $shell.AddScript({
                    param($module, $first)
                    $ErrorActionPreference = 'Stop'
                    Import-Module $module
                    $names = $first..($first + 19) | ForEach-Object { "web$_" }
                    $null = $names | Connect-ContainerNic -Network lan
                    $null = Test-ContainerNetwork
                    $names | Select-Object -First 5 | ForEach-Object { Disconnect-ContainerNic lan $_ }
                }).AddArgument($module).AddArgument(1 + 20 * $_)
            @{ Shell = $shell; Result = $shell.BeginInvoke() }
        }
        foreach ($one in $shells) { { $one.Shell.EndInvoke($one.Result) } | Should -Not -Throw; $one.Shell.Dispose() }
        $nics = Get-ContainerNic lan
        $nics | Should -HaveCount 45
        $nics | ForEach-Object { "$($_.IPAddress)" } | Sort-Object -Unique | Should -HaveCount 45
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}
