using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// Detects whether a worker is alive, independent of process ids and of how it ended. Each worker has a random number
/// and locks the byte at that offset of a shared file (fcntl(2), open file description locks).
/// </summary>
public sealed unsafe class WorkerLock : IDisposable
{
    private readonly FileDescriptor _file;

    /// <summary>Chooses a number, and locks it until disposed or until the process ends.</summary>
    /// <param name="path">The shared file. If it's missing, it's created with access for its owner only.</param>
    /// <exception cref="NetlinkException">The file can't be opened or locked.</exception>
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

    /// <summary>The worker's number.</summary>
    public long Number { get; }

    /// <summary>Whether another worker with that number is alive.</summary>
    /// <exception cref="NetlinkException">
    /// The kernel doesn't say. A worker must not be taken for dead then, because what it is making would be removed.
    /// </exception>
    public bool IsAlive(long number)
    {
        Uapi.flock theirs = new() { l_type = Uapi.F_WRLCK, l_start = number, l_len = 1 };
        if (LibC.fcntl(_file.Value, Uapi.F_OFD_GETLK, &theirs) == 0) return theirs.l_type != Uapi.F_UNLCK;
        throw new NetlinkException($"query the lock of worker {number}", Errno.Last);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
