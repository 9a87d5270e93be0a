using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>
/// Finds namespaces by identity if the name or process that they were opened by no longer leads to them.
/// </summary>
/// <param name="threads">The threads that enter namespaces.</param>
/// <param name="throwIfStopping">Called often; ends the search if the command must stop.</param>
/// <param name="mostItems">How many threads, descriptors and mounts of others a search looks at.</param>
internal sealed partial class NamespaceFinder(NamespaceThreads threads, Action throwIfStopping, int mostItems = 300_000)
{
    private const int Attempts = 3;
    private static readonly string[] s_folders = ["/run/netns", "/run/docker/netns"];
    private static readonly TimeSpan s_validity = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_validityOfPart = TimeSpan.FromMinutes(1);
    private Dictionary<ulong, List<NamespacePath>> _all = [];
    private bool _isComplete;
    private long? _found;

    /// <summary>
    /// Opens the namespace with an identity and birth: at the recorded path, or at any other path that keeps it alive.
    /// </summary>
    /// <returns>Null if the namespace no longer exists.</returns>
    /// <exception cref="NetlinkException">A namespace that could be the one can't be entered.</exception>
    /// <exception cref="NetworkException">SearchIncomplete: it's unknown whether the namespace exists.</exception>
    public NamespaceHandle? Find(string name, string path, NamespaceIdentity identity, NamespaceBirth birth)
    {
        if (birth.BootId != HostBoot.Id) return null;
        NamespaceHandle? handle = Matching(NamespaceHandle.TryOpen(name, path, out _), identity);
        handle ??= FindElsewhere(name, identity);
        if (handle is null || birth.Cookie == 0 || threads.Run(handle, NamespaceCookie.Read) == birth.Cookie) return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Opens every namespace that has a name or a process, each only once. The caller disposes them.
    /// </summary>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    public IEnumerable<NamespaceHandle> OpenAll()
    {
        HashSet<NamespaceIdentity> seen = [];
        HashSet<string> targets = [];
        foreach (string path in s_folders.SelectMany(static f => List(f, Directory.EnumerateFiles)))
        {
            if (Unseen(NamespaceHandle.TryOpen(Path.GetFileName(path), path, out _)) is NamespaceHandle handle) yield return handle;
        }

        foreach (string path in Processes().Select(static p => p + "/ns/net"))
        {
            // Most processes share a namespace. The text of the link tells which, at a tenth of the cost of opening it.
            if (LinkTarget(path) is not string target || !targets.Add(target)) continue;
            if (Unseen(NamespaceHandle.TryOpen(path, path, out _)) is NamespaceHandle handle) yield return handle;
        }

        NamespaceHandle? Unseen(NamespaceHandle? handle)
        {
            throwIfStopping();
            if (handle is null || seen.Add(handle.Identity)) return handle;
            handle.Dispose();
            return null;
        }
    }

    private NamespaceHandle? FindElsewhere(string name, NamespaceIdentity identity)
    {
        // The paths are usually needed for many NICs at a time.
        if (_found is not long time || Stopwatch.GetElapsedTime(time) > (_isComplete ? s_validity : s_validityOfPart))
        {
            NamespaceSearch search = new(throwIfStopping, mostItems);
            search.Run(Processes());
            (_all, _isComplete, _found) = (search.All, search.IsComplete, Stopwatch.GetTimestamp());
        }

        List<NamespacePath> paths = _all.GetValueOrDefault(identity.Inode) ?? [];
        NamespaceHandle? handle = paths.Select(p => Matching(p.TryOpen(name), identity)).FirstOrDefault(static h => h is not null);
        // Threads and descriptors can come and go, so that each path is gone when it's opened.
        for (int attempt = 0; handle is null && paths.Count > 0 && attempt < Attempts; attempt++)
        {
            NamespaceSearch search = new(throwIfStopping, mostItems) { Wanted = path => handle ??= Matching(path.TryOpen(name), identity), Inode = identity.Inode };
            search.Run(Processes());
            paths = search.All.GetValueOrDefault(identity.Inode) ?? [];
        }

        if (handle is null && (paths.Count > 0 || !_isComplete))
        {
            throw new NetworkException(
                NetworkError.SearchIncomplete,
                $"It's unknown whether the namespace {name} still exists: "
                + (paths.Count > 0 ? "the threads and files that keep it alive come and go." : "there are too many mounts and open files to search them all."),
                "End the programs that have them, and repeat the command.");
        }

        return handle;
    }

    private static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc")
        .Where(static p => int.TryParse(Path.GetFileName(p), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    // Processes can end meanwhile, and some can't be read without privileges.
    private static IEnumerable<string> List(string path, Func<string, IEnumerable<string>> read)
    {
        using IEnumerator<string>? items = Try(() => read(path).GetEnumerator());
        while (items is not null && Try(() => items.MoveNext() ? items.Current : null) is string item) yield return item;
    }

    private static string? LinkTarget(string path) => Try(() => new FileInfo(path).LinkTarget);

    private static T? Try<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static NamespaceHandle? Matching(NamespaceHandle? handle, NamespaceIdentity identity)
    {
        if (handle is null || handle.Identity == identity) return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>A path to a namespace.</summary>
    /// <param name="Root">The root folder of the process whose mount it is; null for a path in /proc.</param>
    /// <param name="Path">The path, below the root if there is one.</param>
    private sealed record NamespacePath(string? Root, string Path)
    {
        public NamespaceHandle? TryOpen(string name) => Root is null
            ? NamespaceHandle.TryOpen(name, Path, out _)
            : NamespaceHandle.TryOpenBelow(name, Root, Path);
    }

    /// <summary>
    /// Finds the paths to each existing namespace, by inode. Threads, mounts and open descriptors keep a namespace
    /// alive, and any of them can end or be hidden under another mount while others remain. They belong to others, who
    /// can have as many as they like, so the search ends at a limit.
    /// </summary>
    private sealed class NamespaceSearch(Action throwIfStopping, int mostItems)
    {
        private const int MaxPathsToOne = 64;
        private static readonly string s_host = $"net:[{NamespaceHandle.OwnIdentity.Inode}]";
        private readonly HashSet<string> _mounts = [];
        private int _items;

        /// <summary>The paths to each namespace, by inode.</summary>
        public Dictionary<ulong, List<NamespacePath>> All { get; } = [];

        /// <summary>Called with each path to a namespace that can be the wanted one, as soon as it's found.</summary>
        public Action<NamespacePath>? Wanted { get; init; }

        /// <summary>The inode of the wanted namespace.</summary>
        public ulong Inode { get; init; }

        public bool IsComplete => _items <= mostItems;

        public void Run(IEnumerable<string> processes)
        {
            foreach (string process in processes)
            {
                string? home = LinkTarget(process + "/ns/net");
                foreach (string thread in Bounded(List(process + "/task", Directory.EnumerateDirectories)))
                {
                    if (!IsOfDotNet(thread, home)) Add(thread + "/ns/net");
                }

                foreach (string descriptor in Bounded(List(process + "/fd", Directory.EnumerateFiles))) Add(descriptor);
                // Most processes share their mounts and their root, below which the mounts are listed.
                string root = process + "/root";
                if (!_mounts.Add($"{LinkTarget(process + "/ns/mnt")} {LinkTarget(root)}")) continue;
                foreach (string line in Bounded(List(process + "/mountinfo", File.ReadLines)))
                {
                    // Fields 4 and 5 of proc_pid_mountinfo(5): the mounted namespace, and the mount point in that
                    // process's root.
                    if (Mount().Match(line) is { Success: true } mount) Remember(InodeOf(mount), new(root, Unescape(mount.Groups[2].Value)));
                }
            }
        }

        // The runtime of programs like this one starts threads of its own from the thread that happens to run, and so in a
        // namespace that this one has entered. They leave after seconds, and aren't what a namespace is kept for. Programs in
        // containers can't hide that way: only one that is in the host's namespace itself counts.
        private static bool IsOfDotNet(string thread, string? home) =>
            home == s_host && LinkTarget(thread + "/ns/net") != home
            && Try(() => File.ReadAllText(thread + "/comm"))?.StartsWith(".NET ", StringComparison.Ordinal) == true;

        private IEnumerable<string> Bounded(IEnumerable<string> items) => items.TakeWhile(_ =>
        {
            throwIfStopping();
            return ++_items <= mostItems;
        });

        private void Add(string path)
        {
            if (LinkTarget(path) is not string target) return;
            if (Target().Match(target) is { Success: true } match) Remember(InodeOf(match), new(null, path));
            // A descriptor that was opened by name shows "/" after the name is removed.
            else if (target == "/" && NamespaceHandle.TryOpen(path, path, out _) is NamespaceHandle handle)
            {
                using (handle) Remember(handle.Identity.Inode, new(null, path));
            }
        }

        private void Remember(ulong inode, NamespacePath path)
        {
            if (inode == Inode) Wanted?.Invoke(path);
            if (!All.TryGetValue(inode, out List<NamespacePath>? paths)) All.Add(inode, paths = []);
            if (paths.Count < MaxPathsToOne) paths.Add(path);
        }

        // White space and backslashes are octal numbers there.
        private static string Unescape(string path) => Octal().Replace(
            path, static m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString());

        private static ulong InodeOf(Match match) => ulong.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^net:\[(\d{1,19})\]$")]
    private static partial Regex Target();

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^\S+ \S+ \S+ net:\[(\d{1,19})\] (\S+) ")]
    private static partial Regex Mount();
}
