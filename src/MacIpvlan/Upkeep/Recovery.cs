using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Puts right what commands that died left half done: what was being made or taken away is taken away, what was being
/// restored is detached again, and parents made for networks that never came go.
/// </summary>
public static class Recovery
{
    /// <summary>Does so, if there is anything of the kind.</summary>
    /// <param name="session">The session of the command that does it.</param>
    public static void Run(NetworkSession session)
    {
        if (!session.State.NeedsRecovery()) return;
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        foreach (NicRecord nic in session.State.TakeAbandonedNics())
        {
            // One that cannot be put right stays in this command's hands, and so becomes the next one's task.
            session.RollBack(() => Finish(session, nic, networks[nic.NetworkId]));
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
        NicLinks links = new(session);
        using NamespaceHandle? target = links.OpenNamespace(nic);
        if (target is not null) links.Delete(target, nic, network);
        if (nic.State == NicState.Restoring) session.State.UpdateNic(nic with { State = NicState.Detached });
        else links.Release(nic);
    }
}
