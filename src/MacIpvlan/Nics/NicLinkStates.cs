using System.Collections.Concurrent;
using MacIpvlan.Addressing;
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

    /// <summary>The links that were found, by the NICs' ids.</summary>
    public ConcurrentDictionary<string, Link> Links { get; } = [];

    /// <summary>Reads the states of NICs.</summary>
    /// <param name="inside">A socket in their namespace.</param>
    /// <param name="nics">The NICs.</param>
    /// <param name="isOnHost">Whether their namespace is the host's.</param>
    /// <returns>Their states, in the same order.</returns>
    /// <exception cref="NetlinkException">The namespace has too much to read.</exception>
    public NicState[] Read(RouteSocket inside, ContainerNic[] nics, bool isOnHost)
    {
        int? hostId = null;
        (Func<NicRecord, Link?> find, Func<Link, NicRecord, bool?> hasAddresses) = nics.Length > FewNics ? Dump(inside, nics)
            : (n => inside.FindLink(LinkMark.Index(n)), (l, n) => HasAddresses(inside, l, n));
        return [.. nics.Select(StateOf)];

        NicState StateOf(ContainerNic nic)
        {
            NicRecord record = nic.Record;
            if (find(record) is not Link link
                || !NicLinks.IsOn(link, record, nic.NetworkRecord, isOnHost, () => hostId ??= inside.GetNamespaceId(host))) return NicState.Missing;
            Links[nic.Id] = link;
            if (!link.IsUp) return NicState.Down;
            // Not every kind of parent passes on that it's down.
            if (!link.HasCarrier || (parents.TryGetValue(link.ParentIndex, out Link? parent) && !NicStates.IsCarrying(parent))) return NicState.LowerLayerDown;
            if (record.Leases.Count == 0) return NicState.Up;
            return hasAddresses(link, record) switch { true => NicState.Up, false => NicState.AddressMissing, null => NicState.Unknown };
        }
    }

    private static (Func<NicRecord, Link?>, Func<Link, NicRecord, bool?>) Dump(RouteSocket inside, ContainerNic[] nics)
    {
        Dictionary<int, Link> links = [];
        bool areAll = true;
        foreach (string kind in nics.Select(static n => n.NetworkRecord.NicKind.Name).Distinct())
        {
            areAll &= inside.TryGetLinks(kind, out List<Link> found);
            foreach (Link link in found) links[link.Index] = link;
        }

        bool hasAll = inside.TryGetAddresses(null, out List<LinkAddress> addresses);
        HashSet<(int, InterfaceAddress)> held = [.. addresses.Select(static a => (a.LinkIndex, a.Address))];
        // Where links and addresses change all the time, a dump lacks some of them.
        return (
            n => links.GetValueOrDefault(LinkMark.Index(n)) ?? (areAll ? null : inside.FindLink(LinkMark.Index(n))),
            (l, n) => n.Leases.All(a => held.Contains((l.Index, a.Address))) ? true : hasAll ? false : HasAddresses(inside, l, n));
    }

    /// <returns>Null if they change all the time.</returns>
    private static bool? HasAddresses(RouteSocket inside, Link link, NicRecord nic)
    {
        bool hasAll = inside.TryGetAddresses(link, out List<LinkAddress> held);
        bool isComplete = nic.Leases.All(l => held.Any(h => h.Address == l.Address));
        return isComplete ? true : hasAll ? false : null;
    }
}
