using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>
/// The kind of a virtual link, with its settings (IFLA_LINKINFO). Its text has the syntax of the ip command.
/// </summary>
public abstract record LinkKind
{
    /// <summary>The kernel's name for the kind (IFLA_INFO_KIND).</summary>
    public abstract string Name { get; }

    /// <summary>Writes the settings into an open IFLA_INFO_DATA.</summary>
    internal abstract void WriteSettings(MessageWriter writer);

    /// <summary>Writes the settings for a link that may have others, into an open IFLA_INFO_DATA.</summary>
    internal virtual void WriteChangedSettings(MessageWriter writer) => WriteSettings(writer);

    /// <summary>Writes a complete IFLA_LINKINFO.</summary>
    /// <param name="writer">The message.</param>
    /// <param name="isChange">Whether the link exists already.</param>
    internal void Write(MessageWriter writer, bool isChange = false)
    {
        int info = writer.BeginNest(IFLA_LINKINFO);
        writer.Text(IFLA_INFO_KIND, Name);
        int settings = writer.BeginNest(IFLA_INFO_DATA);
        if (isChange) WriteChangedSettings(writer);
        else WriteSettings(writer);
        writer.EndNest(settings);
        writer.EndNest(info);
    }

    /// <summary>Parses IFLA_LINKINFO.</summary>
    /// <returns>Null for a kind that this library doesn't create.</returns>
    internal static LinkKind? Parse(AttributeReader info, out string? name)
    {
        name = null;
        ReadOnlySpan<byte> settings = default;
        while (info.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_INFO_KIND) name = AttributeReader.Text(value);
            else if (type == IFLA_INFO_DATA) settings = value;
        }

        return name switch
        {
            MacvlanLink.KindName => MacvlanLink.Parse(new(settings)),
            IpvlanLink.KindName => IpvlanLink.Parse(new(settings)),
            VlanLink.KindName => VlanLink.Parse(new(settings)),
            DummyLink.KindName => new DummyLink(),
            _ => null,
        };
    }
}
