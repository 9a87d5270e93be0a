using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Renews the leases of many NICs at the same time: a server that doesn't answer one of them doesn't keep the others waiting.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="ended">Called on the caller's thread for each NIC with its outcome, in the order of the starts.</param>
public sealed class LeaseRenewals(NetworkSession session, Action<ContainerNic, ConnectOutcome> ended) : IDisposable
{
    private readonly Queue<Started> _started = new();

    // The trace of one NIC doesn't mix with that of the next.
    private readonly int _limit = session.Trace is null ? NetworkSession.MaxThreads : 1;

    /// <summary>Starts to renew the lease of a NIC. If many have been started, waits for the first one.</summary>
    public void Start(ContainerNic nic)
    {
        session.ThrowIfStopping();
        if (_started.Count == _limit) FinishOne();
        TaskCompletionSource<ContainerNic> outcome = new();
        NetworkSession branch = session.Branch();
        _started.Enqueue(new(nic, outcome.Task, branch));
        try
        {
            WorkerThread.Start("renew a lease", () => outcome.SetResult(new NicLeases(branch).Renew(nic)), outcome.SetException);
        }
        catch (NetlinkException e)
        {
            outcome.SetException(e);
        }
    }

    /// <summary>Waits until all are renewed or have failed.</summary>
    public void Finish()
    {
        while (_started.Count > 0) FinishOne();
    }

    /// <summary>Waits for those that were started, which end at once if the command must stop.</summary>
    public void Dispose()
    {
        foreach (Started started in _started)
        {
            ((IAsyncResult)started.Outcome).AsyncWaitHandle.WaitOne();
            started.Branch.Dispose();
        }
    }

    private void FinishOne()
    {
        Started first = _started.Dequeue();
        ConnectOutcome outcome;
        try
        {
            outcome = new(session.Namespaces.Await(first.Outcome), null);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            outcome = new(null, e);
        }
        finally
        {
            first.Branch.Dispose();
        }

        ended(first.Nic, outcome);
    }

    private sealed record Started(ContainerNic Nic, Task<ContainerNic> Outcome, NetworkSession Branch);
}
