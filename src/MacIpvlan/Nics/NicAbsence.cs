using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Finds out why NICs aren't in their namespaces any more. Each container is looked at once, or once for each name of an interface.</summary>
internal sealed class NicAbsence(NetworkSession session)
{
    private readonly Dictionary<string, Whereabouts?> _containers = [];

    /// <summary>Opens the namespace of NICs.</summary>
    /// <param name="nics">NICs of one namespace, which can have come to it by different paths.</param>
    /// <param name="isCertain">If it's not found: whether this process could have found it.</param>
    /// <returns>
    /// Null if it's not found. If it's found at its path, its cookie isn't compared yet: that is left for the thread that
    /// enters it.
    /// </returns>
    /// <exception cref="NetlinkException">A namespace that could be the one can't be entered.</exception>
    /// <exception cref="NetworkException">SearchIncomplete: it's unknown whether the namespace exists.</exception>
    public NamespaceHandle? Open(IReadOnlyList<ContainerNic> nics, out bool isCertain)
    {
        NicRecord first = nics[0].Record;
        isCertain = true;
        if (first.NamespaceBirth.BootId != HostBoot.Id) return null;
        foreach (NicRecord nic in nics.Select(static n => n.Record).DistinctBy(static n => n.NamespacePath))
        {
            NamespaceHandle? found = NamespaceHandle.TryOpen(nic.NamespaceName, nic.NamespacePath, out int errno);
            if (found?.Identity == first.Namespace) return found;
            found?.Dispose();
            isCertain &= errno is not (Errno.EACCES or Errno.EPERM);
        }

        // Whatever else keeps a namespace alive can be hidden from a process that isn't root.
        isCertain &= FileStatus.EffectiveUser == 0;
        return isCertain ? session.Finder.Find(first.NamespaceName, first.NamespacePath, first.Namespace, first.NamespaceBirth) : null;
    }

    /// <summary>The state of a NIC whose namespace no longer exists.</summary>
    public NicState Explain(NicRecord nic)
    {
        if (nic.Container is not null)
        {
            return Look(nic)?.State switch
            {
                null => NicState.Unknown,
                ContainerState.Running => NicState.ContainerRestarted,
                ContainerState.Stopped => NicState.ContainerStopped,
                ContainerState.Gone => NicState.ContainerGone,
                ContainerState.Awaited => NicState.ContainerAwaited,
                _ => NicState.NamespaceGone,
            };
        }

        using NamespaceHandle? successor = NicLinks.OpenSuccessor(nic);
        return successor is null ? NicState.NamespaceGone : NicState.NamespaceReplaced;
    }

    /// <summary>
    /// The state of a NIC whose namespace something else keeps alive, although its container has left it.
    /// </summary>
    /// <returns>Null if the container hasn't, or if it's unknown.</returns>
    public NicState? ExplainMove(NicRecord nic, NamespaceHandle alive)
    {
        // While the process that led to it is running, the container hasn't been restarted, and no runtime is asked.
        if (nic.Container is null || alive.Path == nic.NamespacePath || LeadsTo(nic, alive.Identity)) return null;
        Whereabouts? now = Look(nic);
        return now is null or { State: ContainerState.Unknown } || now.Namespace == alive.Identity ? null : Explain(nic);
    }

    /// <summary>Describes why a NIC isn't in its namespace.</summary>
    public static string Describe(NicState state) => state switch
    {
        NicState.ContainerStopped => "its container is stopped",
        NicState.ContainerRestarted => "its container was restarted and has a new namespace; see Restore-ContainerNetwork",
        NicState.ContainerGone => "its container was removed",
        NicState.ContainerAwaited => "its container was removed, and there is no other one of that name",
        NicState.NamespaceReplaced => "its namespace was created again; see Restore-ContainerNetwork",
        NicState.Unknown => "its namespace can't be found out",
        _ => "its namespace is gone",
    };

    private static bool LeadsTo(NicRecord nic, NamespaceIdentity identity)
    {
        using NamespaceHandle? found = NamespaceHandle.TryOpen(nic.NamespaceName, nic.NamespacePath, out _);
        return found?.Identity == identity;
    }

    /// <returns>Null if the container can't be determined.</returns>
    private Whereabouts? Look(NicRecord nic)
    {
        // Which one takes its place depends on the interface too.
        string key = $"{nic.Container!.Id} {(nic.BelongsToName ? $"by name {nic.InterfaceName}" : "")}";
        if (_containers.TryGetValue(key, out Whereabouts? known)) return known;
        using ContainerSighting? sighting = NicHolder.TryLook(session, nic);
        return _containers[key] = sighting is null ? null : new(sighting.State, sighting.Namespace?.Identity);
    }

    private sealed record Whereabouts(ContainerState State, NamespaceIdentity? Namespace);
}
