# What the first command of a process costs: the module is compiled ahead of time, and loads no more than it needs. How much
# is compiled nevertheless, the runtime counts, whatever else the machine is doing.

Describe 'The first command of a process' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost

        # Runs the first commands in a new process.
        function Invoke-First([string] $After, [string[]] $Environment = @()) {
            $start, $arguments = @('env') + $Environment + (Get-Shell) + @"
                Import-Module '$((Get-Module MacIpvlan).Path)'
                `$null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
                `$null = Connect-ContainerNic lan web1
                $After
"@
            & $start @arguments
        }
    }

    BeforeEach {
        Clear-TestHost
        Add-TestWire
        $null = New-NetworkNamespace web1
    }

    AfterAll { Clear-TestHost }

    It 'compiles at most 400 methods for import, New-MacvlanNetwork and Connect-ContainerNic' {
        $before, $after = & {
            $start, $arguments = Get-Shell
            & $start @arguments @"
                [Runtime.JitInfo]::GetCompiledMethodCount(`$false)
                Import-Module '$((Get-Module MacIpvlan).Path)'
                `$null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
                `$null = Connect-ContainerNic lan web1
                [Runtime.JitInfo]::GetCompiledMethodCount(`$false)
"@
        }
        $after - $before | Should -BeGreaterThan 0
        $after - $before | Should -BeLessOrEqual 400
    }

    It 'loads what is compiled for this processor, and nothing of container runtimes or OpenSSL' {
        $folder = if ((uname -m) -eq 'aarch64') { 'linux-arm64' } else { 'linux-x64' }
        $loaded = Invoke-First @'
            [AppDomain]::CurrentDomain.GetAssemblies().Location | Where-Object { $_ -like '*/MacIpvlan/*' } |
                ForEach-Object { [IO.Path]::GetRelativePath((Get-Module MacIpvlan).ModuleBase, $_) } | Sort-Object
'@
        Clear-TestHost
        Add-TestWire
        $null = New-NetworkNamespace web1
        $loaded | Should -Contain "bin/$folder/MacIpvlan.PowerShell.dll"
        $loaded | Should -Contain "bin/$folder/private/MacIpvlan.State.dll"
        $loaded | Where-Object { $_ -notlike "bin/$folder/*" } | Should -Be 'bin/MacIpvlan.Loader.dll'
        $loaded | Where-Object { $_ -match 'Docker|Runtimes|Yaml' } | Should -BeNullOrEmpty
        Invoke-First 'Get-Content /proc/self/maps | Select-String libe_sqlite3, libcrypto | ForEach-Object { [IO.Path]::GetFileName($_.Line) } | Sort-Object -Unique' |
            Should -Be 'libe_sqlite3.so'
    }

    It 'can load every type of what is trimmed' {
        Invoke-First @'
            $context = [Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ MacIpvlan
            $folders = "$((Get-Module MacIpvlan).ModuleBase)/bin", [IO.Path]::GetDirectoryName([MacIpvlan.ContainerNic].Assembly.Location)
            foreach ($file in Get-ChildItem ($folders -replace '$', '/private') -Filter *.dll) {
                $assembly = $context.LoadFromAssemblyName([Reflection.AssemblyName]::new($file.BaseName))
                try { if (-not $assembly.GetTypes()) { "$file has no type" } }
                catch { $_.Exception.InnerException.LoaderExceptions.Message | Select-Object -Unique }
            }
'@ | Should -BeNullOrEmpty
    }

    It 'says what cannot be loaded, whatever part of the module has gone: <Gone>' -ForEach @(
        @{ Gone = 'MacIpvlan.PowerShell.dll'; At = 'import' }, @{ Gone = 'private/MacIpvlan.State.dll'; At = 'use' }
        @{ Gone = 'private/MacIpvlan.Runtimes.dll'; At = 'use' }
    ) {
        $copy = mktemp -d
        cp -r "$((Get-Module MacIpvlan).ModuleBase)/." $copy
        Get-ChildItem $copy/bin/linux-* | ForEach-Object { rm -f "$($_.FullName)/$Gone" }
        $start, $arguments = Get-Shell
        $said = & $start @arguments "try { Import-Module $copy/MacIpvlan.psd1 -ErrorAction Stop; 'imported'; Get-ContainerNic -ErrorAction Stop; Connect-ContainerNic lan nginx -ErrorAction Stop } catch { `$_.Exception.Message }" 2>&1 | Out-String
        $? | Should -BeTrue
        $said | Should -BeLike "*$($Gone -replace '.*/' -replace '.dll')*"
        $said | Should -Not -BeLike '*target of an invocation*'
        $said -like 'imported*' | Should -Be ($At -eq 'use')
        rm -r $copy
    }

    It 'does the same where the runtime refuses code that is compiled ahead' {
        Invoke-First 'Get-ContainerNic lan | ForEach-Object { "$($_.IPAddress) $($_.State)" }' 'DOTNET_ReadyToRun=0' | Should -Be '10.1.0.2/24 Up'
        Get-IpAddress web1 eth0 | Should -Be '10.1.0.2/24'
    }
}
