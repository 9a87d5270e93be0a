using System.Runtime.ExceptionServices;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Disconnects NICs and frees their addresses, many at once. Deleting a link takes the kernel 20 ms, and most of this
/// is waiting, which overlaps for several links. A NIC whose interface or namespace no longer exists counts as
/// disconnected.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="failed">
/// Called for each NIC that can't be disconnected, in the order of the starts. The NIC stays recorded.
/// </param>
public sealed class DisconnectPipeline(NetworkSession session, Action<ContainerNic, Exception> failed) : IDisposable
{
    private readonly NicLinks _links = new(session);
    private readonly Queue<Started> _started = new();

    /// <summary>The expected number of NICs, if known.</summary>
    public int Total { get; set; }

    /// <summary>Starts to disconnect a NIC. If many have been started, finishes the first one.</summary>
    public void Start(ContainerNic nic)
    {
        session.ThrowIfStopping();
        session.Progress(new("Disconnecting NICs", nic, Total));
        session.Recover();
        if (_started.Count == NetworkSession.MaxThreads) FinishOne();
        // If it is no longer recorded, another command has disconnected it.
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

    /// <summary>Waits until all started NICs are disconnected or have failed.</summary>
    public void Finish()
    {
        while (_started.Count > 0) FinishOne();
    }

    /// <summary>Disconnects all the given NICs.</summary>
    /// <exception cref="NetlinkException">The kernel's first refusal.</exception>
    internal static void All(NetworkSession session, IReadOnlyCollection<ContainerNic> nics)
    {
        ExceptionDispatchInfo? first = null;
        using (DisconnectPipeline disconnections = new(session, (_, e) => first ??= ExceptionDispatchInfo.Capture(e)) { Total = nics.Count })
        {
            foreach (ContainerNic nic in nics) disconnections.Start(nic);
        }

        first?.Throw();
    }

    /// <summary>Finishes what was started, even if the command is being stopped.</summary>
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
