using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using MacIpvlan.Addressing;
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
        // PowerShell cannot index the compiler's own read-only lists, and finds a method Address on arrays.
        Subnets = record.Subnets.Zip(usage.Subnets, static (s, u) => new NetworkSubnet(s, u)).ToList().AsReadOnly();
        HostAddress = usage.HostAddresses.Select(static a => a.ToIPAddress()).ToList().AsReadOnly();
        Route = record.Routes.ToList().AsReadOnly();
    }

    /// <summary>The network's name.</summary>
    public string Name => Record.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Record.NicKind.Name;

    /// <summary>The mode of its NICs, in words: the macvlan mode, or the ipvlan mode with its flag unless that is bridge.</summary>
    public abstract string ModeText { get; }

    /// <summary>The link that its NICs sit on.</summary>
    public string Parent => Record.Parent;

    /// <summary>Its subnets, in the order they were given.</summary>
    public IReadOnlyList<NetworkSubnet> Subnets { get; }

    /// <summary>Whether its NICs get no default route and reach nothing but each other.</summary>
    public bool Internal => Record.Internal;

    /// <summary>The MTU of its NICs in bytes; null for that of the parent.</summary>
    public int? Mtu => Record.Mtu;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric => Record.RouteMetric;

    /// <summary>Whether its NICs get no default route though they are not internal.</summary>
    public bool NoDefaultRoute => Record.NoDefaultRoute;

    /// <summary>The routes that its NICs get beside the default route.</summary>
    public IReadOnlyList<NetworkRoute> Route { get; }

    /// <summary>Whether NICs can be connected.</summary>
    public NetworkState State { get; }

    /// <summary>How many NICs it has.</summary>
    public int NicCount { get; }

    /// <summary>The addresses of the host on it; empty unless the host has access.</summary>
    public IReadOnlyList<IPAddress> HostAddress { get; }

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
    public MacvlanMode Mode => ((MacvlanLink)Record.NicKind).Mode;

    /// <summary>The MAC addresses that NICs in mode Source receive from.</summary>
    public IReadOnlyList<PhysicalAddress> AllowedMacAddress => ((MacvlanLink)Record.NicKind).AllowedMacAddresses.ToList().AsReadOnly();

    /// <summary>Whether addresses are probed before NICs take them.</summary>
    public bool ProbeAddress => Record.Probe is not null;

    /// <summary>How often they are; null where they are not.</summary>
    public int? ProbeCount => Record.Probe?.Count;

    /// <summary>How long that takes in all when nobody answers; null where they are not.</summary>
    public int? ProbeTimeoutMilliseconds => Record.Probe?.TimeoutMilliseconds;

    /// <inheritdoc/>
    public override string ModeText => Mode.ToString();
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

/// <summary>A subnet of a network.</summary>
public sealed class NetworkSubnet
{
    internal NetworkSubnet(SubnetRecord record, SubnetUsage usage)
    {
        (Size, InUse, Free) = (usage.Size, usage.InUse, usage.Free);
        Subnet = record.Prefix;
        Gateway = record.Gateway?.ToIPAddress();
        IPRange = record.Ranges.ToList().AsReadOnly();
        ExcludedAddress = record.Excluded.ToList().AsReadOnly();
        ForeignAddress = usage.Foreign.ToList().AsReadOnly();
    }

    /// <summary>The subnet.</summary>
    public IPPrefix Subnet { get; }

    /// <summary>Its gateway, which is never handed out; null for none.</summary>
    public IPAddress? Gateway { get; }

    /// <summary>Where addresses are handed out from; empty for all of the subnet.</summary>
    public IReadOnlyList<AddressRange> IPRange { get; }

    /// <summary>What is never handed out.</summary>
    public IReadOnlyList<AddressRange> ExcludedAddress { get; }

    /// <summary>What is not handed out for a while: someone else on the wire has it.</summary>
    public IReadOnlyList<ForeignAddress> ForeignAddress { get; }

    /// <summary>How many addresses can be handed out: those of its ranges, less what is withheld.</summary>
    public BigInteger Size { get; }

    /// <summary>How many addresses NICs have, static ones outside of the ranges among them.</summary>
    public BigInteger InUse { get; }

    /// <summary>How many can still be handed out.</summary>
    public BigInteger Free { get; }

    /// <summary>The subnet in prefix notation.</summary>
    public override string ToString() => Subnet.ToString();
}
