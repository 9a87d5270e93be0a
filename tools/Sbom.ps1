<#
.SYNOPSIS
Writes the bill of materials of a built module: CycloneDX 1.6, as JSON.
.DESCRIPTION
Packages, versions and who needs whom come from the restore that the build was made by; which of them ship, and where, is
told by the files themselves: each one in bin/private is found among those of the packages, byte by byte, or it is an error.
#>
param(
    [Parameter(Mandatory)] [Management.Automation.PSModuleInfo] $Manifest,
    [Parameter(Mandatory)] [datetime] $Date
)
$ErrorActionPreference = 'Stop'
$restore = Join-Path (Split-Path $PSScriptRoot) 'src/MacIpvlan.PowerShell/obj/project.assets.json'
$assets = Get-Content $restore -Raw | ConvertFrom-Json
$cache = @($assets.packageFolders.PSObject.Properties)[0].Name
$graph = @{}
@($assets.targets.PSObject.Properties)[0].Value.PSObject.Properties | ForEach-Object { $graph[($_.Name -split '/')[0]] = $_ }

function Get-Hash([string] $Path) { (Get-FileHash $Path).Hash.ToLowerInvariant() }

function Get-Name([object] $Object, [string] $Property) {
    if ($Object.PSObject.Properties[$Property]) { $Object.$Property.PSObject.Properties.Name }
}

# What a package needs of those that ship; a package without files of its own stands for what it needs.
function Get-Requirement([string] $Name) {
    foreach ($required in Get-Name $graph[$Name].Value dependencies) {
        if ($shipped[$required]) { $shipped[$required].'bom-ref' } else { Get-Requirement $required }
    }
}

# The library itself knows its version; it is the same for all architectures.
function Get-SqliteVersion([string] $Path) {
    $library = [Runtime.InteropServices.NativeLibrary]::Load($Path)
    [Runtime.InteropServices.Marshal]::PtrToStringUTF8([Runtime.InteropServices.NativeLibrary]::GetExport($library, 'sqlite3_version'))
    [Runtime.InteropServices.NativeLibrary]::Free($library)
}

function New-Component([string] $Name, [object[]] $File) {
    $library = $graph[$Name]
    $version = ($library.Name -split '/')[1]
    $entry = $assets.libraries.($library.Name)
    $metadata = ([xml](Get-Content "$cache/$($entry.path)/$($Name.ToLowerInvariant()).nuspec" -Raw)).package.metadata
    if ($metadata.license.type -ne 'expression') { throw "$Name $version names no licence by its SPDX expression." }
    [ordered]@{
        type = 'library'
        'bom-ref' = "pkg:nuget/$Name@$version"
        authors = @(@{ name = $metadata.authors })
        name = $Name
        version = $version
        hashes = @([ordered]@{ alg = 'SHA-512'; content = [Convert]::ToHexString([Convert]::FromBase64String($entry.sha512)).ToLowerInvariant() })
        licenses = @(@{ expression = $metadata.license.InnerText })
        copyright = $metadata.copyright
        purl = "pkg:nuget/$Name@$version"
        externalReferences = @([ordered]@{ type = 'vcs'; url = $metadata.repository.url })
        components = @($File)
    }
}

# By hash, the package that a file comes from: the first, where several have the same file.
$origin = @{}
foreach ($library in $graph.Values | Where-Object { $_.Value.type -eq 'package' } | Sort-Object Name) {
    # _._ stands for no file.
    foreach ($path in 'runtime', 'runtimeTargets', 'native' | ForEach-Object { Get-Name $library.Value $_ } | Where-Object { $_ -notlike '*/_._' }) {
        $hash = Get-Hash "$cache/$($assets.libraries.($library.Name).path)/$path"
        if (-not $origin.ContainsKey($hash)) { $origin[$hash] = ($library.Name -split '/')[0] }
    }
}
$files = @{}
foreach ($file in Get-ChildItem (Join-Path $Manifest.ModuleBase 'bin/private') -File -Recurse | Sort-Object FullName) {
    if ($file.Name -like 'MacIpvlan.*.dll') { continue }
    $hash = Get-Hash $file.FullName
    if (-not $origin[$hash]) { throw "$($file.FullName) is of none of the packages that this build was restored with." }
    $files[$origin[$hash]] += @([ordered]@{
            type = 'file'
            name = [IO.Path]::GetRelativePath($Manifest.ModuleBase, $file.FullName)
            hashes = @([ordered]@{ alg = 'SHA-256'; content = $hash })
        })
}
$shipped = [ordered]@{}
$files.Keys | Sort-Object | ForEach-Object { $shipped[$_] = New-Component $_ $files[$_] }

$architecture = "$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
$version = Get-SqliteVersion (Join-Path $Manifest.ModuleBase "bin/private/runtimes/linux-$architecture/libe_sqlite3.so")
$sqlite = [ordered]@{
    type = 'library'
    'bom-ref' = "pkg:generic/sqlite@$version"
    name = 'SQLite'
    version = $version
    licenses = @(@{ license = @{ id = 'blessing' } })
    cpe = "cpe:2.3:a:sqlite:sqlite:${version}:*:*:*:*:*:*:*"
    purl = "pkg:generic/sqlite@$version"
}
$shipped['SQLitePCLRaw.lib.e_sqlite3'].components += $sqlite

$module = "pkg:nuget/$($Manifest.Name)@$($Manifest.Version)?repository_url=www.powershellgallery.com/api/v2"
$direct = foreach ($name in $graph.Keys | Where-Object { $graph[$_].Value.type -eq 'project' }) { Get-Requirement $name }
[ordered]@{
    '$schema' = 'http://cyclonedx.org/schema/bom-1.6.schema.json'
    bomFormat = 'CycloneDX'
    specVersion = '1.6'
    version = 1
    metadata = [ordered]@{
        timestamp = $Date.ToString('yyyy-MM-ddTHH:mm:ssZ')
        component = [ordered]@{
            type = 'library'
            'bom-ref' = $module
            name = $Manifest.Name
            version = "$($Manifest.Version)"
            description = $Manifest.Description
            licenses = @(@{ license = @{ id = 'MIT' } })
            purl = $module
            externalReferences = @([ordered]@{ type = 'website'; url = "$($Manifest.ProjectUri)" })
        }
    }
    components = @($shipped.Values)
    dependencies = @(
        [ordered]@{ ref = $module; dependsOn = @($direct | Sort-Object -Unique) }
        foreach ($name in $shipped.Keys) {
            [ordered]@{ ref = $shipped[$name].'bom-ref'; dependsOn = @(Get-Requirement $name | Sort-Object -Unique) }
        }
    )
} | ConvertTo-Json -Depth 10
