using System.Buffers.Binary;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// RTM_NEWTFILTER: sends all that a link receives through another one (tc-u32(8), tc-mirred(8)). The link needs a clsact or ingress
/// qdisc. EEXIST if it has a filter of another kind with this priority.
/// </summary>
/// <param name="Link">The link.</param>
/// <param name="Priority">Filters with lower numbers come first.</param>
/// <param name="Target">The other link, in the same namespace.</param>
public sealed record RedirectAdd(Link Link, ushort Priority, Link Target) : RouteRequest
{
    private const string Action = "mirred";
    private const ushort FirstAction = 1;

    /// <inheritdoc/>
    public override string ToString() => $"tc filter add dev {ShellWord.Quote(Link.Name)} ingress protocol all pref {Priority} "
        + $"u32 match u32 0 0 action {Action} egress redirect dev {ShellWord.Quote(Target.Name)}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, new tcmsg
        {
            tcm_ifindex = Link.Index,
            tcm_parent = TC_H_CLSACT_INGRESS,
            tcm_info = TrafficFilter.Info(Priority, ETH_P_ALL),
        });
        writer.Text(TCA_KIND, TrafficFilter.U32Name);
        int options = writer.BeginNest(TCA_OPTIONS);
        int actions = writer.BeginNest(TCA_U32_ACT);
        int action = writer.BeginNest(FirstAction);
        writer.Text(TCA_ACT_KIND, Action);
        int settings = writer.BeginNest(TCA_ACT_OPTIONS | NLA_F_NESTED);
        writer.Attribute(TCA_MIRRED_PARMS, new tc_mirred { action = TC_ACT_STOLEN, eaction = TCA_EGRESS_REDIR, ifindex = (uint)Target.Index });
        writer.EndNest(settings);
        writer.EndNest(action);
        writer.EndNest(actions);
        writer.Attribute(TCA_U32_SEL, new tc_u32_sel { flags = TC_U32_TERMINAL, nkeys = 1 });
        writer.EndNest(options);
    }

    // It would be there twice.
    internal override bool CanBeRepeated => false;

    /// <summary>The index of the link that the only action of a u32 filter redirects all packets to; null if it does anything else.</summary>
    internal static int? TargetOf(AttributeReader options)
    {
        int? target = null;
        bool matchesAll = false;
        while (options.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == TCA_U32_SEL) matchesAll = IsAll(value);
            else if (type == TCA_U32_ACT) target = TargetOfAction(new(value));
        }

        return matchesAll ? target : null;
    }

    private static bool IsAll(ReadOnlySpan<byte> value) => value.Length == System.Runtime.CompilerServices.Unsafe.SizeOf<tc_u32_sel>()
        && RawStruct.Read<tc_u32_sel>(value) is { nkeys: 1, mask: 0, val: 0, flags: TC_U32_TERMINAL };

    private static int? TargetOfAction(AttributeReader actions)
    {
        if (!actions.TryRead(out _, out ReadOnlySpan<byte> first) || actions.TryRead(out _, out _)) return null;
        string kind = "";
        tc_mirred? settings = null;
        AttributeReader action = new(first);
        while (action.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == TCA_ACT_KIND) kind = AttributeReader.Text(value);
            else if (type == TCA_ACT_OPTIONS && AttributeReader.Find(new(value), TCA_MIRRED_PARMS) is { IsEmpty: false } parameters && kind == Action)
            {
                settings = AttributeReader.Struct<tc_mirred>(parameters);
            }
        }

        return settings is { eaction: TCA_EGRESS_REDIR, action: TC_ACT_STOLEN } redirect ? (int)redirect.ifindex : null;
    }
}

/// <summary>RTM_DELTFILTER: deletes all filters of what a link receives that have a priority. Succeeds if there is none.</summary>
/// <param name="Link">The link.</param>
/// <param name="Priority">The priority.</param>
public sealed record FilterDelete(Link Link, ushort Priority) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"tc filter delete dev {ShellWord.Quote(Link.Name)} ingress pref {Priority}";

    internal override void Write(MessageWriter writer) => writer.Begin(RTM_DELTFILTER, 0, new tcmsg
    {
        tcm_ifindex = Link.Index,
        tcm_parent = TC_H_CLSACT_INGRESS,
        tcm_info = TrafficFilter.Info(Priority, 0),
    });

    // EINVAL: there is no qdisc for filters.
    internal override bool Tolerates(int errno) => errno is Linux.Errno.ENOENT or Linux.Errno.EINVAL;
}

/// <summary>RTM_GETTFILTER: the filters of what a link receives or sends; none if it has no qdisc for them.</summary>
/// <param name="Link">The link.</param>
/// <param name="IsEgress">Whether those of what it sends are meant.</param>
internal sealed record FilterGet(Link Link, bool IsEgress = false) : RouteRequest
{
    public override string ToString() => $"tc filter show dev {ShellWord.Quote(Link.Name)} {(IsEgress ? "egress" : "ingress")}";

    internal override void Write(MessageWriter writer) => writer.Begin(RTM_GETTFILTER, NLM_F_DUMP, new tcmsg
    {
        tcm_ifindex = Link.Index,
        tcm_parent = IsEgress ? TC_H_CLSACT_EGRESS : TC_H_CLSACT_INGRESS,
    });

    internal override bool Tolerates(int errno) => errno is Linux.Errno.EOPNOTSUPP or Linux.Errno.EINVAL;

    internal static TrafficFilter Parse(Message message)
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

        return TrafficFilter.Of(header, kind, options);
    }
}

/// <summary>A filter of what a link receives or sends.</summary>
/// <param name="Kind">The name of its kind.</param>
/// <param name="Priority">Filters with lower numbers come first.</param>
/// <param name="Handle">Its handle; zero for the head of a list.</param>
internal sealed record TrafficFilter(string Kind, ushort Priority, uint Handle)
{
    public const string U32Name = "u32";
    private const int PriorityShift = 16;

    // TC_U32_NODE in include/uapi/linux/pkt_cls.h: zero for a table of filters.
    private const uint NodeMask = 0xfff;

    /// <summary>The index of the link to which it redirects all packets; null if it does anything else.</summary>
    public int? RedirectsTo { get; private init; }

    /// <summary>Whether packets are compared with it. The kernel also lists the heads and the tables of filters.</summary>
    public bool IsActive => Kind == U32Name ? (Handle & NodeMask) != 0 : Handle != 0;

    /// <summary>A priority and a protocol as tcm_info.</summary>
    public static uint Info(ushort priority, ushort protocol) => (uint)priority << PriorityShift | BinaryPrimitives.ReverseEndianness(protocol);

    public static TrafficFilter Of(in tcmsg header, string kind, ReadOnlySpan<byte> options) => new(kind, (ushort)(header.tcm_info >> PriorityShift), header.tcm_handle)
    {
        RedirectsTo = kind == U32Name && (ushort)header.tcm_info == BinaryPrimitives.ReverseEndianness(ETH_P_ALL) ? RedirectAdd.TargetOf(new(options)) : null,
    };
}
