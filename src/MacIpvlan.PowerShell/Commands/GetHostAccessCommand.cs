using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists the host's interfaces on networks.</summary>
[Cmdlet(VerbsCommon.Get, "HostAccess")]
[OutputType(typeof(HostAccess))]
public sealed class GetHostAccessCommand : NetworkCommand
{
    /// <summary>Names or patterns of networks, or network objects. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    private protected override void Process()
    {
        foreach (HostAccess access in new HostAccesses(Session).GetAll(SelectReferenced(Network))) Write(access);
    }
}
