# What is published: the files that the task Package makes, and the module out of them beside other versions of what it
# has from others.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $built = (Get-Module MacIpvlan).ModuleBase
    $version = (Get-Module MacIpvlan).Version
    $root = Split-Path $PSScriptRoot
    $package = "$root/out/package"
    $restore = "$root/src/MacIpvlan.PowerShell/obj/project.assets.json"
    $isKernel = (Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux'
    $problem = if (-not (Test-Path $package/SHA256SUMS)) { 'there is no package; build.sh package makes it' }
    if ($problem) { return }
    $modules = mktemp -d
    $module = "$modules/MacIpvlan/$version"
    # As the gallery's client does: without what is of the package's format.
    [IO.Compression.ZipFile]::ExtractToDirectory("$package/MacIpvlan.$version.nupkg", $module)
    $nuspec = ([xml](Get-Content $module/MacIpvlan.nuspec -Raw)).package.metadata
    $format = '[Content_Types].xml', '_rels', 'package', 'MacIpvlan.nuspec'
    $parts = $format | Where-Object { [IO.Path]::Exists("$module/$_") }
    $format | ForEach-Object { rm -r "$module/$_" }
    $sbom = Get-Content $package/MacIpvlan.$version.cdx.json -Raw | ConvertFrom-Json

    function Get-FileName([string] $Folder) { Get-ChildItem $Folder -File -Recurse | ForEach-Object { [IO.Path]::GetRelativePath($Folder, $_.FullName) } | Sort-Object }

    function Get-Zip([string] $Path, [scriptblock] $Property) {
        $zip = [IO.Compression.ZipFile]::OpenRead($Path)
        try { $zip.Entries | ForEach-Object $Property | Sort-Object -Unique }
        finally { $zip.Dispose() }
    }
}

AfterAll {
    Clear-TestHost
    if (-not $problem) { Remove-Item $modules -Recurse }
}

Describe 'The package' -Tag Native, Once {
    BeforeEach { if ($problem) { Set-ItResult -Skipped -Because $problem } }

    It 'is confirmed by its checksums, all of it' {
        $help = "MacIpvlan_$((Get-Module MacIpvlan).Guid)_"
        $names = "MacIpvlan.$version.cdx.json", "MacIpvlan.$version.nupkg", "MacIpvlan.$version.zip", "${help}HelpInfo.xml", "${help}en-US_HelpContent.zip"
        (Get-ChildItem $package).Name | Sort-Object | Should -Be ($names + 'SHA256SUMS' | Sort-Object)
        sh -c "cd '$package' && sha256sum --check --strict SHA256SUMS" | Should -Be ($names -replace '$', ': OK')
    }

    It 'has the built module and nothing else, for the gallery and as a zip' {
        # Where the gallery's client has installed it, there is that client's own file.
        $files = Get-FileName $built | Where-Object { $_ -ne 'PSGetModuleInfo.xml' }
        $files | Should -Contain 'MacIpvlan.psd1'
        $parts | Should -Be $format
        Get-FileName $module | Should -Be $files
        Get-Zip $package/MacIpvlan.$version.zip { $_.FullName } | Should -Be ($files -replace '^', "MacIpvlan/$version/")
        $files | ForEach-Object { (Get-FileHash $module/$_).Hash } | Should -Be ($files | ForEach-Object { (Get-FileHash $built/$_).Hash })
    }

    It 'has the same bytes when it is packed again, without a network' {
        if (-not (Test-Path $restore)) { return Set-ItResult -Skipped -Because "there is no $restore; build.sh makes it" }
        if ($isKernel) { return Set-ItResult -Skipped -Because 'in user-mode Linux it takes minutes' }
        $date = ([DateTimeOffset] $sbom.metadata.timestamp).ToUnixTimeSeconds()
        $start, $arguments = @('unshare', '--net', 'env', "SOURCE_DATE_EPOCH=$date", "NUGET_HTTP_CACHE_PATH=$modules/no-cache") + (Get-Shell) + "& '$root/tools/Package.ps1' '$built' '$modules/again'"
        & $start @arguments 2>&1 | Should -BeNullOrEmpty
        Get-Content $modules/again/SHA256SUMS | Should -Be (Get-Content $package/SHA256SUMS)
    }

    It 'tells the gallery what the manifest says' {
        $manifest = Test-ModuleManifest $module/MacIpvlan.psd1
        "$($nuspec.id) $($nuspec.version) $($nuspec.authors)" | Should -Be "MacIpvlan $version $($manifest.Author)"
        "$($nuspec.projectUrl) $($nuspec.iconUrl) $($nuspec.releaseNotes)" | Should -Be "$($manifest.ProjectUri) $($manifest.IconUri) $($manifest.ReleaseNotes)"
        "$($nuspec.license.type) $($nuspec.license.InnerText)" | Should -Be "expression $((Get-Content $root/LICENSE)[0] -replace ' License')"
        "$([MacIpvlan.ContainerNic].Assembly.GetCustomAttributes([Reflection.AssemblyCopyrightAttribute], $false).Copyright)" | Should -Match 'MIT license'
        "$($nuspec.dependencies)" | Should -BeNullOrEmpty
        "$($manifest.CompatiblePSEditions) $($manifest.PowerShellVersion)" | Should -Be 'Core 7.6'
        [MacIpvlan.ContainerNic].Assembly.GetName().Version.ToString(3) | Should -Be "$version"
        $tags = $nuspec.tags -split ' '
        $cmdlets = $manifest.ExportedCmdlets.Keys
        @('PSModule', 'PSEdition_Core', 'PSIncludes_Cmdlet') + ($cmdlets -replace '^', 'PSCmdlet_') + ($cmdlets -replace '^', 'PSCommand_') |
            Where-Object { $_ -notin $tags } | Should -BeNullOrEmpty
        # The gallery takes no more.
        $nuspec.tags.Length | Should -BeLessOrEqual 4000
    }

    It 'has an icon, a README and release notes, as files and texts of its own' {
        $manifest = Test-ModuleManifest $module/MacIpvlan.psd1
        (Get-FileHash "$module/$($nuspec.readme)").Hash | Should -Be (Get-FileHash $root/README.md).Hash
        # The width and height of a PNG file, which begins with its name.
        $icon = [IO.File]::ReadAllBytes("$module/$($nuspec.icon)")
        "$([Text.Encoding]::ASCII.GetString($icon[1..3])) $($icon[16..23])" | Should -Be 'PNG 0 0 0 128 0 0 0 128'
        $changelog = Get-Content $root/CHANGELOG.md -Raw
        $manifest.ReleaseNotes | Should -Match '^### \w+\n\n- \w'
        $changelog.IndexOf($manifest.ReleaseNotes) | Should -Be $changelog.IndexOf('###') -Because 'it is the newest section'
        $changelog.Substring($changelog.IndexOf('###') + $manifest.ReleaseNotes.Length) | Should -Match '^\s*(\z|## )'
        # Everything that the texts link to beside the module is an address.
        [regex]::Matches((Get-Content $module/README.md -Raw), '\]\((?!https://)([^)]+)\)').ForEach{ "$module/$($_.Groups[1].Value)" } | Should -Exist
    }

    It 'has the help that Update-Help finds at HelpInfoUri' {
        $manifest = Test-ModuleManifest $module/MacIpvlan.psd1
        $manifest.HelpInfoUri | Should -Match '^https://.+/$'
        $info = ([xml](Get-Content $package/MacIpvlan_$($manifest.Guid)_HelpInfo.xml -Raw)).HelpInfo
        "$($info.HelpContentURI) $($info.SupportedUICultures.UICulture.UICultureVersion)" | Should -Be "$($manifest.HelpInfoUri) $version"
        Get-Zip $package/MacIpvlan_$($manifest.Guid)_en-US_HelpContent.zip { $_.FullName } | Should -Be (Get-FileName $module/en-US)
    }

    It 'has a bill of materials of every file of others, with licences that its notices tell' {
        $listed = $sbom.components.components | Where-Object type -EQ file | ForEach-Object { "$($_.hashes.content)  $($_.name)" } | Sort-Object
        $there = Get-FileName $module | Where-Object { $_ -like 'bin/*' -and $_ -notmatch '/MacIpvlan(\.\w+)?\.dll$' } |
            ForEach-Object { "$((Get-FileHash $module/$_).Hash.ToLowerInvariant())  $_" } | Sort-Object
        $listed | Should -Be $there
        $notices = Get-Content $module/THIRD-PARTY-NOTICES.txt
        foreach ($component in $sbom.components) {
            $notices | Should -Contain $component.name
            "$notices" | Should -Match "Licence: $($component.licenses.license.id)\b"
        }
        $sbom.components.components | Where-Object type -EQ library | ForEach-Object { "$($_.name) $($_.licenses.license.id)" } | Should -Be 'SQLite blessing'
        $sbom.dependencies.dependsOn | Where-Object { $_ -notin $sbom.components.'bom-ref' } | Should -BeNullOrEmpty
    }
}

Describe 'The module out of the package' -Tag Native, Once {
    BeforeEach { Clear-TestHost; Add-TestWire }

    # One is older than the module's own, one newer, also in what lies below it.
    It 'works beside <name>, which is loaded <order> it' -ForEach @(
        @{ name = 'Microsoft.Data.Sqlite 8.0'; target = 'net8.0'; version = '8.0.34'; order = 'before' }
        @{ name = 'Microsoft.Data.Sqlite 8.0'; target = 'net8.0'; version = '8.0.34'; order = 'after' }
        @{ name = 'Microsoft.Data.Sqlite 11.0'; target = 'net10.0'; version = '11.0.0'; order = 'before' }
        @{ name = 'Microsoft.Data.Sqlite 11.0'; target = 'net10.0'; version = '11.0.0'; order = 'after' }
    ) {
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $library = "$PSScriptRoot/ForeignSqlite/bin/Release/$target/linux-*/Microsoft.Data.Sqlite.dll"
        if (-not (Test-Path $library)) { return Set-ItResult -Skipped -Because "there is no $library; build.sh makes it" }
        $foreign = @"
            `$type = [Reflection.Assembly]::LoadFrom('$(Convert-Path $library)').GetType('Microsoft.Data.Sqlite.SqliteConnection')
            `$connection = [Activator]::CreateInstance(`$type, 'Data Source=:memory:')
            `$connection.Open()
            `$command = `$connection.CreateCommand()
            `$command.CommandText = 'SELECT 6 * 7'
            "theirs `$(`$command.ExecuteScalar())"
"@
        $ours = @'
            # In pwsh, folders of the machine would come before those that it is started with.
            $env:PSModulePath = "$($env:MACIPVLAN_PACKAGE):$($env:PSModulePath)"
            Import-Module MacIpvlan
            $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
            $null = New-NetworkNamespace web1
            $nic = Connect-ContainerNic lan web1
            "ours $($nic.IPAddress) $($nic.State) $((Get-Module MacIpvlan).ModuleBase)"
'@
        $loaded = @'
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'SQLitePCLRaw.core' } |
                ForEach-Object { "$([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name) $($_.GetName().Version.ToString(3))" } | Sort-Object
'@
        $script = if ($order -eq 'before') { $foreign, $ours } else { $ours, $foreign }
        $start, $arguments = @('env', "MACIPVLAN_PACKAGE=$modules") + (Get-Shell) + (($script + $loaded) -join "`n")
        $lines = & $start @arguments
        $lines | Where-Object { $_ -like '*ours *' } | Should -Be "ours 10.1.0.2/24 Up $module"
        $lines | Where-Object { $_ -like '*theirs *' } | Should -Be 'theirs 42'
        # Each has its own, which another version couldn't replace.
        $lines[-2] | Should -Match '^Default '
        $lines[-1] | Should -Be 'MacIpvlan 2.1.13'
        Get-IpAddress web1 eth0 | Should -Be '10.1.0.2/24'
    }
}
