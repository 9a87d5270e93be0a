using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists the address databases that this host knows. No server is asked.</summary>
[Cmdlet(VerbsCommon.Get, "AddressDatabase")]
[OutputType(typeof(AddressDatabase))]
public sealed class GetAddressDatabaseCommand : AddressDatabaseCommand
{
    /// <summary>Names or patterns. The default is all databases.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string[]? Name { get; set; }

    private protected override string[]? Names => Name;

    private protected override void Process(KnownDatabases databases, AddressDatabase database) => Write(database);
}
