namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of the cmdlets for address databases that this host knows.</summary>
public abstract class AddressDatabaseCommand : NetworkCommand
{
    private protected abstract string[]? Names { get; }

    private protected sealed override void Process()
    {
        KnownDatabases databases = new(Session);
        foreach (AddressDatabase database in Select(Names, databases.GetAll(), static d => d.Name, n => NotFound.Database(n, databases.GetAll())))
        {
            Guard(database.Name, () => Process(databases, database));
        }
    }

    private protected abstract void Process(KnownDatabases databases, AddressDatabase database);
}
