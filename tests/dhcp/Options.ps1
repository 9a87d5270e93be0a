# Values of DHCP options in the form in which every server of tests/dhcp/Servers.ps1 takes them: bytes.

function ConvertTo-DhcpOption {
    # The bytes of an option (RFC 2132, 3397, 3442). An array of bytes stays as it is, so tests can send nonsense. The other
    # values are written as people write them:
    #   addresses '10.1.0.1'   33 '10.2.0.5 10.1.0.1'   121 '10.2.0.0/16 10.1.0.1'   119 'a.example'   26 1400   15 'example.org'
    param([int]$Code, [object]$Value)
    if ($Value -is [byte[]]) { return , $Value }
    $bytes = switch ($Code) {
        { $_ -in 1, 3, 6, 28, 32, 42, 54 } { $Value | ForEach-Object { ([ipaddress]$_).GetAddressBytes() } }
        33 { $Value -split ' ' | ForEach-Object { ([ipaddress]$_).GetAddressBytes() } }
        26 { Get-BigEndian ([uint16]$Value) }
        { $_ -in 51, 58, 59 } { Get-BigEndian ([uint32]$Value) }
        119 { $Value | ForEach-Object { $_ -split '\.' | ForEach-Object { $_.Length; [Text.Encoding]::ASCII.GetBytes($_) }; 0 } }
        121 {
            foreach ($route in $Value) {
                $destination, $length, $gateway = $route -split '[/ ]'
                [byte]$length
                # Only the octets that the prefix reaches into.
                ([ipaddress]$destination).GetAddressBytes() | Select-Object -First ([Math]::Ceiling($length / 8))
                ([ipaddress]$gateway).GetAddressBytes()
            }
        }
        default { [Text.Encoding]::ASCII.GetBytes([string]$Value) }
    }
    , [byte[]]$bytes
}

function Get-BigEndian {
    # The bytes of a number in network order.
    param([object]$Number)
    $bytes = [BitConverter]::GetBytes($Number)
    [Array]::Reverse($bytes)
    $bytes
}

function ConvertTo-Hex {
    # Bytes as 0a:01:00:01.
    param([byte[]]$Bytes)
    [BitConverter]::ToString($Bytes).Replace('-', ':').ToLowerInvariant()
}

function Get-AddressNumber {
    # An IPv4 address as a number.
    param([string]$Address)
    $bytes = ([ipaddress]$Address).GetAddressBytes()
    [Array]::Reverse($bytes)
    [BitConverter]::ToUInt32($bytes)
}

function Get-NetworkAddress {
    # The network address and the mask of ADDRESS/LENGTH.
    param([string]$Address)
    $bare, $length = $Address -split '/'
    $mask = [uint32]([uint32]::MaxValue -shl (32 - $length))
    foreach ($number in ((Get-AddressNumber $bare) -band $mask), $mask) { "$([ipaddress][byte[]](Get-BigEndian ([uint32]$number)))" }
}
