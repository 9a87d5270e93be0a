# Runs radvd as the router of the wire.

function Start-Radvd {
    # Starts radvd on an interface of a namespace, and returns it as soon as it has sent an advertisement. It says goodbye, with
    # a router lifetime of 0, if Stop-DhcpServer stops it, and is just gone with Kill.
    param(
        [string]$Namespace = 'wire',
        [string]$Interface = 'eth0',
        # Prefixes in which clients make addresses. Without any, only the router is advertised.
        [string[]]$Prefix,
        [uint32]$ValidSeconds = 86400,
        [uint32]$PreferredSeconds = 14400,
        [switch]$NotAutonomous,
        [switch]$NotOnLink,
        # 0 is a router that isn't a default one. Otherwise at least IntervalSeconds.
        [int]$RouterLifetimeSeconds = 1800,
        [ValidateSet('low', 'medium', 'high')][string]$Preference = 'medium',
        [string[]]$Resolver,
        [string[]]$SearchDomain,
        # More routes through this router, by prefix.
        [string[]]$Route,
        [uint32]$RouteLifetimeSeconds = 1800,
        [int]$Mtu,
        [switch]$Managed,
        [switch]$OtherConfiguration,
        # The longest time between advertisements.
        [double]$IntervalSeconds = 4,
        [string]$Folder = (New-DaemonFolder radvd)
    )
    $on = { param($Value) $Value ? 'on' : 'off' }
    $lines = @(
        "interface $Interface {"
        'AdvSendAdvert on;', "MaxRtrAdvInterval $IntervalSeconds;", "MinRtrAdvInterval $([Math]::Floor($IntervalSeconds * 75) / 100);"
        # Intervals of less than 4 seconds are those of Mobile IPv6.
        if ($IntervalSeconds -lt 4) { 'AdvIntervalOpt on;', 'MinDelayBetweenRAs 0.03;' }
        "AdvDefaultLifetime $RouterLifetimeSeconds;", "AdvDefaultPreference $Preference;"
        "AdvManagedFlag $(& $on $Managed);", "AdvOtherConfigFlag $(& $on $OtherConfiguration);"
        if ($Mtu) { "AdvLinkMTU $Mtu;" }
        foreach ($item in $Prefix) {
            "prefix $item { AdvOnLink $(& $on (-not $NotOnLink)); AdvAutonomous $(& $on (-not $NotAutonomous));"
            "AdvValidLifetime $ValidSeconds; AdvPreferredLifetime $PreferredSeconds; };"
        }
        foreach ($item in $Route) { "route $item { AdvRouteLifetime $RouteLifetimeSeconds; };" }
        if ($Resolver) { "RDNSS $Resolver { };" }
        if ($SearchDomain) { "DNSSL $SearchDomain { };" }
        '};'
    )
    Set-Content "$Folder/radvd.conf" $lines
    # A router forwards; radvd complains if it doesn't.
    Set-IPv6Setting $Namespace all forwarding 1
    # It can't send from an address that the kernel still probes, so this one is added again without that.
    $tentative = Invoke-Ip $Namespace -6 address show dev $Interface scope link tentative | ForEach-Object addr_info | ForEach-Object { "$($_.local)/64 dev $Interface" }
    $tentative | ForEach-Object { "address delete $_", "address add $_ nodad" } | ip -n $Namespace -batch -
    $arguments = '-n', '-d', '5', '-m', 'stderr', '-C', "$Folder/radvd.conf", '-p', "$Folder/radvd.pid"
    Start-Daemon Radvd $Namespace $Interface $Folder $arguments '(?<!not )sending RA to'
}
