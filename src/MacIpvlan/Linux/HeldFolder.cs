using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// A folder that is held by its descriptor. Its methods act in that folder, even if another one takes its path.
/// </summary>
public sealed unsafe class HeldFolder : IDisposable
{
    private readonly PathWalk _walk;

    private HeldFolder(PathWalk walk) => _walk = walk;

    /// <summary>The path, without symbolic links.</summary>
    public string Path => _walk.Result.Path;

    /// <summary>Its owner and permissions.</summary>
    public FileStatus Status => _walk.Result.Status;

    private int Descriptor => _walk.Result.Descriptor;

    /// <summary>Opens a folder. Links on the way are followed only if they can be trusted.</summary>
    /// <exception cref="IOException">It can't be opened, or isn't a folder.</exception>
    /// <exception cref="UntrustedPathException">The path leads through a link that can't be trusted.</exception>
    public static HeldFolder Open(string path) => new(Folder(PathWalk.To(path)));

    /// <summary>
    /// Opens a folder, and creates it if it's missing, with access for this user only. No other user can make its path
    /// lead elsewhere, so it also stays safe to use by its path.
    /// </summary>
    /// <exception cref="IOException">It can't be opened or created, or isn't a folder.</exception>
    /// <exception cref="UntrustedPathException">Another user can exchange a part of the path.</exception>
    public static HeldFolder Ensure(string path)
    {
        PathWalk walk = Folder(PathWalk.To(path, createsFolders: true));
        try
        {
            walk.CheckExchange();
            return new(walk);
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    /// <summary>The status of a name in the folder; links aren't followed.</summary>
    /// <returns>Null if there is no such name.</returns>
    /// <exception cref="IOException">The status can't be read.</exception>
    public FileStatus? Find(string name)
    {
        using FileDescriptor? file = FileDescriptor.TryOpenAt(Descriptor, name, LibC.O_PATH | LibC.O_NOFOLLOW, out int errno);
        if (file is not null) return FileStatus.Of(file, PathOf(name));
        return errno == Errno.ENOENT ? null : throw PathWalk.Failure(PathOf(name), errno);
    }

    /// <summary>Creates a file to write to. A name that exists is an error, whatever it is.</summary>
    /// <exception cref="IOException">It can't be created.</exception>
    public FileStream Create(string name, UnixFileMode mode)
    {
        FileDescriptor file = FileDescriptor.TryOpenAt(
            Descriptor, name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW, out int errno, (int)mode)
            ?? throw PathWalk.Failure(PathOf(name), errno);
        return new FileStream(new SafeFileHandle(file.Release(), ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    /// <summary>Changes the permissions of a file that is the user's own.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="rights">The permissions.</param>
    /// <param name="group">The id of the file's new group; null to keep the group.</param>
    /// <exception cref="IOException">They can't be changed.</exception>
    public void SetRights(string name, UnixFileMode rights, uint? group = null)
    {
        using FileDescriptor file = FileDescriptor.TryOpenAt(
            Descriptor, name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOFOLLOW, out int errno) ?? throw PathWalk.Failure(PathOf(name), errno);
        // The group comes first, so that no other group gets its permissions for a moment.
        if (group is uint id && LibC.fchown(file.Value, uint.MaxValue, id) < 0) throw PathWalk.Failure(PathOf(name), Errno.Last);
        if (LibC.fchmod(file.Value, (mode_t)(uint)rights) < 0) throw PathWalk.Failure(PathOf(name), Errno.Last);
    }

    /// <summary>Gives a file another name in the folder, at once and completely.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The new name. What had it is replaced, but a link isn't followed.</param>
    /// <param name="replaces">Whether to replace what has the new name.</param>
    /// <returns>False if the new name exists and isn't replaced.</returns>
    /// <exception cref="IOException">It can't be renamed.</exception>
    public bool Rename(string from, string to, bool replaces)
    {
        fixed (byte* old = PathWalk.Bytes(from), name = PathWalk.Bytes(to))
        {
            if (!replaces)
            {
                if (LibC.linkat(Descriptor, old, Descriptor, name, 0) == 0)
                {
                    Delete(from);
                    return true;
                }

                if (Errno.Last == Errno.EEXIST) return false;
                // File systems without hard links, such as FAT, answer EPERM. The caller has just seen that the name is free.
                if (Errno.Last is not (Errno.EPERM or Errno.EOPNOTSUPP)) throw PathWalk.Failure(PathOf(to), Errno.Last);
            }

            if (LibCRename.At(Descriptor, old, Descriptor, name) < 0) throw PathWalk.Failure(PathOf(to), LibCRename.LastError);
            return true;
        }
    }

    /// <summary>Deletes a file, if it exists.</summary>
    public void Delete(string name)
    {
        fixed (byte* p = PathWalk.Bytes(name)) _ = LibC.unlinkat(Descriptor, p, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _walk.Dispose();

    private string PathOf(string name) => System.IO.Path.Join(Path, name);

    private static PathWalk Folder(PathWalk walk)
    {
        if (walk.Result.Status.Type == FileType.Folder) return walk;
        string path = walk.Result.Path;
        walk.Dispose();
        throw new IOException($"{path} isn't a folder");
    }
}
