using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Tests whether NICs reach addresses, many at a time.</summary>
public sealed class NicTests(NetworkSession session, NicTestOptions options) : IDisposable
{
    private readonly NicLinks _links = new(session);
    private readonly NicDiagnosis _diagnosis = new(session);
    private readonly Dictionary<string, NamespaceHandle?> _namespaces = [];
    private readonly Queue<Running> _running = [];

    /// <summary>Runs tests and reports them in order.</summary>
    /// <param name="pairs">The tests.</param>
    /// <param name="report">
    /// Called for each pair, with a function that returns the result or throws an exception.
    /// </param>
    public void Run(IEnumerable<NicTestPair> pairs, Action<NicTestPair, Func<NicTestResult>> report)
    {
        foreach (NicTestPair pair in pairs)
        {
            if (_running.Count == NetworkSession.MaxThreads) Report();
            _running.Enqueue(new(pair, Start(pair)));
        }

        while (_running.Count > 0) Report();

        void Report()
        {
            // Stays in the queue until it is over, because its namespace is open and the report can be stopped before
            // that.
            (NicTestPair pair, Task<NicTestResult> result) = _running.Peek();
            report(pair, () => _diagnosis.Explain(pair, session.Namespaces.Await(result)));
            _running.Dequeue();
        }
    }

    /// <summary>Waits until the running tests have ended, which they do at once if the command is stopped.</summary>
    public void Dispose()
    {
        foreach (Running test in _running) ((IAsyncResult)test.Result).AsyncWaitHandle.WaitOne();
        foreach (NamespaceHandle? handle in _namespaces.Values) handle?.Dispose();
    }

    private Task<NicTestResult> Start(NicTestPair pair)
    {
        NicTestResult result = new(pair.Source.Network, pair.Source.ToString(), pair.Destination)
        {
            SourceAddress = pair.SourceAddress is AddressValue address ? new(address) : null,
            DestinationAddress = pair.Address is AddressValue destination ? new(destination) : null,
            Protocol = ProtocolFor(pair.Address?.Family ?? AddressFamily.InterNetwork),
        };
        if (pair.SourceAddress is null)
        {
            return Task.FromResult(result with { Status = NicTestStatus.NoAddress, Reason = ExplainNoAddress(pair) });
        }

        NicRecord nic = pair.Source.Record;
        if (!nic.IsSettled)
        {
            return Missing($"it is {nic.State.ToString().ToLowerInvariant()}: another command is working on it, or was interrupted");
        }

        NamespaceHandle? target = Open(pair.Source);
        if (target is null) return Missing(NicAbsence.Describe(new NicAbsence(session).Explain(nic)));
        if (_links.FindSuccessor(nic, target) is not null) return Missing(NicAbsence.Describe(NicState.ContainerRestarted));
        return session.Namespaces.Start(target, () => new NicProbe(session, options, pair).Run(target, result));

        Task<NicTestResult> Missing(string reason) => Task.FromResult(result with { Status = NicTestStatus.NicMissing, Reason = reason });
    }

    private static string ExplainNoAddress(NicTestPair pair) => pair.Source.IPAddress.Count == 0
        ? $"{pair.Source} has no address"
        : pair.Address is null ? $"{pair.Source} and {pair.Target} have no addresses of the same family"
        : $"{pair.Source} has no {(pair.Address.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address";

    private NicTestProtocol ProtocolFor(AddressFamily family) => (options.LinkLayer, family) switch
    {
        (false, AddressFamily.InterNetworkV6) => NicTestProtocol.ICMPv6,
        (false, _) => NicTestProtocol.ICMP,
        (true, AddressFamily.InterNetworkV6) => NicTestProtocol.NDP,
        (true, _) => NicTestProtocol.ARP,
    };

    private NamespaceHandle? Open(ContainerNic nic)
    {
        if (!_namespaces.TryGetValue(nic.Id, out NamespaceHandle? handle))
        {
            _namespaces.Add(nic.Id, handle = _links.OpenNamespace(nic.Record));
        }

        return handle;
    }

    private sealed record Running(NicTestPair Pair, Task<NicTestResult> Result);
}
