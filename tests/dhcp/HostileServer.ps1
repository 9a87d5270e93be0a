# A DHCP server that answers with nonsense: a client's host name (option 12) says with which. Runs in the server's namespace until
# it's killed, and answers by broadcast from 10.1.0.1. Writes a line as soon as it listens.

. $PSScriptRoot/Options.ps1

$any = [Net.IPEndPoint]::new([ipaddress]::Any, 67)
$all = [Net.IPEndPoint]::new([ipaddress]::Broadcast, 68)
$socket = [Net.Sockets.Socket]::new('InterNetwork', 'Dgram', 'Udp')
$socket.EnableBroadcast = $true
$socket.Bind($any)
'listening'

# The address of each client, by its name.
$addresses = @{}

function Get-Option {
    # The value of an option of a request.
    param([byte[]]$Bytes, [int]$Code)
    for ($i = 240; $i -lt $Bytes.Length -and $Bytes[$i] -ne 255; $i += $Bytes[$i] -eq 0 ? 1 : 2 + $Bytes[$i + 1]) {
        if ($Bytes[$i] -eq $Code) { return , [byte[]]$Bytes[($i + 2)..($i + 1 + $Bytes[$i + 1])] }
    }
}

function Send-Reply {
    # An offer (2), an acknowledgement (5) or a refusal (6) to a request, with options by code. Raw is appended to them.
    param([byte[]]$Request, [byte]$Type, [string]$Address, [hashtable]$Options, [byte[]]$Raw = @(255), [scriptblock]$Change)
    $reply = [byte[]]::new(240)
    [Array]::Copy($Request, $reply, 240)
    $reply[0] = 2
    if ($Address) { [Array]::Copy(([ipaddress]$Address).GetAddressBytes(), 0, $reply, 16, 4) }
    if ($Change) { & $Change $reply }
    $bytes = $reply + 53 + 1 + $Type
    foreach ($code in $Options.Keys) {
        $value = ConvertTo-DhcpOption $code $Options[$code]
        $bytes += [byte[]](@($code, $value.Length) + $value)
    }
    $null = $socket.SendTo([byte[]]($bytes + $Raw), $all)
}

$buffer = [byte[]]::new(1500)
while ($true) {
    $size = $socket.Receive($buffer)
    $request = [byte[]]$buffer[0..($size - 1)]
    $type = (Get-Option $request 53)[0]
    $name = [Text.Encoding]::ASCII.GetString((Get-Option $request 12))
    # DHCPDISCOVER and DHCPREQUEST.
    if ($type -notin 1, 3) { continue }
    if (-not $addresses[$name]) { $addresses[$name] = "10.1.0.$(100 + $addresses.Count)" }
    $address = $addresses[$name]
    $options = @{ 1 = '255.255.255.0'; 3 = '10.1.0.1'; 51 = 60; 54 = '10.1.0.1' }
    $rest = @{}
    switch ($name) {
        # What a client can live with.
        times-reversed { $options[58] = 50; $options[59] = 40 }
        times-beyond { $options[58] = 70; $options[59] = 80 }
        times-zero { $options[58] = 0; $options[59] = 0 }
        infinite { $options[51] = [uint32]::MaxValue; $options[58] = 1; $options[59] = 2 }
        second { $options[51] = 1 }
        router-outside { $options[3] = '192.0.2.1' }
        router-multicast { $options[3] = '224.0.0.1' }
        mask-none { $options.Remove(1) }
        mask-host { $options[1] = '255.255.255.255' }
        mtu-tiny { $options[26] = 68 }
        mtu-huge { $options[26] = 65535 }
        mtu-long { $options[26] = [byte[]](5, 120, 0) }
        routes-broken { $options[121] = [byte[]](33, 10, 1, 1, 1, 1, 10, 1, 0, 1) }
        routes-loopback { $options[121] = '127.0.0.0/8 10.1.0.1', '10.9.0.0/16 10.1.0.1' }
        names-evil { $options[15] = 'a b;$(reboot)'; $options[12] = "x`e[2Jy"; $options[119] = [byte[]](0xc0, 0) }
        other-address { if ($type -eq 3) { $address = '10.1.0.99' } }
        # What it can't.
        lease-zero { $options[51] = 0 }
        lease-none { $options.Remove(51) }
        server-none { $options.Remove(54) }
        mask-holes { $options[1] = '255.0.255.0' }
        address-none { $address = '0.0.0.0' }
        address-loopback { $address = '127.0.0.2' }
        address-multicast { $address = '224.0.0.5' }
        address-network { $address = '10.1.0.0' }
        address-broadcast { $address = '10.1.0.255' }
        address-server { $address = '10.1.0.1' }
        address-router { $options[3] = $address }
        id-wrong { $rest.Change = { param($reply) $reply[4] = $reply[4] -bxor 1 } }
        mac-wrong { $rest.Change = { param($reply) $reply[33] = $reply[33] -bxor 1 } }
        cookie-wrong { $rest.Change = { param($reply) $reply[236] = 0 } }
        options-cut { $rest.Raw = [byte[]](15, 200, 65) }
        client-other { $options[61] = [byte[]](255, 1, 2, 3) }
        refused { if ($type -eq 3) { $type = 'refuse'; $options = @{ 54 = '10.1.0.1'; 56 = "No`e[31m way" } } }
        # ciaddr is that of a client with a lease.
        refused-later { if ($request[12]) { $type = 'refuse'; $options = @{ 54 = '10.1.0.1' }; $isSilent = $true } elseif ($isSilent) { $type = 'none' } }
        refused-by-other { if ($type -eq 3) { Send-Reply $request 6 '' @{ 54 = '10.1.0.66' } } }
    }
    if ($type -eq 'none') { continue }
    $reply = if ($type -eq 1) { 2 } elseif ($type -eq 3) { 5 } else { 6 }
    Send-Reply $request $reply $address $options @rest
}
