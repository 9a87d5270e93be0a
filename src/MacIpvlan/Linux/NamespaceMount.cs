using System.Runtime.ExceptionServices;
using System.Text;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>Names network namespaces as ip netns does: each name is a file with the namespace mounted on it.</summary>
internal static unsafe class NamespaceMount
{
    private const string Privilege = "CAP_SYS_ADMIN in the user namespace that owns its mount namespace";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Creates a namespace and mounts it on a new file.</summary>
    /// <returns>False if the file already exists.</returns>
    /// <exception cref="NetlinkException">A call failed. The file has been deleted.</exception>
    public static bool TryCreate(string folder, string path)
    {
        Share(folder);
        FileDescriptor? file = FileDescriptor.TryOpen(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL, out int errno);
        if (file is null) return errno == Errno.EEXIST ? false : throw new NetlinkException($"create {path}", errno, privilege: "write permission there");
        file.Dispose();
        try
        {
            OnThreadOfItsOwn(() =>
            {
                Check(LibC.unshare(LibC.CLONE_NEWNET), "unshare(CLONE_NEWNET)");
                Mount("/proc/thread-self/ns/net", path, LibC.MS_BIND);
            });
            return true;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Unmounts the namespace and deletes the file.</summary>
    /// <exception cref="NetlinkException">The namespace can't be unmounted.</exception>
    public static void Remove(string path)
    {
        fixed (byte* p = Bytes(path))
        {
            // EINVAL: nothing is mounted on the file.
            if (LibC.umount2(p, LibC.MNT_DETACH) < 0 && Errno.Last is not (Errno.EINVAL or Errno.ENOENT))
            {
                throw new NetlinkException($"umount {path}", Errno.Last, privilege: Privilege);
            }
        }

        File.Delete(path);
    }

    // Mounts under the folder must propagate to other mount namespaces; otherwise, a removed name would remain there.
    private static void Share(string folder)
    {
        if (!Directory.Exists(folder)) MakeFolder(folder);
        if (TryMount("", folder, LibC.MS_SHARED | LibC.MS_REC) == 0) return;
        Mount(folder, folder, LibC.MS_BIND | LibC.MS_REC);
        Mount("", folder, LibC.MS_SHARED | LibC.MS_REC);
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
        catch (UnauthorizedAccessException)
        {
            throw new NetlinkException($"mkdir {folder}", Errno.EACCES, privilege: "write permission there");
        }
    }

    private static void OnThreadOfItsOwn(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        WorkerThread.Start("MacIpvlan new namespace", action, e => failure = ExceptionDispatchInfo.Capture(e)).Join();
        failure?.Throw();
    }

    private static void Mount(string source, string target, ulong_t flags) =>
        Check(TryMount(source, target, flags), $"mount {source} {target}");

    private static int TryMount(string source, string target, ulong_t flags)
    {
        fixed (byte* s = Bytes(source), t = Bytes(target), type = "none\0"u8)
        {
            return LibC.mount(s, t, type, flags, null);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int result, string call)
    {
        if (result < 0) throw new NetlinkException(call, Errno.Last, privilege: Privilege);
    }
}
