using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Reads the states of NICs from the links and addresses of their namespace. Can be used on several threads at a time.
/// </summary>
/// <param name="host">The host's namespace.</param>
/// <param name="parents">The parents that exist on the host, by index.</param>
internal sealed class NicLinkStates(NamespaceHandle host, IReadOnlyDictionary<int, Link> parents)
{
    // Questions about few links cost less than dumps, which hold whatever else the container has made.
    private const int FewNics = 16;

    /// <summary>Reads the states of NICs.</summary>
    /// <param name="inside">A socket in their namespace.</param>
    /// <param name="nics">The NICs.</param>
    /// <param name="isOnHost">Whether their namespace is the host's.</param>
    /// <returns>What is there of them, in the same order.</returns>
    /// <exception cref="NetlinkException">The namespace has too much to read.</exception>
    public SeenNic[] Read(RouteSocket inside, ContainerNic[] nics, bool isOnHost)
    {
        int? hostId = null;
        (Func<NicRecord, Link?> find, Func<Link, NicRecord, HeldAddresses> findAddresses) = nics.Length > FewNics ? Dump(inside, nics)
            : (n => inside.FindLink(LinkMark.Index(n)), (l, _) => ReadAddresses(inside, l));
        return [.. nics.Select(See)];

        SeenNic See(ContainerNic nic) => find(nic.Record) is Link link
            && NicLinks.IsOn(link, nic.Record, nic.NetworkRecord, isOnHost, () => hostId ??= inside.GetNamespaceId(host))
            ? Look(nic.Record, link)
            : new(NicState.Missing);

        SeenNic Look(NicRecord record, Link link)
        {
            if (!link.IsUp) return new(record.IsDisabled ? NicState.Disabled : NicState.Down, link);
            // Not every kind of parent passes on that it's down.
            bool isCarrying = link.HasCarrier && (!parents.TryGetValue(link.ParentIndex, out Link? parent) || NicStates.IsCarrying(parent));
            bool configuresItself = link.IPv6?.AcceptsAdvertisements == true;
            if (!configuresItself && (!isCarrying || record.Leases.Count == 0)) return new(isCarrying ? NicState.Up : NicState.LowerLayerDown, link);
            HeldAddresses held = findAddresses(link, record);
            NicState state = !isCarrying ? NicState.LowerLayerDown
                : held.Include(record) ? NicState.Up
                : held.AreAll ? NicState.AddressMissing
                : NicState.Unknown;
            return new(state, link) { RouterAddresses = configuresItself ? RouterAddress.Among(held.Addresses) : [] };
        }
    }

    private static (Func<NicRecord, Link?>, Func<Link, NicRecord, HeldAddresses>) Dump(RouteSocket inside, ContainerNic[] nics)
    {
        Dictionary<int, Link> links = [];
        bool areAll = true;
        foreach (string kind in nics.Select(static n => n.NetworkRecord.NicKind.Name).Distinct())
        {
            areAll &= inside.TryGetLinks(kind, out List<Link> found);
            foreach (Link link in found) links[link.Index] = link;
        }

        bool hasAll = inside.TryGetAddresses(null, out List<LinkAddress> addresses);
        ILookup<int, LinkAddress> held = addresses.ToLookup(static a => a.LinkIndex);
        // Where links and addresses change all the time, a dump lacks some of them.
        return (
            n => links.GetValueOrDefault(LinkMark.Index(n)) ?? (areAll ? null : inside.FindLink(LinkMark.Index(n))),
            (l, n) => new HeldAddresses([.. held[l.Index]], hasAll) is HeldAddresses found && (hasAll || found.Include(n)) ? found : ReadAddresses(inside, l));
    }

    private static HeldAddresses ReadAddresses(RouteSocket inside, Link link)
    {
        bool areAll = inside.TryGetAddresses(link, out List<LinkAddress> held);
        return new(held, areAll);
    }

    /// <summary>The addresses of a link.</summary>
    /// <param name="Addresses">The addresses.</param>
    /// <param name="AreAll">False if they change all the time, so that some may be missing.</param>
    private sealed record HeldAddresses(IReadOnlyList<LinkAddress> Addresses, bool AreAll)
    {
        public bool Include(NicRecord nic) => nic.Leases.All(l => Addresses.Any(a => a.Address == l.Address));
    }
}
