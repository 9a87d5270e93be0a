using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_NEWQDISC: limits what a link sends, with a token bucket filter in place of its root qdisc.</summary>
/// <param name="Link">The link.</param>
/// <param name="Handle">The handle, whose lower 16 bits are zero. If the root has it, it is changed in place.</param>
/// <param name="Bucket">The settings.</param>
public sealed record QdiscReplace(Link Link, uint Handle, TokenBucket Bucket) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"tc qdisc replace dev {ShellWord.Quote(Link.Name)} root handle {Qdisc.HandleText(Handle)} {Bucket}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, new tcmsg { tcm_ifindex = Link.Index, tcm_handle = Handle, tcm_parent = TC_H_ROOT });
        writer.Text(TCA_KIND, TokenBucket.KindName);
        int options = writer.BeginNest(TCA_OPTIONS);
        Bucket.Write(writer);
        writer.EndNest(options);
    }
}

/// <summary>RTM_NEWQDISC: gives a link the qdisc that filters of what it receives and sends are attached to (tc-clsact); EEXIST if it has one.</summary>
/// <param name="Link">The link.</param>
public sealed record ClsactAdd(Link Link) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"tc qdisc add dev {ShellWord.Quote(Link.Name)} clsact";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, new tcmsg { tcm_ifindex = Link.Index, tcm_handle = TC_H_INGRESS_MAJOR, tcm_parent = TC_H_CLSACT });
        writer.Text(TCA_KIND, Qdisc.ClsactName);
    }

    internal override bool IsDoneBy(int errno) => errno == Linux.Errno.EEXIST;
}

/// <summary>
/// RTM_DELQDISC: deletes a qdisc of a link with all that is below it. Succeeds if the link has none there, or only the one that the
/// kernel gives it.
/// </summary>
/// <param name="Link">The link.</param>
/// <param name="IsClsact">Whether it is the one for filters; otherwise, it is the root.</param>
public sealed record QdiscDelete(Link Link, bool IsClsact) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"tc qdisc delete dev {ShellWord.Quote(Link.Name)} {(IsClsact ? Qdisc.ClsactName : "root")}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_DELQDISC, 0, new tcmsg { tcm_ifindex = Link.Index, tcm_handle = IsClsact ? TC_H_INGRESS_MAJOR : 0, tcm_parent = IsClsact ? TC_H_CLSACT : TC_H_ROOT });
        if (IsClsact) writer.Text(TCA_KIND, Qdisc.ClsactName);
    }

    // What the kernel answers for one that isn't there depends on its version; for one of its own, it is ENOENT.
    internal override bool Tolerates(int errno) => errno is Linux.Errno.ENOENT or Linux.Errno.EINVAL or Linux.Errno.ENODEV;
}

/// <summary>RTM_GETQDISC: the qdiscs of all links of the namespace. The kernel can't select those of one link.</summary>
internal sealed record QdiscGet : RouteRequest
{
    public override string ToString() => "tc qdisc show";

    internal override void Write(MessageWriter writer) => writer.Begin(RTM_GETQDISC, NLM_F_DUMP, new tcmsg());

    // The kernel has no traffic control at all, so there is none.
    internal override bool Tolerates(int errno) => errno == Linux.Errno.EOPNOTSUPP;

    internal static Qdisc Parse(Message message)
    {
        tcmsg header = message.Fixed<tcmsg>();
        string kind = "";
        ReadOnlySpan<byte> options = [];
        AttributeReader attributes = message.Attributes<tcmsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == TCA_KIND) kind = AttributeReader.Text(value);
            else if (type == TCA_OPTIONS) options = value;
        }

        return new(header.tcm_ifindex, kind, header.tcm_handle, header.tcm_parent)
        {
            Bucket = kind == TokenBucket.KindName ? TokenBucketReport.Parse(new(options)) : null,
        };
    }
}

/// <summary>A qdisc of a link.</summary>
/// <param name="LinkIndex">The link's index.</param>
/// <param name="Kind">The name of its kind.</param>
/// <param name="Handle">Its handle; zero for one that the kernel gave the link.</param>
/// <param name="Parent">The handle that it is below.</param>
internal sealed record Qdisc(int LinkIndex, string Kind, uint Handle, uint Parent)
{
    public const string ClsactName = "clsact";
    private const int MajorShift = 16;

    /// <summary>The settings of a token bucket filter; null for other kinds.</summary>
    public TokenBucketReport? Bucket { get; init; }

    /// <summary>Whether all that the link sends passes it.</summary>
    public bool IsRoot => Parent == TC_H_ROOT;

    /// <summary>Whether filters of what the link receives are attached to it: clsact or ingress.</summary>
    public bool IsForFilters => Parent == TC_H_CLSACT;

    /// <summary>A handle of a qdisc in the syntax of tc.</summary>
    public static string HandleText(uint handle) => $"{handle >> MajorShift:x}:";
}
