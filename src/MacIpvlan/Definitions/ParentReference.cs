using System.Globalization;

namespace MacIpvlan;

/// <summary>
/// A parent as users specify it: a link (eth0, eth0.50), or a VLAN on a link (eth0:50, or eth0 and an id).
/// </summary>
public sealed record ParentReference
{
    private const int MaxVlanId = 4094;

    internal ParentReference(string link, int? vlanId = null) => (Link, VlanId) = (link, vlanId);

    /// <summary>The link's name.</summary>
    public string Link { get; }

    /// <summary>The VLAN on that link; null for the link itself.</summary>
    public int? VlanId { get; }

    /// <summary>NAME:ID if it was parsed from that, for messages; null otherwise.</summary>
    internal string? Typed { get; private init; }

    /// <summary>The VLAN on a link.</summary>
    /// <exception cref="NetworkException">InvalidVlanId.</exception>
    public static ParentReference OfVlan(string link, int vlanId) => new(link, CheckVlanId(vlanId, $"{link}, VLAN {vlanId}"));

    /// <summary>Parses a name, or NAME:ID for a VLAN.</summary>
    /// <exception cref="NetworkException">InvalidVlanId.</exception>
    public static ParentReference Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 0 ? new(text, null) : new(text[..colon], ParseVlanId(text[(colon + 1)..], text)) { Typed = text };
    }

    /// <summary>Splits LINK.ID, the usual name of a VLAN.</summary>
    /// <returns>Null if the name has no dot.</returns>
    /// <exception cref="NetworkException">InvalidVlanId: the part after the last dot isn't a VLAN id.</exception>
    internal static ParentReference? SplitVlanName(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot <= 0 ? null : new(name[..dot], ParseVlanId(name[(dot + 1)..], name));
    }

    /// <summary>The name, followed by a dot and the VLAN id if there is one.</summary>
    public override string ToString() => VlanId is null ? Link : $"{Link}.{VlanId}";

    private static int ParseVlanId(string digits, string whole) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && !digits.StartsWith('0')
            ? CheckVlanId(id, $"'{whole}'")
            : throw Invalid(digits, $"'{whole}'");

    private static int CheckVlanId(int id, string whole) =>
        id is >= 1 and <= MaxVlanId ? id : throw Invalid(id.ToString(CultureInfo.InvariantCulture), whole);

    private static NetworkException Invalid(string id, string whole) => new(
        NetworkError.InvalidVlanId,
        $"'{id}' in {whole} isn't a VLAN id. A VLAN id is a whole number from 1 to {MaxVlanId}.",
        "Specify an existing link, or LINK.ID such as eth0.50.");
}
