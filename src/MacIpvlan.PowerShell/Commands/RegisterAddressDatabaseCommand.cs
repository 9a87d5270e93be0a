using System.Management.Automation;
using MacIpvlan.State;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Makes an address database known to this host. No server is asked.</summary>
[Cmdlet(VerbsLifecycle.Register, "AddressDatabase", SupportsShouldProcess = true)]
[OutputType(typeof(AddressDatabase))]
public sealed class RegisterAddressDatabaseCommand : NetworkCommand
{
    /// <summary>The name, under which networks refer to it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string Name { get; set; } = "";

    /// <summary>How to connect to its servers, without passwords.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string ConnectionString { get; set; } = "";

    /// <summary>A file that only root can read, with the password.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? PasswordFile { get; set; }

    /// <summary>How many seconds commands wait for it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, KnownDatabases.MaxTimeoutSeconds)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int TimeoutSeconds { get; set; } = AddressDatabaseRecord.DefaultTimeoutSeconds;

    private protected override void Process() => Guard(Name, () =>
    {
        AddressDatabaseRecord database = new()
        {
            Name = Name,
            HostId = Guid.NewGuid(),
            ConnectionString = ConnectionString,
            PasswordFile = string.IsNullOrEmpty(PasswordFile) ? null : GetUnresolvedProviderPathFromPSPath(PasswordFile),
            TimeoutSeconds = TimeoutSeconds,
        };
        KnownDatabases databases = new(Session);
        databases.Check(database);
        if (ShouldProcess(Name, "Make the address database known")) Write(databases.Register(database));
    });
}
