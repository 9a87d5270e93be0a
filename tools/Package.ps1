<#
.SYNOPSIS
Creates what is published from the built module: the gallery's package, a zip, the help for Update-Help, a bill of
materials, and their checksums.
.DESCRIPTION
The same sources give the same bytes at any time and place, because all dates are the commit's date, or SOURCE_DATE_EPOCH.
#>
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Destination
)
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$Module = Convert-Path $Module
$manifest = Test-ModuleManifest (Join-Path $Module 'MacIpvlan.psd1')
$seconds = if ($env:SOURCE_DATE_EPOCH) { $env:SOURCE_DATE_EPOCH } else { git -C $root log -1 --format=%ct }
if (-not $seconds) { throw 'The date is unknown, because there is no commit. Set SOURCE_DATE_EPOCH, in seconds since 1970.' }
$date = [DateTimeOffset]::FromUnixTimeSeconds($seconds)
$name = "$($manifest.Name).$($manifest.Version)"

# The file that Publish-PSResource would write, with the tags that let the gallery find single commands.
function Get-Nuspec {
    $commands = @($manifest.ExportedCmdlets.Keys | Sort-Object)
    $tags = 'PSModule', 'PSIncludes_Cmdlet' + $manifest.Tags + ($commands -replace '^', 'PSCmdlet_') + ($commands -replace '^', 'PSCommand_')
    $metadata = [ordered]@{
        id = $manifest.Name
        version = $manifest.Version
        authors = $manifest.Author
        owners = $manifest.CompanyName
        requireLicenseAcceptance = 'false'
        license = 'MIT'
        icon = 'icon.png'
        iconUrl = $manifest.IconUri
        readme = 'README.md'
        projectUrl = $manifest.ProjectUri
        description = $manifest.Description
        releaseNotes = $manifest.ReleaseNotes
        copyright = $manifest.Copyright
        tags = $tags -join ' '
    }
    '<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd"><metadata>'
    foreach ($key in $metadata.Keys) {
        $type = if ($key -eq 'license') { ' type="expression"' }
        "<$key$type>$([Security.SecurityElement]::Escape($metadata[$key]))</$key>"
    }
    '</metadata><files><file src="**" /></files></package>'
}

# NuGet's own client creates the package, as it does for Publish-PSResource. It needs a project, but takes everything from
# the nuspec given here. In a module, assemblies outside lib are no mistake.
function New-GalleryPackage {
    $nuspec = Join-Path $Destination "$name.nuspec"
    Set-Content $nuspec (Get-Nuspec)
    dotnet pack (Join-Path $root 'src/MacIpvlan.PowerShell') --no-build --nologo --verbosity quiet --output $Destination `
        -p:NuspecFile=$nuspec -p:NuspecBasePath=$Module -p:NoPackageAnalysis=true -p:DeterministicTimestamp=$seconds
    if ($LASTEXITCODE) { throw 'The package couldn''t be created.' }
    Remove-Item $nuspec
}

# Dates and modes don't depend on the files here.
function New-Zip([string] $Path, [string] $Folder, [string] $Prefix) {
    $files = [string[]]@(Get-ChildItem $Folder -File -Recurse | ForEach-Object { [IO.Path]::GetRelativePath($Folder, $_.FullName) })
    [array]::Sort($files, [StringComparer]::Ordinal)
    $zip = [IO.Compression.ZipFile]::Open($Path, 'Create')
    try {
        foreach ($file in $files) {
            $entry = $zip.CreateEntry("$Prefix$file")
            $entry.LastWriteTime = $date
            # A regular file that its owner can write and everyone can read.
            $entry.ExternalAttributes = [Convert]::ToInt32('100644', 8) -shl 16
            $stream = $entry.Open()
            try { $stream.Write([IO.File]::ReadAllBytes((Join-Path $Folder $file))) }
            finally { $stream.Dispose() }
        }
    }
    finally { $zip.Dispose() }
}

# What Update-Help downloads from HelpInfoUri.
function New-Help {
    $help = Join-Path $Destination "$($manifest.Name)_$($manifest.Guid)_"
    New-Zip "${help}en-US_HelpContent.zip" (Join-Path $Module 'en-US')
    Set-Content "${help}HelpInfo.xml" @"
<?xml version="1.0" encoding="utf-8"?>
<HelpInfo xmlns="http://schemas.microsoft.com/powershell/help/2010/05">
  <HelpContentURI>$($manifest.HelpInfoUri)</HelpContentURI>
  <SupportedUICultures>
    <UICulture><UICultureName>en-US</UICultureName><UICultureVersion>$($manifest.Version)</UICultureVersion></UICulture>
  </SupportedUICultures>
</HelpInfo>
"@
}

Remove-Item $Destination -Recurse -Force -ErrorAction Ignore
$Destination = (New-Item $Destination -ItemType Directory).FullName
New-GalleryPackage
# Contains NAME/VERSION, as modules are installed.
New-Zip (Join-Path $Destination "$name.zip") $Module "$($manifest.Name)/$($manifest.Version)/"
New-Help
Set-Content (Join-Path $Destination "$name.cdx.json") (& (Join-Path $PSScriptRoot 'Sbom.ps1') $manifest $date.UtcDateTime)
# In an order that doesn't depend on the culture.
$packed = [string[]](Get-ChildItem $Destination).Name
[array]::Sort($packed, [StringComparer]::Ordinal)
$sums = $packed | ForEach-Object { "$((Get-FileHash (Join-Path $Destination $_)).Hash.ToLowerInvariant())  $_" }
Set-Content (Join-Path $Destination 'SHA256SUMS') $sums
