using System.Collections.Concurrent;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// A thread that uses an address database. It is in the host's namespace: from the namespace of a container, one would reach a
/// server of the container's choice. It ends, and with it the connection, some time after the last command: to connect takes
/// longer than most of what is asked.
/// </summary>
internal sealed class DatabaseThread
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(5);

    // Shared by the commands of a process. The lock guards which threads take work.
    private static readonly Dictionary<AddressDatabaseRecord, DatabaseThread> s_threads = [];
    private readonly BlockingCollection<Action> _work = [];
    private readonly AddressDatabaseRecord _record;
    private readonly Func<AddressDatabaseRecord, IAddressDatabase> _open;
    private IAddressDatabase? _database;

    private DatabaseThread(AddressDatabaseRecord record, Func<AddressDatabaseRecord, IAddressDatabase> open) => (_record, _open) = (record, open);

    /// <summary>Starts to do something with a database.</summary>
    /// <param name="record">How this host reaches it, and who it is there.</param>
    /// <param name="open">Opens it; no server is asked yet.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="NetlinkException">EAGAIN: the process can't have another thread.</exception>
    public static Task<object?> Start(AddressDatabaseRecord record, Func<AddressDatabaseRecord, IAddressDatabase> open, Func<IAddressDatabase, object?> work)
    {
        TaskCompletionSource<object?> completion = new();
        lock (s_threads)
        {
            if (!s_threads.TryGetValue(record, out DatabaseThread? thread))
            {
                thread = new(record, open);
                // Each item passes its own exception on.
                WorkerThread.Start("MacIpvlan address database", thread.Loop, static _ => { });
                s_threads.Add(record, thread);
            }

            thread._work.Add(() => thread.Do(work, completion));
        }

        return completion.Task;
    }

    private void Do(Func<IAddressDatabase, object?> work, TaskCompletionSource<object?> completion)
    {
        try
        {
            _database ??= Open();
            _database.AsksOnce = false;
            completion.SetResult(work(_database));
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }

    private IAddressDatabase Open()
    {
        // A new thread is where the one is that started it.
        if (NamespaceHandle.ThreadIdentity != NamespaceHandle.OwnIdentity)
        {
            using NamespaceHandle host = NamespaceHandle.OpenOwn();
            NamespaceThreads.Enter(host);
        }

        return _open(_record);
    }

    private void Loop()
    {
        while (true)
        {
            if (_work.TryTake(out Action? work, s_idleTime))
            {
                work();
                continue;
            }

            lock (s_threads)
            {
                if (_work.Count > 0) continue;
                s_threads.Remove(_record);
            }

            _database?.Dispose();
            return;
        }
    }
}
