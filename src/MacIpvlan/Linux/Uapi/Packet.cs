using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/linux/if_packet.h
internal static partial class Uapi
{
    public const int PACKET_AUXDATA = 8;

    /// <summary>The packet's checksum isn't computed yet, because that is left to the hardware.</summary>
    public const uint TP_STATUS_CSUMNOTREADY = 1 << 3;

    [StructLayout(LayoutKind.Sequential)]
    public struct tpacket_auxdata
    {
        public uint tp_status;
        public uint tp_len;
        public uint tp_snaplen;
        public ushort tp_mac;
        public ushort tp_net;
        public ushort tp_vlan_tci;
        public ushort tp_vlan_tpid;
    }
}
