using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/asm-generic/fcntl.h, socket.h, unistd.h; include/uapi/linux/fcntl.h; include/uapi/linux/openat2.h
internal static partial class Uapi
{
    public const int F_OFD_GETLK = 36;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;

    public const int SO_NETNS_COOKIE = 71;

    public const int AT_STATX_DONT_SYNC = 0x4000;

    public const int SYS_openat2 = 437;
    public const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    public const ulong RESOLVE_NO_SYMLINKS = 0x04;
    public const ulong RESOLVE_IN_ROOT = 0x10;
    public const ulong RESOLVE_CACHED = 0x20;

    [StructLayout(LayoutKind.Sequential)]
    public struct open_how
    {
        public ulong flags;
        public ulong mode;
        public ulong resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct flock
    {
        public short l_type;
        public short l_whence;
        public long l_start;
        public long l_len;
        public int l_pid;
    }
}
