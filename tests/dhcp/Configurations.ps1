# Writes what Start-DhcpServer was asked for in the words of each server. Every function takes the settings, writes a file into
# their Folder, and returns the arguments of the server.

function Write-DnsmasqConfiguration([hashtable]$Settings) {
    if ($Settings.LeaseSeconds -lt 120) { throw 'dnsmasq has no leases shorter than 120 seconds. Use Isc or Kea.' }
    $time = $Settings.LeaseSeconds -eq [uint32]::MaxValue ? 'infinite' : $Settings.LeaseSeconds
    $word = $Settings.ForceOption ? 'dhcp-option-force' : 'dhcp-option'
    $options = foreach ($code in $Settings.Option.Keys) {
        # In hexadecimal, dnsmasq takes only some. The others are as in ConvertTo-DhcpOption, with commas.
        $given = $Settings.Given[$code]
        $text = $code -eq 121 -or $given -is [byte[]] ? (ConvertTo-Hex $Settings.Option[$code]) : ($given -split ' ' -join ',')
        "$word=$code,$text"
    }
    $lines = @(
        # No name server.
        'port=0', 'no-hosts', 'no-resolv', "interface=$($Settings.Interface)", 'bind-interfaces'
        if (-not $Settings.ProbeAddress) { 'no-ping' }
        if (-not $Settings.NotAuthoritative) { 'dhcp-authoritative' }
        "dhcp-range=$($Settings.Range -join ','),$($Settings.Mask),$time", "dhcp-leasefile=$($Settings.Folder)/leases"
        'log-dhcp', "log-facility=$($Settings.Log)"
        # Without a value, an option that dnsmasq sends by itself is left out.
        if (-not $Settings.Option.ContainsKey(3)) { 'dhcp-option=3' }
        $options
        # dnsmasq takes a hexadecimal client identifier after id:.
        $Settings.Reservation.GetEnumerator() | ForEach-Object { "dhcp-host=$($_.Key),$($_.Value)" }
    )
    Set-Content "$($Settings.Folder)/dnsmasq.conf" $lines
    '--keep-in-foreground', "--conf-file=$($Settings.Folder)/dnsmasq.conf", '--user=root', '--group=root', '--pid-file='
}

function Write-IscConfiguration([hashtable]$Settings) {
    if ($Settings.LeaseSeconds -eq [uint32]::MaxValue) { throw 'dhcpd has no infinite leases. Use Dnsmasq or Kea.' }
    $names = @{
        3 = 'routers'; 6 = 'domain-name-servers'; 12 = 'host-name'; 15 = 'domain-name'; 26 = 'interface-mtu'; 28 = 'broadcast-address'
        33 = 'static-routes'; 42 = 'ntp-servers'; 58 = 'dhcp-renewal-time'; 59 = 'dhcp-rebinding-time'; 119 = 'domain-search'
    }
    $unnamed = $Settings.Option.Keys | Where-Object { -not $names[$_] }
    $lines = @(
        $unnamed | ForEach-Object { "option custom-$_ code $_ = string;" }
        'ddns-update-style none;', ($Settings.NotAuthoritative ? 'not authoritative;' : 'authoritative;')
        $Settings.ProbeAddress ? 'ping-check true;' : 'ping-check false;'
        'default', 'min', 'max' | ForEach-Object { "$_-lease-time $($Settings.LeaseSeconds);" }
        "subnet $($Settings.Network) netmask $($Settings.Mask) {"
        "  range $($Settings.Range -join ' ');"
        $Settings.Option.GetEnumerator() | ForEach-Object { "  option $($names[$_.Key] ?? "custom-$($_.Key)") = $(ConvertTo-Hex $_.Value);" }
        if ($Settings.ForceOption -and $Settings.Option.Count) {
            # It sends only what is asked for, so this extends the question.
            $more = ($Settings.Option.Keys | ForEach-Object { '{0:x2}' -f $_ }) -join ':'
            "  option dhcp-parameter-request-list = concat(option dhcp-parameter-request-list, $more);"
        }
        '}'
        $i = 0
        foreach ($entry in $Settings.Reservation.GetEnumerator()) {
            $i++
            $who = $entry.Key -like 'id:*' ? "option dhcp-client-identifier = $($entry.Key.Substring(3))" : "hardware ethernet $($entry.Key)"
            "host reservation$i { $who; fixed-address $($entry.Value); }"
        }
    )
    Set-Content "$($Settings.Folder)/dhcpd.conf" $lines
    $leases = "$($Settings.Folder)/leases"
    if (-not (Test-Path $leases)) { $null = New-Item $leases }
    # -d writes the log to standard error, not to the machine's.
    '-d', '-4', '-cf', "$($Settings.Folder)/dhcpd.conf", '-lf', $leases, '-pf', "$($Settings.Folder)/dhcpd.pid", $Settings.Interface
}

function Write-KeaConfiguration([hashtable]$Settings) {
    $options = @($Settings.Option.GetEnumerator() | Where-Object Key -NotIn 58, 59 | ForEach-Object {
            @{ code = $_.Key; 'csv-format' = $false; data = [Convert]::ToHexString($_.Value); 'always-send' = [bool]$Settings.ForceOption }
        })
    $reservations = @($Settings.Reservation.GetEnumerator() | ForEach-Object {
            $kind, $value = if ($_.Key -like 'id:*') { 'client-id', $_.Key.Substring(3) } else { 'hw-address', $_.Key }
            @{ $kind = $value; 'ip-address' = $_.Value }
        })
    $server = @{
        # Without the address, it would answer once for each that the interface has.
        'interfaces-config' = @{ interfaces = @("$($Settings.Interface)/$($Settings.Address -replace '/.*')"); 'dhcp-socket-type' = 'raw' }
        'lease-database' = @{ type = 'memfile'; persist = $true; name = "$($Settings.Folder)/leases"; 'lfc-interval' = 0 }
        'expired-leases-processing' = @{ 'reclaim-timer-wait-time' = 1 }
        authoritative = -not $Settings.NotAuthoritative
        'valid-lifetime' = $Settings.LeaseSeconds
        'option-data' = $options
        subnet4 = @(@{ id = 1; subnet = "$($Settings.Network)/$($Settings.Length)"; pools = @(@{ pool = $Settings.Range -join ' - ' }); reservations = $reservations })
        loggers = @(@{ name = 'kea-dhcp4'; severity = 'DEBUG'; debuglevel = 50; 'output_options' = @(@{ output = 'stdout' }) })
    }
    if ($Settings.Given[58]) { $server['renew-timer'] = $Settings.Given[58] }
    if ($Settings.Given[59]) { $server['rebind-timer'] = $Settings.Given[59] }
    ConvertTo-Json @{ Dhcp4 = $server } -Depth 9 | Set-Content "$($Settings.Folder)/kea.json"
    '-c', "$($Settings.Folder)/kea.json"
}

function Write-NetworkdConfiguration([hashtable]$Settings) {
    if ($Settings.NotAuthoritative -or $Settings.ProbeAddress) { throw 'systemd-networkd has no such setting.' }
    if ($Settings.Option.ContainsKey(58) -or $Settings.Option.ContainsKey(59)) { throw 'systemd-networkd computes T1 and T2 itself.' }
    $first, $last = $Settings.Range | ForEach-Object { Get-AddressNumber $_ }
    if ($Settings.LeaseSeconds -eq [uint32]::MaxValue) { throw 'systemd-networkd has no infinite leases. Use Dnsmasq or Kea.' }
    $time = $Settings.LeaseSeconds
    $lines = @(
        '[Match]', "Name=$($Settings.Interface)"
        '[Network]', "Address=$($Settings.Address)", 'DHCPServer=yes', 'LinkLocalAddressing=ipv6', 'IPv6AcceptRA=no'
        '[DHCPServer]', "PoolOffset=$($first - (Get-AddressNumber $Settings.Network))", "PoolSize=$($last - $first + 1)"
        "DefaultLeaseTimeSec=$time", "MaxLeaseTimeSec=$time", 'EmitDNS=no', 'EmitNTP=no', 'EmitRouter=no', 'EmitTimezone=no'
        $Settings.Option.GetEnumerator() | ForEach-Object { "SendOption=$($_.Key):string:$(-join ($_.Value | ForEach-Object { '\x{0:x2}' -f $_ }))" }
        foreach ($entry in $Settings.Reservation.GetEnumerator()) {
            if ($entry.Key -like 'id:*') { throw 'systemd-networkd has no reservations by client identifier.' }
            '[DHCPServerStaticLease]', "MACAddress=$($entry.Key)", "Address=$($entry.Value)"
        }
    )
    Set-Content "$($Settings.Folder)/00-server.network" $lines
    # The arguments of networkd.sh.
    $Settings.Folder
}
