using System.Diagnostics;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The address databases that this host knows.</summary>
public sealed class KnownDatabases(NetworkSession session)
{
    /// <summary>The longest that commands can wait for a database, in seconds.</summary>
    public const int MaxTimeoutSeconds = 60;

    /// <summary>All of them, sorted by name.</summary>
    public IReadOnlyList<AddressDatabase> GetAll()
    {
        IReadOnlyList<NetworkRecord> networks = session.State.GetNetworks();
        return [.. session.State.GetAddressDatabases().Select(d => Describe(d, networks))];
    }

    /// <summary>How this host reaches a database; null if it doesn't know it.</summary>
    public AddressDatabaseRecord? Find(string name) => session.State.GetAddressDatabases(name) is [AddressDatabaseRecord known] ? known : null;

    /// <summary>Makes a database known. No server is asked.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter, AddressDatabaseUnsuitable or AddressDatabaseExists.</exception>
    public AddressDatabase Register(AddressDatabaseRecord database)
    {
        Check(database);
        session.State.AddAddressDatabase(database);
        return Describe(database, []);
    }

    /// <summary>Checks what is said about a database. No server is asked.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter or AddressDatabaseUnsuitable.</exception>
    public void Check(AddressDatabaseRecord database)
    {
        LinkName.CheckNetwork(database.Name);
        session.OpenDatabase(database).Dispose();
    }

    /// <summary>Forgets a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="force">Whether to forget it even if it hasn't been told which addresses are free.</param>
    /// <exception cref="NetworkException">AddressDatabaseInUse.</exception>
    public void Unregister(AddressDatabase database, bool force)
    {
        NoticeQueue.TellAll(session);
        int pending = session.State.GetNotices(database.Name).Count;
        if (pending > 0 && !force)
        {
            throw new NetworkException(
                NetworkError.AddressDatabaseInUse,
                $"'{database.Name}' hasn't been told yet what this host no longer needs ({Phrase.Count(pending, "notice")}).",
                $"Repeat this when it can be reached (Test-AddressDatabase {database.Name}), or use -Force; then an administrator takes them away "
                + "with Remove-ContainerNetworkAddress -HostName.");
        }

        session.State.RemoveAddressDatabase(database.Name);
    }

    /// <summary>
    /// Tells databases which addresses are free, as far as they can be reached. A command that can free addresses calls this at
    /// its end.
    /// </summary>
    public void Tell()
    {
        if (session.HasState) NoticeQueue.TellAll(session);
    }

    /// <summary>Asks a database whether it can be used, and tells it which addresses are free.</summary>
    public AddressDatabaseTest Test(AddressDatabase database)
    {
        int Pending() => session.State.GetNotices(database.Name).Count;
        try
        {
            session.Databases.Retry(database.Name);
            long start = Stopwatch.GetTimestamp();
            session.Databases.Use(database.Name, static d =>
            {
                d.Disconnect();
                return d.Attend(isHeartbeat: false);
            });
            TimeSpan first = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            DatabaseContact contact = session.Databases.Use(database.Name, static d => d.Attend(isHeartbeat: false));
            TimeSpan second = Stopwatch.GetElapsedTime(start);
            NoticeQueue.TellAll(session);
            return new(database.Name, AddressDatabaseStatus.Ready)
            {
                Server = contact.Address,
                ServerVersion = contact.Version,
                Role = contact.Role,
                IsEncrypted = contact.IsEncrypted,
                ConnectMilliseconds = first.TotalMilliseconds,
                RoundtripMilliseconds = second.TotalMilliseconds,
                PendingNoticeCount = Pending(),
            };
        }
        catch (NetworkException e) when (e.Error is NetworkError.AddressDatabaseUnavailable or NetworkError.AddressDatabaseUnsuitable)
        {
            bool isAway = e.Error == NetworkError.AddressDatabaseUnavailable;
            return new(database.Name, isAway ? AddressDatabaseStatus.Unavailable : AddressDatabaseStatus.Unsuitable)
            {
                PendingNoticeCount = Pending(),
                Reason = e.Message,
                RecommendedAction = e.RecommendedAction ?? "",
            };
        }
    }

    /// <summary>The SQL that a database lacks.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnavailable or AddressDatabaseUnsuitable.</exception>
    public string FindMissingSchema(AddressDatabaseRecord database) => session.Databases.Use(database, static d => d.FindMissingSchema());

    /// <summary>Creates the schema of a database, or brings it up to date.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnavailable or AddressDatabaseUnsuitable.</exception>
    public void Initialize(AddressDatabaseRecord database) => session.Databases.Use(database, static d =>
    {
        d.Initialize();
        return true;
    });

    /// <summary>Takes the addresses of a host on a network's segment away, because the host is gone.</summary>
    /// <param name="network">The network.</param>
    /// <param name="host">The host's name or id.</param>
    /// <param name="database">The name of the database as an administrator reaches it; null for the network's own.</param>
    /// <returns>How many addresses are free.</returns>
    /// <exception cref="NetworkException">InvalidParameter, HostNotFound, AddressDatabaseUnavailable or AddressDatabaseUnsuitable.</exception>
    public int Reclaim(ContainerNetwork network, string host, string? database)
    {
        if (network.Record.Segment is not NetworkSegment segment)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The network '{network.Name}' isn't on a segment, so no other host has addresses of it.",
                $"Disconnect-ContainerNic -Network {network.Name} frees the addresses of this host.");
        }

        return session.Databases.Use(database ?? segment.Database, d => d.Reclaim(host, segment.Name));
    }

    private AddressDatabase Describe(AddressDatabaseRecord database, IReadOnlyList<NetworkRecord> networks) => new(
        database, networks.Where(n => database.Name.Equals(n.Segment?.Database, StringComparison.OrdinalIgnoreCase)), session.State.GetNotices(database.Name).Count);
}
