using System.Globalization;
using System.Text.RegularExpressions;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>
/// Finds namespaces by identity if the name or process that they were opened by no longer leads to them.
/// </summary>
internal sealed partial class NamespaceFinder(NamespaceThreads threads)
{
    private static readonly string[] s_folders = ["/run/netns", "/run/docker/netns"];
    private static readonly TimeSpan s_validity = TimeSpan.FromSeconds(1);
    private Dictionary<ulong, List<string>> _all = [];
    private DateTime _found;

    /// <summary>
    /// Opens the namespace with an identity and birth: at the recorded path, or at any other path that keeps it alive.
    /// </summary>
    /// <returns>Null if the namespace no longer exists.</returns>
    /// <exception cref="NetlinkException">A namespace that could be the one can't be entered.</exception>
    public NamespaceHandle? Find(string name, string path, NamespaceIdentity identity, NamespaceBirth birth)
    {
        if (birth.BootId != HostBoot.Id) return null;
        NamespaceHandle? handle = TryOpen(name, path, identity);
        handle ??= FindElsewhere(identity).Select(other => TryOpen(name, other, identity)).FirstOrDefault(static h => h is not null);
        if (handle is null || birth.Cookie == 0 || threads.Run(handle, NamespaceCookie.Read) == birth.Cookie) return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Opens every namespace that has a name or a process, each only once. The caller disposes them.</summary>
    public static IEnumerable<NamespaceHandle> OpenAll()
    {
        HashSet<NamespaceIdentity> seen = [];
        IEnumerable<string> named = s_folders.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        foreach (string path in named.Concat(Processes().Select(static p => p + "/ns/net")))
        {
            string name = s_folders.Contains(Path.GetDirectoryName(path)) ? Path.GetFileName(path) : path;
            NamespaceHandle? handle = NamespaceHandle.TryOpen(name, path, out _);
            if (handle is null) continue;
            if (seen.Add(handle.Identity)) yield return handle;
            else handle.Dispose();
        }
    }

    private List<string> FindElsewhere(NamespaceIdentity identity)
    {
        // The paths are usually needed for many NICs at a time.
        if (DateTime.UtcNow - _found > s_validity) (_all, _found) = (FindAll(), DateTime.UtcNow);
        return _all.GetValueOrDefault(identity.Inode) ?? [];
    }

    // The paths to each existing namespace, by inode. Threads, mounts and open descriptors keep a namespace alive, and
    // any of them can end or be hidden under another mount while others remain.
    private static Dictionary<ulong, List<string>> FindAll()
    {
        Dictionary<ulong, List<string>> all = [];
        foreach (string process in Processes())
        {
            foreach (string thread in List(process + "/task", Directory.EnumerateDirectories)) Add(thread + "/ns/net");
            foreach (string descriptor in List(process + "/fd", Directory.EnumerateFiles)) Add(descriptor);
            foreach (string line in List(process + "/mountinfo", File.ReadLines))
            {
                // Fields 4 and 5 of proc_pid_mountinfo(5): the mounted namespace, and the mount point in that process's
                // root.
                if (Mount().Match(line) is { Success: true } mount) Remember(Inode(mount), process + "/root" + mount.Groups[2].Value);
            }
        }

        return all;

        void Add(string path)
        {
            if (List(path, static p => [new FileInfo(p).LinkTarget ?? ""]) is not [string target]) return;
            if (Target().Match(target) is { Success: true } match) Remember(Inode(match), path);
            // A descriptor that was opened by name shows "/" after the name is removed.
            else if (target == "/" && NamespaceHandle.TryOpen(path, path, out _) is NamespaceHandle handle)
            {
                using (handle) Remember(handle.Identity.Inode, path);
            }
        }

        void Remember(ulong inode, string path)
        {
            if (!all.TryGetValue(inode, out List<string>? paths)) all.Add(inode, paths = []);
            paths.Add(path);
        }
    }

    private static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc")
        .Where(static p => int.TryParse(Path.GetFileName(p), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static ulong Inode(Match match) => ulong.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    // Processes can end meanwhile, and some can't be read without privileges.
    private static string[] List(string path, Func<string, IEnumerable<string>> read)
    {
        try
        {
            return [.. read(path)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static NamespaceHandle? TryOpen(string name, string path, NamespaceIdentity identity)
    {
        NamespaceHandle? handle = NamespaceHandle.TryOpen(name, path, out _);
        if (handle is null || handle.Identity == identity) return handle;
        handle.Dispose();
        return null;
    }

    [GeneratedRegex(@"^net:\[(\d+)\]$")]
    private static partial Regex Target();

    [GeneratedRegex(@"^\S+ \S+ \S+ net:\[(\d+)\] (\S+) ")]
    private static partial Regex Mount();
}
