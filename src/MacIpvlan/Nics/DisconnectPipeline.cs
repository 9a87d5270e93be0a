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
    private readonly NicRemoval _removal = new(session);
    private readonly Queue<Started> _started = new();

    /// <summary>
    /// Whether to free the addresses of a NIC whose interface can't be found, though it may still exist.
    /// </summary>
    public bool Force { get; init; }

    /// <summary>Called for each NIC that was disconnected by this command, in the order of the starts.</summary>
    public Action<ContainerNic> Disconnected { get; init; } = static _ => { };

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
        if (session.State.TakeNic(nic.Id, NicRecordState.Detaching) is not NicRecord record) return;
        NamespaceHandle? target = null;
        Task<LinkRemoval> deletion;
        try
        {
            target = _links.OpenNamespace(record);
            deletion = target is null ? Task.FromResult(LinkRemoval.NotFound) : _removal.Start(target, record, nic.NetworkRecord);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            deletion = Task.FromException<LinkRemoval>(e);
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
            LinkRemoval result = session.Namespaces.Await(first.Deletion);
            if (result != LinkRemoval.Deleted) FindMoved(first, result);
            if (first.Target is null) _removal.GiveBack(first.Record, first.Nic.NetworkRecord);
            else _removal.PassRoutesOn(first.Target, first.Record, first.Nic.NetworkRecord);
            _removal.Release(first.Record);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            failure = e;
            session.RollBack(() => session.State.UpdateNic(first.Record.GivenUp()));
        }

        first.Target?.Dispose();
        _started.Dequeue();
        if (failure is not null) failed(first.Nic, failure);
        else Disconnected(first.Nic);
    }

    // A link that isn't where it was created is looked for before its addresses are free.
    private void FindMoved(Started nic, LinkRemoval result)
    {
        // With its namespace, the link ended as a rule.
        if (nic.Target is null || nic.Record.InterfaceIndex == 0 || result == LinkRemoval.Doubtful || Force)
        {
            _removal.Delete(nic.Target, nic.Record, nic.Nic.NetworkRecord);
            return;
        }

        IReadOnlyList<SiblingLink> unknown = _removal.DeleteMoved(nic.Target, nic.Record, nic.Nic.NetworkRecord);
        if (unknown.Count == 0) return;
        throw new NetworkException(
            NetworkError.InterfaceNotFound,
            NicRemoval.Describe(unknown, nic.Record, nic.Nic.NetworkRecord),
            "If one of them is the NIC, delete it with ip link delete. Then free the NIC's addresses with Disconnect-ContainerNic -Force.");
    }

    private sealed record Started(ContainerNic Nic, NicRecord Record, NamespaceHandle? Target, Task<LinkRemoval> Deletion);
}
