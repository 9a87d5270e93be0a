using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Puts networks on segments. A segment is one wire, so its subnets, gateways, ranges, exclusions and policies are the same for
/// all hosts: the first network defines them, and others take them over or define the same.
/// </summary>
internal sealed class SegmentNetworks(NetworkSession session)
{
    /// <summary>The request with what it leaves to its segment.</summary>
    /// <exception cref="NetworkException">
    /// SegmentNotFound: there is nothing to take over; or the database can't be asked.
    /// </exception>
    public NetworkRequest Complete(NetworkRequest request)
    {
        if (request.Segment is not NetworkSegment segment || !request.LeavesAddresses) return request;
        SegmentDefinition definition = Find(segment) ?? throw new NetworkException(
            NetworkError.SegmentNotFound,
            $"The segment {segment} doesn't exist, so there are no subnets that '{request.Name}' could take over.",
            "Specify them to define it (-Subnet 192.168.50.0/24).");
        if (segment.AwayPolicy is AwayPolicy policy && policy != definition.AwayPolicy) throw Differs(
            segment, [new(NetworkSettings.AwayPolicy, $"{policy}", $"{definition.AwayPolicy}")]);
        if (segment.GraceSeconds is int grace && grace != definition.GraceSeconds) throw Differs(
            segment, [new(NetworkSettings.GraceSeconds, $"{grace}", definition.GraceSeconds is int known ? $"{known}" : "none")]);
        return request with
        {
            Segment = segment with { AwayPolicy = definition.AwayPolicy, GraceSeconds = definition.GraceSeconds },
            Subnets = [.. definition.Subnets.Select(static s => s.Prefix)],
            Gateways = [.. definition.Subnets.Select(static s => s.Gateway).OfType<AddressValue>().Distinct()],
            NoGateway = request.Dhcp is null && definition.Subnets.Any(static s => s.Gateway is null && NetworkDefinition.TakesGateway(s.Prefix)),
            Ranges = [.. definition.Subnets.SelectMany(static s => s.Ranges)],
            Excluded = [.. definition.Subnets.SelectMany(static s => s.Excluded)],
            Dhcp = request.Dhcp is DhcpDefinition dhcp && definition.Fallback is SubnetRecord fallback
                ? dhcp with { Fallback = new(fallback.Prefix, fallback.Ranges.Count > 0 ? fallback.Ranges[0] : new(fallback.Prefix.First, fallback.Prefix.Last)) }
                : request.Dhcp,
        };
    }

    /// <summary>Checks that a network defines its segment as it is defined already. Changes nothing.</summary>
    /// <exception cref="NetworkException">SegmentDiffers; or the database can't be asked.</exception>
    public void Check(NetworkRecord network)
    {
        if (network.Segment is not NetworkSegment segment || Find(segment) is not SegmentDefinition known) return;
        if (Compare(DefinitionOf(network), known) is { Count: > 0 } differences) throw Differs(segment, differences);
    }

    /// <summary>Puts a network on its segment, if it has one.</summary>
    /// <exception cref="NetworkException">SegmentDiffers; or the database can't be asked.</exception>
    public void Join(NetworkRecord network)
    {
        if (network.Segment is not NetworkSegment segment) return;
        try
        {
            NoticeQueue.Use(session, segment.Database, d => Done(() => d.Join(network, DefinitionOf(network))));
        }
        catch (NetworkException e) when (e.Error == NetworkError.SegmentDiffers)
        {
            // Says in what, unless the segment has been removed meanwhile, or another one has the subnet.
            Check(network);
            throw;
        }
    }

    /// <summary>Takes a network off its segment, if it has one. The state queues that too when the network is removed.</summary>
    /// <exception cref="NetworkException">The database can't be asked.</exception>
    public void Leave(NetworkRecord network)
    {
        if (network.Segment is NetworkSegment segment) NoticeQueue.Use(session, segment.Database, d => Done(() => d.Leave(network.Id)));
    }

    /// <summary>How a network defines its segment.</summary>
    public static SegmentDefinition DefinitionOf(NetworkRecord network) => new(
        network.Segment!.Name, network.Segment.AwayPolicy ?? AwayPolicy.Refuse, network.Segment.GraceSeconds, network.Subnets, network.Fallback);

    /// <summary>In which settings two definitions of a segment differ.</summary>
    /// <param name="expected">How a network defines it.</param>
    /// <param name="actual">How the database does.</param>
    public static IReadOnlyList<SettingDifference> Compare(SegmentDefinition expected, SegmentDefinition actual) =>
        NetworkSettings.Compare(SettingsOf(expected), SettingsOf(actual));

    // Ranges that overlap or adjoin are the same as one range.
    private static NetworkSetting[] SettingsOf(SegmentDefinition segment) =>
    [
        .. Setting(NetworkSettings.Subnet, segment.Subnets.Select(static s => s.Prefix)),
        .. Setting(NetworkSettings.Gateway, segment.Subnets.Select(static s => $"{s.Prefix} {s.Gateway?.ToString() ?? "none"}")),
        .. Setting(NetworkSettings.IPRange, segment.Subnets.SelectMany(static s => Joined(s.Ranges))),
        .. Setting(NetworkSettings.ExcludeAddress, segment.Subnets.SelectMany(static s => Joined(s.Excluded))),
        .. Setting(NetworkSettings.DhcpFallback, segment.Fallback is SubnetRecord f ? [$"{f.Prefix} {string.Join(' ', Joined(f.Ranges))}"] : []),
        .. Setting(NetworkSettings.AwayPolicy, [segment.AwayPolicy]),
        .. Setting(NetworkSettings.GraceSeconds, segment.GraceSeconds is int grace ? [grace] : []),
    ];

    private static IEnumerable<NetworkSetting> Setting(string name, IEnumerable<object> values)
    {
        string[] texts = [.. values.Select(static v => v.ToString()!)];
        if (texts.Length > 0) yield return new(name, texts);
    }

    private static IEnumerable<AddressRange> Joined(IEnumerable<AddressRange> ranges)
    {
        AddressRange? current = null;
        foreach (AddressRange range in ranges.OrderBy(static r => r.First))
        {
            if (current is not null && (range.First <= current.Last || range.First == current.Last.Next()))
            {
                current = new(current.First, AddressValue.Upper(current.Last, range.Last));
                continue;
            }

            if (current is not null) yield return current;
            current = range;
        }

        if (current is not null) yield return current;
    }

    private SegmentDefinition? Find(NetworkSegment segment) => session.Databases.Use(segment.Database, d => d.FindSegment(segment.Name));

    private static object? Done(Action work)
    {
        work();
        return null;
    }

    private static NetworkException Differs(NetworkSegment segment, IReadOnlyList<SettingDifference> differences) => new(
        NetworkError.SegmentDiffers,
        $"The segment {segment} is defined differently: {Phrase.NameSome([.. differences.Select(static d => $"{d.Name} {d.Actual}, not {d.Expected}")])}.",
        "Omit the subnets to take over what it has, or use another segment.");
}
