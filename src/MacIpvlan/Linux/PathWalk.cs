using System.Text;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// Resolves a path part by part, each relative to the descriptor of the folder before it. Whatever another user exchanges
/// in the meantime, the result is what was looked at. A symbolic link is followed only if no other user can have made or
/// placed it: root or this user owns the link and its folder, and others can't write to the folder.
/// </summary>
/// <remarks>
/// openat2 with RESOLVE_NO_SYMLINKS would refuse /var/run and all other links that root made, and can't create the missing
/// folders on the way.
/// </remarks>
internal sealed unsafe class PathWalk : IDisposable
{
    // MAXSYMLINKS of include/linux/namei.h.
    private const int MaxLinks = 40;
    private const int MaxPathLength = 4096;
    private const int FolderMode = 0x1C0;
    private static readonly Lazy<uint> s_rootOwner = new(static () => FileStatus.Of("/")!.Owner);
    private readonly Stack<PathPlace> _folders = [];
    private readonly List<PathStep> _steps = [];
    private readonly bool _creates;
    private int _links;

    private PathWalk(bool creates) => _creates = creates;

    /// <summary>The result, which is held until the walk is disposed.</summary>
    public PathPlace Result => _folders.Peek();

    /// <summary>Resolves a path.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="createsFolders">Whether to create missing folders, for this user only, in folders that can be trusted.</param>
    /// <exception cref="IOException">The path doesn't exist or can't be resolved.</exception>
    /// <exception cref="UntrustedPathException">It leads through a link that can't be trusted.</exception>
    public static PathWalk To(string path, bool createsFolders = false)
    {
        PathWalk walk = new(createsFolders);
        try
        {
            walk.Enter("/", Open(null, "/", LibC.O_DIRECTORY) ?? throw Failure("/", Errno.ENOENT));
            walk.Follow(path);
            return walk;
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    /// <summary>Whether a user can make the path lead elsewhere.</summary>
    /// <param name="owner">A user who is trusted in addition to root and this user.</param>
    /// <exception cref="UntrustedPathException">Another user can. The exception names the folder.</exception>
    public void CheckExchange(uint? owner = null) => _steps.ForEach(s => Check(s, owner));

    public void Dispose()
    {
        foreach (PathPlace place in _folders) place.Dispose();
        _folders.Clear();
    }

    private void Follow(string path)
    {
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part == "..") Leave();
            else Step(part);
        }
    }

    private void Leave()
    {
        if (_folders.Count > 1) _folders.Pop().Dispose();
    }

    private void Step(string name)
    {
        PathPlace folder = _folders.Peek();
        string path = Path.Join(folder.Path, name);
        if (folder.Status.Type != FileType.Folder) throw new IOException($"{folder.Path} isn't a folder");
        PathPlace next = new(path, Open(folder, name, 0) ?? Create(folder, name, path));
        // Steps keep only what they need to be judged, so that the descriptor of a link can be closed.
        _steps.Add(new(folder.Path, folder.Status, path, next.Status));
        if (next.Status.Type != FileType.SymbolicLink)
        {
            _folders.Push(next);
            return;
        }

        using (next) FollowLink(folder, next);
    }

    private void FollowLink(PathPlace folder, PathPlace link)
    {
        if (++_links > MaxLinks) throw new IOException($"{link.Path} leads through too many symbolic links");
        if (!IsTrusted(link.Status.Owner))
        {
            throw new UntrustedPathException(
                link.Path, $"is a symbolic link of another user (id {link.Status.Owner})",
                "Specify the path that it should lead to, or change its owner (chown -h).");
        }

        if (!IsTrusted(folder.Status.Owner) || folder.Status.IsWritableByOthers)
        {
            // Others can place a hard link to any link of root in a folder of theirs, even in a sticky one.
            throw new UntrustedPathException(
                link.Path, "is a symbolic link in a folder that other users can write to",
                "Specify the path that it should lead to.");
        }

        // The kernel's links to open files of a process lead to files that may have no name.
        if (folder.Path.StartsWith("/proc/", StringComparison.Ordinal) && Path.GetFileName(folder.Path) == "fd")
        {
            Enter(link.Path, Open(folder, Path.GetFileName(link.Path), 0, follow: true) ?? throw Failure(link.Path, Errno.ENOENT));
            return;
        }

        string target = ReadLink(link);
        if (target.StartsWith('/'))
        {
            while (_folders.Count > 1) Leave();
        }

        Follow(target);
    }

    private void Enter(string path, FileDescriptor descriptor) => _folders.Push(new(path, descriptor));

    private FileDescriptor Create(PathPlace folder, string name, string path)
    {
        if (!_creates) throw Failure(path, Errno.ENOENT);
        CheckExchange();
        if (folder.Status.IsWritableByOthers && !folder.Status.IsSticky) throw Exchangeable(folder.Path);
        fixed (byte* p = Bytes(name))
        {
            if (LibC.mkdirat(folder.Descriptor, p, (mode_t)(uint)FolderMode) < 0 && Errno.Last != Errno.EEXIST) throw Failure(path, Errno.Last);
        }

        using FileDescriptor made = FileDescriptor.TryOpenAt(folder.Descriptor, name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW, out int errno)
            ?? throw Failure(path, errno);
        // Restores the permissions that the umask removed.
        if (FileStatus.Of(made, path).IsOwn) _ = LibC.fchmod(made.Value, (mode_t)(uint)FolderMode);
        return Open(folder, name, LibC.O_DIRECTORY) ?? throw Failure(path, Errno.ENOENT);
    }

    // sshd refuses every folder that others can write to. Here, a sticky folder such as /tmp is allowed if root or this user
    // owns it and what is in it: the kernel then lets no other user rename or remove that, so none can exchange it.
    private static void Check(PathStep step, uint? owner)
    {
        if (!IsTrusted(step.FolderStatus.Owner) && step.FolderStatus.Owner != owner) throw OfAnother(step.Folder, step.FolderStatus);
        if (!step.FolderStatus.IsWritableByOthers) return;
        if (!step.FolderStatus.IsSticky) throw Exchangeable(step.Folder);
        if (!IsTrusted(step.Status.Owner) && step.Status.Owner != owner) throw OfAnother(step.Path, step.Status);
    }

    private static UntrustedPathException OfAnother(string path, FileStatus status) => new(
        path, $"belongs to another user (id {status.Owner}), who can exchange it or what is in it",
        "Change its owner (chown), or use a path in folders that only root or you can write to.");

    private static UntrustedPathException Exchangeable(string folder) => new(
        folder, "can be written to by users other than its owner, who can exchange what is in it",
        $"Remove their write permission (chmod go-w {folder}), or use a path in other folders.");

    // Whoever owns / can exchange everything anyway. In a user namespace, that is a user without an id there.
    private static bool IsTrusted(uint user) => user == 0 || user == FileStatus.EffectiveUser || user == s_rootOwner.Value;

    private static string ReadLink(PathPlace link)
    {
        byte[] target = new byte[MaxPathLength];
        fixed (byte* none = "\0"u8, t = target)
        {
            long length = (long)LibC.readlinkat(link.Descriptor, none, t, (size_t)(ulong)target.Length);
            return length < 0 ? throw Failure(link.Path, Errno.Last) : Encoding.UTF8.GetString(target, 0, (int)length);
        }
    }

    private static FileDescriptor? Open(PathPlace? folder, string name, int flags, bool follow = false)
    {
        int path = LibC.O_PATH | flags | (follow ? 0 : LibC.O_NOFOLLOW);
        return FileDescriptor.TryOpenAt(folder?.Descriptor ?? LibC.AT_FDCWD, name, path, out int errno)
            ?? (errno == Errno.ENOENT ? null : throw Failure(Path.Join(folder?.Path, name), errno));
    }

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + '\0');

    internal static IOException Failure(string path, int errno) => errno == Errno.ENOENT
        ? new FileNotFoundException($"{path} doesn't exist")
        : new IOException($"{path}: {Errno.Text(errno)}");

    private sealed record PathStep(string Folder, FileStatus FolderStatus, string Path, FileStatus Status);
}

/// <summary>A file or folder on the way of a path, held by its descriptor.</summary>
internal sealed class PathPlace(string path, FileDescriptor descriptor) : IDisposable
{
    /// <summary>The path, without symbolic links.</summary>
    public string Path { get; } = path;

    /// <summary>The descriptor (O_PATH).</summary>
    public int Descriptor => descriptor.Value;

    /// <summary>What it is.</summary>
    public FileStatus Status { get; } = FileStatus.Of(descriptor, path);

    public void Dispose() => descriptor.Dispose();
}
