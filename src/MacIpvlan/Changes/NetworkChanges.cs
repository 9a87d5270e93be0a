using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Changes networks, in one transaction over their records and the kernel, and their NICs with them. NICs are made again only where
/// the kernel can't change them. If something is refused, everything is as it was; if the process is killed, the next command and
/// Restore-ContainerNetwork complete what is on record.
/// </summary>
public sealed class NetworkChanges(NetworkSession session)
{
    private readonly NetworkChangePlanner _planner = new(session);
    private readonly ContainerNetworks _networks = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly DeadNics _dead = new(session);

    /// <summary>Checks a change against the rules, the kernel, the other networks and the NICs. Changes nothing.</summary>
    /// <param name="network">The network.</param>
    /// <param name="change">The change.</param>
    /// <param name="force">Whether it may harm NICs.</param>
    /// <returns>A description of what would change, with the NICs that are affected; empty if nothing would.</returns>
    /// <exception cref="NetworkException">The change can't be carried out.</exception>
    public string Plan(ContainerNetwork network, NetworkChange change, bool force)
    {
        NetworkRevision revision = Plan(network, change.ApplyTo, force);
        return revision.Differences.Count == 0 ? "" : revision.ToString();
    }

    /// <summary>Changes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="change">The change.</param>
    /// <param name="force">Whether it may harm NICs.</param>
    /// <returns>The network as it is then.</returns>
    /// <exception cref="NetworkException">The change can't be carried out. The network is unchanged.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step. The network is unchanged.</exception>
    public ContainerNetwork Change(ContainerNetwork network, NetworkChange change, bool force) => Change(network, change.ApplyTo, force);

    /// <summary>Plans a change to another definition.</summary>
    internal NetworkRevision Plan(ContainerNetwork network, Func<NetworkRecord, NetworkRequest> change, bool force) =>
        _planner.Plan(network.Id, change, force, static _ => { });

    /// <summary>Changes a network to another definition.</summary>
    internal ContainerNetwork Change(ContainerNetwork network, Func<NetworkRecord, NetworkRequest> change, bool force)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        NetworkRevision revision = _planner.Plan(network.Id, change, force, session.Warn);
        if (revision.Differences.Count > 0)
        {
            if (revision.ReachesNics) _dead.ReleaseEnded(revision.Ended);
            NetworkChangeSteps steps = new(session, revision, force);
            if (revision.IsMoved) _parents.Ensure(revision.Parent, _ => steps.CarryOut());
            else steps.CarryOut();
            if (revision.IsMoved) _parents.RemoveUnused(revision.Former[0].Parent);
            if (!GatewaysOf(revision.Former[0]).SequenceEqual(GatewaysOf(revision.Now[0]))) _networks.WarnOfRouters(revision.Now[0]);
        }

        return _networks.Find(revision.Now[0].Name)!;
    }

    private static IEnumerable<AddressValue?> GatewaysOf(NetworkRecord network) => network.Subnets.Select(static s => s.Gateway);
}
