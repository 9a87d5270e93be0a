using System.Management.Automation;
using MacIpvlan.State;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates the schema and the roles of an address database, or brings them up to date.</summary>
[Cmdlet(VerbsData.Initialize, "AddressDatabase", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(string))]
public sealed class InitializeAddressDatabaseCommand : NetworkCommand
{
    private const string ByName = "Name";
    private const string ByConnectionString = "ConnectionString";

    /// <summary>The name of a database that this host knows, with a role that may create the schema.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string Name { get; set; } = "";

    /// <summary>How to connect to its servers, with a role that may create the schema.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByConnectionString)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string ConnectionString { get; set; } = "";

    /// <summary>A file that only root can read, with the password of that role.</summary>
    [Parameter(ParameterSetName = ByConnectionString)]
    public string? PasswordFile { get; set; }

    // A connection string that is refused can have a password, so no error names it as its target.
    private protected override void Process() => Guard(ParameterSetName == ByName ? Name : null, () =>
    {
        KnownDatabases databases = new(Session);
        AddressDatabaseRecord database = ParameterSetName == ByName ? databases.Find(Name) ?? throw NotFound.Database(Name, databases.GetAll()) : new()
        {
            Name = "database",
            HostId = Guid.NewGuid(),
            ConnectionString = ConnectionString,
            PasswordFile = string.IsNullOrEmpty(PasswordFile) ? null : GetUnresolvedProviderPathFromPSPath(PasswordFile),
        };
        string missing = databases.FindMissingSchema(database);
        if (missing.Length == 0) WriteVerbose("The schema is up to date.");
        else if (ShouldProcess(database.Name, "Create the schema and the roles of the address database, or bring them up to date")) databases.Initialize(database);
        else if (IsWhatIf) Write(missing);
    });
}
