<#
.SYNOPSIS
Line editing for the prompt of a pwsh without PSReadLine, which no package has. PowerShell itself supports neither Tab nor
history on Linux; it calls the function of this name for each line.
#>
function global:PSConsoleHostReadLine {
    $text, $at = '', 0
    $left, $row = [Console]::CursorLeft, 0
    $history = @(Get-History -Count 1000 | ForEach-Object CommandLine) + ''
    $chosen = $history.Count - 1
    $completion = $null

    # The cursor position after a part of the text: rows below the first, and the column. Some characters take two columns.
    function Get-Place([string] $Part) {
        $width = [Console]::WindowWidth
        $rows, $column = 0, $left
        foreach ($character in $Part.ToCharArray()) {
            $cells = $character -eq "`n" ? $width + 1 : $Host.UI.RawUI.LengthInBufferCells($character)
            if ($column + $cells -gt $width) { $rows++; $column = 0 }
            if ($cells -le $width) { $column += $cells }
        }
        $column -eq $width ? @(($rows + 1), 0) : @($rows, $column)
    }

    # Rewrites the text from its start, which can be some rows up, and moves the cursor to its position.
    function Show-Line {
        $up = { param($Rows) $Rows -gt 0 ? "`e[${Rows}A" : '' }
        $end, $cursor = (Get-Place $text), (Get-Place $text.Substring(0, $at))
        # A line that ends at the edge leaves the cursor there, not in the next row.
        $edge = $end[1] -eq 0 -and $text -and -not $text.EndsWith("`n") ? "`r`n" : ''
        [Console]::Write("$(& $up $row)`e[$($left + 1)G`e[J$($text -replace '\n', "`r`n")$edge$(& $up ($end[0] - $cursor[0]))`e[$($cursor[1] + 1)G")
        $cursor[0]
    }

    $isInput = [Console]::TreatControlCAsInput
    [Console]::TreatControlCAsInput = $true
    try {
        while ($true) {
            $row = Show-Line
            $key = [Console]::ReadKey($true)
            $isControl = $key.Modifiers -band [ConsoleModifiers]::Control
            if ($key.Key -ne 'Tab') { $completion = $null }
            if ($key.Key -in 'UpArrow', 'DownArrow') {
                $chosen = [Math]::Clamp($chosen + ($key.Key -eq 'UpArrow' ? -1 : 1), 0, $history.Count - 1)
                $text = $history[$chosen] -replace '\r'
                $at = $text.Length
            }
            elseif ($key.Key -eq 'Tab') {
                # Another Tab replaces the last completion with the next one.
                if (-not $completion) {
                    $before, $completion = $text, (TabExpansion2 $text $at)
                    $start, $length = $completion.ReplacementIndex, $completion.ReplacementLength
                }
                $match = $completion.GetNextResult(-not ($key.Modifiers -band [ConsoleModifiers]::Shift))
                if ($match) {
                    $text = $before.Remove($start, $length).Insert($start, $match.CompletionText)
                    $at = $start + $match.CompletionText.Length
                }
            }
            elseif ($key.Key -eq 'Enter') { $at = $text.Length; $row = Show-Line; [Console]::WriteLine(); return $text }
            # Null makes PowerShell also discard the previous lines, if it asks for more with >>.
            elseif ($isControl -and $key.Key -eq 'C') { $at = $text.Length; $row = Show-Line; [Console]::Write('^C'); return $null }
            elseif ($isControl -and $key.Key -eq 'D' -and -not $text) { [Console]::WriteLine(); return $left -eq '>> '.Length ? $null : 'exit' }
            elseif ($key.Key -eq 'LeftArrow') { $at = [Math]::Max($at - 1, 0) }
            elseif ($key.Key -eq 'RightArrow') { $at = [Math]::Min($at + 1, $text.Length) }
            elseif ($key.Key -eq 'Home' -or ($isControl -and $key.Key -eq 'A')) { $at = 0 }
            elseif ($key.Key -eq 'End' -or ($isControl -and $key.Key -eq 'E')) { $at = $text.Length }
            elseif ($key.Key -eq 'Backspace') { if ($at) { $text = $text.Remove(--$at, 1) } }
            elseif ($key.Key -eq 'Delete') { if ($at -lt $text.Length) { $text = $text.Remove($at, 1) } }
            elseif ($key.Key -eq 'Escape' -or ($isControl -and $key.Key -eq 'U')) { $text, $at = '', 0 }
            elseif (-not [char]::IsControl($key.KeyChar) -and -not ($key.Modifiers -band [ConsoleModifiers]::Alt)) { $text = $text.Insert($at++, $key.KeyChar) }
        }
    }
    finally { [Console]::TreatControlCAsInput = $isInput }
}
