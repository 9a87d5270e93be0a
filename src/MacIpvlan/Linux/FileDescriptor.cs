using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>A file descriptor that is closed exactly once.</summary>
internal sealed partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    // The runtime needs descriptors to start threads, and ends the process if it can't start one of its own.
    private const int Reserve = 24;
    private const int LimitOfFiles = 7;
    private const int CacheAttempts = 8;

    private FileDescriptor(int value) : base(ownsHandle: true) => SetHandle(value);

    public int Value => (int)handle;

    /// <summary>The path by which this process can open the same file again.</summary>
    public string ProcPath => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Value}");

    /// <summary>Takes over the result of a call that opens something.</summary>
    /// <returns>
    /// Null if the call failed; or with EMFILE, if this descriptor would be one of the last that the process may open.
    /// </returns>
    public static FileDescriptor? TryTake(int value, out int errno)
    {
        errno = value < 0 ? Errno.Last : 0;
        if (value < 0) return null;
        FileDescriptor taken = new(value);
        // The kernel uses the lowest free number.
        if (GetResourceLimit(LimitOfFiles, out ResourceLimit limit) < 0 || (ulong)value + Reserve < limit.Soft) return taken;
        taken.Dispose();
        errno = Errno.EMFILE;
        return null;
    }

    /// <summary>Opens a path, always with close-on-exec.</summary>
    /// <returns>The descriptor; null if the path can't be opened, with the error number in errno.</returns>
    public static FileDescriptor? TryOpen(string path, int flags, out int errno, int mode = 0) =>
        TryOpenAt(LibC.AT_FDCWD, path, flags, out errno, mode);

    /// <summary>Opens a path relative to an open folder, always with close-on-exec.</summary>
    /// <returns>The descriptor; null if the path can't be opened, with the error number in errno.</returns>
    public static unsafe FileDescriptor? TryOpenAt(int folder, string path, int flags, out int errno, int mode = 0)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
        {
            FileDescriptor? opened;
            do opened = TryTake(LibC.openat(folder, p, flags | LibC.O_CLOEXEC, (mode_t)(uint)mode), out errno);
            while (errno == Errno.EINTR);
            return opened;
        }
    }

    /// <summary>Opens a path, always with close-on-exec.</summary>
    /// <exception cref="NetlinkException">The path can't be opened.</exception>
    public static FileDescriptor Open(string path, int flags, int mode = 0) =>
        TryOpen(path, flags, out int errno, mode) ?? throw new NetlinkException($"open {path}", errno);

    /// <summary>
    /// Finds a file below this folder, as the folder's root: without following symbolic links, and without asking a
    /// file system for what the kernel doesn't have in memory, because a file system of others could wait forever.
    /// Needs kernel 5.12.
    /// </summary>
    /// <returns>A descriptor that only finds the file (O_PATH); null if it can't be found so.</returns>
    public unsafe FileDescriptor? TryOpenCached(string path)
    {
        Uapi.open_how how = new()
        {
            flags = (ulong)(LibC.O_PATH | LibC.O_CLOEXEC),
            resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT | RESOLVE_CACHED,
        };
        fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
        {
            for (int attempt = 0; attempt < CacheAttempts; attempt++)
            {
                nint fd = OpenAt2(SYS_openat2, Value, p, &how, sizeof(Uapi.open_how));
                if (fd >= 0) return new FileDescriptor((int)fd);
                // EAGAIN: not in memory, or renamed meanwhile.
                if (Marshal.GetLastPInvokeError() != Errno.EAGAIN) return null;
            }

            return null;
        }
    }

    /// <summary>Waits until the descriptor is readable, a signal arrives, or the time is up.</summary>
    /// <returns>Whether reading doesn't block.</returns>
    public unsafe bool WaitReadable(TimeSpan time)
    {
        pollfd descriptor = new() { fd = Value, events = LibC.POLLIN };
        // Tmds.LibC doesn't preserve the errno of this call.
        return LibC.poll(&descriptor, 1, (int)Math.Ceiling(time.TotalMilliseconds)) > 0;
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>The number of bytes; 0 at the end; -1 with the error number in errno.</returns>
    public unsafe int Read(Span<byte> buffer, out int errno)
    {
        fixed (byte* p = buffer)
        {
            int length = (int)(long)LibC.read(Value, p, (size_t)(ulong)buffer.Length);
            errno = length < 0 ? Errno.Last : 0;
            return length;
        }
    }

    /// <summary>Leaves the descriptor to the caller.</summary>
    public int Release()
    {
        int value = Value;
        SetHandleAsInvalid();
        return value;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial nint OpenAt2(nint number, nint folder, byte* path, Uapi.open_how* how, nint size);

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    private struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
