using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The NICs whose namespaces no longer exist. They keep their addresses until someone needs them.
/// </summary>
internal sealed class DeadNics(NetworkSession session)
{
    private readonly ContainerNics _nics = new(session);
    private readonly NicLinks _links = new(session);
    private readonly NicRemoval _removal = new(session);

    /// <summary>Releases dead NICs, first those that can't return.</summary>
    /// <param name="isWanted">Selects NICs whose addresses are needed.</param>
    /// <returns>False if none of these is dead.</returns>
    public bool Release(Func<ContainerNic, bool> isWanted)
    {
        ContainerNic[] dead = [.. _nics.GetAll().Where(n => n.Record.State is NicState.Attached or NicState.Detached && isWanted(n) && IsDead(n))];
        // A namespace from before a reboot can be created again, and a container that no runtime reports can be started
        // again. Their NICs can then be restored, so they are released last.
        ContainerNic[] ended = [.. dead.Where(n => n.Record.Container is Container container
            ? _nics.StateOf(container) == ContainerState.Gone
            : n.Record.NamespaceBirth.BootId == HostBoot.Id)];
        foreach (ContainerNic nic in ended.Length > 0 ? ended : dead) _removal.ReleaseDead(nic.Record, nic.NetworkRecord);
        return dead.Length > 0;
    }

    private bool IsDead(ContainerNic nic)
    {
        // After a reboot, its namespace may have been created again, and the NIC may not be restored yet.
        if (nic.Record.NamespaceBirth.BootId != HostBoot.Id && nic.Record.IsNamed
            && File.Exists(nic.Record.NamespacePath)) return false;
        try
        {
            using NamespaceHandle? alive = _links.OpenNamespace(nic.Record);
            if (alive is not null) return false;
        }
        catch (NetworkException e) when (e.Error == NetworkError.SearchIncomplete)
        {
            return false;
        }

        return nic.Record.Container is not Container container || _nics.StateOf(container) is ContainerState.Gone or ContainerState.Unknown;
    }
}
