using System.Management.Automation;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Gives the host an interface on networks, and routes to their containers.</summary>
[Cmdlet(VerbsLifecycle.Enable, "HostAccess", SupportsShouldProcess = true)]
[OutputType(typeof(HostAccess))]
public sealed class EnableHostAccessCommand : HostAccessCommand
{
    /// <summary>The host's addresses on the network. The default is the lowest free ones.</summary>
    [Parameter]
    [ValueTransformation<AddressReference[]>]
    [ArgumentCompleter(typeof(FreeAddressCompleter))]
    public AddressReference[]? IPAddress { get; set; }

    /// <summary>The interface's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? InterfaceName { get; set; }

    private protected override string Activity => "Enabling host access";

    private protected override void Process(ContainerNetwork network)
    {
        HostAccesses.Check(network);
        if (ShouldProcess(network.Name, $"Give the host an interface on the {network.Kind} network on {network.Parent}"))
        {
            AddressReference[] addresses = IPAddress ?? [];
            Write(new HostAccesses(Session).Enable(
                network,
                [.. addresses.Select(static a => a.Value)],
                InterfaceName,
                [.. addresses.Select(static a => a.WithLength).OfType<InterfaceAddress>()]));
        }
    }
}
