using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Refuses changes of networks that their NICs don't allow, and without force those that would harm NICs.</summary>
internal static class ChangeObstacles
{
    /// <summary>Checks a change.</summary>
    /// <param name="revision">The change.</param>
    /// <param name="force">Whether it may harm NICs.</param>
    /// <exception cref="NetworkException">NetworkInUse, AddressInUse or HostAccessUnsuitable, naming the NICs.</exception>
    public static void Check(NetworkRevision revision, bool force)
    {
        if (revision.Nics.Count == 0) return;
        CheckDhcp(revision);
        CheckPassthru(revision, force);
        CheckHostAccess(revision);
        NicAdaptation[] adaptations = [.. revision.Former.Zip(revision.Now, (f, n) => new NicAdaptation(f, n, revision.ParentMtu))];
        Dictionary<string, NicAdaptation> byNetwork = adaptations.ToDictionary(static a => a.Network.Id);
        foreach (ContainerNic nic in revision.Nics)
        {
            if (!nic.Record.IsHost) byNetwork[nic.NetworkRecord.Id].CheckBurst(nic);
            if (byNetwork[nic.NetworkRecord.Id].FindTakenGateway(nic.Record) is not AddressValue gateway) continue;
            throw new NetworkException(
                NetworkError.AddressInUse,
                $"The gateway {gateway} is taken by {nic}.",
                "Specify another gateway, or disconnect that NIC first. If its container is the router, connect it again with -IPAddress.");
        }

        if (force) return;
        string[] harms = [.. revision.Nics.Select(n => byNetwork[n.NetworkRecord.Id].FindHarm(n.Record) is string harm ? $"{n} {harm}" : null).OfType<string>()];
        if (harms.Length == 0) return;
        throw new NetworkException(
            NetworkError.NetworkInUse,
            $"The change of '{revision.Former[0].Name}' would harm NICs: {Phrase.NameSome(harms)}.",
            "Disconnect them first, or use -Force: a NIC then keeps an address outside the ranges, gets another one in place of one outside the subnets, and has at most the parent's MTU.");
    }

    private static void CheckDhcp(NetworkRevision revision)
    {
        if (revision.Former[0].Dhcp is null == revision.Now[0].Dhcp is null) return;
        ContainerNic[] nics = [.. revision.Nics.Where(static n => !n.Record.IsHost)];
        if (nics.Length == 0) return;
        throw new NetworkException(
            NetworkError.NetworkInUse,
            $"The addresses of '{revision.Former[0].Name}' can't come from {(revision.Now[0].Dhcp is null ? "subnets" : "DHCP")} while it has "
                + $"{Phrase.Count(nics.Length, "NIC")}: {Phrase.NameSome(nics)}. Each of them would need another address.",
            "Disconnect them, change the network, and connect them again.");
    }

    // macvlan_changelink of drivers/net/macvlan.c changes no link so.
    private static void CheckPassthru(NetworkRevision revision, bool force)
    {
        if (!revision.IsPassthruChange) return;
        bool isToPassthru = revision.Now[0].IsPassthru();
        bool isTooMany = isToPassthru && revision.Nics.Count > 1;
        if (force && !isTooMany) return;
        throw new NetworkException(
            NetworkError.NetworkInUse,
            $"The kernel changes no NIC {(isToPassthru ? "to" : "from")} mode Passthru, and '{revision.Former[0].Name}' has "
                + $"{Phrase.Count(revision.Nics.Count, "NIC")}: {Phrase.NameSome(revision.Nics)}.",
            isTooMany ? "Disconnect all but one: mode Passthru allows only one NIC." : "Disconnect it first, or use -Force to have it made again.");
    }

    private static void CheckHostAccess(NetworkRevision revision)
    {
        foreach (NetworkRecord network in revision.Now)
        {
            if (!revision.Nics.Any(n => n.Record.IsHost && n.Record.NetworkId == network.Id)) continue;
            if (HostAccesses.FindObstacle(network) is not string reason) continue;
            throw new NetworkException(
                NetworkError.HostAccessUnsuitable,
                $"The host has access to network '{network.Name}', which isn't possible after the change: {reason}.",
                $"Remove the access first: Disable-HostAccess {network.Name}.");
        }
    }
}
