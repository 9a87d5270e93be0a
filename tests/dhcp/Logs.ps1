# Reads what DHCP servers tell: their logs, and their files of leases.

function Get-DhcpServerLog {
    # The messages that a server received and sent, in order: Type (DISCOVER ...), Mac, ClientId, Address, Xid as a number, Line.
    # Only Kea tells client identifiers; systemd-networkd tells neither Mac nor Address.
    param([Parameter(Mandatory)][object]$Server, [string[]]$Type, [string]$Mac)
    $pattern = @{
        Dnsmasq = ' (?<xid>\d+) DHCP(?<type>[A-Z]+)\(\S+\) ((?<address>[\d.]+) )?(?<mac>[\da-f:]{17})'
        Isc = '^DHCP(?<type>[A-Z]+) ((for|on|of) (?<address>[\d.]+) )?.*?(from|to) (?<mac>[\da-f:]{17})'
        Kea = 'DHCP4_PACKET_(RECEIVED|SEND) \[hwtype=\d+ (?<mac>[\da-f:]*)\], cid=\[(?<id>[\da-f:]*).*?\], tid=0x(?<hex>[\da-f]+): .*?\bDHCP(?<type>[A-Z]+)'
        Networkd = 'DHCPv4 server: (?<type>[A-Z]+)( \([a-z-]+\))? \(0x(?<hex>[\da-f]+)\)'
    }[$Server.Kind]
    foreach ($line in Get-Content $Server.Log) {
        if ($line -cnotmatch $pattern) { continue }
        $xid = if ($Matches['hex']) { [Convert]::ToInt64($Matches['hex'], 16) } elseif ($Matches['xid']) { [long]$Matches['xid'] }
        $entry = [pscustomobject]@{
            Type = $Matches['type']; Mac = $Matches['mac']; ClientId = $Matches['id']; Address = $Matches['address']; Xid = $xid; Line = $line
        }
        if ((-not $Type -or $entry.Type -in $Type) -and (-not $Mac -or $entry.Mac -eq $Mac)) { $entry }
    }
}

function Get-DhcpServerLease {
    # The leases that a server has given: Address, Mac, ClientId in hexadecimal, HostName, Expires, and IsDeclined for addresses
    # that a client declined. Released and expired leases aren't among them.
    param([Parameter(Mandatory)][object]$Server)
    if ($Server.Kind -eq 'Networkd') { throw 'systemd-networkd keeps its leases in memory.' }
    $now = [DateTimeOffset]::UtcNow
    & "Read-$($Server.Kind)Lease" $Server.Leases | Where-Object { $_.IsDeclined -or -not $_.Expires -or $_.Expires -gt $now }
}

function Read-DnsmasqLease([string]$Path) {
    # Declined addresses aren't written down. 0 is an infinite lease, * is no name or no identifier.
    foreach ($line in Get-Content $Path) {
        $time, $mac, $address, $name, $id = $line -split ' ' -replace '^\*$'
        [pscustomobject]@{ Address = $address; Mac = $mac; ClientId = $id; HostName = $name; Expires = Get-Time $time; IsDeclined = $false }
    }
}

function Read-KeaLease([string]$Path) {
    # The last line about an address counts. Its state is 0 for a lease, 1 if it was declined; a released one has no lifetime.
    Import-Csv $Path | Group-Object address | ForEach-Object { $_.Group[-1] } | Where-Object { $_.state -in 0, 1 -and $_.valid_lifetime -ne 0 } |
        ForEach-Object {
            $expires = if ($_.valid_lifetime -ne [uint32]::MaxValue) { Get-Time $_.expire }
            [pscustomobject]@{
                Address = $_.address; Mac = $_.hwaddr; ClientId = $_.client_id; HostName = $_.hostname; Expires = $expires; IsDeclined = $_.state -eq 1
            }
        }
}

function Read-IscLease([string]$Path) {
    # The last block about an address counts.
    [regex]::Matches((Get-Content $Path -Raw), '(?ms)^lease (?<address>[\d.]+) \{(?<text>.*?)^\}') | Group-Object { $_.Groups['address'].Value } |
        ForEach-Object {
            $text = $_.Group[-1].Groups['text'].Value
            $state = $text -match '(?m)^  binding state (\w+);' ? $Matches[1] : ''
            if ($state -notin 'active', 'abandoned') { return }
            [pscustomobject]@{
                Address = $_.Name
                Mac = $text -match 'hardware ethernet ([\da-f:]+);' ? $Matches[1] : ''
                ClientId = $text -match '(?m)^  uid "(.*)";' ? (ConvertFrom-IscText $Matches[1]) : ''
                HostName = $text -match 'client-hostname "(.*)";' ? $Matches[1] : ''
                Expires = $text -match '(?m)^  ends \d (\S+ \S+);' ? [DateTimeOffset]::Parse("$($Matches[1])Z", [cultureinfo]::InvariantCulture) : $null
                IsDeclined = $state -eq 'abandoned'
            }
        }
}

function ConvertFrom-IscText([string]$Text) {
    # The bytes of a text with \" and \\ and octal numbers, in hexadecimal.
    $bytes = [regex]::Matches($Text, '\\(?<octal>[0-7]{3})|\\(?<sign>.)|(?<sign>.)') | ForEach-Object {
        $_.Groups['octal'].Success ? [Convert]::ToByte($_.Groups['octal'].Value, 8) : [byte][char]$_.Groups['sign'].Value
    }
    ConvertTo-Hex $bytes
}

function Get-Time([long]$Seconds) {
    if ($Seconds) { [DateTimeOffset]::FromUnixTimeSeconds($Seconds) }
}
