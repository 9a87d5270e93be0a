using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/linux/rtnetlink.h, pkt_sched.h, pkt_cls.h, tc_act/tc_mirred.h
internal static partial class Uapi
{
    public const ushort RTM_NEWQDISC = 36;
    public const ushort RTM_DELQDISC = 37;
    public const ushort RTM_GETQDISC = 38;
    public const ushort RTM_NEWTFILTER = 44;
    public const ushort RTM_DELTFILTER = 45;
    public const ushort RTM_GETTFILTER = 46;

    public const ushort TCA_KIND = 1;
    public const ushort TCA_OPTIONS = 2;

    public const uint TC_H_ROOT = 0xffffffff;
    public const uint TC_H_CLSACT = 0xfffffff1;

    /// <summary>The major number of the qdisc for what a link receives, ingress or clsact.</summary>
    public const uint TC_H_INGRESS_MAJOR = 0xffff0000;

    // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and TC_H_MIN_EGRESS.
    public const uint TC_H_CLSACT_INGRESS = 0xfffffff2;
    public const uint TC_H_CLSACT_EGRESS = 0xfffffff3;

    public const byte TC_LINKLAYER_ETHERNET = 1;

    public const ushort TCA_TBF_PARMS = 1;
    public const ushort TCA_TBF_RATE64 = 4;
    public const ushort TCA_TBF_BURST = 6;

    public const ushort TCA_U32_SEL = 5;
    public const ushort TCA_U32_ACT = 7;
    public const byte TC_U32_TERMINAL = 1;

    public const ushort TCA_ACT_KIND = 1;
    public const ushort TCA_ACT_OPTIONS = 2;
    public const ushort TCA_MIRRED_PARMS = 2;
    public const int TC_ACT_STOLEN = 4;
    public const int TCA_EGRESS_REDIR = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct tcmsg
    {
        public byte tcm_family;
        public byte tcm_pad1;
        public ushort tcm_pad2;
        public int tcm_ifindex;
        public uint tcm_handle;
        public uint tcm_parent;
        public uint tcm_info;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct tc_ratespec
    {
        public byte cell_log;
        public byte linklayer;
        public ushort overhead;
        public short cell_align;
        public ushort mpu;
        public uint rate;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct tc_tbf_qopt
    {
        public tc_ratespec rate;
        public tc_ratespec peakrate;
        public uint limit;
        public uint buffer;
        public uint mtu;
    }

    /// <summary>struct tc_u32_sel with its one key, struct tc_u32_key.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct tc_u32_sel
    {
        public byte flags;
        public byte offshift;
        public byte nkeys;
        public byte pad;
        public ushort offmask;
        public ushort off;
        public short offoff;
        public short hoff;
        public uint hmask;
        public uint mask;
        public uint val;
        public int keyoff;
        public int keyoffmask;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct tc_mirred
    {
        public uint index;
        public uint capab;
        public int action;
        public int refcnt;
        public int bindcnt;
        public int eaction;
        public uint ifindex;
    }
}
