using System.Diagnostics;

namespace MacIpvlan;

/// <summary>Reads the counters of NICs. Each namespace is entered once, many at a time.</summary>
/// <param name="session">The session.</param>
public sealed class NicStatistics(NetworkSession session)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);
    private Dictionary<string, ContainerNicStatistics> _before = [];

    /// <summary>Reads the counters, with the rates since this object last read those of the same NICs.</summary>
    /// <param name="nics">The NICs.</param>
    /// <returns>The counters in the same order. NICs that were disconnected meanwhile are left out.</returns>
    public IReadOnlyList<ContainerNicStatistics> Read(IReadOnlyList<ContainerNic> nics)
    {
        // What the link's own message counts needs no further question (rtnl_fill_stats in net/core/rtnetlink.c).
        IReadOnlyList<ContainerNic> seen = new NicStates(session) { LinksOnly = true }.Look(nics);
        DateTimeOffset now = DateTimeOffset.Now;
        ContainerNicStatistics[] read = [.. seen.Select(n => new ContainerNicStatistics(n, now, _before.GetValueOrDefault(n.Id)))];
        _before = read.ToDictionary(static n => n.Id);
        return read;
    }

    /// <summary>Reads the counters again and again, with the rates in between. It never ends by itself.</summary>
    /// <param name="select">Finds the NICs, before each reading.</param>
    /// <param name="interval">The time from one reading to the next.</param>
    /// <exception cref="NetworkException">InvalidParameter: nobody can wait for such a time.</exception>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    public IEnumerable<IReadOnlyList<ContainerNicStatistics>> Measure(Func<IReadOnlyList<ContainerNic>> select, TimeSpan interval)
    {
        if (interval <= TimeSpan.Zero || interval > s_longest)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, $"Rates can't be measured at an interval of {interval}.", "Specify an interval of up to 24 days, such as 5 for 5 seconds.");
        }

        return Repeat(select, interval);
    }

    private IEnumerable<IReadOnlyList<ContainerNicStatistics>> Repeat(Func<IReadOnlyList<ContainerNic>> select, TimeSpan interval)
    {
        long start = Stopwatch.GetTimestamp();
        Read(select());
        for (long count = 1; ; count++)
        {
            // Readings don't drift. One that takes longer than the interval delays those after it.
            TimeSpan left = (interval * count) - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) (start, count, left) = (Stopwatch.GetTimestamp(), 0, TimeSpan.Zero);
            session.Pause(left);
            yield return Read(select());
        }
    }
}
