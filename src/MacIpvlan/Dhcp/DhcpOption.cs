namespace MacIpvlan;

/// <summary>An option of a lease as the server sent it.</summary>
/// <param name="Code">Its code, 1 to 254.</param>
/// <param name="Value">Its value; the pieces of a long option in their order (RFC 3396).</param>
public sealed record DhcpOption(byte Code, IReadOnlyList<byte> Value)
{
    /// <summary>Whether both have the same code and value.</summary>
    public bool Equals(DhcpOption? other) => other is not null && Code == other.Code && Value.SequenceEqual(other.Value);

    /// <summary>The hash code of its code and the length of its value.</summary>
    public override int GetHashCode() => HashCode.Combine(Code, Value.Count);

    /// <summary>The code and the value in hexadecimal digits, such as 43:0104c0a80101.</summary>
    public override string ToString() => $"{Code}:{Convert.ToHexStringLower([.. Value])}";
}
