namespace MacIpvlan.State.Sqlite;

/// <content>Changes of networks that keep their ids, and so their NICs.</content>
public sealed partial class SqliteStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<NicRecord>? ChangeNetworks(NetworksChange change) => _database.Write(() =>
    {
        if (change.Nics is not null && !change.Networks.All(n => HasOnly(n, change.Nics))) return null;
        if (change.Rename is not null) Rename(change.Rename.Name, change.Rename.NewName);
        if (change.ParentLink is not null) Set(change.ParentLink);
        foreach (NetworkRecord network in change.Networks) Rewrite(network);
        NicRecord[] nics = change.Nics is null ? [] : Change(change.Nics);
        DeleteUnusedPools();
        return nics;
    });

    private bool HasOnly(NetworkRecord network, IReadOnlyList<NicDemand> nics) => _database.Query(
        "SELECT COUNT(*) FROM nics WHERE network_id = $1", static r => r.GetInt32(0), network.Id)[0] == nics.Count(n => n.Network.Id == network.Id);

    private void Rewrite(NetworkRecord network)
    {
        object?[] values = ValuesOf(network);
        try
        {
            int found = _database.Execute(
                $"UPDATE networks SET {string.Join(", ", s_columns.Select(static (c, i) => $"{c} = ${i + 1}").Skip(1))}, revision = revision + 1 WHERE id = $1", values);
            if (found == 0) throw new NetworkException(NetworkError.NetworkNotFound, "Another command has just removed the network.");
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw NameExists(network.Name);
        }

        // Their pools stay while addresses are from them.
        _database.Execute("DELETE FROM subnets WHERE network_id = $1", network.Id);
        AddSubnets(network);
    }
}
