<#
.SYNOPSIS
Writes the bill of materials of a built module: CycloneDX 1.6, as JSON.
.DESCRIPTION
The CycloneDX tool lists the packages that the build was restored with. This script adds the files that ship: it finds each
one of others in one of the packages, and fails if it can't. Packages that ship no file are omitted. Assemblies that are
trimmed and compiled ahead of time have other bytes than in the package, but keep the id that their compiler gave them.
#>
param(
    [Parameter(Mandatory)] [Management.Automation.PSModuleInfo] $Manifest,
    [Parameter(Mandatory)] [datetime] $Date
)
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$project = Join-Path $root 'src/MacIpvlan.PowerShell/MacIpvlan.PowerShell.csproj'
$cache = (Get-Content (Join-Path $root 'src/MacIpvlan.PowerShell/obj/project.assets.json') -Raw | ConvertFrom-Json).project.restore.packagesPath

function Invoke-Tool {
    # The tool manifest is in the root. dotnet looks for it in the current folder and above.
    Push-Location $root
    try { $output = dotnet tool @args 2>&1 }
    finally { Pop-Location }
    if ($LASTEXITCODE) { throw "dotnet tool $args failed: $output" }
}

# The library reports its own version, which is the same for all architectures.
function Get-SqliteVersion {
    $architecture = "$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    $library = [Runtime.InteropServices.NativeLibrary]::Load((Join-Path $Manifest.ModuleBase "bin/linux-$architecture/private/libe_sqlite3.so"))
    [Runtime.InteropServices.Marshal]::PtrToStringUTF8([Runtime.InteropServices.NativeLibrary]::GetExport($library, 'sqlite3_version'))
    [Runtime.InteropServices.NativeLibrary]::Free($library)
}

$folder = [IO.Directory]::CreateTempSubdirectory().FullName
try {
    Invoke-Tool restore
    # What the tool says about a package is read from the cache. Without another source, it asks the gallery's server too.
    Invoke-Tool run dotnet-CycloneDX $project --recursive --disable-package-restore --url $cache --no-serial-number --output-format Json `
        --spec-version 1.6 --set-name $Manifest.Name --set-version $Manifest.Version --set-type Library --output $folder
    $bom = Get-Content "$folder/bom.json" -Raw | ConvertFrom-Json -AsHashtable
}
finally { Remove-Item $folder -Recurse }

# What a file is recognized by: the module version id of an assembly (ECMA-335 II.22.30), the hash of another file.
function Get-Identity([IO.FileInfo] $File) {
    $hash = (Get-FileHash $File).Hash
    if ($File.Extension -ne '.dll') { return $hash }
    $image = [Reflection.PortableExecutable.PEReader]::new($File.OpenRead())
    try {
        if (-not $image.HasMetadata) { return $hash }
        $metadata = [Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
        "$($metadata.GetGuid($metadata.GetModuleDefinition().Mvid))"
    }
    finally { $image.Dispose() }
}

# Maps the identity of a file to its component: the first one if several packages have the same file.
$origin = @{}
foreach ($component in $bom.components) {
    $package = Join-Path $cache "$($component.name)/$($component.version)".ToLowerInvariant()
    foreach ($file in Get-ChildItem $package -Recurse -Include *.dll, *.so) {
        $identity = Get-Identity $file
        if (-not $origin[$identity]) { $origin[$identity] = $component }
    }
}
foreach ($file in Get-ChildItem (Join-Path $Manifest.ModuleBase 'bin') -File -Recurse | Sort-Object FullName) {
    if ($file.Name -match '^MacIpvlan(\..+)?\.dll$') { continue }
    $identity = Get-Identity $file
    if (-not $origin[$identity]) { throw "$($file.FullName) isn't in any package that this build was restored with." }
    $origin[$identity].components += @([ordered]@{
            type = 'file'
            name = [IO.Path]::GetRelativePath($Manifest.ModuleBase, $file.FullName)
            hashes = @([ordered]@{ alg = 'SHA-256'; content = (Get-FileHash $file).Hash.ToLowerInvariant() })
        })
}
$version = Get-SqliteVersion
($bom.components | Where-Object name -EQ 'SQLitePCLRaw.lib.e_sqlite3').components += [ordered]@{
    type = 'library'
    'bom-ref' = "pkg:generic/sqlite@$version"
    name = 'SQLite'
    version = $version
    licenses = @(@{ license = @{ id = 'blessing' } })
    cpe = "cpe:2.3:a:sqlite:sqlite:${version}:*:*:*:*:*:*:*"
    purl = "pkg:generic/sqlite@$version"
}

$bom.components = @($bom.components | Where-Object components)
$known = @($bom.metadata.component.'bom-ref') + $bom.components.'bom-ref'
$bom.dependencies = @($bom.dependencies | Where-Object ref -In $known)
foreach ($dependency in $bom.dependencies) { $dependency.dependsOn = @($dependency.dependsOn | Where-Object { $_ -in $known }) }
# The commit's date, so that the same commit gives the same bytes.
$bom.metadata.timestamp = $Date.ToString('yyyy-MM-ddTHH:mm:ssZ')
$bom.metadata.component.description = $Manifest.Description
$bom.metadata.component.licenses = @(@{ license = @{ id = 'MIT' } })
$bom.metadata.component.externalReferences = @([ordered]@{ type = 'website'; url = "$($Manifest.ProjectUri)" })
$bom | ConvertTo-Json -Depth 10
