using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates 802.1Q or 802.1ad sub-interfaces on a parent.</summary>
[Cmdlet(VerbsCommon.Add, "VlanSubInterface", SupportsShouldProcess = true)]
[OutputType(typeof(VlanSubInterface))]
public sealed class AddVlanSubInterfaceCommand : NetworkCommand
{
    /// <summary>The link that the sub-interface sits on.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string Parent { get; set; } = "";

    /// <summary>The VLAN ids.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int[] VlanId { get; set; } = [];

    /// <summary>The name. The default is PARENT.ID.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? Name { get; set; }

    /// <summary>The EtherType of the tag: 802.1Q or 802.1ad.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [VlanProtocolTransformation]
    public VlanProtocol Protocol { get; set; } = VlanProtocol.Ieee8021Q;

    /// <summary>The MTU. The default is the parent's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? Mtu { get; set; }

    /// <summary>Whether headers are shown as if there were no tag.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<bool?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public bool? ReorderHeader { get; set; }

    /// <summary>Registers the VLAN through GVRP.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Gvrp { get; set; }

    /// <summary>Registers the VLAN through MVRP.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Mvrp { get; set; }

    /// <summary>Makes the state independent of the parent's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter LooseBinding { get; set; }

    /// <summary>Maps priorities of this host to priorities of the tag.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PriorityMapTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public Hashtable? EgressPriorityMap { get; set; }

    /// <summary>Maps priorities of the tag to priorities of this host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PriorityMapTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public Hashtable? IngressPriorityMap { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        VlanSubInterfaces vlans = new(Session);
        foreach (int id in VlanId)
        {
            Guard(id, () =>
            {
                ParentReference parent = ParentReference.OfVlan(Parent, id);
                if (Name is not null) LinkName.Check(Name);
                if (ShouldProcess(Name ?? parent.ToString(), $"Add VLAN {id} on {Parent}"))
                {
                    Write(vlans.Add(Parent, Tag(id), Name, Mtu));
                }
            });
        }
    }

    private VlanLink Tag(int id) => new(id, Protocol)
    {
        ReorderHeader = ReorderHeader,
        Gvrp = Gvrp ? true : null,
        Mvrp = Mvrp ? true : null,
        LooseBinding = LooseBinding ? true : null,
        EgressPriorityMap = ReadMap(EgressPriorityMap),
        IngressPriorityMap = ReadMap(IngressPriorityMap),
    };

    private static (uint From, uint To)[] ReadMap(Hashtable? map) =>
        [.. (map ?? []).Cast<DictionaryEntry>().Select(static e => (From: ReadNumber(e.Key), To: ReadNumber(e.Value)))
            .OrderBy(static p => p.From)];

    private static uint ReadNumber(object? value) =>
        uint.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? number
            : throw new NetworkException(
                NetworkError.InvalidParameter,
                $"'{value}' isn't a valid priority: it isn't a whole number.",
                "Map priorities as @{ 0 = 3 }: priorities of the tag are 0 to 7.");
}
