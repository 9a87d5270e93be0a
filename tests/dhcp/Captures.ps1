# Captures DHCP and ARP packets on an interface with tcpdump, and reads the capture file. Independent of the module's own reader
# of packets, because tests judge that one with it.

function Start-DhcpCapture {
    # Starts a capture, and returns it as soon as it sees packets. Stop-DhcpServer ends it too. An empty Namespace is the tests'
    # own.
    param([string]$Namespace = 'wire', [string]$Interface = 'eth0')
    $folder = New-DaemonFolder capture
    $file = "$folder/capture.pcap"
    # Root stays root, and every packet is written at once.
    $arguments = '-i', $Interface, '-n', '-Z', 'root', '--immediate-mode', '-U', '-s', '0', '-w', $file, 'udp port 67 or udp port 68 or arp'
    $capture = Start-Daemon Tcpdump $Namespace $Interface $folder $arguments 'listening on'
    $capture | Add-Member File $file
    $capture
}

function Get-DhcpCapture {
    # The DHCP packets so far, in order: Time, Type (DISCOVER ...), State of a REQUEST (Selecting, InitReboot, Renewing,
    # Rebinding), IsBroadcast, BroadcastFlag, Xid as a number, Secs, Mac (chaddr), ClientId in hexadecimal, ClientAddress (ciaddr),
    # YourAddress (yiaddr), ServerAddress (siaddr), RelayAddress (giaddr), ServerId, RequestedAddress, LeaseSeconds, HostName,
    # Source and Destination, SourceMac and DestinationMac, SourcePort, Checksum of UDP (Absent, Valid, Invalid: also Invalid if
    # the sending virtual link hasn't computed it yet), and Options: a table of bytes by code.
    param([Parameter(Mandatory)][object]$Capture, [string[]]$Type, [string]$Mac, [string]$ClientId)
    Read-Frame $Capture.File | Where-Object EtherType -EQ 0x0800 | ForEach-Object { ConvertFrom-DhcpFrame $_ } | Where-Object {
        (-not $Type -or $_.Type -in $Type) -and (-not $Mac -or $_.Mac -eq $Mac) -and (-not $ClientId -or $_.ClientId -eq $ClientId)
    }
}

function Wait-DhcpPacket {
    # Waits until the capture has Count packets like these, and returns all of them. Throws if they don't come.
    param([Parameter(Mandatory)][object]$Capture, [string[]]$Type, [string]$Mac, [string]$ClientId, [int]$Count = 1, [double]$TimeoutSeconds = 10)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    do {
        $found = @(Get-DhcpCapture $Capture $Type $Mac $ClientId)
        if ($found.Count -ge $Count) { return $found }
        Start-Sleep -Milliseconds 50
    } while ($clock.Elapsed.TotalSeconds -lt $TimeoutSeconds)
    $seen = Get-DhcpCapture $Capture | ForEach-Object { "$($_.Type) $($_.Mac)" }
    throw "Of $Count packets ($Type $Mac $ClientId), $($found.Count) came in $TimeoutSeconds seconds. Seen: $($seen -join ', ')"
}

function Get-ArpCapture {
    # The ARP packets so far: Time, Operation (Request or Reply), SenderMac, SenderAddress, TargetAddress, IsProbe, IsAnnouncement
    # (RFC 5227 1.1).
    param([Parameter(Mandatory)][object]$Capture)
    foreach ($frame in Read-Frame $Capture.File | Where-Object EtherType -EQ 0x0806) {
        $bytes = $frame.Bytes
        if ($bytes.Length -lt 42) { continue }
        $sender, $target = (Get-AddressAt $bytes 28), (Get-AddressAt $bytes 38)
        [pscustomobject]@{
            Time = $frame.Time; Operation = $bytes[21] -eq 1 ? 'Request' : 'Reply'
            SenderMac = ConvertTo-Hex $bytes[22..27]; SenderAddress = $sender; TargetAddress = $target
            IsProbe = $bytes[21] -eq 1 -and $sender -eq '0.0.0.0'; IsAnnouncement = $sender -eq $target
        }
    }
}

function Read-Frame {
    # The complete Ethernet frames of a capture file that is still being written.
    param([string]$Path)
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
    $file = [byte[]]::new($stream.Length)
    $stream.ReadExactly($file)
    $stream.Dispose()
    # The file has a header of 24 bytes, and each frame one of 16: seconds, microseconds, and how many bytes follow.
    for ($i = 24; $i + 16 -le $file.Length; $i = $end) {
        $end = $i + 16 + [BitConverter]::ToUInt32($file, $i + 8)
        if ($end -gt $file.Length) { break }
        $bytes = $file[($i + 16)..($end - 1)]
        if ($bytes.Length -lt 14) { continue }
        $time = [DateTimeOffset]::FromUnixTimeSeconds([BitConverter]::ToUInt32($file, $i)).AddMicroseconds([BitConverter]::ToUInt32($file, $i + 4))
        @{ Time = $time; Bytes = [byte[]]$bytes; EtherType = Get-NumberAt $bytes 12 2 }
    }
}

function ConvertFrom-DhcpFrame {
    # Reads a frame with IPv4, UDP and BOOTP. Returns nothing if it isn't one.
    param([hashtable]$Frame)
    $bytes = $Frame.Bytes
    $udp = 14 + 4 * ($bytes[14] -band 0x0f)
    $bootp = $udp + 8
    $end = [Math]::Min($udp + (Get-NumberAt $bytes ($udp + 4) 2), $bytes.Length)
    # The options start after 236 bytes and the cookie.
    if ($bytes[23] -ne 17 -or $end -lt $bootp + 240 -or (Get-NumberAt $bytes ($bootp + 236) 4) -ne 0x63825363) { return }
    $options = Read-DhcpOption $bytes ($bootp + 240) $end
    if ($options[52]) {
        # Options also are in the fields for a file name (1) and for a server name (2).
        if ($options[52][0] -band 1) { Add-DhcpOption $options (Read-DhcpOption $bytes ($bootp + 108) ($bootp + 236)) }
        if ($options[52][0] -band 2) { Add-DhcpOption $options (Read-DhcpOption $bytes ($bootp + 44) ($bootp + 108)) }
    }
    $types = '', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'
    $client, $destination = (Get-AddressAt $bytes ($bootp + 12)), (Get-AddressAt $bytes 30)
    $isBroadcast = $destination -eq '255.255.255.255'
    $packet = [pscustomobject]@{
        Time = $Frame.Time; Type = $types[$options[53] ? $options[53][0] : 0]; State = $null
        IsBroadcast = $isBroadcast; BroadcastFlag = [bool]($bytes[$bootp + 10] -band 0x80)
        Xid = Get-NumberAt $bytes ($bootp + 4) 4; Secs = Get-NumberAt $bytes ($bootp + 8) 2
        Mac = ConvertTo-Hex $bytes[($bootp + 28)..($bootp + 33)]; ClientId = $options[61] ? (ConvertTo-Hex $options[61]) : $null
        ClientAddress = $client; YourAddress = Get-AddressAt $bytes ($bootp + 16)
        ServerAddress = Get-AddressAt $bytes ($bootp + 20); RelayAddress = Get-AddressAt $bytes ($bootp + 24)
        ServerId = $options[54] ? (Get-AddressAt $options[54] 0) : $null
        RequestedAddress = $options[50] ? (Get-AddressAt $options[50] 0) : $null
        LeaseSeconds = $options[51] ? (Get-NumberAt $options[51] 0 4) : $null
        HostName = $options[12] ? [Text.Encoding]::ASCII.GetString($options[12]) : $null
        Source = Get-AddressAt $bytes 26; Destination = $destination
        SourceMac = ConvertTo-Hex $bytes[6..11]; DestinationMac = ConvertTo-Hex $bytes[0..5]
        SourcePort = Get-NumberAt $bytes $udp 2; Checksum = Get-UdpChecksum $bytes $udp $end
        Options = $options
    }
    if ($packet.Type -eq 'REQUEST') {
        # RFC 2131, table 4 in 4.3.6.
        $packet.State = if ($packet.ServerId) { 'Selecting' } elseif ($client -eq '0.0.0.0') { 'InitReboot' } else { $isBroadcast ? 'Rebinding' : 'Renewing' }
    }
    $packet
}

function Read-DhcpOption {
    # The options in a part of a packet. An option that comes in pieces is joined (RFC 3396).
    param([byte[]]$Bytes, [int]$Start, [int]$End)
    $options = @{}
    for ($i = $Start; $i -lt $End -and $Bytes[$i] -ne 255; $i = $next) {
        $next = $i + 1
        if ($Bytes[$i] -eq 0) { continue }
        $next = $i + 2 + $(if ($i + 1 -lt $End) { $Bytes[$i + 1] } else { $End })
        if ($next -gt $End) { break }
        $value = $next -gt $i + 2 ? $Bytes[($i + 2)..($next - 1)] : @()
        Add-DhcpOption $options @{ [int]$Bytes[$i] = $value }
    }
    $options
}

function Add-DhcpOption {
    param([hashtable]$Options, [hashtable]$More)
    foreach ($code in $More.Keys) { $Options[$code] = [byte[]]@($Options[$code] + $More[$code]) }
}

function Get-NumberAt {
    # A number in network order.
    param([byte[]]$Bytes, [int]$Start, [int]$Length)
    $number = [long]0
    for ($i = $Start; $i -lt $Start + $Length; $i++) { $number = ($number -shl 8) -bor $Bytes[$i] }
    $number
}

function Get-AddressAt {
    param([byte[]]$Bytes, [int]$Start)
    $Bytes[$Start..($Start + 3)] -join '.'
}

function Get-UdpChecksum {
    # Whether the checksum over the pseudo header, the UDP header and the data is right (RFC 768).
    param([byte[]]$Bytes, [int]$Udp, [int]$End)
    if ((Get-NumberAt $Bytes ($Udp + 6) 2) -eq 0) { return 'Absent' }
    $sum = [long]17 + $End - $Udp
    # The source and destination address, then UDP.
    for ($i = 26; $i -lt 34; $i += 2) { $sum += Get-NumberAt $Bytes $i 2 }
    for ($i = $Udp; $i -lt $End; $i += 2) { $sum += $i + 1 -lt $End ? (Get-NumberAt $Bytes $i 2) : 256 * $Bytes[$i] }
    while ($sum -gt 0xffff) { $sum = ($sum -band 0xffff) + ($sum -shr 16) }
    $sum -eq 0xffff ? 'Valid' : 'Invalid'
}
