# Docker and Podman for tests/Containers.Tests.ps1: started with start.sh from what unpack.sh has unpacked, and ended again.

function Get-RuntimeProblem {
    # Why there can be no containers here; empty when there can.
    if ((Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux') { return 'user-mode Linux has no control groups' }
    foreach ($program in 'dockerd', 'docker', 'podman', 'runc', 'busybox') {
        $null = & $PSScriptRoot/run.sh sh -c "command -v $program"
        if ($LASTEXITCODE) { return "there is no $program; tests/runtimes/unpack.sh gets it" }
    }
}

function Invoke-Runtime {
    # A command of docker, or of podman by way of its service. Its failure ends the test. Without parameters of its own,
    # as PowerShell would take -d for one.
    $kind, $arguments = $args
    $words = @($kind) + @(if ($kind -eq 'podman') { '--remote' }) + $arguments
    $lines = & $PSScriptRoot/run.sh @words 2>&1 | ForEach-Object { "$_" }
    if ($LASTEXITCODE) { throw "$kind ${arguments}: $lines" }
    # Other commands tell nothing but the id of what they made.
    if (@($arguments)[0] -in 'ps', 'inspect', 'exec', 'version') { $lines }
}

function Start-Runtime([string]$Kind, [string]$Folder) {
    # Starts one and returns its process when it answers.
    $null = New-Item $Folder/layers, $Folder/home -ItemType Directory -Force
    $start = [Diagnostics.ProcessStartInfo]::new('bash')
    '-c', "exec $PSScriptRoot/run.sh $PSScriptRoot/start.sh $Kind $Folder >>$Folder/$Kind.log 2>&1" |
        ForEach-Object { $start.ArgumentList.Add($_) }
    $process = [Diagnostics.Process]::Start($start)
    for ($i = 0; $i -lt 300 -and -not $process.HasExited; $i++) {
        try {
            $null = Invoke-Runtime $Kind version
            return $process
        }
        catch { Start-Sleep -Milliseconds 50 }
    }
    Stop-Runtime $process
    throw "$Kind does not start: $(Get-Complaint $Folder/$Kind.log)"
}

function Get-Complaint([string]$Log) {
    # The last things that a log complains of, in one line that can be read; where it does not complain, the last it says.
    $lines = @(Get-Content $Log | Where-Object { $_.Trim() })
    $complaints = @($lines -notmatch '\blevel="?(trace|debug|info)\b')
    if (-not $lines) { return 'it says nothing' }
    $texts = ($complaints ? $complaints : $lines)[-3..-1] | ForEach-Object { $_ -match '\bmsg="((\\.|[^"\\])*)"' ? $Matches[1] -replace '\\(.)', '$1' : $_.Trim() }
    $text = @($texts | Select-Object -Unique) -join '; '
    $text.Length -gt 400 ? "$($text.Substring(0, 200)) ... $($text.Substring($text.Length - 195))" : $text
}

function Stop-Runtime([Diagnostics.Process]$Process) {
    if ($Process.HasExited) { return }
    Send-Signal TERM $Process
    if (-not $Process.WaitForExit(10000)) { $Process.Kill($true) }
    $Process.WaitForExit()
}

function Clear-Runtime([string]$Kind) {
    # Ends and removes all its containers.
    $all = @(Invoke-Runtime $Kind ps -aq)
    $patience = if ($Kind -eq 'podman') { '-t', '0' }
    if ($all) { Invoke-Runtime $Kind rm -f @patience @all }
}

function Get-CgroupFolder {
    # The control groups that runtimes keep those of their containers in.
    find /sys/fs/cgroup -maxdepth 2 -type d '(' -name docker -o -name libpod_parent ')'
}

function New-Image([string]$Folder) {
    # A tarball of busybox: all that the containers need.
    $null = New-Item $Folder/root/bin -ItemType Directory -Force
    Copy-Item (sh -c 'command -v busybox') $Folder/root/bin/busybox
    chroot $Folder/root /bin/busybox --install -s /bin
    tar -C $Folder/root -cf $Folder/image.tar .
    "$Folder/image.tar"
}
