using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists NICs.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNic")]
[OutputType(typeof(ContainerNic))]
public sealed class GetContainerNicCommand : NetworkCommand
{
    /// <summary>Names or patterns of networks, or network objects.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Names or patterns of containers, or ids of at least 12 digits.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Names, paths or patterns of namespaces.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Namespace { get; set; }

    /// <summary>Processes that were specified as targets.</summary>
    [Parameter]
    [Alias("Id", "PID")]
    public int[]? ProcessId { get; set; }

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>The states of the NICs.</summary>
    [Parameter]
    public NicState[]? State { get; set; }

    /// <summary>Lists the states on record, without looking at the kernel.</summary>
    [Parameter]
    public SwitchParameter Recorded { get; set; }

    private protected override void Process()
    {
        foreach (NicState state in State ?? []) CheckState(state);
        NicFilter filter = new NicFilter(GetNics(SelectReferenced(Network)))
            .Containers(Container).Namespaces(Namespace).Processes(ProcessId).Interfaces(InterfaceName);
        ContainerNic[] found = [.. filter.Found];
        foreach (ContainerNic nic in (Recorded ? found : new NicStates(Session).Look(found)).Where(n => State?.Contains(n.State) ?? true)) Write(nic);
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
