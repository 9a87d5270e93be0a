using System.Management.Automation;

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
                    Write(vlans.Add(parent, Name, Protocol));
                }
            });
        }
    }
}
