# Starts and stops Docker and Podman for tests of containers: start.sh runs what unpack.sh has unpacked.

function Get-RuntimeProblem {
    # The reason why containers can't run here; empty if they can.
    if ((Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux') { return 'user-mode Linux has no control groups' }
    foreach ($program in 'dockerd', 'docker', 'podman', 'runc', 'busybox') {
        $null = & $PSScriptRoot/run.sh sh -c "command -v $program"
        if ($LASTEXITCODE) { return "$program is missing; tests/runtimes/unpack.sh gets it" }
    }
}

function Invoke-Runtime {
    # Runs a docker command, or a podman command through its service, and throws if it fails. The function declares no
    # parameters, because PowerShell would take -d for one.
    $kind, $arguments = $args
    $words = @($kind) + @(if ($kind -eq 'podman') { '--remote' }) + $arguments
    $lines = & $PSScriptRoot/run.sh @words 2>&1 | ForEach-Object { "$_" }
    if ($LASTEXITCODE) { throw "$kind ${arguments}: $lines" }
    # Other commands print only the id of what they created.
    if (@($arguments)[0] -in 'ps', 'inspect', 'exec', 'version') { $lines }
}

function Start-Runtime([string]$Kind, [string]$Folder) {
    # Starts a runtime, and returns its process as soon as it answers.
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
    throw "$Kind doesn't start: $(Get-Complaint $Folder/$Kind.log)"
}

function Get-Complaint([string]$Log) {
    # The last complaints in a log, in one readable line. If it has no complaints, its last lines.
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

function Start-RuntimeHost {
    # Starts Docker and Podman, both with the image busybox:test, and has the module ask them. Returns Folder, Daemons, and Problem,
    # the reason why they don't run here.
    $runtimes = @{
        Problem = Get-RuntimeProblem
        Folder = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-runtimes.$PID"
        Variables = @{ DOCKER_HOST = $env:DOCKER_HOST; CONTAINER_HOST = $env:CONTAINER_HOST }
        Groups = Get-CgroupFolder
        Daemons = @{}
    }
    if ($runtimes.Problem) { return $runtimes }
    $folder = $runtimes.Folder
    $env:DOCKER_HOST, $env:CONTAINER_HOST = "unix://$folder/docker.sock", "unix://$folder/podman.sock"
    try {
        foreach ($kind in 'docker', 'podman') { $runtimes.Daemons[$kind] = Start-Runtime $kind $folder }
        $image = New-Image $folder
        foreach ($kind in 'docker', 'podman') { Invoke-Runtime $kind import $image busybox:test }
    }
    catch { $runtimes.Problem = "$_" }
    $runtimes
}

function Stop-RuntimeHost([hashtable]$Runtimes) {
    # Ends all containers and both runtimes, and leaves nothing behind.
    foreach ($kind in @($Runtimes.Daemons.Keys)) {
        try { Clear-Runtime $kind }
        finally { Stop-Runtime $Runtimes.Daemons[$kind] }
    }
    $Runtimes.Variables.Keys | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $Runtimes.Variables[$_]) }
    Get-CgroupFolder | Where-Object { $_ -notin $Runtimes.Groups } | ForEach-Object { find $_ -depth -type d -delete }
    # What cleans up behind Podman's containers may still be working.
    for ($i = 0; $i -lt 50 -and (Test-Path $Runtimes.Folder); $i++) {
        Start-Sleep -Milliseconds 100
        Remove-Item $Runtimes.Folder -Recurse -Force -ErrorAction Ignore
    }
}

function Get-ContainerProcess([string]$Kind, [string]$Name) { [int](Invoke-Runtime $Kind inspect -f '{{.State.Pid}}' $Name) }

function Get-ContainerLink([string]$Kind, [string]$Name) {
    # The interfaces but loopback in a container, as ip tells them: name, MAC address, IPv4 address.
    $text = nsenter --net -t (Get-ContainerProcess $Kind $Name) ip -j address
    @($text -join '' | ConvertFrom-Json | Where-Object ifname -NE lo | ForEach-Object {
            "$($_.ifname) $($_.address) $(@($_.addr_info | Where-Object family -EQ inet).local)".TrimEnd() })
}

function Clear-Runtime([string]$Kind) {
    # Ends and removes all containers of a runtime.
    $all = @(Invoke-Runtime $Kind ps -aq)
    $patience = if ($Kind -eq 'podman') { '-t', '0' }
    if ($all) { Invoke-Runtime $Kind rm -f @patience @all }
}

function Get-CgroupFolder {
    # The control groups in which the runtimes put those of their containers.
    find /sys/fs/cgroup -maxdepth 2 -type d '(' -name docker -o -name libpod_parent ')'
}

function New-Image([string]$Folder) {
    # Creates a tarball with busybox, which is all that the containers need.
    $null = New-Item $Folder/root/bin -ItemType Directory -Force
    Copy-Item (sh -c 'command -v busybox') $Folder/root/bin/busybox
    chroot $Folder/root /bin/busybox --install -s /bin
    tar -C $Folder/root -cf $Folder/image.tar .
    "$Folder/image.tar"
}
