# tools/Install.ps1, which the task Install runs: the module where PowerShell finds it by its name.

Describe 'Install' -Tag Native, Once {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        Initialize-TestHost
        $built = (Get-Module MacIpvlan).ModuleBase
        $version = (Get-Module MacIpvlan).Version
        $install = Join-Path (Split-Path $PSScriptRoot) 'tools/Install.ps1'
        $base = mktemp -d
    }

    AfterAll {
        Clear-TestHost
        Remove-Item $base -Recurse
    }

    BeforeEach { $destination = "$base/$([guid]::NewGuid())/Modules" }

    It 'puts the module into a folder, where it is imported by name, for all users' {
        $start, $arguments = @('sh', '-c', 'umask 077; exec "$@"', 'sh') + (Get-Shell) + "& '$install' '$built' '$destination'"
        & $start @arguments | Should -Be "Installed to $destination/MacIpvlan/$version"
        # In pwsh, folders of the machine would come before those that it is started with.
        $start, $arguments = (Get-Shell) + "`$env:PSModulePath = '${destination}:' + `$env:PSModulePath; (Import-Module MacIpvlan -PassThru).ModuleBase"
        & $start @arguments | Should -Be "$destination/MacIpvlan/$version"
        find $destination/MacIpvlan/$version -type d -printf '%m\n' | Sort-Object -Unique | Should -Be 755
        find $destination/MacIpvlan/$version -type f -printf '%m\n' | Sort-Object -Unique | Should -Be 644
    }

    It 'replaces the same version as a whole, and leaves others alone' {
        $null = New-Item $destination/MacIpvlan/$version/bin, $destination/MacIpvlan/0.0.1 -ItemType Directory -Force
        Set-Content $destination/MacIpvlan/$version/bin/stale.dll ''
        & $install $built $destination 6>$null
        Get-ChildItem $destination/MacIpvlan -Force | ForEach-Object Name | Sort-Object | Should -Be '0.0.1', "$version"
        diff --recursive $built $destination/MacIpvlan/$version | Should -BeNullOrEmpty
    }

    It 'does not install through a link in the place of <_>' -ForEach 'MacIpvlan', 'the version' {
        $link = if ($_ -eq 'MacIpvlan') { "$destination/MacIpvlan" } else { "$destination/MacIpvlan/$version" }
        $null = New-Item (Split-Path $link), "$base/elsewhere" -ItemType Directory -Force
        ln -s "$base/elsewhere" $link
        { & $install $built $destination } | Should -Throw "$link is a link*"
        Get-ChildItem $base/elsewhere | Should -BeNullOrEmpty
    }
}
