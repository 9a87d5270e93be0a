using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A planned change of a network, and of those that change with it.</summary>
/// <param name="Former">The networks, first the one that was asked for.</param>
/// <param name="Now">The networks after the change, in the same order.</param>
internal sealed record NetworkRevision(IReadOnlyList<NetworkRecord> Former, IReadOnlyList<NetworkRecord> Now)
{
    /// <summary>The settings of the first network that change; empty if nothing changes.</summary>
    public required IReadOnlyList<SettingDifference> Differences { get; init; }

    /// <summary>Where they sit after the change, with what must be created for that.</summary>
    public required ParentPlan Parent { get; init; }

    /// <summary>The name on record of a parent that has another name now, so that all networks on it follow; null for none.</summary>
    public string? RenamedParent { get; init; }

    /// <summary>Their NICs without those that have ended for good, with the host's.</summary>
    public IReadOnlyList<ContainerNic> Nics { get; init; } = [];

    /// <summary>Their NICs that have ended for good: what they hold becomes free.</summary>
    public IReadOnlyList<ContainerNic> Ended { get; init; } = [];

    /// <summary>The MTU of the link that NICs sit on after the change, in bytes; null if it isn't known.</summary>
    public int? ParentMtu => HasOwnLink ? Now[0].Mtu ?? ParentLinks.UsualMtu : Parent.KnownMtu;

    /// <summary>Whether that is a dummy link of the network's own, which has the network's MTU.</summary>
    public bool HasOwnLink => NetworkDefinition.HasOwnLink(Now[0]);

    /// <summary>Whether the change is more than one of the record.</summary>
    public bool ReachesNics => Former.Zip(Now).Any(static p => Reaches(p.First, p.Second));

    /// <summary>Whether NICs are made again, because the kernel can't change their links so.</summary>
    public bool RemakesNics => Nics.Count > 0 && (IsPassthruChange || (IsMoved && Nics.Any(n => n.Record.ParentIndex != Parent.Existing?.Index)));

    /// <summary>Whether the networks are on another parent after the change.</summary>
    public bool IsMoved => RenamedParent is null && Former[0].Parent != Now[0].Parent;

    /// <summary>Whether mode Passthru comes or goes.</summary>
    public bool IsPassthruChange => Former[0].IsPassthru() != Now[0].IsPassthru();

    /// <summary>What changes, in words.</summary>
    public override string ToString()
    {
        string nics = Nics.Count == 0 || !ReachesNics ? ""
            : $", {(RemakesNics ? "making NICs again" : "with its NICs")}: {Phrase.NameSome(Nics)}";
        NetworkRecord[] others = [.. Now.Skip(1)];
        string with = others.Length == 0 ? "" : $", and with it the mode of {Phrase.NameSome([.. others.Select(static n => n.Name)])} on {Now[0].Parent}";
        string ended = Ended.Count == 0 || !ReachesNics ? "" : $", and release NICs whose namespaces are gone: {Phrase.NameSome(Ended)}";
        string renamed = RenamedParent is null ? "" : $", for all networks on {RenamedParent}, which has that name now";
        return $"Change the {Former[0].NicKind.Name} network: {string.Join("; ", Differences)}{renamed}{with}{nics}{ended}";
    }

    // Ranges, exclusions, probes, labels and questions to DHCP servers are for NICs to come.
    private static bool Reaches(NetworkRecord former, NetworkRecord now) =>
        NetworkSettings.Compare(SettingsOf(former), SettingsOf(now)).Any(static d => s_ofNics.Contains(d.Name))
        // A gateway can be chosen automatically, or be in another subnet now.
        || !former.Subnets.Select(static s => (s.Prefix, s.Gateway)).SequenceEqual(now.Subnets.Select(static s => (s.Prefix, s.Gateway)))
        || former.Fallback?.Prefix != now.Fallback?.Prefix;

    private static readonly HashSet<string> s_ofNics =
    [
        NetworkSettings.Mode, NetworkSettings.Flag, NetworkSettings.AllowedMacAddress, NetworkSettings.BroadcastQueueLength,
        NetworkSettings.BroadcastCutoff, NetworkSettings.NoPromiscuous, NetworkSettings.Parent, NetworkSettings.Mtu, NetworkSettings.RouteMetric,
        NetworkSettings.MaximumBandwidthIn, NetworkSettings.MaximumBandwidthOut, NetworkSettings.BandwidthBurst, NetworkSettings.Sysctl,
        NetworkSettings.NoDefaultRoute, NetworkSettings.OnLinkGateway, NetworkSettings.Internal, NetworkSettings.Route,
        NetworkSettings.RouterAdvertisement, NetworkSettings.InterfaceIdentifier, NetworkSettings.Dhcp, NetworkSettings.DhcpFallback,
    ];

    private static IReadOnlyList<NetworkSetting> SettingsOf(NetworkRecord network) => NetworkSettings.Of(NetworkRequest.For(network));
}
