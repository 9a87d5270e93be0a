# The module on arm64, in a process that QEMU runs on this machine's kernel: its own assembly for the system calls, its own
# SQLite. Nothing that enters a namespace: QEMU passes on no ioctl that asks for the kind of one.

Describe 'On arm64' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost
        $folder = Join-Path (Split-Path $PSScriptRoot) 'out/arm64'
        $problem = if ((uname -m) -ne 'x86_64') { 'this is no x64 machine' }
        elseif ((Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux') { 'one kernel is enough, and in user-mode Linux it takes minutes' }
        elseif (-not (Test-Path $folder/complete)) { 'there is no QEMU with .NET for arm64; tests/arm64/unpack.sh gets it' }

        function Invoke-Arm64([string] $Script) {
            # The last of the words that Get-ShellCommand gives is the script, with the import before it. QEMU sees code change
            # only where it runs, and .NET writes it through a second mapping, unless told not to.
            env DOTNET_EnableWriteXorExecute=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 $folder/qemu-aarch64-static -L $folder/root $folder/pwsh/pwsh -NoProfile -Command (Get-ShellCommand $Script)[-1]
        }
    }

    AfterAll { Clear-TestHost }

    It 'reads links, checks requests, and shares its state with x64' {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $null = New-MacvlanNetwork x64 eth0 -Subnet 10.1.0.0/24, fd01::/64
        Invoke-Arm64 @'
            "$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)"
            (Get-ContainerNetwork x64).Subnets | ForEach-Object { "$($_.Subnet) $($_.Size)" }
            $null = New-MacvlanNetwork arm64 eth0 -Subnet 10.2.0.0/24 -Mode Private
            try { New-MacvlanNetwork twice eth0 -Subnet 10.2.0.0/25 -ErrorAction Stop } catch { "$_" }
            try { New-MacvlanNetwork none nosuch -Subnet 10.3.0.0/24 -ErrorAction Stop } catch { "$_" }
            Remove-MacvlanNetwork x64
'@ | Should -Be @(
            'Arm64'
            '10.1.0.0/24 253'
            'fd01::/64 18446744073709551615'
            "The subnet 10.2.0.0/25 of 'twice' overlaps 10.2.0.0/24 of 'arm64' on eth0."
            "There is no link 'nosuch' on this host."
        )
        Get-ContainerNetwork | ForEach-Object { "$($_.Name) $($_.Parent) $($_.Mode) $($_.State)" } | Should -Be 'arm64 eth0 Private Ready'
    }
}
