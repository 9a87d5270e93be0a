# What a client does with the servers of tests/fleet/Servers.ps1, through psql.

function Invoke-PostgresSql {
    # Runs statements and returns each row as a line of fields with | between them, or with AsObject as an object with a
    # property for each column of the only query. Throws the server's message, with its SQLSTATE. The superuser uses the
    # PostgreSQL server's Unix socket, other users TCP.
    param(
        [Parameter(Mandatory)][object]$Server,
        [Parameter(Mandatory)][string]$Sql,
        [string]$User = 'postgres',
        [string]$Database = 'postgres',
        [string]$Password,
        [string]$PasswordFile,
        # From New-ClientCertificate.
        [object]$Certificate,
        [string]$SslMode = 'verify-full',
        # Where the client is.
        [string]$Namespace = $Server.Namespace,
        [switch]$AsObject,
        [int]$TimeoutSeconds = 60,
        # Returns what Receive-PostgresSql takes, as soon as all but 64 KiB of the statements are read.
        [switch]$AsJob
    )
    while ($User -eq 'postgres' -and $Server.Behind) { $Server = $Server.Behind }
    $psql = Convert-Path "$script:fleetTree/usr/lib/postgresql/*/bin/psql"
    $options = '-X', '-w', '-q', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', ($AsObject ? '--csv' : '-At')
    $program, $arguments = @(if ($Namespace) { 'ip', 'netns', 'exec', $Namespace }) + $psql + $options
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    foreach ($argument in $arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    # Nothing of this machine's user counts.
    $start.Environment.Clear()
    $none = "$($Server.Folder)/none"
    $environment = @{
        PATH = $env:PATH; LC_ALL = 'C.UTF-8'; LD_LIBRARY_PATH = Convert-Path "$script:fleetTree/usr/lib/*-linux-gnu"
        PGHOST = $User -eq 'postgres' ? $Server.SocketFolder : $Server.Address; PGPORT = $Server.Port; PGUSER = $User; PGDATABASE = $Database
        PGPASSFILE = $PasswordFile ? $PasswordFile : $none; PGSSLMODE = $SslMode; PGSSLROOTCERT = $Server.CaFile
        PGSSLCERT = $Certificate ? $Certificate.CertificateFile : $none; PGSSLKEY = $Certificate ? $Certificate.KeyFile : $none
        PGAPPNAME = 'tests'; PGCONNECT_TIMEOUT = $TimeoutSeconds
    }
    if ($Password) { $environment.PGPASSWORD = $Password }
    foreach ($name in $environment.Keys) { $start.Environment[$name] = "$($environment[$name])" }
    $process = [Diagnostics.Process]::Start($start)
    $job = [pscustomobject]@{
        Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); Problem = $process.StandardError.ReadToEndAsync(); AsObject = $AsObject
    }
    # psql that has ended doesn't read.
    try { $process.StandardInput.Write($Sql); $process.StandardInput.Close() } catch [IO.IOException] { Write-Debug $_ }
    if ($AsJob) { $job } else { Receive-PostgresSql $job $TimeoutSeconds }
}

function Receive-PostgresSql([object]$Job, [int]$TimeoutSeconds = 60) {
    # Waits for statements that Invoke-PostgresSql has started with AsJob, and returns or throws what that would.
    if (-not $Job.Process.WaitForExit($TimeoutSeconds * 1000)) {
        $Job.Process.Kill()
        throw "psql got no answer in $TimeoutSeconds seconds"
    }
    if ($Job.Process.ExitCode) { throw $Job.Problem.Result.Trim() }
    $lines = $Job.Output.Result -split '\n' | Select-Object -SkipLast 1
    if ($Job.AsObject) { $lines | ConvertFrom-Csv } else { $lines }
}

function Format-SqlName([string]$Name) { '"' + ($Name -replace '"', '""') + '"' }

function Format-SqlText([string]$Text) { "'" + ($Text -replace "'", "''") + "'" }

function New-PostgresRole {
    # Creates a role that can log in. Option is more for CREATE ROLE, such as CREATEROLE.
    param([Parameter(Mandatory)][object]$Server, [Parameter(Mandatory)][string]$Name, [string]$Password, [string]$Option)
    $secret = if ($Password) { "PASSWORD $(Format-SqlText $Password)" }
    Invoke-PostgresSql $Server "CREATE ROLE $(Format-SqlName $Name) LOGIN $secret $Option"
}

function New-PasswordFile {
    # Writes a file with a user's password for servers, as ~/.pgpass has it, and returns its path. It goes with the first server.
    param([Parameter(Mandatory)][object[]]$Server, [Parameter(Mandatory)][string]$User, [Parameter(Mandatory)][string]$Password)
    $path = "$($Server[0].Folder)/pgpass.$(New-Guid)"
    Set-PrivateContent $path ($Server | ForEach-Object { ($_.Address, $_.Port, '*', $User, $Password) -replace '([\\:])', '\$1' -join ':' })
    $path
}
