using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>Finds a namespace again by what it is, where the name or process that led to it no longer does.</summary>
internal static class NamespaceFinder
{
    private static readonly string[] s_folders = ["/run/netns", "/run/docker/netns"];

    /// <summary>
    /// Opens the namespace of that identity: by the path that is remembered, else by another name or by any process in it.
    /// </summary>
    /// <returns>Null when it is gone.</returns>
    public static NamespaceHandle? Find(string name, string path, NamespaceIdentity identity)
    {
        if (TryOpen(name, path, identity) is NamespaceHandle remembered) return remembered;
        return Candidates().Select(candidate => TryOpen(name, candidate, identity)).FirstOrDefault(static h => h is not null);
    }

    /// <summary>Opens every namespace that has a name or a process, each once; the caller disposes of them.</summary>
    public static IEnumerable<NamespaceHandle> OpenAll()
    {
        HashSet<NamespaceIdentity> seen = [];
        foreach (string path in Candidates())
        {
            string name = s_folders.Contains(Path.GetDirectoryName(path)) ? Path.GetFileName(path) : path;
            NamespaceHandle? handle = NamespaceHandle.TryOpen(name, path, out _);
            if (handle is null) continue;
            if (seen.Add(handle.Identity)) yield return handle;
            else handle.Dispose();
        }
    }

    private static IEnumerable<string> Candidates()
    {
        IEnumerable<string> named = s_folders.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        IEnumerable<string> processes = Directory.EnumerateDirectories("/proc")
            .Where(static p => int.TryParse(Path.GetFileName(p), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(static p => p + "/ns/net");
        return named.Concat(processes);
    }

    private static NamespaceHandle? TryOpen(string name, string path, NamespaceIdentity identity)
    {
        NamespaceHandle? handle = NamespaceHandle.TryOpen(name, path, out _);
        if (handle is null || handle.Identity == identity) return handle;
        handle.Dispose();
        return null;
    }
}
