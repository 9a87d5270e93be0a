using System.Globalization;
using System.Net;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>
/// A route that NICs of a network get in addition to the default route. Its text has the syntax of the ip command:
/// 10.0.0.0/8 via 192.168.1.254 metric 100; blackhole 10.9.0.0/16; 172.16.0.0/12 for a destination on the link.
/// </summary>
public sealed record NetworkRoute
{
    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed
    {
        get => field ?? ToString();
        init;
    }

    /// <summary>The destination.</summary>
    public required IPPrefix Destination { get; init; }

    /// <summary>The next hop, of the destination's family; null for a destination on the link.</summary>
    public IPAddress? NextHop { get; init; }

    /// <summary>The metric; null for the kernel's default.</summary>
    public int? Metric { get; init; }

    /// <summary>What happens to its packets.</summary>
    public NetworkRouteType Type { get; init; }

    /// <summary>Parses [blackhole|unreachable] DESTINATION [via ADDRESS] [metric NUMBER].</summary>
    /// <exception cref="FormatException">The text isn't in that form.</exception>
    public static NetworkRoute Parse(string text)
    {
        Queue<string> words = new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        NetworkRouteType type = words.TryPeek(out string? first) && first is "blackhole" or "unreachable"
            ? Enum.Parse<NetworkRouteType>(words.Dequeue(), ignoreCase: true)
            : default;
        string destination = words.TryDequeue(out string? word) ? word : throw Unreadable(
            text, "the destination is missing");
        if (destination == "default") throw Unreadable(text, "the default route goes to the gateway of the network");
        NetworkRoute route = new()
        {
            Type = type,
            // An address without a prefix length is a route to that host.
            Destination = !destination.Contains('/') && AddressValue.TryParse(destination, out AddressValue? host)
                ? IPPrefix.Containing(host, host.Bits)
                : IPPrefix.Parse(destination),
        };
        while (words.TryDequeue(out string? key))
        {
            string value = words.TryDequeue(out string? next) ? next : throw Unreadable(
                text, $"the value of '{key}' is missing");
            route = key switch
            {
                "via" => route with { NextHop = AddressValue.Parse(value).ToIPAddress() },
                "metric" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int metric) =>
                    route with { Metric = metric },
                _ => throw Unreadable(text, $"'{key} {value}' isn't valid"),
            };
        }

        return route with { Typed = text };
    }

    /// <summary>Whether both are the same route.</summary>
    public bool Equals(NetworkRoute? other) => other is not null
        && (Destination, Metric, Type) == (other.Destination, other.Metric, other.Type) && Equals(NextHop, other.NextHop);

    /// <summary>The hash code of the route.</summary>
    public override int GetHashCode() => HashCode.Combine(Destination, NextHop, Metric, Type);

    /// <summary>The route in the syntax of the ip command.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        if (Type != NetworkRouteType.Unicast) text.Append(Type.ToString().ToLowerInvariant()).Append(' ');
        text.Append(Destination);
        if (NextHop is not null) text.Append($" via {NextHop}");
        if (Metric is not null) text.Append($" metric {Metric}");
        return text.ToString();
    }

    private static FormatException Unreadable(string text, string reason) => new(
        $"'{text}' isn't a route: {reason}. Specify it as DESTINATION [via ADDRESS] [metric NUMBER].");
}
