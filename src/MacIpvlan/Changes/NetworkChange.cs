using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// What changes of a network: the settings that are given, with their values. What isn't given stays as it is; a given null or
/// empty value is the default of a new network.
/// </summary>
public sealed record NetworkChange
{
    /// <summary>The names of the settings that are given, as the parameters of Set-MacvlanNetwork and Set-IpvlanNetwork have them.</summary>
    public required IReadOnlySet<string> Given { get; init; }

    /// <summary>Their values. Its other settings mean nothing.</summary>
    public required NetworkRequest Values { get; init; }

    /// <summary>Subnets that the network has from now on. Those that it has already mean nothing.</summary>
    public IReadOnlyList<IPPrefix> AddedSubnets { get; init; } = [];

    /// <summary>Subnets that the network has no longer, with their gateways, ranges and exclusions.</summary>
    public IReadOnlyList<IPPrefix> RemovedSubnets { get; init; } = [];

    /// <summary>The definition that a network has after the change.</summary>
    /// <exception cref="NetworkException">InvalidParameter: a setting needs another one, or a removed subnet isn't one of the network.</exception>
    internal NetworkRequest ApplyTo(NetworkRecord network)
    {
        NetworkRequest now = NetworkRequest.For(network);
        NetworkRequest changed = now with
        {
            Name = Has(NetworkSettings.Name) ? Values.Name : now.Name,
            NicKind = KindOf(now.NicKind),
            Parent = Has(NetworkSettings.Parent) ? Values.Parent : now.Parent,
            Dhcp = DhcpOf(now),
            Internal = Has(NetworkSettings.Internal) ? Values.Internal : now.Internal,
            NoGateway = Has(NetworkSettings.NoGateway) ? Values.NoGateway : now.NoGateway,
            NoDefaultRoute = Has(NetworkSettings.NoDefaultRoute) ? Values.NoDefaultRoute : now.NoDefaultRoute,
            OnLinkGateway = Has(NetworkSettings.OnLinkGateway) ? Values.OnLinkGateway : now.OnLinkGateway,
            Routes = Has(NetworkSettings.Route) ? Values.Routes : now.Routes,
            RouteMetric = Has(NetworkSettings.RouteMetric) ? Values.RouteMetric : now.RouteMetric,
            Mtu = Has(NetworkSettings.Mtu) ? Values.Mtu : now.Mtu,
            RouterAdvertisement = Has(NetworkSettings.RouterAdvertisement) ? Values.RouterAdvertisement : now.RouterAdvertisement,
            AllowedLabels = Has(NetworkSettings.AllowLabel) ? Values.AllowedLabels : now.AllowedLabels,
        };
        changed = WithSubnets(changed, now);
        // Of its own former subnets, which a DHCP server's addresses replace.
        if (now.Dhcp is null && changed.Dhcp is not null && !Has(NetworkSettings.NoGateway)) changed = changed with { NoGateway = false };
        return changed with { Probe = ProbeOf(changed, now), InterfaceIdentifier = IdentifierOf(changed, now) };
    }

    private bool Has(string setting) => Given.Contains(setting);

    private LinkKind KindOf(LinkKind now) => (now, Values.NicKind) switch
    {
        (MacvlanLink macvlan, MacvlanLink given) => KindOf(macvlan, given, Has(NetworkSettings.Mode) ? given.Mode : macvlan.Mode),
        (IpvlanLink ipvlan, IpvlanLink given) => new IpvlanLink(
            Has(NetworkSettings.Mode) ? given.Mode : ipvlan.Mode, Has(NetworkSettings.Flag) ? given.Flag : ipvlan.Flag),
        _ => throw new ArgumentException("A change is for networks of the same kind."),
    };

    // What only one mode has goes with the mode.
    private MacvlanLink KindOf(MacvlanLink now, MacvlanLink given, MacvlanMode mode) => new(mode)
    {
        AllowedMacAddresses = Has(NetworkSettings.AllowedMacAddress) ? given.AllowedMacAddresses
            : mode == MacvlanMode.Source ? now.AllowedMacAddresses : [],
        NoPromiscuous = Has(NetworkSettings.NoPromiscuous) ? given.NoPromiscuous : mode == MacvlanMode.Passthru && now.NoPromiscuous,
        BroadcastQueueLength = Has(NetworkSettings.BroadcastQueueLength) ? given.BroadcastQueueLength : now.BroadcastQueueLength,
        BroadcastCutoff = Has(NetworkSettings.BroadcastCutoff) ? given.BroadcastCutoff : now.BroadcastCutoff,
    };

    private DhcpDefinition? DhcpOf(NetworkRequest now)
    {
        bool hasClass = Has(NetworkSettings.DhcpClass), hasTimeout = Has(NetworkSettings.DhcpTimeoutSeconds),
            hasOptions = Has(NetworkSettings.DhcpRequestOption), hasFallback = Has(NetworkSettings.DhcpFallback);
        if (Has(NetworkSettings.Dhcp) && Values.Dhcp is null) return null;
        if (!Has(NetworkSettings.Dhcp) && !hasClass && !hasTimeout && !hasOptions && !hasFallback) return now.Dhcp;
        if (!Has(NetworkSettings.Dhcp) && now.Dhcp is null) throw DependentSettings.NeedsDhcp();
        DhcpDefinition dhcp = now.Dhcp ?? new();
        return dhcp with
        {
            VendorClass = hasClass ? Values.Dhcp!.VendorClass : dhcp.VendorClass,
            Timeout = hasTimeout ? Values.Dhcp!.Timeout : dhcp.Timeout,
            RequestedOptions = hasOptions ? Values.Dhcp!.RequestedOptions : dhcp.RequestedOptions,
            Fallback = hasFallback ? Values.Dhcp!.Fallback : dhcp.Fallback,
        };
    }

    // What lies in a subnet goes with it, unless it is given anew. Subnets can also become larger around it.
    private NetworkRequest WithSubnets(NetworkRequest changed, NetworkRequest now)
    {
        IPPrefix? unknown = RemovedSubnets.FirstOrDefault(r => !now.Subnets.Contains(r));
        if (unknown is not null) throw new NetworkException(
            NetworkError.InvalidParameter, $"{unknown.Typed} isn't a subnet of '{now.Name}': it has {string.Join(", ", now.Addresses.Texts)}.",
            $"List them: (Get-ContainerNetwork {now.Name}).Subnets.");
        IPPrefix[] subnets = [.. (Has(NetworkSettings.Subnet) ? Values.Subnets : now.Subnets).Except(RemovedSubnets).Union(AddedSubnets)];
        PrefixIndex former = new(now.Subnets), index = new(subnets);
        return changed with
        {
            Subnets = subnets,
            Gateways = Has(NetworkSettings.Gateway) ? Values.Gateways : [.. now.Gateways.Where(g => IsKept(g, former, index, subnets))],
            Ranges = Has(NetworkSettings.IPRange) ? Values.Ranges : [.. now.Ranges.Where(r => index.Containing(r) is not null)],
            Excluded = Has(NetworkSettings.ExcludeAddress) ? Values.Excluded : [.. now.Excluded.Where(r => index.Containing(r) is not null)],
        };
    }

    private bool IsKept(AddressValue gateway, PrefixIndex former, PrefixIndex index, IPPrefix[] subnets)
    {
        // IPv6 gateways are always specified, so the switch says nothing about them.
        if (Has(NetworkSettings.NoGateway) && Values.NoGateway && gateway.Family == AddressFamily.InterNetwork) return false;
        return index.Containing(gateway) is not null || (former.Containing(gateway) is null && subnets.Any(s => s.Family == gateway.Family));
    }

    private ProbeSettings? ProbeOf(NetworkRequest changed, NetworkRequest now)
    {
        bool hasCount = Has(NetworkSettings.ProbeCount), hasTimeout = Has(NetworkSettings.ProbeTimeoutMilliseconds);
        bool isNewlyUsual = now.Dhcp is null && changed.DefaultProbe is not null;
        bool isOn = Has(NetworkSettings.ProbeAddress) ? Values.Probe is not null : now.Probe is not null || isNewlyUsual;
        if (!isOn) return hasCount || hasTimeout ? throw DependentSettings.NeedsProbe() : null;
        ProbeSettings usual = now.Probe ?? new();
        return new(
            hasCount ? Values.Probe!.Count : usual.Count, hasTimeout ? Values.Probe!.TimeoutMilliseconds : usual.TimeoutMilliseconds);
    }

    // That of former router advertisements isn't meant where these are chosen anew, or where none arrive any longer.
    private InterfaceIdentifier? IdentifierOf(NetworkRequest changed, NetworkRequest now) =>
        Has(NetworkSettings.InterfaceIdentifier) ? Values.InterfaceIdentifier
        : NetworkDefinition.TakesAdvertisements(changed.NicKind, changed.RouterAdvertisement) ? now.InterfaceIdentifier
        : null;
}
