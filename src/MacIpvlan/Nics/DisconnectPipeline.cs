using System.Runtime.ExceptionServices;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Takes NICs away and frees their addresses, many at once: to delete a link takes the kernel 20 ms, most of which it
/// waits, and it waits for many in the same time. One whose interface or namespace is gone counts as taken away.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="failed">Told, in the order of their starts, which could not be taken away; they are still known.</param>
public sealed class DisconnectPipeline(NetworkSession session, Action<ContainerNic, Exception> failed) : IDisposable
{
    private readonly NicLinks _links = new(session);
    private readonly Queue<Started> _started = new();

    /// <summary>How many there will be, as far as is known.</summary>
    public int Total { get; set; }

    /// <summary>Starts to take a NIC away, and sees to the first ones when many have been started.</summary>
    public void Start(ContainerNic nic)
    {
        session.ThrowIfStopping();
        session.Progress(new("Disconnecting NICs", nic, Total));
        session.Recover();
        if (_started.Count == NetworkSession.MaxThreads) FinishOne();
        // What is not on record any more has been taken away by another.
        if (session.State.TakeNic(nic.Id, NicState.Detaching) is not NicRecord record) return;
        NamespaceHandle? target = null;
        Task<int> deletion;
        try
        {
            target = _links.OpenNamespace(record);
            deletion = target is null ? Task.FromResult(0) : _links.StartDelete(target, record, nic.NetworkRecord);
        }
        catch (NetlinkException e)
        {
            deletion = Task.FromException<int>(e);
        }

        _started.Enqueue(new(nic, record, target, deletion));
    }

    /// <summary>Waits until all that were started are taken away.</summary>
    public void Finish()
    {
        while (_started.Count > 0) FinishOne();
    }

    /// <summary>Takes all of some NICs away.</summary>
    /// <exception cref="NetlinkException">The first that the kernel refused to.</exception>
    internal static void All(NetworkSession session, IReadOnlyCollection<ContainerNic> nics)
    {
        ExceptionDispatchInfo? first = null;
        using (DisconnectPipeline disconnections = new(session, (_, e) => first ??= ExceptionDispatchInfo.Capture(e)) { Total = nics.Count })
        {
            foreach (ContainerNic nic in nics) disconnections.Start(nic);
        }

        first?.Throw();
    }

    /// <summary>Brings to its end what has been started, even when the command is to end.</summary>
    public void Dispose() => session.RollBack(Finish);

    private void FinishOne()
    {
        Started first = _started.Peek();
        Exception? failure = null;
        try
        {
            session.Namespaces.Await(first.Deletion);
            _links.Release(first.Record);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            failure = e;
            NicState state = first.Record.InterfaceIndex == 0 ? NicState.Detached : NicState.Attached;
            session.RollBack(() => session.State.UpdateNic(first.Record with { State = state }));
        }

        first.Target?.Dispose();
        _started.Dequeue();
        if (failure is not null) failed(first.Nic, failure);
    }

    private sealed record Started(ContainerNic Nic, NicRecord Record, NamespaceHandle? Target, Task<int> Deletion);
}
