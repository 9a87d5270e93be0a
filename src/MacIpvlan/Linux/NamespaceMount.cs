using System.Runtime.ExceptionServices;
using System.Text;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>Names for network namespaces the way ip netns keeps them: each a file with the namespace mounted on it.</summary>
internal static unsafe class NamespaceMount
{
    private const string Privilege = "CAP_SYS_ADMIN in the user namespace that owns its mount namespace";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes a new namespace and mounts it on a new file.</summary>
    /// <returns>False when the file exists.</returns>
    /// <exception cref="NetlinkException">A call failed; the file is gone again.</exception>
    public static bool TryCreate(string folder, string path)
    {
        Share(folder);
        FileDescriptor? file = FileDescriptor.TryOpen(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL, out int errno);
        if (file is null) return errno == Errno.EEXIST ? false : throw new NetlinkException($"create {path}", errno, privilege: "the right to write there");
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

    /// <summary>Takes the mount off its file and deletes the file.</summary>
    /// <exception cref="NetlinkException">The mount cannot be taken off.</exception>
    public static void Remove(string path)
    {
        fixed (byte* p = Bytes(path))
        {
            // EINVAL: nothing is mounted on it.
            if (LibC.umount2(p, LibC.MNT_DETACH) < 0 && Errno.Last is not (Errno.EINVAL or Errno.ENOENT))
            {
                throw new NetlinkException($"umount {path}", Errno.Last, privilege: Privilege);
            }
        }

        File.Delete(path);
    }

    // Mounts under the folder have to show in other mount namespaces too, or a removed name would live on there.
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
            throw new NetlinkException($"mkdir {folder}", Errno.EACCES, privilege: "the right to write there");
        }
    }

    private static void OnThreadOfItsOwn(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (NetlinkException e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
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
