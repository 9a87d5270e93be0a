using System.Net;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A network that containers' NICs join.</summary>
public abstract class ContainerNetwork
{
    private protected ContainerNetwork(NetworkRecord record, int nicCount) => (Record, NicCount) = (record, nicCount);

    /// <summary>The network's name.</summary>
    public string Name => Record.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Record.NicKind.Name;

    /// <summary>The mode of its NICs, in words: the macvlan mode, or the ipvlan mode with its flag unless that is bridge.</summary>
    public abstract string ModeText { get; }

    /// <summary>The link that its NICs sit on.</summary>
    public string Parent => Record.Parent;

    /// <summary>Its subnets, in the order they were given.</summary>
    public IReadOnlyList<NetworkSubnet> Subnets => [.. Record.Subnets.Select(static s => new NetworkSubnet(s))];

    /// <summary>Whether its NICs get no default route and reach nothing but each other.</summary>
    public bool Internal => Record.Internal;

    /// <summary>The MTU of its NICs in bytes; null for that of the parent.</summary>
    public int? Mtu => Record.Mtu;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric => Record.RouteMetric;

    /// <summary>How many NICs it has.</summary>
    public int NicCount { get; }

    /// <summary>Its id: 64 hexadecimal digits.</summary>
    public string Id => Record.Id;

    internal NetworkRecord Record { get; }

    /// <summary>The network's name.</summary>
    public override string ToString() => Name;

    internal static ContainerNetwork From(NetworkRecord record, int nicCount) => record.NicKind is MacvlanLink
        ? new MacvlanNetwork(record, nicCount)
        : new IpvlanNetwork(record, nicCount);
}

/// <summary>A network whose NICs have MAC addresses of their own.</summary>
public sealed class MacvlanNetwork : ContainerNetwork
{
    internal MacvlanNetwork(NetworkRecord record, int nicCount) : base(record, nicCount)
    {
    }

    /// <summary>Whom its NICs talk to on the parent.</summary>
    public MacvlanMode Mode => ((MacvlanLink)Record.NicKind).Mode;

    /// <inheritdoc/>
    public override string ModeText => Mode.ToString();
}

/// <summary>A network whose NICs share their parent's MAC address.</summary>
public sealed class IpvlanNetwork : ContainerNetwork
{
    internal IpvlanNetwork(NetworkRecord record, int nicCount) : base(record, nicCount)
    {
    }

    /// <summary>Where its NICs join the parent.</summary>
    public IpvlanMode Mode => ((IpvlanLink)Record.NicKind).Mode;

    /// <summary>Whom its NICs talk to on the parent.</summary>
    public IpvlanFlag Flag => ((IpvlanLink)Record.NicKind).Flag;

    /// <inheritdoc/>
    public override string ModeText => Flag == IpvlanFlag.Bridge ? $"{Mode}" : $"{Mode} {Flag}";
}

/// <summary>A subnet of a network.</summary>
public sealed class NetworkSubnet
{
    internal NetworkSubnet(SubnetRecord record)
    {
        Subnet = record.Prefix;
        Gateway = record.Gateway?.ToIPAddress();
        IPRange = record.Ranges;
        ExcludedAddress = record.Excluded;
    }

    /// <summary>The subnet.</summary>
    public IPPrefix Subnet { get; }

    /// <summary>Its gateway, which is never handed out; null for none.</summary>
    public IPAddress? Gateway { get; }

    /// <summary>Where addresses are handed out from; empty for all of the subnet.</summary>
    public IReadOnlyList<AddressRange> IPRange { get; }

    /// <summary>What is never handed out.</summary>
    public IReadOnlyList<AddressRange> ExcludedAddress { get; }

    /// <summary>The subnet in prefix notation.</summary>
    public override string ToString() => Subnet.ToString();
}
