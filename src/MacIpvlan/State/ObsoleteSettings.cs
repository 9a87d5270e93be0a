using System.Globalization;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>
/// What links can still have of settings that a change has replaced. It is on record until the change is complete, so that
/// another command can complete it.
/// </summary>
/// <param name="Leases">Addresses of the NIC. Nobody else gets them until the change is complete.</param>
/// <param name="Routes">Routes of the NIC's namespace.</param>
/// <param name="Sysctls">Sysctls of the NIC, with the values that it had by request.</param>
public sealed record ObsoleteSettings(IReadOnlyList<LeaseRecord> Leases, IReadOnlyList<ObsoleteRoute> Routes, IReadOnlyList<NicSysctl> Sysctls)
{
    /// <summary>Nothing.</summary>
    public static readonly ObsoleteSettings None = new([], [], []);
}

/// <summary>A route that a link can still have.</summary>
/// <param name="LinkIndex">The index of the link in the namespace.</param>
/// <param name="Route">The route.</param>
public sealed record ObsoleteRoute(int LinkIndex, NetworkRoute Route)
{
    /// <summary>Parses the text of a route.</summary>
    /// <exception cref="FormatException">The text isn't in that form.</exception>
    public static ObsoleteRoute Parse(string text) => text.Split(' ', 2) is [string index, string route]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? new(number, NetworkRoute.Parse(route))
        : throw new FormatException($"'{text}' isn't a route of a link");

    /// <summary>The index of the link, and the route in the syntax of the ip command.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LinkIndex} {Route}");
}
