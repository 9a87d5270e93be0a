using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>What a path leads to (stat(2)).</summary>
/// <param name="Type">What it is.</param>
/// <param name="Rights">Who may do what with it.</param>
/// <param name="Owner">The id of the user whom it belongs to.</param>
/// <param name="Inode">Its inode number.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record FileStatus(FileType Type, UnixFileMode Rights, uint Owner, ulong Inode, long Length)
{
    // S_IFMT and the kinds in it, of include/uapi/linux/stat.h.
    private const uint TypeMask = 0xF000;
    private const uint RightsMask = 0xFFF;

    /// <summary>Whether it belongs to root or to the user that this process acts as.</summary>
    public bool IsTrusted => Owner == 0 || Owner == EffectiveUser;

    /// <summary>The id of the user that this process acts as.</summary>
    internal static uint EffectiveUser => LibC.geteuid();

    /// <summary>Whether others than its owner may write to it.</summary>
    public bool IsWritableByOthers => (Rights & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    /// <summary>Looks at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a symbolic link in its last part is followed.</param>
    /// <returns>Null when there is nothing.</returns>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static unsafe FileStatus? Of(string path, bool follow = false)
    {
        int flags = LibC.O_PATH | (follow ? 0 : LibC.O_NOFOLLOW);
        using FileDescriptor? file = FileDescriptor.TryOpen(path, flags, out int errno);
        stat status;
        if (file is null) return errno == Errno.ENOENT ? null : throw new IOException($"{path}: {Errno.Text(errno)}");
        if (LibC.fstat(file.Value, &status) < 0) throw new IOException($"{path}: {Errno.Text(Errno.Last)}");
        uint mode = (uint)status.st_mode;
        FileType type = (FileType)(mode & TypeMask);
        return new(type, (UnixFileMode)(mode & RightsMask), (uint)status.st_uid, (ulong)status.st_ino, (long)status.st_size);
    }
}

/// <summary>What a path can lead to.</summary>
public enum FileType
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>A folder.</summary>
    Folder = 0x4000,

    /// <summary>A file.</summary>
    File = 0x8000,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 0xA000,
}
