namespace MacIpvlan.Netlink;

/// <summary>One rtnetlink request. Its text is the ip command that asks the same of the kernel.</summary>
public abstract record RouteRequest
{
    /// <summary>The ip command, from the word ip on.</summary>
    public abstract override string ToString();

    /// <summary>Writes the message, all but its closing <see cref="MessageWriter.End"/>.</summary>
    internal abstract void Write(MessageWriter writer);

    /// <summary>Whether a refusal with this error number counts as done.</summary>
    internal virtual bool Tolerates(int errno) => false;
}
