using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

// include/uapi/linux/filter.h, bpf_common.h
internal static partial class Uapi
{
    public const ushort BPF_LD_B_ABS = 0x30;
    public const ushort BPF_LD_H_ABS = 0x28;
    public const ushort BPF_LD_W_ABS = 0x20;
    public const ushort BPF_LD_B_IND = 0x50;
    public const ushort BPF_LD_H_IND = 0x48;
    public const ushort BPF_LD_W_IND = 0x40;
    public const ushort BPF_LDX_MSH = 0xb1;
    public const ushort BPF_LDX_IMM = 0x01;
    public const ushort BPF_JEQ = 0x15;
    public const ushort BPF_JSET = 0x45;
    public const ushort BPF_RET = 0x06;

    /// <summary>The offset of skb->pkt_type: SKF_AD_OFF + SKF_AD_PKTTYPE.</summary>
    public const uint SKF_PKTTYPE = 0xfffff004;

    [StructLayout(LayoutKind.Sequential)]
    public struct sock_filter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }
}
