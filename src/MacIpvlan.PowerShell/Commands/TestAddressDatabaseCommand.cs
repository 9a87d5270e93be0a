using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Asks address databases whether this host can use them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AddressDatabase")]
[OutputType(typeof(AddressDatabaseTest))]
public sealed class TestAddressDatabaseCommand : AddressDatabaseCommand
{
    /// <summary>Names or patterns. The default is all databases.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string[]? Name { get; set; }

    private protected override string[]? Names => Name;

    private protected override void Process(KnownDatabases databases, AddressDatabase database) => Write(databases.Test(database));
}
