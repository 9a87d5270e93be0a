using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/asm-generic/fcntl.h, socket.h
internal static partial class Uapi
{
    public const int F_OFD_GETLK = 36;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;

    public const int SO_NETNS_COOKIE = 71;

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
