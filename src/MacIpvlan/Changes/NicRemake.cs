using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Makes NICs again whose links a change has removed, because the kernel can't change them so.</summary>
internal sealed class NicRemake(NetworkSession session)
{
    // Nothing else has had what the link had, unless its holder ended a moment ago.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);
    private readonly ConnectSteps _connector = new(session);
    private readonly NicLinks _links = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly Dictionary<string, ContainerNetwork> _networks = [];

    /// <summary>Makes a NIC again in its namespace, with its addresses, MAC address and name.</summary>
    /// <param name="nic">The NIC, which has no link and isn't claimed.</param>
    /// <param name="foreign">What others had added to its link.</param>
    /// <param name="force">Whether to leave it to a restore if it can't be made, with a warning.</param>
    /// <exception cref="NetworkException">It can't be made.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step. The NIC is left detached.</exception>
    public void Make(ContainerNic nic, ForeignSettings foreign, bool force)
    {
        try
        {
            using NamespaceHandle? target = _links.OpenNamespace(nic.Record);
            if (target is null || _connector.Reattach(nic, Describe(nic.NetworkRecord), target, patience: s_patience) is not ContainerNic made) return;
            if (foreign is not { Addresses: [], Routes: [] }) foreign.GiveBack(session, target, made);
        }
        catch (Exception e) when (force && e is NetworkException or NetlinkException)
        {
            session.Warn($"{nic} has no link until it can be restored: {e.Message}");
        }
    }

    private ContainerNetwork Describe(NetworkRecord network)
    {
        if (!_networks.TryGetValue(network.Id, out ContainerNetwork? known))
        {
            _networks.Add(network.Id, known = _parents.Describe(network));
        }

        return known;
    }
}
