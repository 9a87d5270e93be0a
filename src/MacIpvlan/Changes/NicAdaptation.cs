using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>What the NICs of a network become when the network changes, and what harms them.</summary>
/// <param name="former">The network.</param>
/// <param name="now">The network after the change.</param>
/// <param name="parentMtu">The MTU of the link that NICs sit on after the change, in bytes; null if it isn't known.</param>
internal sealed class NicAdaptation(NetworkRecord former, NetworkRecord now, int? parentMtu)
{
    private readonly Dictionary<SubnetRecord, RangeIndex> _allocatable = new(ReferenceEqualityComparer.Instance);

    /// <summary>The network after the change.</summary>
    public NetworkRecord Network => now;

    /// <summary>What harms a NIC, worded as a part of a sentence with the NIC as its subject; null if nothing does.</summary>
    public string? FindHarm(NicRecord nic)
    {
        foreach (LeaseRecord lease in nic.Leases.Where(static l => l.Source != LeaseSource.Dhcp))
        {
            AddressValue address = lease.Address.Value;
            if (SubnetOf(now, lease) is not SubnetRecord subnet) return $"has {address}, which is in none of the subnets";
            bool isOutside = lease.Source != LeaseSource.Static && !Offers(subnet, address)
                && SubnetOf(former, lease) is SubnetRecord before && Offers(before, address);
            if (isOutside) return $"has {address}, which is {(IsNextHop(address) ? "the next hop of a route" : "outside the ranges or excluded")}";
        }

        return ChangesMtu && nic.OwnMtu > parentMtu && MtuAfter(nic) < nic.Mtu ? $"has an MTU of {nic.OwnMtu}, which is more than the parent's" : null;
    }

    /// <summary>Checks that the burst of a NIC's limits has room for a packet, if it had before.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public void CheckBurst(ContainerNic nic)
    {
        BandwidthLimits own = nic.Record.Bandwidth;
        if (!NicBandwidth.IsTooSmall(own.Or(former.Bandwidth), nic.Record.Mtu)) NicBandwidth.CheckBurst(own.Or(now.Bandwidth), MtuAfter(nic.Record), nic.ToString());
    }

    /// <summary>A gateway of the network that a NIC got from a range by chance, so that it isn't the router; null if there is none.</summary>
    public AddressValue? FindTakenGateway(NicRecord nic) => now.Subnets.Select(static s => s.Gateway).OfType<AddressValue>()
        .FirstOrDefault(g => nic.Leases.Any(l => l.Source == LeaseSource.Pool && l.Address.Value == g));

    /// <summary>The NIC after the change, with the addresses that replace those in subnets that the network no longer has.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="taken">Addresses that it can't get.</param>
    public NicDemand Adapt(NicRecord nic, IReadOnlyCollection<AddressValue> taken)
    {
        bool asksAnew = nic.Dhcp is not null && former.Parent != now.Parent;
        if (asksAnew) nic = WithoutLease(nic);
        LeaseRecord[] kept = [.. nic.Leases.Where(l => l.Source == LeaseSource.Dhcp || SubnetOf(now, l) is not null).Select(l => Adapt(nic, l))];
        AddressFamily[] had = [.. nic.Leases.Select(static l => l.Address.Value.Family).Distinct()];
        AddressFamily[] lost = [.. had.Where(f => kept.All(l => l.Address.Value.Family != f) && now.Addresses.HasSubnet(f))];
        // A network whose family changes gives the other one.
        if (had.Length > 0 && kept.Length + lost.Length == 0) lost = [.. AddressValue.Families.Where(now.Addresses.HasSubnet)];
        return new(
            nic with
            {
                Leases = kept,
                Mtu = MtuAfter(nic),
                // In mode Passthru, it has its parent's.
                MacAddress = former.IsPassthru() && !now.IsPassthru() ? PhysicalAddress.None : nic.MacAddress,
            },
            now, [.. lost.Select(f => new AddressDemand(f, null) { OfHost = taken })])
        { ReplacesLease = asksAnew };
    }

    // Another wire can have other servers. One that knows the NIC gives it the same address.
    private static NicRecord WithoutLease(NicRecord nic) =>
        nic with { Dhcp = nic.Dhcp! with { Binding = null }, Leases = [.. nic.Leases.Where(static l => l.Source != LeaseSource.Dhcp)] };

    private int? Most => now.NicKind is MacvlanLink ? parentMtu : null;

    // What others have done to the parent is no part of another change.
    private bool ChangesMtu => former.Mtu != now.Mtu || former.Parent != now.Parent;

    private int MtuAfter(NicRecord nic) => !ChangesMtu ? nic.Mtu : nic.OwnMtu is int own ? Math.Min(own, Most ?? own) : MtuOf(nic) ?? nic.Mtu;

    private int? MtuOf(NicRecord nic) => now.Mtu ?? (parentMtu is int mtu ? nic.Dhcp?.Binding?.Lease.MtuOn(mtu) ?? mtu : null);

    // In a larger subnet, the address has another prefix length.
    private LeaseRecord Adapt(NicRecord nic, LeaseRecord lease) => nic.IsHost || lease.Source == LeaseSource.Dhcp ? lease
        : lease with { Address = new(lease.Address.Value, SubnetOf(now, lease)!.Prefix.PrefixLength) };

    private static SubnetRecord? SubnetOf(NetworkRecord network, LeaseRecord lease)
    {
        IEnumerable<SubnetRecord> pools = lease.Source != LeaseSource.DhcpFallback ? network.Subnets : network.Fallback is SubnetRecord fallback ? [fallback] : [];
        return pools.FirstOrDefault(s => s.Prefix.Contains(lease.Address.Value) && AddressPool.Usable(s.Prefix).Contains(lease.Address.Value));
    }

    private bool IsNextHop(AddressValue address) => now.Routes.Any(r => r.NextHop is IPAddress hop && AddressValue.From(hop) == address);

    private bool Offers(SubnetRecord subnet, AddressValue address)
    {
        if (!_allocatable.TryGetValue(subnet, out RangeIndex? ranges))
        {
            _allocatable.Add(subnet, ranges = new(AddressPool.Allocatable(subnet.Prefix, [.. subnet.Ranges], subnet.Withheld)));
        }

        return ranges.Contains(address);
    }
}
