<#
.SYNOPSIS
Builds the help that PowerShell shows, in en-US, from docs/en-US: MAML from the cmdlets' pages, with PlatyPS, and text from
the other pages.
#>
$ErrorActionPreference = 'Stop'
$pages = Join-Path (Split-Path $PSScriptRoot) 'docs/en-US'
$help = Join-Path (Split-Path $PSScriptRoot) 'en-US'
$width = 80
$project = (Import-PowerShellDataFile (Join-Path (Split-Path $PSScriptRoot) 'MacIpvlan.psd1')).PrivateData.PSData.ProjectUri

# The address that Get-Help -Online opens.
function Get-OnlineAddress([string] $Name) { "$project/blob/main/docs/en-US/$Name.md" }

# A paragraph consists of consecutive lines. Each list item and each table row is a separate paragraph.
function Split-Paragraph([string] $Text) { $Text.Trim() -split '\n\s*\n|\n(?=- |\|)' -replace '\s*\n\s*', ' ' }

function Add-Element([Xml.XmlNode] $Parent, [string] $Name, [string] $Text) {
    $element = $Parent.OwnerDocument.CreateElement($Name, $Parent.GetNamespaceOfPrefix(($Name -split ':')[0]))
    $element.InnerText = $Text
    $null = $Parent.AppendChild($element)
}

function Set-Paragraph([Xml.XmlNode] $Node, [string] $Text) {
    $Node.RemoveAll()
    if (-not $Text.Trim()) { return }
    # Get-Help indents the lines itself.
    Expand-Table (Split-Paragraph $Text) 0 | ForEach-Object { Add-Element $Node maml:para ($_ -replace '^### ') }
}

# PlatyPS keeps the pages' line breaks, puts a whole example into its introduction, with the fences, and omits defaults.
function Repair-Maml([xml] $Maml, [object[]] $Command) {
    foreach ($example in @($Maml.SelectNodes('//*[local-name()="example"]'))) {
        # Blank lines are separate paragraphs that consist of a control character.
        $body = @($example['maml:introduction'].ChildNodes.InnerText | Where-Object { $_ -ne [char]0x80 }) -join "`n`n"
        $null = $body -match '(?s)^(?<before>.*?)```powershell\n(?<code>.*?)\n```(?<after>.*)$'
        $example['maml:introduction'].RemoveAll()
        $example['dev:code'].InnerText = $Matches.code
        # Get-Help adds a line break after the code, but not before it.
        Set-Paragraph $example['dev:remarks'] "$($Matches.before)`n`n$($Matches.after)"
    }
    foreach ($parameter in @($Maml.SelectNodes('//*[local-name()="parameters"]/*'))) {
        $name = $parameter.ParentNode.ParentNode['command:details']['command:name'].InnerText
        $page = ($Command | Where-Object Title -EQ $name).Parameters | Where-Object Name -EQ $parameter['maml:name'].InnerText
        Add-Element $parameter dev:defaultValue ($page.DefaultValue ? $page.DefaultValue : 'None')
    }
    foreach ($node in @($Maml.SelectNodes('//*[*[local-name()="para"]]'))) {
        Set-Paragraph $node (@($node.ChildNodes.InnerText) -join "`n`n")
    }
    # PlatyPS puts the link 'Online Version' first, where -Online looks for an address. The others are just names for Get-Help.
    foreach ($link in @($Maml.SelectNodes('//*[local-name()="navigationLink"]'))) {
        $name = $link.ParentNode.ParentNode['command:details']['command:name'].InnerText
        $isOnline = $link['maml:linkText'].InnerText -eq 'Online Version'
        $link['maml:uri'].InnerText = $isOnline ? (Get-OnlineAddress $name) : ''
    }
}

# Breaks a paragraph into indented lines of the width. Hanging is the additional indent after the first line.
function Format-Line([string] $Text, [int] $Indent = 4, [int] $Hanging = 0) {
    $line = ' ' * $Indent
    $start = $line.Length
    foreach ($word in $Text -split ' ') {
        if ($line.Length -gt $start -and $line.Length + $word.Length -ge $width) {
            $line.TrimEnd()
            $line = ' ' * ($Indent + $Hanging)
            $start = $line.Length
        }
        $line += "$word "
    }
    $line.TrimEnd()
}

# Formats a table row: its first cell, and below it the other cells with their column headings.
function Format-Row([string[]] $Heading, [string[]] $Cell, [int] $Indent) {
    Format-Line $Cell[0] $Indent
    for ($i = 1; $i -lt $Cell.Count; $i++) { if ($Cell[$i]) { Format-Line "$($Heading[$i]): $($Cell[$i])" ($Indent + 4) 4 } }
}

# Replaces the rows of tables by one text each. Other paragraphs stay as they are.
function Expand-Table([string[]] $Paragraph, [int] $Indent) {
    $heading = $null
    foreach ($text in $Paragraph) {
        if ($text -notmatch '^\| ?(.*?) ?\|$') { $heading = $null; $text; continue }
        $cells = $Matches[1] -split ' ?\| ?'
        if ($text -match '^\|[-|]+$') { continue }
        if ($heading) { (Format-Row $heading $cells $Indent) -join "`n" } else { $heading = $cells }
    }
}

function ConvertTo-HelpText([string] $Page) {
    # Every second part is a code block.
    $isCode = $true
    foreach ($part in $Page -split '(?m)^```\w*\n') {
        $isCode = -not $isCode
        if ($isCode) { $part.TrimEnd() -split '\n' -replace '^(?=.)', (' ' * 8); ''; continue }
        foreach ($paragraph in Expand-Table (Split-Paragraph $part | Where-Object { $_ }) 4) {
            switch -Regex ($paragraph) {
                '^# (.*)' { 'TOPIC', "    $($Matches[1])", ''; break }
                '^## (.*)' { $Matches[1].ToUpperInvariant(); break }
                '^### (.*)' { "  $($Matches[1])"; break }
                '^- ' { Format-Line $_ 4 2; break }
                # A table row.
                '^    ' { $_ -split '\n'; ''; break }
                default { Format-Line $_; '' }
            }
        }
    }
}

Import-Module Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0
$null = New-Item $help -ItemType Directory -Force
$folder = Join-Path ([IO.Path]::GetTempPath()) "macipvlan-help.$PID"
$commands = Get-ChildItem $pages -Filter *-*.md | Import-MarkdownCommandHelp
$source = $commands | Export-MamlCommandHelp -OutputFolder $folder -Force
$maml = [xml](Get-Content $source -Raw)
Repair-Maml $maml $commands
# If saved to a path, it would get a byte order mark.
$writer = [IO.StreamWriter]::new((Join-Path $help $source.Name))
$maml.Save($writer)
$writer.Dispose()
Remove-Item $folder -Recurse
foreach ($page in Get-ChildItem $pages -Filter about_*.md) {
    # -Online doesn't work for topics, so their text has the address, in a line of its own that can be copied.
    $online = '', 'ONLINE VERSION', "        $(Get-OnlineAddress $page.BaseName)"
    Set-Content (Join-Path $help "$($page.BaseName).help.txt") (@(ConvertTo-HelpText (Get-Content $page -Raw)) + $online)
}
