using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Makes an 802.1q or 802.1ad link on a parent.</summary>
[Cmdlet(VerbsCommon.Add, "VlanSubInterface", SupportsShouldProcess = true)]
[OutputType(typeof(VlanSubInterface))]
public sealed class AddVlanSubInterfaceCommand : NetworkCommand
{
    /// <summary>The link that it sits on.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string Parent { get; set; } = "";

    /// <summary>Its VLAN id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public int[] VlanId { get; set; } = [];

    /// <summary>Its name; PARENT.ID when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The EtherType of its tag: 802.1Q or 802.1ad.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [VlanProtocolTransformation]
    public VlanProtocol Protocol { get; set; } = VlanProtocol.Ieee8021Q;

    /// <summary>Its MTU; the parent's when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    public int? Mtu { get; set; }

    /// <summary>Whether headers are shown as if there were no tag.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<bool?>]
    public bool? ReorderHeader { get; set; }

    /// <summary>Registers the VLAN by GVRP.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Gvrp { get; set; }

    /// <summary>Registers the VLAN by MVRP.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter Mvrp { get; set; }

    /// <summary>Does not follow the state of the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter LooseBinding { get; set; }

    /// <summary>From priorities of this host to priorities of the tag.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PriorityMapTransformation]
    public Hashtable? EgressPriorityMap { get; set; }

    /// <summary>From priorities of the tag to priorities of this host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PriorityMapTransformation]
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
            : throw new NetworkException(NetworkError.InvalidParameter, $"'{value}' is not a priority: a whole number.");
}
