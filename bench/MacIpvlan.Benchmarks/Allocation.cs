using System.Diagnostics;

namespace MacIpvlan.Benchmarks;

/// <summary>What the allocation of an address behind many others costs, beside that of the first.</summary>
internal static class Allocation
{
    private const int InRound = 400;

    /// <summary>
    /// Takes and returns, by turns, the first address of one /16 and the one behind so many of another; the ratio of
    /// the two medians, for each round.
    /// </summary>
    public static IEnumerable<double> Measure(int taken, int rounds)
    {
        using ScratchState empty = new(0);
        using ScratchState full = new(taken);
        for (int round = 0; round < rounds; round++)
        {
            long[] first = new long[InRound], last = new long[InRound];
            for (int i = 0; i < InRound; i++)
            {
                first[i] = Time(empty);
                last[i] = Time(full);
            }

            yield return (double)Median(last) / Median(first);
        }
    }

    private static long Time(ScratchState state)
    {
        long start = Stopwatch.GetTimestamp();
        string nic = state.Reserve();
        long time = Stopwatch.GetTimestamp() - start;
        state.Release(nic);
        return time;
    }

    private static long Median(long[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }
}
