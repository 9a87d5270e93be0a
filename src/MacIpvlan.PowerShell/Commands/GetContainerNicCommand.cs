using System.Management.Automation;
using System.Net.NetworkInformation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists NICs.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNic", DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class GetContainerNicCommand : NicSelectionCommand
{
    private readonly List<NicSelection> _selections = [];

    /// <summary>Addresses, with or without a prefix length, subnets or ranges.</summary>
    [Parameter]
    [ValueTransformation<AddressSelection[]>]
    [ArgumentCompleter(typeof(NicAddressCompleter))]
    public AddressSelection[]? IPAddress { get; set; }

    /// <summary>MAC addresses.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MacAddressCompleter))]
    public PhysicalAddress[]? MacAddress { get; set; }

    /// <summary>Names or patterns of parents.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string[]? Parent { get; set; }

    /// <summary>The states of the NICs.</summary>
    [Parameter]
    public NicState[]? State { get; set; }

    /// <summary>Lists the states on record, without looking at the kernel.</summary>
    [Parameter]
    public SwitchParameter Recorded { get; set; }

    private protected override void Process(NicSelection selection) => _selections.Add(selection);

    // The NICs are read and looked at only once, however many networks, targets or processes come down the pipeline.
    private protected override void Finish()
    {
        foreach (NicState state in State ?? []) CheckState(state);
        if (_selections.Count == 0) return;
        IReadOnlyList<ContainerNic> all = GetNics(_selections);
        ContainerNic[] wanted = [.. new NicFilter(FindSelected(_selections, all)).Addresses(IPAddress).Parents(Parent).Found];
        bool areAll = _selections.Count > 1 || _selections[0].Networks is null;
        IReadOnlyList<ContainerNic> found = ContainerNics.WithRoutes(wanted, areAll || wanted.Length == 0 ? all : GetNics((ContainerNetwork[]?)null));
        if (!Recorded) found = new NicStates(Session).Look(found);
        foreach (ContainerNic nic in new NicFilter(found).Interfaces(InterfaceName).MacAddresses(MacAddress).Found
            .Where(n => State?.Contains(n.State) ?? true)) Write(nic);
    }

    private void CheckState(NicState state)
    {
        if (NicStates.CanBe(state, Recorded)) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            Recorded ? $"No NIC is {state} on record." : $"{state} is a state on record.",
            Recorded ? "Omit -Recorded, or use Attached or Detached." : "Add -Recorded, or use Up or another state that the kernel shows.");
    }
}
