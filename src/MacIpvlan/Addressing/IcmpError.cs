using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>The error that an ICMP or ICMPv6 message reports (RFC 792, 1122, 1812; RFC 4443).</summary>
/// <param name="Family">The address family: IPv4 for ICMP, IPv6 for ICMPv6.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Code">The message's code.</param>
internal sealed record IcmpError(AddressFamily Family, byte Type, byte Code)
{
    private static readonly string[] s_unreachable =
    [
        "network unreachable", "host unreachable", "protocol unreachable", "port unreachable", "packet too big",
        "source route failed", "network unknown", "host unknown", "source host isolated", "network prohibited",
        "host prohibited", "network unreachable for this service", "host unreachable for this service",
        "communication prohibited", "host precedence violation", "precedence cutoff",
    ];

    private static readonly string[] s_unreachable6 =
    [
        "no route to destination", "communication prohibited", "beyond scope of source address", "address unreachable",
        "port unreachable", "source address failed policy", "route rejected",
    ];

    /// <summary>Whether the type is an error.</summary>
    public bool IsError => Family == AddressFamily.InterNetwork ? Type is 3 or 11 or 12 : Type is >= 1 and <= 4;

    /// <summary>The error's description, with type and code.</summary>
    public override string ToString() => $"{Text} (type {Type}, code {Code})";

    private string Text => (Family == AddressFamily.InterNetwork, Type) switch
    {
        (true, 3) => s_unreachable.ElementAtOrDefault(Code) ?? "destination unreachable",
        (false, 1) => s_unreachable6.ElementAtOrDefault(Code) ?? "destination unreachable",
        (true, 11) or (false, 3) => "time exceeded",
        (false, 2) => "packet too big",
        _ => "parameter problem",
    };
}
