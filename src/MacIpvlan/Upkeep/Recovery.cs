using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Cleans up after commands that died: removes NICs that were being created or removed, marks NICs that were being
/// restored as detached, completes the changes of NICs, and removes parents made for networks that were never created.
/// </summary>
public static class Recovery
{
    /// <summary>Runs the recovery if there is anything to recover.</summary>
    /// <param name="session">The session of the command that runs it.</param>
    public static void Run(NetworkSession session)
    {
        if (!session.State.NeedsRecovery()) return;
        IReadOnlyList<NicRecord> abandoned = session.State.TakeAbandonedNics();
        // Read after the NICs, because networks are created in the meantime; one that has NICs isn't removed without them.
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        foreach (NicRecord nic in abandoned.Where(static n => n.State != NicRecordState.Changing))
        {
            if (!networks.TryGetValue(nic.NetworkId, out NetworkRecord? network)) continue;
            // A NIC that can't be cleaned up still belongs to this command, so the next command tries again.
            session.RollBack(() => Finish(session, nic, network));
        }

        // Together, because NICs of one namespace share routes.
        foreach (IGrouping<NamespaceKey, NicRecord> place in abandoned
            .Where(n => n.State == NicRecordState.Changing && networks.ContainsKey(n.NetworkId)).GroupBy(static n => n.NamespaceKey))
        {
            session.RollBack(() => new NicChange(session, removesUnfit: true).Complete([.. place.Select(n => new ContainerNic(n, networks[n.NetworkId]))]));
        }

        using IDisposable topology = session.State.LockTopology();
        ParentLinks parents = new(session);
        foreach (ParentLinkRecord link in session.State.GetParentLinks())
        {
            session.RollBack(() => parents.RemoveUnused(link.Name, isAbandoned: true));
        }
    }

    private static void Finish(NetworkSession session, NicRecord nic, NetworkRecord network)
    {
        NicRemoval removal = new(session);
        using NamespaceHandle? target = new NicLinks(session).OpenNamespace(nic);
        if (nic.State == NicRecordState.Restoring)
        {
            removal.Delete(target, nic.KeepingLease(), network);
            session.State.UpdateNic(nic with { State = NicRecordState.Detached });
            return;
        }

        removal.Delete(target, nic, network);
        if (target is not null) removal.PassRoutesOn(target, nic, network);
        removal.Release(nic);
    }
}
