using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates named network namespaces.</summary>
[Cmdlet(VerbsCommon.New, "NetworkNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetworkNamespace))]
public sealed class NewNetworkNamespaceCommand : NetworkCommand
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string[] Name { get; set; } = [];

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkNamespaces namespaces = new(Session);
        foreach (string name in Name)
        {
            Guard(name, () =>
            {
                if (ShouldProcess(name, $"Create network namespace at {NetworkNamespaces.PathOf(name)}")) Write(namespaces.Create(name));
            });
        }
    }
}
