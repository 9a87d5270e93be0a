# Commands that are short as functions. Each has the parameters that our scripts and tests use.

function Get-Location { $ExecutionContext.SessionState.Path.CurrentLocation }

function Set-Location {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline)] [Alias('LiteralPath', 'PSPath')] [string] $Path = '~',
        [switch] $PassThru)
    process {
        try { $location = $ExecutionContext.SessionState.Path.SetLocation($Path) }
        catch { return $PSCmdlet.WriteError($_.Exception.InnerException.ErrorRecord) }
        if ($PassThru) { $location }
    }
}

function Push-Location {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [Alias('LiteralPath')] [string] $Path)
    $ExecutionContext.SessionState.Path.PushCurrentLocation('')
    if ($Path) { Set-Location $Path }
}

function Pop-Location { $null = $ExecutionContext.SessionState.Path.PopLocation('') }

function Join-Path {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('PSPath')] [string[]] $Path,
        [Parameter(Mandatory, Position = 1)] [AllowEmptyString()] [string] $ChildPath,
        [Parameter(Position = 2, ValueFromRemainingArguments)] [string[]] $AdditionalChildPath = @(),
        [switch] $Resolve)
    process {
        foreach ($joined in $Path) {
            foreach ($child in @($ChildPath) + $AdditionalChildPath) {
                $joined = $ExecutionContext.SessionState.Path.Combine($joined, $child)
            }
            if ($Resolve) { Convert-Path $joined } else { $joined }
        }
    }
}

function Split-Path {
    [CmdletBinding(DefaultParameterSetName = 'Parent')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('LiteralPath', 'PSPath')] [string[]] $Path,
        [Parameter(ParameterSetName = 'Parent')] [switch] $Parent,
        [Parameter(ParameterSetName = 'Leaf', Mandatory)] [switch] $Leaf,
        [Parameter(ParameterSetName = 'LeafBase', Mandatory)] [switch] $LeafBase,
        [Parameter(ParameterSetName = 'Extension', Mandatory)] [switch] $Extension,
        [Parameter(ParameterSetName = 'IsAbsolute', Mandatory)] [switch] $IsAbsolute)
    process {
        foreach ($item in $Path) {
            switch ($PSCmdlet.ParameterSetName) {
                Parent { $ExecutionContext.SessionState.Path.ParseParent($item, '') }
                Leaf { $ExecutionContext.SessionState.Path.ParseChildName($item) }
                LeafBase { [IO.Path]::GetFileNameWithoutExtension($item) }
                Extension { [IO.Path]::GetExtension($item) }
                IsAbsolute { [IO.Path]::IsPathRooted($item) }
            }
        }
    }
}

function New-TemporaryFile { [IO.FileInfo] [IO.Path]::GetTempFileName() }

function Get-FileHash {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LiteralPath', 'FullName')] [string[]] $Path,
        [ValidateSet('SHA256', 'SHA1', 'SHA384', 'SHA512', 'MD5')] [string] $Algorithm = 'SHA256')
    process {
        foreach ($file in $Path | Convert-Path) {
            $hasher = [Security.Cryptography.HashAlgorithm]::Create($Algorithm)
            $hash = [Convert]::ToHexString($hasher.ComputeHash([IO.File]::ReadAllBytes($file)))
            [pscustomobject]@{
                PSTypeName = 'Microsoft.PowerShell.Commands.FileHashInfo'
                Algorithm = $Algorithm
                Hash = $hash
                Path = $file
            }
        }
    }
}

function New-Object {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $TypeName,
        [Parameter(Position = 1)] [Alias('Args')] [object[]] $ArgumentList = @(),
        [System.Collections.IDictionary] $Property = @{})
    if ($TypeName -in 'PSObject', 'PSCustomObject', 'Object' -and $Property.Count) { return [pscustomobject] $Property }
    $object = ([type] $TypeName)::new.Invoke($ArgumentList)
    foreach ($name in $Property.Keys) { $object.$name = $Property[$name] }
    , $object
}

function Get-Member {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] $InputObject,
        [Parameter(Position = 0)] [string[]] $Name = '*', [string[]] $MemberType = '*')
    begin { $seen = [Collections.Generic.HashSet[string]]::new() }
    process {
        if ($null -eq $InputObject -or -not $seen.Add($InputObject.pstypenames[0])) { return }
        foreach ($member in $InputObject.psobject.Members | Sort-Object MemberType, Name) {
            $isWanted = $MemberType.Where({ $member.MemberType -like $_ -or $member.MemberType -like "*$_" }).Count
            if ($isWanted -and $Name.Where({ $member.Name -like $_ }).Count) {
                [pscustomobject]@{
                    PSTypeName = 'Microsoft.PowerShell.Commands.MemberDefinition'
                    TypeName = $InputObject.pstypenames[0]
                    Name = $member.Name
                    MemberType = $member.MemberType
                    Definition = $member.ToString()
                }
            }
        }
    }
}

function Get-Random {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [int] $Maximum = [int]::MaxValue, [int] $Minimum = 0,
        [Parameter(ValueFromPipeline)] [object[]] $InputObject, [int] $Count = 1)
    begin { $items = [Collections.Generic.List[object]]::new() }
    process { foreach ($item in $InputObject) { $items.Add($item) } }
    end {
        if ($items.Count -eq 0) { return [Random]::Shared.Next($Minimum, $Maximum) }
        $shuffled = $items.ToArray()
        [Random]::Shared.Shuffle($shuffled)
        $shuffled | Select-Object -First $Count
    }
}

function New-Guid { [guid]::NewGuid() }

function Get-Date {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline)] [datetime] $Date = [datetime]::Now,
        [string] $Format, [switch] $AsUTC)
    process {
        if ($AsUTC) { $Date = $Date.ToUniversalTime() }
        if ($Format) { $Date.ToString($Format) } else { $Date }
    }
}

function Read-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Prompt)
    try {
        if ($Prompt) { $Host.UI.Write("${Prompt}: ") }
        $Host.UI.ReadLine()
    }
    catch { $PSCmdlet.ThrowTerminatingError($_.Exception.InnerException.ErrorRecord) }
}

function Add-Type {
    [CmdletBinding()]
    param([Alias('LiteralPath')] [string[]] $Path = @(), [string[]] $AssemblyName = @())
    foreach ($file in $Path) { $null = [Reflection.Assembly]::LoadFrom((Convert-Path $file)) }
    foreach ($name in $AssemblyName) { $null = [Reflection.Assembly]::Load($name) }
}

function Import-PowerShellDataFile {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('LiteralPath', 'PSPath')] [string[]] $Path)
    process {
        try { $files = Convert-Path $Path -ErrorAction Stop } catch { $PSCmdlet.ThrowTerminatingError($_) }
        foreach ($file in $files) {
            $problems = $null
            $ast = [Management.Automation.Language.Parser]::ParseFile($file, [ref] $null, [ref] $problems)
            $data = $ast.Find({ $args[0] -is [Management.Automation.Language.HashtableAst] }, $false)
            if ($problems -or -not $data) { throw "The file '$file' is not a PowerShell data file." }
            $data.SafeGetValue()
        }
    }
}

function Export-Clixml {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [Alias('LiteralPath')] [string] $Path,
        [Parameter(ValueFromPipeline)] $InputObject, [int] $Depth = 2)
    begin { $items = [Collections.Generic.List[object]]::new() }
    process { $items.Add($InputObject) }
    end {
        $value = if ($items.Count -eq 1) { $items[0] } else { $items.ToArray() }
        [Management.Automation.PSSerializer]::Serialize($value, $Depth) | Set-Content $Path
    }
}

function Import-Clixml {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('LiteralPath', 'PSPath')] [string[]] $Path)
    process { foreach ($file in $Path) { [Management.Automation.PSSerializer]::Deserialize((Get-Content $file -Raw)) } }
}

function ConvertFrom-Csv {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline)] [AllowEmptyString()] [string[]] $InputObject)
    begin { $lines = [Collections.Generic.List[string]]::new() }
    process { $lines.AddRange($InputObject) }
    end {
        $parser = [Microsoft.VisualBasic.FileIO.TextFieldParser]::new([IO.StringReader]::new($lines -join "`n"))
        $parser.SetDelimiters(',')
        $names = $parser.ReadFields()
        while ($null -ne ($fields = $parser.ReadFields())) {
            $row = [ordered]@{}
            for ($i = 0; $i -lt $names.Count; $i++) { $row[$names[$i]] = $fields[$i] }
            [pscustomobject]$row
        }
    }
}

function Import-Csv {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [Alias('LiteralPath')] [string] $Path)
    Get-Content $Path | ConvertFrom-Csv
}

function Get-Process {
    [CmdletBinding(DefaultParameterSetName = 'Name')]
    param([Parameter(Position = 0, ParameterSetName = 'Name')] [string[]] $Name = '*',
        [Parameter(Mandatory, ParameterSetName = 'Id', ValueFromPipelineByPropertyName)] [int[]] $Id)
    process {
        if ($PSCmdlet.ParameterSetName -eq 'Name') {
            return [Diagnostics.Process]::GetProcesses() |
                Where-Object { $process = $_; $Name.Where({ $process.ProcessName -like $_ }).Count } |
                Sort-Object ProcessName
        }
        foreach ($number in $Id) {
            try { [Diagnostics.Process]::GetProcessById($number) }
            catch {
                $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new(
                    [ArgumentException] "Cannot find a process with the process identifier $number.",
                    'NoProcessFoundForGivenId', 'ObjectNotFound', $number))
            }
        }
    }
}

function Stop-Process {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [int[]] $Id, [switch] $Force)
    process { foreach ($process in Get-Process -Id $Id) { $process.Kill() } }
}

function Start-Process {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [Alias('Path')] [string] $FilePath,
        [Parameter(Position = 1)] [Alias('Args')] [string[]] $ArgumentList = @(),
        [string] $WorkingDirectory = $PWD.ProviderPath, [switch] $PassThru, [switch] $Wait, [switch] $NoNewWindow)
    $start = [Diagnostics.ProcessStartInfo]::new($FilePath, $ArgumentList -join ' ')
    $start.WorkingDirectory = $WorkingDirectory
    try { $process = [Diagnostics.Process]::Start($start) }
    catch { $PSCmdlet.ThrowTerminatingError($_) }
    if ($Wait) { $process.WaitForExit() }
    if ($PassThru) { $process }
}
