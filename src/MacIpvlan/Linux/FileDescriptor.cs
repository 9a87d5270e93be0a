using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>A file descriptor that is closed exactly once.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor(int value) : base(ownsHandle: true) => SetHandle(value);

    public int Value => (int)handle;

    /// <summary>Opens a path, always with close-on-exec.</summary>
    /// <returns>The descriptor; null if the path can't be opened, with the error number in errno.</returns>
    public static unsafe FileDescriptor? TryOpen(string path, int flags, out int errno, int mode = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* p = bytes)
        {
            int fd;
            do
            {
                fd = LibC.open(p, flags | LibC.O_CLOEXEC, (mode_t)(uint)mode);
                errno = fd < 0 ? Errno.Last : 0;
            }
            while (errno == Errno.EINTR);
            return fd < 0 ? null : new FileDescriptor(fd);
        }
    }

    /// <summary>Opens a path, always with close-on-exec.</summary>
    /// <exception cref="NetlinkException">The path can't be opened.</exception>
    public static FileDescriptor Open(string path, int flags, int mode = 0) =>
        TryOpen(path, flags, out int errno, mode) ?? throw new NetlinkException($"open {path}", errno);

    /// <summary>
    /// Waits until the descriptor is readable, a signal arrives, or the time is up. The caller checks which.
    /// </summary>
    public unsafe void WaitReadable(TimeSpan time)
    {
        pollfd descriptor = new() { fd = Value, events = LibC.POLLIN };
        // Tmds.LibC doesn't preserve the errno of this call.
        _ = LibC.poll(&descriptor, 1, (int)Math.Ceiling(time.TotalMilliseconds));
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
