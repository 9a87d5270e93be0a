using System.Collections.Concurrent;
using System.Diagnostics;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The address databases that a command uses. Each has a thread of its own in the host's namespace: from the namespace of a
/// container, one would reach a server of the container's choice. A database that doesn't answer is asked again only after a
/// while, so that a command with many NICs doesn't wait for it each time.
/// </summary>
/// <param name="session">The command's session.</param>
/// <param name="open">Opens a database; no server is asked yet.</param>
internal sealed class AddressDatabases(NetworkSession session, Func<AddressDatabaseRecord, IAddressDatabase> open) : IDisposable
{
    private static readonly TimeSpan s_waitingInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, UsedDatabase> _used = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Does something with a database, and waits for it.</summary>
    /// <param name="name">The database's name.</param>
    /// <param name="work">What to do. If the command is stopped, it goes on without anybody waiting for it.</param>
    /// <exception cref="NetworkException">AddressDatabaseNotFound, AddressDatabaseUnavailable, or what the work throws.</exception>
    /// <exception cref="OperationCanceledException">The command must stop. What was done in the database isn't known.</exception>
    public T Use<T>(string name, Func<IAddressDatabase, T> work) => Use(Find(name), work);

    /// <summary>Does something with a database that isn't on record, or that a role of its owner is to use.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnavailable, or what the work throws.</exception>
    public T UseUnknown<T>(AddressDatabaseRecord record, Func<IAddressDatabase, T> work)
    {
        using UsedDatabase used = new(session.OwnNamespace, () => open(record));
        return Use(used, work);
    }

    private T Use<T>(UsedDatabase used, Func<IAddressDatabase, T> work)
    {
        if (used.Absence is NetworkException known) throw known;
        T? result = default;
        // A task of a number isn't compiled ahead of time.
        Task<object?> task = used.Start(database =>
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
            used.NoteAbsence(e);
            throw;
        }
    }

    /// <summary>Starts to do something with a database, even if it didn't answer lately, and doesn't wait for it.</summary>
    public Task<object?> Start(string name, Func<IAddressDatabase, object?> work)
    {
        try
        {
            return Find(name).Start(work);
        }
        catch (NetworkException e)
        {
            return Task.FromException<object?>(e);
        }
    }

    /// <summary>Forgets that a database didn't answer, so that it is asked again.</summary>
    public void Retry(string name)
    {
        lock (_used)
        {
            if (_used.TryGetValue(name, out UsedDatabase? used)) used.ForgetAbsence();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_used)
        {
            foreach (UsedDatabase used in _used.Values) used.Dispose();
            _used.Clear();
        }
    }

    // The threads of a command share its databases.
    private UsedDatabase Find(string name)
    {
        lock (_used)
        {
            if (_used.TryGetValue(name, out UsedDatabase? known)) return known;
            AddressDatabaseRecord record = session.State.GetAddressDatabases(name) is [AddressDatabaseRecord found] ? found
                : throw new NetworkException(
                    NetworkError.AddressDatabaseNotFound,
                    $"This host knows no address database named '{name}'.",
                    $"Make it known first: Register-AddressDatabase {ShellWord.Quote(name)}.");
            UsedDatabase used = new(session.OwnNamespace, () => open(record));
            _used.Add(name, used);
            return used;
        }
    }

    private sealed class UsedDatabase : IDisposable
    {
        private readonly BlockingCollection<Action> _work = [];
        private readonly NamespaceHandle _host;
        private readonly Func<IAddressDatabase> _open;
        private IAddressDatabase? _database;
        private volatile NetworkException? _absence;
        private long _absentSince;

        public UsedDatabase(NamespaceHandle host, Func<IAddressDatabase> open)
        {
            (_host, _open) = (host, open);
            // Each item passes its own exception on.
            WorkerThread.Start("MacIpvlan address database", Loop, static _ => { });
        }

        public NetworkException? Absence => Stopwatch.GetElapsedTime(_absentSince) < s_retryInterval ? _absence : null;

        public void NoteAbsence(NetworkException reason) => (_absentSince, _absence) = (Stopwatch.GetTimestamp(), reason);

        public void ForgetAbsence() => _absence = null;

        public Task<object?> Start(Func<IAddressDatabase, object?> work)
        {
            TaskCompletionSource<object?> completion = new();
            _work.Add(() =>
            {
                try
                {
                    completion.SetResult(work(_database ??= Open()));
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            });
            return completion.Task;
        }

        // The thread ends when it has done what it's doing, and nobody waits for that.
        public void Dispose() => _work.CompleteAdding();

        private IAddressDatabase Open()
        {
            // A new thread is where the one is that started it.
            if (NamespaceHandle.ThreadIdentity != NamespaceHandle.OwnIdentity) NamespaceThreads.Enter(_host);
            return _open();
        }

        private void Loop()
        {
            foreach (Action work in _work.GetConsumingEnumerable()) work();
            _database?.Dispose();
        }
    }
}
