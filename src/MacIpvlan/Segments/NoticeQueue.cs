using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Tells address databases which addresses are free, and which networks were removed. What could not be told stays on record, and
/// the next command that reaches the database tells it.
/// </summary>
internal static class NoticeQueue
{
    /// <summary>Asks a database something, after it has been told what it hasn't been told.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The name of the database.</param>
    /// <param name="ask">Asks it, on the database's thread, where nothing of the session is used.</param>
    public static T Use<T>(NetworkSession session, string name, Func<IAddressDatabase, T> ask)
    {
        IReadOnlyList<DatabaseNotice> notices = session.State.GetNotices(name);
        T answer = session.Databases.Use(name, database =>
        {
            Tell(database, notices);
            return ask(database);
        });
        Forget(session, notices);
        return answer;
    }

    /// <summary>Does the same without waiting for the answer.</summary>
    public static Task<object?> Start(NetworkSession session, string name, IReadOnlyList<DatabaseNotice> notices, Func<IAddressDatabase, object?> ask) =>
        session.Databases.Start(name, database =>
        {
            Tell(database, notices);
            return ask(database);
        });

    /// <summary>Tells all databases what they haven't been told, as far as they can be reached. Call it when a command ends.</summary>
    public static void TellAll(NetworkSession session)
    {
        foreach (AddressDatabaseRecord known in session.State.GetAddressDatabases())
        {
            IReadOnlyList<DatabaseNotice> notices = session.State.GetNotices(known.Name);
            if (notices.Count == 0) continue;
            try
            {
                session.Databases.Use<object?>(known.Name, database =>
                {
                    // To free an address is no reason to keep anybody waiting for a server to come back.
                    database.AsksOnce = true;
                    Tell(database, notices);
                    return null;
                });
                Forget(session, notices);
            }
            catch (NetworkException e)
            {
                session.Warn($"The address database '{known.Name}' isn't told yet what is free, but will be by a later command. {e.Message}");
            }
        }
    }

    /// <summary>Removes notices that a database has been told.</summary>
    public static void Forget(NetworkSession session, IReadOnlyList<DatabaseNotice> notices)
    {
        if (notices.Count > 0) session.State.RemoveNotices(notices);
    }

    private static void Tell(IAddressDatabase database, IReadOnlyList<DatabaseNotice> notices)
    {
        AddressRelease[] releases = [.. notices.OfType<AddressRelease>()];
        if (releases.Length > 0) database.Release(releases);
        foreach (NetworkLeave network in notices.OfType<NetworkLeave>()) database.Leave(network.NetworkId);
    }
}
