using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_GETNSID: the id of another namespace in this one (include/uapi/linux/net_namespace.h).</summary>
/// <param name="Target">The other namespace.</param>
internal sealed record NamespaceIdGet(NamespaceHandle Target) : RouteRequest
{
    public override string ToString() => "ip netns list-id";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_GETNSID, 0, new rtgenmsg());
        writer.Attribute(NETNSA_FD, Target.Descriptor);
    }

    /// <summary>Parses the id; -1 if the other namespace has no id in this one.</summary>
    internal static object Parse(Message message)
    {
        AttributeReader attributes = message.Attributes<rtgenmsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == NETNSA_NSID) return AttributeReader.Int32(value);
        }

        return -1;
    }
}

/// <summary>RTM_NEWNSID: assigns the next free id to another namespace. An existing id is kept.</summary>
/// <param name="Target">The other namespace.</param>
internal sealed record NamespaceIdSet(NamespaceHandle Target) : RouteRequest
{
    // NETNSA_NSID_NOT_ASSIGNED: the kernel chooses.
    private const int Any = -1;

    public override string ToString() => $"ip netns set {ShellWord.Quote(Target.Name)} auto";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWNSID, 0, new rtgenmsg());
        writer.Attribute(NETNSA_NSID, Any);
        writer.Attribute(NETNSA_FD, Target.Descriptor);
    }

    internal override bool Tolerates(int errno) => errno == Errno.EEXIST;
}
