using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/linux/in.h, in6.h, ip.h, icmp.h, icmpv6.h
internal static partial class Uapi
{
    public const int IPPROTO_ICMP = 1;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_ICMPV6 = 58;
    public const ushort IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;
    public const ushort IPV4_DEVCONF_ARP_NOTIFY = 22;
    public const int SOL_RAW = 255;
    public const int ICMP_FILTER = 1;
    public const int ICMPV6_FILTER = 1;

    /// <summary>Since kernel 5.1 (asm-generic/socket.h).</summary>
    public const int SO_BINDTOIFINDEX = 62;

    /// <summary>The sizes of sockaddr_in and sockaddr_in6.</summary>
    public const int SizeOfSockaddrIn = 16;
    public const int SizeOfSockaddrIn6 = 28;

    /// <summary>sockaddr_in or sockaddr_in6, depending on the family.</summary>
    [StructLayout(LayoutKind.Explicit, Size = SizeOfSockaddrIn6)]
    public unsafe struct sockaddr_inet
    {
        [FieldOffset(0)]
        public ushort family;
        [FieldOffset(2)]
        public ushort port;
        [FieldOffset(4)]
        public fixed byte sin_addr[4];
        [FieldOffset(8)]
        public fixed byte sin6_addr[16];
        [FieldOffset(24)]
        public uint sin6_scope_id;
    }
}
