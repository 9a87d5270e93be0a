<#
.SYNOPSIS
Installs the built module where PowerShell finds it: as MacIpvlan/VERSION in a modules folder.
.DESCRIPTION
If you omit the destination, root installs for all users, and others install for themselves. If the same version already
exists, it is replaced as a whole, by renaming, never file by file. If that fails, the old one stays. Other versions stay
unchanged.
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
# Through a link, another user could redirect the files.
foreach ($path in $parent, $folder) {
    if (([IO.DirectoryInfo] $path).LinkTarget) { throw "$path is a link, and nothing is installed through links. Remove it first." }
}
# Next to the old version, so that it can be renamed. PowerShell ignores a folder whose name isn't a version.
$new = mktemp -d "$parent/.new.XXXXXX"
$old = "$new.old"
try {
    cp -R "$Module/." $new && chmod -R 'u=rwX,go=rX,a-s' $new && find $new -type f -exec chmod a-x '{}' +
    if ($LASTEXITCODE) { throw "The module couldn't be copied to $parent." }
    if (Test-Path $folder) { [IO.Directory]::Move($folder, $old) }
    try { [IO.Directory]::Move($new, $folder) }
    catch {
        if (Test-Path $old) { [IO.Directory]::Move($old, $folder) }
        throw
    }
}
finally { Remove-Item $new, $old -Recurse -Force -ErrorAction Ignore }
Write-Host "Installed to $folder"
