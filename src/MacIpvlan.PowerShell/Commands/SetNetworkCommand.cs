using System.Collections;
using System.Management.Automation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>
/// The base of Set-MacvlanNetwork and Set-IpvlanNetwork: everything except the mode. What isn't on the command line stays as it is,
/// so no setting comes down the pipeline: a network object has all of them.
/// </summary>
/// <typeparam name="T">The kind of network.</typeparam>
public abstract class SetNetworkCommand<T> : NetworkCommand where T : ContainerNetwork
{
    /// <summary>Names or patterns, network objects, or objects that belong to networks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Name { get; set; } = [];

    /// <summary>The new name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string NewName { get; set; } = "";

    /// <summary>The parent: a link, LINK.ID or LINK:ID.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string? Parent { get; set; }

    /// <summary>The VLAN id on the parent.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VlanIdCompleter))]
    public int? VlanId { get; set; }

    /// <summary>All subnets. What lies in those that stay is kept.</summary>
    [Parameter]
    [CellTransformation<IPPrefix[]>]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public IPPrefix[]? Subnet { get; set; }

    /// <summary>Subnets to add.</summary>
    [Parameter]
    [CellTransformation<IPPrefix[]>]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public IPPrefix[]? AddSubnet { get; set; }

    /// <summary>Subnets to remove, with their gateways, ranges and exclusions.</summary>
    [Parameter]
    [CellTransformation<IPPrefix[]>]
    [ArgumentCompleter(typeof(NetworkSubnetCompleter))]
    public IPPrefix[]? RemoveSubnet { get; set; }

    /// <summary>All gateways.</summary>
    [Parameter]
    [CellTransformation<AddressValue[]>]
    [ArgumentCompleter(typeof(GatewayCompleter))]
    public AddressValue[]? Gateway { get; set; }

    /// <summary>All ranges to allocate from.</summary>
    [Parameter]
    [CellTransformation<AddressRange[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public AddressRange[]? IPRange { get; set; }

    /// <summary>All addresses that are never allocated.</summary>
    [Parameter]
    [CellTransformation<AddressRange[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public AddressRange[]? ExcludeAddress { get; set; }

    /// <summary>Whether DHCP servers on the parent assign IPv4 addresses.</summary>
    [Parameter]
    public SwitchParameter Dhcp { get; set; }

    /// <summary>The vendor class that NICs send to DHCP servers.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? DhcpClass { get; set; }

    /// <summary>How many seconds a connect waits for a DHCP server.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? DhcpTimeoutSeconds { get; set; }

    /// <summary>Options that NICs request in addition to the usual ones.</summary>
    [Parameter]
    [CellTransformation<DhcpOptionName[]>]
    [ArgumentCompleter(typeof(DhcpOptionCompleter))]
    public DhcpOptionName[]? DhcpRequestOption { get; set; }

    /// <summary>Where NICs get an address from if no DHCP server answers.</summary>
    [Parameter]
    [CellTransformation<DhcpFallback>]
    [ArgumentCompleter(typeof(DhcpFallbackCompleter))]
    public DhcpFallback? DhcpFallback { get; set; }

    /// <summary>Whether NICs have no default route, so that they reach only what is on the parent.</summary>
    [Parameter]
    public SwitchParameter Internal { get; set; }

    /// <summary>Whether IPv4 subnets without a specified gateway have none.</summary>
    [Parameter]
    public SwitchParameter NoGateway { get; set; }

    /// <summary>The MTU of its NICs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? Mtu { get; set; }

    /// <summary>The highest rate, both in and out, in bits a second.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidth { get; set; }

    /// <summary>The highest rate at which NICs receive.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthIn { get; set; }

    /// <summary>The highest rate at which they send.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthOut { get; set; }

    /// <summary>How many bytes can pass at once.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BandwidthBurst { get; set; }

    /// <summary>All sysctls of NICs.</summary>
    [Parameter]
    [AllowNull]
    [SysctlTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public IDictionary? Sysctl { get; set; }

    /// <summary>The metric of its default routes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? RouteMetric { get; set; }

    /// <summary>Whether NICs have no default route.</summary>
    [Parameter]
    public SwitchParameter NoDefaultRoute { get; set; }

    /// <summary>Whether gateways and next hops can be outside the subnets.</summary>
    [Parameter]
    public SwitchParameter OnLinkGateway { get; set; }

    /// <summary>All routes in addition to the default route.</summary>
    [Parameter]
    [CellTransformation<NetworkRoute[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public NetworkRoute[]? Route { get; set; }

    /// <summary>What NICs do with router advertisements.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RouterAdvertisementCompleter))]
    public RouterAdvertisement? RouterAdvertisement { get; set; }

    /// <summary>How NICs make addresses from router advertisements.</summary>
    [Parameter]
    [CellTransformation<InterfaceIdentifier>]
    [ArgumentCompleter(typeof(InterfaceIdentifierCompleter))]
    public InterfaceIdentifier? InterfaceIdentifier { get; set; }

    /// <summary>All that labels of containers can ask Watch-ContainerNic for.</summary>
    [Parameter]
    public LabelSetting[]? AllowLabel { get; set; }

    /// <summary>Changes the network although that harms NICs.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the networks as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    /// <summary>The kind of the NICs, with the settings that are given.</summary>
    private protected abstract LinkKind NicKind { get; }

    /// <summary>How addresses are probed, as far as that is given.</summary>
    private protected virtual ProbeSettings? Probe => null;

    private protected override void Process()
    {
        if (!MyInvocation.BoundParameters.Keys.Except([nameof(Name), nameof(Force), nameof(PassThru), .. CommonParameters, .. OptionalCommonParameters]).Any())
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "Nothing says what to change.", "Specify a setting, such as -Mtu or -AddSubnet.");
        }

        ContainerNetworks networks = new(Session);
        NetworkChanges changes = new(Session);
        IReadOnlyList<T> selected = SelectNetworks<T>(NetworkReference.NamesOf(Name));
        if (selected.Count > 1 && NewName.Length > 0)
        {
            throw new NetworkException(NetworkError.InvalidParameter, $"{selected.Count} networks can't all have the name '{NewName}'.", "Specify one network.");
        }

        foreach (T network in selected)
        {
            Session.Progress(new("Changing networks", network.Name, TotalOf(selected.Count)));
            Guard(network.Name, () =>
            {
                NetworkChange change = ReadChange(network);
                string action = changes.Plan(network, change, Force);
                if (action.Length > 0 && !ShouldProcess(network.Name, action)) return;
                // Without a change, one of another network may have changed it.
                ContainerNetwork? now = action.Length > 0 ? changes.Change(network, change, Force) : PassThru ? networks.Find(network.Name) : null;
                if (PassThru && now is not null) Write(networks.Count([now])[0]);
            });
        }
    }

    private NetworkChange ReadChange(T network) => new()
    {
        // Settings have the names of their parameters; of the name, that is taken.
        Given = MyInvocation.BoundParameters.Keys.Except([nameof(Name)]).Select(static p => p == nameof(NewName) ? nameof(Name) : p).ToHashSet(),
        AddedSubnets = AddSubnet ?? [],
        RemovedSubnets = RemoveSubnet ?? [],
        Values = new()
        {
            Name = NewName,
            NicKind = NicKind,
            Parent = DependentSettings.ReadParent(Parent, VlanId),
            Subnets = Subnet ?? [],
            Gateways = Gateway ?? [],
            Ranges = IPRange ?? [],
            Excluded = ExcludeAddress ?? [],
            Dhcp = DependentSettings.ReadDhcp(
                IsTyped(nameof(Dhcp)) ? Dhcp : network.Dhcp, DhcpClass, DhcpTimeoutSeconds, (DhcpRequestOption ?? []).Select(static o => o.Code), DhcpFallback),
            Internal = Internal,
            NoGateway = NoGateway,
            Mtu = Mtu,
            Bandwidth = BandwidthLimits.Of(MaximumBandwidth, MaximumBandwidthIn, MaximumBandwidthOut, BandwidthBurst),
            Sysctls = SysctlTransformationAttribute.Read(Sysctl),
            RouteMetric = RouteMetric,
            NoDefaultRoute = NoDefaultRoute,
            OnLinkGateway = OnLinkGateway,
            Routes = Route ?? [],
            AllowedLabels = AllowLabel ?? [],
            RouterAdvertisement = RouterAdvertisement,
            InterfaceIdentifier = InterfaceIdentifier,
            Probe = Probe,
        },
    };
}
