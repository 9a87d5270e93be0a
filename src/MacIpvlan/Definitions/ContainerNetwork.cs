using System.Net.Sockets;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A network that containers' NICs join.</summary>
public abstract class ContainerNetwork
{
    private protected ContainerNetwork(NetworkRecord record, NetworkUsage usage, NetworkState state)
    {
        Record = record;
        State = state;
        NicCount = usage.NicCount;
        Subnets = new(record.Subnets.Zip(usage.Subnets, (s, u) => new NetworkSubnet(s, u, isShared: record.Segment is not null)));
        HostAddress = ValueList.Of(usage.HostAddresses);
    }

    /// <summary>The network's name.</summary>
    public string Name => Record.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Record.NicKind.Name;

    /// <summary>
    /// The mode of its NICs as text: the macvlan mode, or the ipvlan mode with its flag unless the flag is Bridge.
    /// </summary>
    public abstract string ModeText { get; }

    /// <summary>The link that its NICs sit on.</summary>
    public string Parent => Record.Parent;

    /// <summary>Where the addresses of its NICs come from: DHCP if a server assigns IPv4 addresses, then its subnets.</summary>
    public ValueList<string> AddressSource => new(Record.Addresses.Texts);

    /// <summary>The address database that its addresses are from; null if they're this host's own.</summary>
    public string? AddressDatabase => Record.Segment?.Database;

    /// <summary>The segment in that database; null if its addresses are this host's own.</summary>
    public string? Segment => Record.Segment?.Name;

    /// <summary>What happens to requested addresses while the address database can't be reached; null without one.</summary>
    public AwayPolicy? AwayPolicy => Record.Segment?.AwayPolicy;

    /// <summary>
    /// After how many seconds without a heartbeat the addresses of a host are given to others that need them; null for never.
    /// </summary>
    public int? GraceSeconds => Record.Segment?.GraceSeconds;

    /// <summary>Whether a DHCP server assigns the IPv4 addresses of its NICs.</summary>
    public bool Dhcp => Record.Dhcp is not null;

    /// <summary>The vendor class that its NICs send to DHCP servers; null for none.</summary>
    public string? DhcpClass => Record.Dhcp?.VendorClass;

    /// <summary>How long a connect waits for a DHCP server, in seconds; null without DHCP.</summary>
    public int? DhcpTimeoutSeconds => Record.Dhcp?.TimeoutSeconds;

    /// <summary>The names or codes of the options that its NICs request from DHCP servers in addition to the usual ones.</summary>
    public ValueList<string> DhcpRequestOption =>
        ValueList.OfTexts(Record.Dhcp?.RequestedOptions.Select(static o => new DhcpOptionName(o)) ?? []);

    /// <summary>
    /// The subnet, or the range and its prefix length, that NICs get an address from if no DHCP server answers; null for none.
    /// </summary>
    public string? DhcpFallback => Record.Dhcp?.Fallback?.ToString();

    /// <summary>Its subnets in prefix notation, in the order they were specified.</summary>
    public ValueList<AddressText> Subnet => ValueList.Of(Record.Subnets.Select(static s => s.Prefix));

    /// <summary>The gateways, which are never allocated.</summary>
    public ValueList<AddressText> Gateway =>
        ValueList.Of(Record.Subnets.Where(static s => s.Gateway is not null).Select(static s => s.Gateway!).Distinct());

    /// <summary>The ranges that addresses are allocated from. A subnet without a range is used as a whole.</summary>
    public ValueList<AddressText> IPRange => ValueList.Of(Record.Subnets.SelectMany(static s => s.Ranges));

    /// <summary>The addresses that are never allocated.</summary>
    public ValueList<AddressText> ExcludeAddress => ValueList.Of(Record.Subnets.SelectMany(static s => s.Excluded));

    /// <summary>Its subnets, with their settings and usage.</summary>
    public ValueList<NetworkSubnet> Subnets { get; }

    /// <summary>Whether its NICs get no default route and reach only what is on their parent.</summary>
    public bool Internal => Record.Internal;

    /// <summary>Whether it has an IPv4 subnet without a gateway, other than a /32.</summary>
    public bool NoGateway => Record.Subnets.Any(static s =>
        s.Gateway is null && s.Prefix.Family == AddressFamily.InterNetwork && s.Prefix.PrefixLength < s.Prefix.First.Bits);

    /// <summary>Whether gateways and next hops can be on the link but outside the subnets.</summary>
    public bool OnLinkGateway => Record.OnLinkGateway;

    /// <summary>The MTU of its NICs in bytes; null for the parent's MTU.</summary>
    public int? Mtu => Record.Mtu;

    /// <summary>The highest rate at which its NICs receive, in bits a second, such as 50Mbit; null for no limit.</summary>
    public string? MaximumBandwidthIn => Record.Bandwidth.In?.ToString();

    /// <summary>The highest rate at which its NICs send, in bits a second, such as 50Mbit; null for no limit.</summary>
    public string? MaximumBandwidthOut => Record.Bandwidth.Out?.ToString();

    /// <summary>How many bytes can pass at once; null to follow from the rate and the MTU.</summary>
    public int? BandwidthBurst => Record.Bandwidth.Burst;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric => Record.RouteMetric;

    /// <summary>Whether its NICs get no default route although the network isn't internal.</summary>
    public bool NoDefaultRoute => Record.NoDefaultRoute;

    /// <summary>
    /// The routes that its NICs get in addition to the default route, in the syntax of the ip command.
    /// </summary>
    public ValueList<string> Route => ValueList.OfTexts(Record.Routes);

    /// <summary>
    /// What its NICs do with router advertisements; null if that depends on the addresses of each NIC.
    /// </summary>
    public RouterAdvertisement? RouterAdvertisement => Record.RouterAdvertisement;

    /// <summary>
    /// How its NICs make addresses from router advertisements, Eui64 or StablePrivacy; null if they accept none.
    /// </summary>
    public string? InterfaceIdentifier => Record.InterfaceIdentifier?.ToString();

    /// <summary>The sysctls of its NICs, as NAME=VALUE with IFNAME for the interface.</summary>
    public ValueList<string> Sysctl => ValueList.OfTexts(Record.Sysctls);

    /// <summary>What labels of containers can ask Watch-ContainerNic for; empty for nothing.</summary>
    public ValueList<string> AllowLabel => ValueList.OfTexts(Record.AllowedLabels);

    /// <summary>Whether NICs can be connected.</summary>
    public NetworkState State { get; }

    /// <summary>The number of its NICs, without those that have ended for good.</summary>
    public int NicCount { get; private set; }

    /// <summary>The number of its NICs that are up; null if nobody has looked.</summary>
    public int? NicUpCount { get; private set; }

    /// <summary>The host's addresses on the network; empty if the host has no access.</summary>
    public ValueList<AddressText> HostAddress { get; }

    /// <summary>Its id: 64 hexadecimal digits.</summary>
    public string Id => Record.Id;

    internal NetworkRecord Record { get; }

    /// <summary>The network's name.</summary>
    public override string ToString() => Name;

    /// <summary>Returns the same network with other numbers of NICs.</summary>
    internal ContainerNetwork Counted(int nics, int up)
    {
        ContainerNetwork counted = (ContainerNetwork)MemberwiseClone();
        (counted.NicCount, counted.NicUpCount) = (nics, up);
        return counted;
    }

    internal static ContainerNetwork From(NetworkRecord record, NetworkUsage usage, NetworkState state) =>
        record.NicKind is MacvlanLink ? new MacvlanNetwork(record, usage, state) : new IpvlanNetwork(record, usage, state);
}

/// <summary>Whether NICs can be connected to a network.</summary>
public enum NetworkState : long
{
    /// <summary>The parent exists and is up.</summary>
    Ready,

    /// <summary>The parent is down. NICs can be connected, but reach nothing.</summary>
    ParentDown,

    /// <summary>
    /// The parent doesn't exist. Restore-ContainerNetwork recreates a parent that this module created.
    /// </summary>
    ParentMissing,
}

/// <summary>A network whose NICs have their own MAC addresses.</summary>
public sealed class MacvlanNetwork : ContainerNetwork
{
    internal MacvlanNetwork(NetworkRecord record, NetworkUsage usage, NetworkState state) : base(record, usage, state)
    {
    }

    /// <summary>How its NICs communicate with other NICs of the parent.</summary>
    public MacvlanMode Mode => NicKind.Mode;

    /// <summary>The MAC addresses that NICs in mode Source accept frames from.</summary>
    public ValueList<string> AllowedMacAddress => ValueList.OfTexts(NicKind.AllowedMacAddresses.Select(Link.Format));

    /// <summary>How many broadcast frames the parent queues for its NICs; null for the kernel's default.</summary>
    public int? BroadcastQueueLength => NicKind.BroadcastQueueLength;

    /// <summary>
    /// The highest number of receivers for which a multicast frame bypasses the queue; null for the kernel's default.
    /// </summary>
    public int? BroadcastCutoff => NicKind.BroadcastCutoff;

    /// <summary>Whether mode Passthru doesn't put the parent into promiscuous mode.</summary>
    public bool NoPromiscuous => NicKind.NoPromiscuous;

    /// <summary>Whether addresses are probed before NICs use them.</summary>
    public bool ProbeAddress => Record.Probe is not null;

    /// <summary>The number of probes; null if addresses aren't probed.</summary>
    public int? ProbeCount => Record.Probe?.Count;

    /// <summary>The total duration of the probes if no station answers; null if addresses aren't probed.</summary>
    public int? ProbeTimeoutMilliseconds => Record.Probe?.TimeoutMilliseconds;

    /// <inheritdoc/>
    public override string ModeText => Mode.ToString();

    private MacvlanLink NicKind => (MacvlanLink)Record.NicKind;
}

/// <summary>A network whose NICs share their parent's MAC address.</summary>
public sealed class IpvlanNetwork : ContainerNetwork
{
    internal IpvlanNetwork(NetworkRecord record, NetworkUsage usage, NetworkState state) : base(record, usage, state)
    {
    }

    /// <summary>The layer on which its NICs are attached to the parent.</summary>
    public IpvlanMode Mode => ((IpvlanLink)Record.NicKind).Mode;

    /// <summary>How its NICs communicate with other NICs of the parent.</summary>
    public IpvlanFlag Flag => ((IpvlanLink)Record.NicKind).Flag;

    /// <inheritdoc/>
    public override string ModeText => Flag == IpvlanFlag.Bridge ? $"{Mode}" : $"{Mode} {Flag}";
}
