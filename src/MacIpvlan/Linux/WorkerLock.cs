using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// Tells the living from the dead, whatever their process ids and however they ended: each worker has a random number,
/// and holds a lock on the byte of that number in a file that all of them share (fcntl(2), open file description locks).
/// </summary>
public sealed unsafe class WorkerLock : IDisposable
{
    private readonly FileDescriptor _file;

    /// <summary>Takes a number, and holds it until disposed or until the process ends.</summary>
    /// <param name="path">The shared file; made, for its owner alone, if it is missing.</param>
    /// <exception cref="NetlinkException">The file cannot be opened or locked.</exception>
    public WorkerLock(string path)
    {
        const int OwnerOnly = 0x180;
        _file = FileDescriptor.Open(path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_NOFOLLOW, OwnerOnly);
        Number = Random.Shared.NextInt64(1, long.MaxValue);
        Uapi.flock mine = new() { l_type = Uapi.F_WRLCK, l_start = Number, l_len = 1 };
        if (LibC.fcntl(_file.Value, Uapi.F_OFD_SETLK, &mine) == 0) return;
        int errno = Errno.Last;
        _file.Dispose();
        throw new NetlinkException($"lock {path}", errno);
    }

    /// <summary>The number.</summary>
    public long Number { get; }

    /// <summary>Whether another worker of that number is alive.</summary>
    public bool IsAlive(long number)
    {
        Uapi.flock theirs = new() { l_type = Uapi.F_WRLCK, l_start = number, l_len = 1 };
        return LibC.fcntl(_file.Value, Uapi.F_OFD_GETLK, &theirs) == 0 && theirs.l_type != Uapi.F_UNLCK;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
