using System.Management.Automation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of New-MacvlanNetwork and New-IpvlanNetwork: everything except the mode.</summary>
public abstract class NewNetworkCommand : NetworkCommand
{
    /// <summary>The network's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The subnets. Without -Dhcp, at least one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<IPPrefix[]>]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public IPPrefix[]? Subnet { get; set; }

    /// <summary>The parent: a link, LINK.ID or LINK:ID.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string? Parent { get; set; }

    /// <summary>The VLAN id on the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(VlanIdCompleter))]
    public int? VlanId { get; set; }

    /// <summary>Gateways, each in one of the subnets.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<AddressValue[]>]
    [ArgumentCompleter(typeof(GatewayCompleter))]
    public AddressValue[]? Gateway { get; set; }

    /// <summary>Ranges to allocate from.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<AddressRange[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public AddressRange[]? IPRange { get; set; }

    /// <summary>Addresses that are never allocated.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<AddressRange[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public AddressRange[]? ExcludeAddress { get; set; }

    /// <summary>The address database that its addresses are from.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<string>]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string? AddressDatabase { get; set; }

    /// <summary>The segment in that database.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<string>]
    [ArgumentCompleter(typeof(SegmentCompleter))]
    public string? Segment { get; set; }

    /// <summary>What happens to requested addresses while the address database can't be reached.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<AwayPolicy?>]
    [ArgumentCompleter(typeof(AwayPolicyCompleter))]
    public AwayPolicy? AwayPolicy { get; set; }

    /// <summary>After how many seconds without a heartbeat other hosts get a host's addresses.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? GraceSeconds { get; set; }

    /// <summary>Has IPv4 addresses assigned by the DHCP servers on the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Dhcp { get; set; }

    /// <summary>The vendor class that NICs send to DHCP servers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<string>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? DhcpClass { get; set; }

    /// <summary>How many seconds a connect waits for a DHCP server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? DhcpTimeoutSeconds { get; set; }

    /// <summary>Options that NICs request in addition to the usual ones.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<DhcpOptionName[]>]
    [ArgumentCompleter(typeof(DhcpOptionCompleter))]
    public DhcpOptionName[]? DhcpRequestOption { get; set; }

    /// <summary>Where NICs get an address from if no DHCP server answers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<DhcpFallback>]
    [ArgumentCompleter(typeof(DhcpFallbackCompleter))]
    public DhcpFallback? DhcpFallback { get; set; }

    /// <summary>Gives NICs no default route, so that they reach only what is on the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Internal { get; set; }

    /// <summary>Creates no gateway in IPv4 subnets without a specified one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter NoGateway { get; set; }

    /// <summary>The MTU of its NICs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? Mtu { get; set; }

    /// <summary>The metric of its default routes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? RouteMetric { get; set; }

    /// <summary>Gives NICs no default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter NoDefaultRoute { get; set; }

    /// <summary>Allows gateways and next hops outside the subnets.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter OnLinkGateway { get; set; }

    /// <summary>Routes in addition to the default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<NetworkRoute[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public NetworkRoute[]? Route { get; set; }

    /// <summary>What NICs do with router advertisements. The default depends on their addresses.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<RouterAdvertisement?>]
    [ArgumentCompleter(typeof(RouterAdvertisementCompleter))]
    public RouterAdvertisement? RouterAdvertisement { get; set; }

    /// <summary>How NICs make addresses from router advertisements.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<InterfaceIdentifier>]
    [ArgumentCompleter(typeof(InterfaceIdentifierCompleter))]
    public InterfaceIdentifier? InterfaceIdentifier { get; set; }

    /// <summary>What labels of containers can ask Watch-ContainerNic for.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<LabelSetting[]>]
    public LabelSetting[]? AllowLabel { get; set; }

    private protected override bool ChangesHost => true;

    /// <summary>The kind and mode of the NICs.</summary>
    private protected abstract LinkKind NicKind { get; }

    /// <summary>How addresses are probed before NICs take them.</summary>
    private protected virtual ProbeSettings? ReadProbe(NetworkRequest request) => null;

    private protected override void Process() => Guard(Name, () =>
    {
        Session.Progress(new("Creating networks", Name));
        NetworkRequest request = new()
        {
            Name = Name,
            NicKind = NicKind,
            Parent = DependentSettings.ReadParent(Parent, VlanId),
            Subnets = Subnet ?? [],
            Gateways = Gateway ?? [],
            Ranges = IPRange ?? [],
            Excluded = ExcludeAddress ?? [],
            Segment = ReadSegment(),
            Dhcp = DependentSettings.ReadDhcp(
                Dhcp, DhcpClass, DhcpTimeoutSeconds, (DhcpRequestOption ?? []).Select(static o => o.Code), DhcpFallback),
            Internal = Internal,
            NoGateway = NoGateway,
            Mtu = Mtu,
            RouteMetric = RouteMetric,
            NoDefaultRoute = NoDefaultRoute,
            OnLinkGateway = OnLinkGateway,
            Routes = Route ?? [],
            AllowedLabels = AllowLabel ?? [],
            RouterAdvertisement = RouterAdvertisement,
            // That of a piped network isn't meant where the router advertisements are chosen anew.
            InterfaceIdentifier = IsTyped(nameof(RouterAdvertisement)) && !IsTyped(nameof(InterfaceIdentifier)) ? null : InterfaceIdentifier,
        };
        request = request with { Probe = ReadProbe(request) };
        ContainerNetworks networks = new(Session);
        if (ShouldProcess(Name, $"Create network: {networks.Plan(request)}")) Write(networks.Create(request));
    });

    private NetworkSegment? ReadSegment() => (AddressDatabase, Segment) switch
    {
        ({ Length: > 0 } database, { Length: > 0 } segment) => new(database, segment) { AwayPolicy = AwayPolicy, GraceSeconds = GraceSeconds },
        (null or "", null or "") when AwayPolicy is null && GraceSeconds is null => null,
        _ => throw new NetworkException(
            NetworkError.InvalidParameter,
            "AddressDatabase and Segment can only be used together, and AwayPolicy and GraceSeconds only with both.",
            "Specify both, -AddressDatabase fleet -Segment vlan50, or omit all of them."),
    };
}
