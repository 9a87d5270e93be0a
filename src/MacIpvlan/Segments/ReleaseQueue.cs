using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Tells address databases which addresses are free. What could not be told stays on record, and the next command that reaches
/// the database tells it.
/// </summary>
internal static class ReleaseQueue
{
    /// <summary>Tells a database what it hasn't been told.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The name of the database.</param>
    /// <param name="database">The database, on its own thread.</param>
    public static void Send(NetworkSession session, string name, IAddressDatabase database)
    {
        IReadOnlyList<AddressRelease> releases = session.State.GetReleases(name);
        if (releases.Count == 0) return;
        database.Release(releases);
        session.State.RemoveReleases(releases);
    }

    /// <summary>Tells all databases what they haven't been told, as far as they can be reached. Call it when a command ends.</summary>
    public static void SendAll(NetworkSession session)
    {
        foreach (AddressDatabaseRecord known in session.State.GetAddressDatabases())
        {
            if (session.State.GetReleases(known.Name).Count == 0) continue;
            try
            {
                session.Databases.Use<object?>(known.Name, d =>
                {
                    Send(session, known.Name, d);
                    return null;
                });
            }
            catch (NetworkException e)
            {
                session.Warn($"The address database '{known.Name}' isn't told yet which addresses are free, but will be by a later command. {e.Message}");
            }
        }
    }
}
