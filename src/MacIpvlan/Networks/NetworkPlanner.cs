using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Plans networks: checks requests against the rules, the kernel and the other networks.</summary>
internal sealed class NetworkPlanner(NetworkSession session)
{
    private readonly ParentPlanner _planner = new(session);
    private readonly ParentLinks _links = new(session);
    private readonly RenamedParents _renamed = new(session);
    private readonly SegmentNetworks _segments = new(session);

    /// <summary>Plans a request. Creates nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="networks">The other networks.</param>
    /// <param name="warn">Called with each warning.</param>
    /// <param name="former">The network that the request changes; null for a new one.</param>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    public NetworkPlan Plan(NetworkRequest request, NetworkIndex networks, Action<string> warn, NetworkRecord? former = null)
    {
        request = _segments.Complete(request);
        IReadOnlyList<SubnetRecord> subnets = NetworkDefinition.Check(request);
        NicSysctls.CheckKernel(request.Sysctls);
        if (networks.Contains(request.Name))
        {
            throw new NetworkException(
                NetworkError.NetworkExists,
                $"A network named '{request.Name}' already exists.",
                "Choose another name, or remove that network first.");
        }

        string id = former?.Id ?? $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        // An object of an internal network names the dummy link of that network, which another one can't have.
        bool hasOwnLink = request.Parent is null || (request.Internal && NetworkDefinition.IsDummyName(request.Parent.Link));
        ParentPlan parent = hasOwnLink ? PlanDummy(request, id)
            : former is not null && IsSame(request, former) ? new(former.Parent) { Existing = _links.FindUsable(former.Parent) }
            : _planner.Plan(request.Parent!, request.Vlans);
        NetworkRecord network = new()
        {
            Id = id,
            Name = request.Name,
            NicKind = request.NicKind,
            // Networks share addresses if they have the same parent on record.
            Parent = (parent.IsReplaced ? null : FindRecorded(parent.Existing, networks, former)) ?? parent.Name,
            Internal = request.IsInternal,
            Mtu = request.Mtu,
            Bandwidth = request.Bandwidth,
            RouteMetric = request.RouteMetric,
            NoDefaultRoute = request.NoDefaultRoute,
            OnLinkGateway = request.OnLinkGateway,
            Routes = request.Routes,
            RouterAdvertisement = request.RouterAdvertisement,
            Dhcp = request.Dhcp,
            Segment = request.Segment is NetworkSegment segment ? segment with { AwayPolicy = segment.AwayPolicy ?? AwayPolicy.Refuse } : null,
            InterfaceIdentifier = request.NicIdentifier,
            Sysctls = NicSysctl.InOrder(request.Sysctls),
            Probe = request.Probe,
            AllowedLabels = LabelSettings.Complete(request.AllowedLabels),
            Subnets = subnets,
        };
        if (former is null || former.Mtu != network.Mtu || former.Parent != network.Parent) ParentPlanner.CheckMtu(request.NicKind, request.Mtu, parent.Name, parent.KnownMtu, warn);
        CheckBurst(network, former, parent.KnownMtu);
        if (parent.Existing is not null)
        {
            networks.Renamed ??= _renamed.FindAll(networks.Parents);
            if (networks.Renamed.TryGetValue(parent.Existing.Index, out string? recorded)) throw ParentSharing.Renamed(network, recorded, networks.On(recorded));
        }

        ParentSharing.Check(network, networks.On(network.Parent), warn);
        if (parent.Existing is not null && (former?.NicKind != network.NicKind || former.Parent != network.Parent)) CheckForeignLinks(network, parent.Existing, warn);
        if (request.NicKind is MacvlanLink && _planner.IsWireless(parent))
        {
            warn($"{parent.Name} is wireless: an access point accepts only one MAC address per station, so NICs "
                + "with their own MAC addresses reach nothing beyond it. Use an ipvlan network instead.");
        }

        if (request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 } && request.Gateways.Count > 0)
        {
            warn($"The gateway of '{request.Name}' is kept free but not used: in l3 modes, the default route goes "
                + "directly through the NIC.");
        }

        if (request is { NicKind: IpvlanLink { Mode: not IpvlanMode.L2 }, RouterAdvertisement: RouterAdvertisement.Accept })
        {
            warn($"NICs of '{request.Name}' receive no router advertisements: in l3 modes, there is no multicast.");
        }

        return new(network, parent);
    }

    // The MTU of a lease can be smaller than the parent's, and what a network had before is no obstacle to other changes.
    private static void CheckBurst(NetworkRecord network, NetworkRecord? former, int? parentMtu)
    {
        if ((network.Mtu ?? (network.Dhcp is null ? parentMtu : null)) is not int mtu) return;
        if (former is not null && NicBandwidth.IsTooSmall(former.Bandwidth, former.Mtu ?? mtu)) return;
        NicBandwidth.CheckBurst(network.Bandwidth, mtu, $"NICs of '{network.Name}'");
    }

    // A parent that isn't to change can be missing.
    private static bool IsSame(NetworkRequest request, NetworkRecord former) =>
        request is { Vlans.Count: 0, Parent.VlanId: null } && request.Parent.Link == former.Parent;

    private static string? FindRecorded(Link? parent, NetworkIndex networks, NetworkRecord? former) =>
        former is not null && parent?.IsNamed(former.Parent) == true ? former.Parent : parent?.AlternativeNames.FirstOrDefault(networks.Parents.Contains);

    // The kernel silently switches the mode of all ipvlan links of a parent. It refuses other conflicts on connecting.
    private void CheckForeignLinks(NetworkRecord network, Link parent, Action<string> warn)
    {
        if (network.NicKind is not (IpvlanLink or MacvlanLink { Mode: MacvlanMode.Passthru })) return;
        ParentSharing.Check(network, new SiblingLinks(session).FindUnrecorded(parent), warn);
    }

    private static ParentPlan PlanDummy(NetworkRequest request, string id) =>
        new(NetworkDefinition.DummyName(request.NicKind, id)) { Kind = new DummyLink(), Mtu = request.Mtu };
}

/// <summary>The plan for a request: the record, and the parent with what must be created.</summary>
internal sealed record NetworkPlan(NetworkRecord Network, ParentPlan Parent)
{
    /// <summary>A description of what is created.</summary>
    public override string ToString() =>
        $"{Network.NicKind} on {Parent}, {Phrase.NameSome(Network.Addresses.Texts)}"
        + (Network.Segment is NetworkSegment segment ? $", on the segment {segment}" : "");
}
