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
        Subnets = new(record.Subnets.Zip(usage.Subnets, static (s, u) => new NetworkSubnet(s, u)));
        HostAddress = ValueList.OfTexts(usage.HostAddresses);
    }

    /// <summary>The network's name.</summary>
    public string Name => Record.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Record.NicKind.Name;

    /// <summary>The mode of its NICs, in words: the macvlan mode, or the ipvlan mode with its flag unless that is bridge.</summary>
    public abstract string ModeText { get; }

    /// <summary>The link that its NICs sit on.</summary>
    public string Parent => Record.Parent;

    /// <summary>Its subnets in prefix notation, in the order they were given.</summary>
    public ValueList<string> Subnet => ValueList.OfTexts(Record.Subnets.Select(static s => s.Prefix));

    /// <summary>Their gateways, which are never handed out.</summary>
    public ValueList<string> Gateway =>
        ValueList.OfTexts(Record.Subnets.Where(static s => s.Gateway is not null).Select(static s => s.Gateway!.Value).Distinct());

    /// <summary>Where addresses are handed out from; of a subnet without any range, everywhere.</summary>
    public ValueList<string> IPRange => ValueList.OfTexts(Record.Subnets.SelectMany(static s => s.Ranges));

    /// <summary>What is never handed out.</summary>
    public ValueList<string> ExcludeAddress => ValueList.OfTexts(Record.Subnets.SelectMany(static s => s.Excluded));

    /// <summary>Its subnets, each with what belongs to it and how much of it is in use.</summary>
    public ValueList<NetworkSubnet> Subnets { get; }

    /// <summary>Whether its NICs get no default route and reach nothing but each other.</summary>
    public bool Internal => Record.Internal;

    /// <summary>Whether it has an IPv4 subnet that has no gateway though there is room for one.</summary>
    public bool NoGateway => Record.Subnets.Any(static s =>
        s.Gateway is null && s.Prefix.Family == AddressFamily.InterNetwork && s.Prefix.PrefixLength < s.Prefix.First.Bits);

    /// <summary>Whether gateways and next hops may be on the link though in none of the subnets.</summary>
    public bool OnLinkGateway => Record.OnLinkGateway;

    /// <summary>The MTU of its NICs in bytes; null for that of the parent.</summary>
    public int? Mtu => Record.Mtu;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric => Record.RouteMetric;

    /// <summary>Whether its NICs get no default route though they are not internal.</summary>
    public bool NoDefaultRoute => Record.NoDefaultRoute;

    /// <summary>The routes that its NICs get beside the default route, in the words of ip.</summary>
    public ValueList<string> Route => ValueList.OfTexts(Record.Routes);

    /// <summary>Whether NICs can be connected.</summary>
    public NetworkState State { get; }

    /// <summary>How many NICs it has.</summary>
    public int NicCount { get; }

    /// <summary>The addresses of the host on it; empty unless the host has access.</summary>
    public ValueList<string> HostAddress { get; }

    /// <summary>Its id: 64 hexadecimal digits.</summary>
    public string Id => Record.Id;

    internal NetworkRecord Record { get; }

    /// <summary>The network's name.</summary>
    public override string ToString() => Name;

    internal static ContainerNetwork From(NetworkRecord record, NetworkUsage usage, NetworkState state) =>
        record.NicKind is MacvlanLink ? new MacvlanNetwork(record, usage, state) : new IpvlanNetwork(record, usage, state);
}

/// <summary>Whether NICs can be connected to a network.</summary>
public enum NetworkState
{
    /// <summary>Its parent is there, and up.</summary>
    Ready,

    /// <summary>Its parent is down: NICs can be connected, but reach nothing.</summary>
    ParentDown,

    /// <summary>Its parent is not on the host; Restore-ContainerNetwork makes one again that this module made.</summary>
    ParentMissing,
}

/// <summary>A network whose NICs have MAC addresses of their own.</summary>
public sealed class MacvlanNetwork : ContainerNetwork
{
    internal MacvlanNetwork(NetworkRecord record, NetworkUsage usage, NetworkState state) : base(record, usage, state)
    {
    }

    /// <summary>Whom its NICs talk to on the parent.</summary>
    public MacvlanMode Mode => NicKind.Mode;

    /// <summary>The MAC addresses that NICs in mode Source receive from.</summary>
    public ValueList<string> AllowedMacAddress => ValueList.OfTexts(NicKind.AllowedMacAddresses.Select(Link.Format));

    /// <summary>How many broadcast frames the parent keeps for its NICs; null for the kernel's default.</summary>
    public int? BroadcastQueueLength => NicKind.BroadcastQueueLength;

    /// <summary>Up to how many receivers a multicast frame is delivered at once; null for the kernel's default.</summary>
    public int? BroadcastCutoff => NicKind.BroadcastCutoff;

    /// <summary>Whether the parent's promiscuous mode is left off in mode Passthru.</summary>
    public bool NoPromiscuous => NicKind.NoPromiscuous;

    /// <summary>Whether addresses are probed before NICs take them.</summary>
    public bool ProbeAddress => Record.Probe is not null;

    /// <summary>How often they are; null where they are not.</summary>
    public int? ProbeCount => Record.Probe?.Count;

    /// <summary>How long that takes in all when nobody answers; null where they are not.</summary>
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

    /// <summary>Where its NICs join the parent.</summary>
    public IpvlanMode Mode => ((IpvlanLink)Record.NicKind).Mode;

    /// <summary>Whom its NICs talk to on the parent.</summary>
    public IpvlanFlag Flag => ((IpvlanLink)Record.NicKind).Flag;

    /// <inheritdoc/>
    public override string ModeText => Flag == IpvlanFlag.Bridge ? $"{Mode}" : $"{Mode} {Flag}";
}
