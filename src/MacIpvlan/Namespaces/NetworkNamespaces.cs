using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>Creates, lists and removes named network namespaces.</summary>
public sealed class NetworkNamespaces(NetworkSession session)
{
    /// <summary>The path of a named namespace.</summary>
    public static string PathOf(string name) => NamespaceHandle.PathOf(name);

    /// <summary>All named namespaces, sorted by name.</summary>
    /// <param name="includeRemains">Whether to list stale files without a namespace too, without an identity.</param>
    public static IReadOnlyList<NetworkNamespace> GetAll(bool includeRemains = false)
    {
        if (!Directory.Exists(NamespaceHandle.Folder)) return [];
        List<NetworkNamespace> found = [];
        foreach (string path in Directory.EnumerateFiles(NamespaceHandle.Folder).Order(NaturalOrder.Comparer))
        {
            string name = Path.GetFileName(path);
            // A file without a mount is stale: an interrupted removal left it.
            using NamespaceHandle? handle = NamespaceHandle.TryOpen(name, path, out _);
            if (handle is not null || includeRemains) found.Add(Describe(name, path, handle?.Identity));
        }

        return found;
    }

    /// <summary>Creates a namespace and brings its loopback link up.</summary>
    /// <exception cref="NetworkException">InvalidName or NamespaceExists.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step. Nothing is left behind.</exception>
    public NetworkNamespace Create(string name)
    {
        LinkName.CheckNamespace(name);
        string path = PathOf(name);
        session.Trace?.Invoke($"ip netns add {ShellWord.Quote(name)}");
        if (!NamespaceMount.TryCreate(NamespaceHandle.Folder, path))
        {
            throw new NetworkException(
                NetworkError.NamespaceExists, $"A network namespace named '{name}' already exists.",
                "Choose another name.");
        }

        using NamespaceHandle handle = NamespaceHandle.Open(name, path);
        session.Namespaces.Run(handle, () =>
        {
            using RouteSocket inside = RouteSocket.Open(handle, session.Trace);
            Link loopback = inside.FindLink("lo")!;
            inside.Execute(new LinkSet(loopback.Index, loopback.Name) { Up = true });
            return 0;
        });
        return Describe(name, path, handle.Identity);
    }

    /// <summary>Removes the name. The namespace itself ends with the last process in it.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="disconnect">Whether to disconnect NICs of networks in it first.</param>
    /// <exception cref="NetworkException">NamespaceInUse, naming the NICs.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public void Remove(NetworkNamespace target, bool disconnect)
    {
        session.Recover();
        IReadOnlyList<ContainerNic> attached = FindNics(target);
        if (attached.Count > 0 && !disconnect)
        {
            throw new NetworkException(
                NetworkError.NamespaceInUse,
                $"The namespace '{target.Name}' has {Phrase.Count(attached.Count, "NIC")} of "
                + $"{string.Join(", ", attached.Select(static n => n.Network).Distinct())}.",
                $"Disconnect them first (Disconnect-ContainerNic -Namespace {target.Name}), or use -Force.");
        }

        DisconnectPipeline.All(session, attached);
        session.Trace?.Invoke($"ip netns delete {ShellWord.Quote(target.Name)}");
        NamespaceMount.Remove(target.MountPath);
    }

    private static NetworkNamespace Describe(string name, string path, NamespaceIdentity? identity) =>
        new(PrintableText.Clean(name), PrintableText.Clean(path)) { MountPath = path, Identity = identity };

    /// <summary>The NICs of networks in a namespace.</summary>
    public IReadOnlyList<ContainerNic> FindNics(NetworkNamespace target)
    {
        return [.. new ContainerNics(session).GetAll().Where(IsHere)];

        // Excludes NICs of an earlier namespace with the same inode.
        bool IsHere(ContainerNic nic)
        {
            if (nic.Record.Namespace != target.Identity) return false;
            using NamespaceHandle? handle = new NicLinks(session).OpenNamespace(nic.Record);
            return handle is not null;
        }
    }
}
