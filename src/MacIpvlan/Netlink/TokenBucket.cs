using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// The settings of a token bucket filter (tc-tbf(8), net/sched/sch_tbf.c): what a link sends waits in a queue until there are
/// tokens for it, one a byte.
/// </summary>
/// <param name="Rate">How fast there are new tokens.</param>
/// <param name="Burst">The size of the bucket, in bytes. The kernel splits longer packets of segmentation offload, and drops other longer ones.</param>
/// <param name="Limit">The bytes that can wait; what doesn't fit is dropped.</param>
public sealed record TokenBucket(Bandwidth Rate, int Burst, uint Limit)
{
    internal const string KindName = "tbf";

    // PSCHED_SHIFT in include/net/pkt_sched.h: the kernel reports the bucket as a time, in units of 64 nanoseconds.
    private const int TickShift = 6;
    private const long NanosecondsInSecond = 1_000_000_000;

    // The kernel multiplies and shifts instead of dividing (psched_ratecfg_precompute).
    private const long RoundingShare = 1000;

    /// <summary>The settings in the syntax of tc.</summary>
    public override string ToString() => $"{KindName} rate {Rate} burst {Burst} limit {Limit}";

    /// <summary>Whether the kernel reports what it makes of these settings.</summary>
    internal bool IsSame(TokenBucketReport report)
    {
        long ticks = (long)((decimal)Burst * NanosecondsInSecond / Rate.BytesPerSecond) >> TickShift;
        return report.BytesPerSecond == (ulong)Rate.BytesPerSecond && report.Limit == Limit && Math.Abs(report.Ticks - ticks) <= 1 + ticks / RoundingShare;
    }

    /// <summary>Writes the attributes of TCA_OPTIONS.</summary>
    internal void Write(MessageWriter writer)
    {
        bool isLong = Rate.BytesPerSecond > uint.MaxValue;
        // The table of tc, TCA_TBF_RTAB, is needed only without a link layer, and the size of the bucket in ticks without its bytes.
        writer.Attribute(TCA_TBF_PARMS, new tc_tbf_qopt
        {
            rate = new() { linklayer = TC_LINKLAYER_ETHERNET, rate = isLong ? uint.MaxValue : (uint)Rate.BytesPerSecond },
            limit = Limit,
        });
        writer.Attribute(TCA_TBF_BURST, Burst);
        if (isLong) writer.Attribute(TCA_TBF_RATE64, BitConverter.GetBytes(Rate.BytesPerSecond));
    }
}

/// <summary>A token bucket filter as the kernel reports it.</summary>
/// <param name="BytesPerSecond">The rate.</param>
/// <param name="Ticks">How long a full bucket lasts, in units of 64 nanoseconds.</param>
/// <param name="Limit">The bytes that can wait.</param>
internal sealed record TokenBucketReport(ulong BytesPerSecond, uint Ticks, uint Limit)
{
    /// <summary>Reads the attributes of TCA_OPTIONS.</summary>
    /// <returns>Null if they aren't those of a token bucket filter.</returns>
    public static TokenBucketReport? Parse(AttributeReader options)
    {
        tc_tbf_qopt? settings = null;
        ulong? rate = null;
        while (options.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == TCA_TBF_PARMS) settings = AttributeReader.Struct<tc_tbf_qopt>(value);
            else if (type == TCA_TBF_RATE64) rate = AttributeReader.UInt64(value);
        }

        return settings is tc_tbf_qopt s ? new(rate ?? s.rate.rate, s.buffer, s.limit) : null;
    }

    /// <summary>The rate for people.</summary>
    public override string ToString()
    {
        const ulong BitsInByte = 8;
        ulong bits = BytesPerSecond * BitsInByte;
        return bits is >= (ulong)Bandwidth.Least and <= (ulong)Bandwidth.Most ? $"{new Bandwidth((long)bits)}" : $"{bits}bit";
    }
}
