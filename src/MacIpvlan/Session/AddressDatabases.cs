using System.Diagnostics;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The address databases that a command uses. One that doesn't answer is asked again only after a while, so that a command with
/// many NICs doesn't wait for it each time.
/// </summary>
/// <param name="session">The command's session.</param>
/// <param name="open">Opens a database; no server is asked yet.</param>
internal sealed class AddressDatabases(NetworkSession session, Func<AddressDatabaseRecord, IAddressDatabase> open)
{
    private static readonly TimeSpan s_waitingInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(10);

    // The threads of a command share its databases.
    private readonly Dictionary<string, Absence> _absences = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Does something with a database, and waits for it.</summary>
    /// <param name="name">The database's name.</param>
    /// <param name="work">What to do. If the command is stopped, it goes on without anybody waiting for it.</param>
    /// <exception cref="NetworkException">AddressDatabaseNotFound, AddressDatabaseUnavailable, or what the work throws.</exception>
    /// <exception cref="OperationCanceledException">The command must stop. What was done in the database isn't known.</exception>
    public T Use<T>(string name, Func<IAddressDatabase, T> work) => Use(Find(name), work);

    /// <summary>Does the same with a database that isn't on record here.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnavailable, or what the work throws.</exception>
    public T Use<T>(AddressDatabaseRecord record, Func<IAddressDatabase, T> work)
    {
        lock (_absences)
        {
            if (_absences.TryGetValue(record.Name, out Absence? absence) && Stopwatch.GetElapsedTime(absence.Since) < s_retryInterval) throw absence.Reason;
        }

        T? result = default;
        // A task of a number isn't compiled ahead of time.
        Task<object?> task = DatabaseThread.Start(record, open, database =>
        {
            result = work(database);
            return null;
        });
        while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(s_waitingInterval)) session.Wait();
        try
        {
            task.GetAwaiter().GetResult();
            return result!;
        }
        catch (NetworkException e) when (e.Error == NetworkError.AddressDatabaseUnavailable)
        {
            lock (_absences) _absences[record.Name] = new(e, Stopwatch.GetTimestamp());
            throw;
        }
    }

    /// <summary>Starts to do something with a database, even if it didn't answer lately, and doesn't wait for it.</summary>
    /// <exception cref="NetworkException">AddressDatabaseNotFound.</exception>
    public Task<object?> Start(string name, Func<IAddressDatabase, object?> work) => DatabaseThread.Start(Find(name), open, work);

    /// <summary>Forgets that a database didn't answer, so that it is asked again.</summary>
    public void Retry(string name)
    {
        lock (_absences) _absences.Remove(name);
    }

    private AddressDatabaseRecord Find(string name) => session.State.GetAddressDatabases(name) is [AddressDatabaseRecord found] ? found
        : throw new NetworkException(
            NetworkError.AddressDatabaseNotFound,
            $"This host knows no address database named '{name}'.",
            $"Make it known first: Register-AddressDatabase {ShellWord.Quote(name)}.");

    private sealed record Absence(NetworkException Reason, long Since);
}
