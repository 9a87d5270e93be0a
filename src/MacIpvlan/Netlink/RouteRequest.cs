namespace MacIpvlan.Netlink;

/// <summary>One rtnetlink request. Its text is the equivalent ip or tc command.</summary>
public abstract record RouteRequest
{
    /// <summary>The command, beginning with its name.</summary>
    public abstract override string ToString();

    /// <summary>Writes the message. The caller adds <see cref="MessageWriter.End"/>.</summary>
    internal abstract void Write(MessageWriter writer);

    /// <summary>Whether a refusal with this error number counts as success.</summary>
    internal virtual bool Tolerates(int errno) => false;

    /// <summary>
    /// Whether the request can be sent again if its answer was lost: it then changes nothing more, or the kernel
    /// refuses it with an error number that <see cref="IsDoneBy"/> names.
    /// </summary>
    internal virtual bool CanBeRepeated => true;

    /// <summary>
    /// Whether a refusal with this error number shows that the same request was carried out before.
    /// </summary>
    internal virtual bool IsDoneBy(int errno) => false;
}
