using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Compares the addresses that the host has now with those that containers have routes to, and repairs the routes.
/// </summary>
internal sealed class HostComparison(NetworkSession session, Repairs repairs)
{
    private readonly ParentLinks _parents = new(session);
    private readonly HostAddresses _addresses = new(session);
    private readonly RoutesToHost _routes = new(session);

    /// <summary>Compares the host's accesses to networks.</summary>
    public IEnumerable<NetworkDifference> Compare(IEnumerable<ContainerNetwork> networks)
    {
        // Networks show the host's addresses on them, so that others need no look at the state.
        foreach (ContainerNetwork network in networks.Where(static n => n.HostAddress.Count > 0))
        {
            // A lost access looks for the host's addresses when it is restored.
            if (session.State.GetHostNic(network.Id) is not NicRecord { State: NicRecordState.Attached } host
                || session.Host.FindLink(host.InterfaceIndex) is null
                || _parents.FindUsable(network.Parent) is not Link parent) continue;
            IReadOnlyList<AddressValue> now = _addresses.On(parent);
            if (now.SequenceEqual(host.HostAddresses)) continue;
            NetworkDifference difference = new(DifferenceKind.HostAddressChanged, parent.Name, network.Name)
            {
                Expected = Describe(now),
                Actual = Describe(host.HostAddresses),
            };
            yield return repairs.Repair(difference, () => Renew(host, now));
        }
    }

    private void Renew(NicRecord host, IReadOnlyList<AddressValue> addresses)
    {
        NicRecord renewed = host with { HostAddresses = addresses };
        if (session.State.UpdateNic(renewed, from: NicRecordState.Attached)) _routes.Change(host, renewed);
    }

    private static string Describe(IReadOnlyList<AddressValue> addresses) => addresses.Count == 0 ? "none" : string.Join(", ", addresses);
}
