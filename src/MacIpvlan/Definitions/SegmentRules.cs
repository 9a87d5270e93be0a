using System.Text.RegularExpressions;

namespace MacIpvlan;

/// <summary>Checks the settings of networks that are on a segment.</summary>
internal static partial class SegmentRules
{
    private const int MinGraceSeconds = 60;
    private const int MaxGraceSeconds = 366 * 24 * 3600;

    /// <summary>Checks a request with a segment. Without one, everything is fine.</summary>
    /// <exception cref="NetworkException">InvalidParameter or InvalidName.</exception>
    public static void Check(NetworkRequest request)
    {
        if (request.Segment is not NetworkSegment segment) return;
        if (!Name().IsMatch(segment.Name)) throw new NetworkException(
            NetworkError.InvalidName,
            $"'{segment.Name}' can't be the name of a segment: it must begin with a letter or digit and have up to 63 letters, digits, '_', '.' and '-'.",
            "Choose another name, such as that of its VLAN.");
        if (segment.GraceSeconds is < MinGraceSeconds or > MaxGraceSeconds) throw new NetworkException(
            NetworkError.InvalidParameter,
            $"GraceSeconds must be from {MinGraceSeconds} to {MaxGraceSeconds}, not {segment.GraceSeconds}.",
            "Omit it if hosts keep their addresses until an administrator takes them away.");
        if (request.Parent is null || (request.Internal && NetworkDefinition.IsDummyName(request.Parent.Link))) throw new NetworkException(
            NetworkError.InvalidParameter,
            "A network on a segment needs a parent: without one, it's on a dummy link, which no other host is on.",
            "Specify the link that leads to the segment: -Parent eth0.50.");
        if (request.Subnets.Count == 0 && request.Dhcp?.Fallback is null) throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The network '{request.Name}' has no subnet whose addresses hosts could share.",
            "Specify a subnet, or omit -AddressDatabase and -Segment.");
    }

    // As Schema/1.sql of the database has it.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\z")]
    private static partial Regex Name();
}
