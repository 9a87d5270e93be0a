using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Forgets address databases.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "AddressDatabase", SupportsShouldProcess = true)]
[OutputType(typeof(AddressDatabase))]
public sealed class UnregisterAddressDatabaseCommand : AddressDatabaseCommand
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Forgets it even if it hasn't been told yet which addresses are free.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the databases that were forgotten.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[]? Names => Name;

    private protected override void Process(KnownDatabases databases, AddressDatabase database)
    {
        if (!ShouldProcess(database.Name, "Forget the address database")) return;
        databases.Unregister(database, Force);
        if (PassThru) Write(database);
    }
}
