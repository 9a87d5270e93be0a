<#
.SYNOPSIS
Puts the built module where PowerShell finds it: MacIpvlan/VERSION in a folder of modules.
.DESCRIPTION
Without a destination, that is everybody's folder for root, and the user's own for others. A version that is there already
is replaced as a whole, by renaming, never file by file; if that fails, it stays. So does what is beside it.
#>
param(
    [Parameter(Mandatory)] [string] $Module,
    [string] $Destination
)
$ErrorActionPreference = 'Stop'
if (-not $Destination) {
    $Destination = if ((id -u) -eq 0) { '/usr/local/share/powershell/Modules' }
    else { Join-Path $(if ($env:XDG_DATA_HOME) { $env:XDG_DATA_HOME } else { Join-Path $HOME '.local/share' }) 'powershell/Modules' }
}
$manifest = Test-ModuleManifest (Join-Path $Module 'MacIpvlan.psd1')
$parent = Join-Path (New-Item $Destination -ItemType Directory -Force).FullName 'MacIpvlan'
$folder = Join-Path $parent "$($manifest.Version)"
$null = New-Item $parent -ItemType Directory -Force
# A link there would lead to where its maker wants the files, perhaps another user's.
foreach ($path in $parent, $folder) {
    if (([IO.DirectoryInfo] $path).LinkTarget) { throw "$path is a link, so nothing is installed through it. Remove it first." }
}
# Beside the old one, so that it can be renamed; a name that is no version is no module for PowerShell.
$new = mktemp -d "$parent/.new.XXXXXX"
$old = "$new.old"
try {
    cp -R "$Module/." $new && chmod -R 'u=rwX,go=rX,a-s' $new && find $new -type f -exec chmod a-x '{}' +
    if ($LASTEXITCODE) { throw "The module could not be copied to $parent." }
    if (Test-Path $folder) { [IO.Directory]::Move($folder, $old) }
    try { [IO.Directory]::Move($new, $folder) }
    catch {
        if (Test-Path $old) { [IO.Directory]::Move($old, $folder) }
        throw
    }
}
finally { Remove-Item $new, $old -Recurse -Force -ErrorAction Ignore }
Write-Host "Installed to $folder"
