using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/linux/if_link.h, if.h, if_vlan.h, veth.h
internal static partial class Uapi
{
    /// <summary>The size of a link's name with its terminating zero byte.</summary>
    public const int IFNAMSIZ = 16;

    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_LINK = 5;
    public const ushort IFLA_QDISC = 6;
    public const ushort IFLA_MASTER = 10;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_IFALIAS = 20;
    public const ushort IFLA_STATS64 = 23;
    public const ushort IFLA_AF_SPEC = 26;
    public const ushort IFLA_GROUP = 27;
    public const ushort IFLA_NET_NS_FD = 28;
    public const ushort IFLA_EXT_MASK = 29;
    public const ushort IFLA_LINK_NETNSID = 37;
    public const ushort IFLA_PROP_LIST = 52;
    public const ushort IFLA_ALT_IFNAME = 53;

    /// <summary>Omits the counters of IPv6, which are a third of each answer. Those of the link are always there.</summary>
    public const uint RTEXT_FILTER_SKIP_STATS = 1 << 3;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;
    public const ushort IFLA_INFO_SLAVE_KIND = 4;

    public const ushort IFLA_MACVLAN_MODE = 1;
    public const ushort IFLA_MACVLAN_FLAGS = 2;
    public const uint MACVLAN_MODE_PRIVATE = 1;
    public const uint MACVLAN_MODE_VEPA = 2;
    public const uint MACVLAN_MODE_BRIDGE = 4;
    public const uint MACVLAN_MODE_PASSTHRU = 8;
    public const uint MACVLAN_MODE_SOURCE = 16;

    public const ushort IFLA_MACVLAN_MACADDR_MODE = 3;
    public const ushort IFLA_MACVLAN_MACADDR = 4;
    public const ushort IFLA_MACVLAN_MACADDR_DATA = 5;
    public const ushort IFLA_MACVLAN_BC_QUEUE_LEN = 7;
    public const ushort IFLA_MACVLAN_BC_CUTOFF = 9;
    public const ushort MACVLAN_FLAG_NOPROMISC = 1;
    public const uint MACVLAN_MACADDR_SET = 3;

    public const ushort IFLA_IPVLAN_MODE = 1;
    public const ushort IFLA_IPVLAN_FLAGS = 2;
    public const ushort IPVLAN_MODE_L2 = 0;
    public const ushort IPVLAN_MODE_L3 = 1;
    public const ushort IPVLAN_MODE_L3S = 2;
    public const ushort IPVLAN_F_PRIVATE = 0x01;
    public const ushort IPVLAN_F_VEPA = 0x02;

    public const ushort IFLA_VLAN_ID = 1;
    public const ushort IFLA_VLAN_FLAGS = 2;
    public const ushort IFLA_VLAN_EGRESS_QOS = 3;
    public const ushort IFLA_VLAN_INGRESS_QOS = 4;
    public const ushort IFLA_VLAN_PROTOCOL = 5;
    public const ushort ETH_P_8021Q = 0x8100;
    public const ushort ETH_P_8021AD = 0x88a8;

    public const ushort IFLA_VLAN_QOS_MAPPING = 1;
    public const uint VLAN_FLAG_REORDER_HDR = 0x1;
    public const uint VLAN_FLAG_GVRP = 0x2;
    public const uint VLAN_FLAG_LOOSE_BINDING = 0x4;
    public const uint VLAN_FLAG_MVRP = 0x8;

    // include/uapi/linux/if_ether.h
    public const ushort ETH_P_ALL = 0x0003;
    public const ushort ETH_P_IP = 0x0800;
    public const ushort ETH_P_ARP = 0x0806;
    public const ushort ETH_P_IPV6 = 0x86dd;

    public const ushort VETH_INFO_PEER = 1;

    public const ushort IFLA_INET6_CONF = 2;
    public const ushort IFLA_INET6_TOKEN = 7;
    public const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    public const ushort IFLA_INET_CONF = 1;

    // include/uapi/linux/ipv6.h: the indexes in IFLA_INET6_CONF.
    public const int DEVCONF_ACCEPT_RA = 3;
    public const int DEVCONF_AUTOCONF = 5;
    public const int DEVCONF_DISABLE_IPV6 = 26;

    /// <summary>The counters of a link. The kernel's struct has grown since: another number follows from 5.19 on.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rtnl_link_stats64
    {
        public ulong rx_packets;
        public ulong tx_packets;
        public ulong rx_bytes;
        public ulong tx_bytes;
        public ulong rx_errors;
        public ulong tx_errors;
        public ulong rx_dropped;
        public ulong tx_dropped;
        public ulong multicast;
        public ulong collisions;
        public ulong rx_length_errors;
        public ulong rx_over_errors;
        public ulong rx_crc_errors;
        public ulong rx_frame_errors;
        public ulong rx_fifo_errors;
        public ulong rx_missed_errors;
        public ulong tx_aborted_errors;
        public ulong tx_carrier_errors;
        public ulong tx_fifo_errors;
        public ulong tx_heartbeat_errors;
        public ulong tx_window_errors;
        public ulong rx_compressed;
        public ulong tx_compressed;
        public ulong rx_nohandler;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ifla_vlan_flags
    {
        public uint flags;
        public uint mask;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ifla_vlan_qos_mapping
    {
        public uint from;
        public uint to;
    }
}
