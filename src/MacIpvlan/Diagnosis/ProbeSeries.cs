using System.Diagnostics;

namespace MacIpvlan;

/// <summary>
/// Sends requests and receives the replies. Sends the next request when the last one is answered, or after an interval.
/// </summary>
/// <param name="session">The session, which can stop the exchange.</param>
/// <param name="count">How many requests to send.</param>
/// <param name="timeout">How long to wait for the reply to the last request.</param>
internal sealed class ProbeSeries(NetworkSession session, int count, TimeSpan timeout)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    // The longest single wait, so that a stop is noticed soon.
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(100);
    private readonly long[] _sent = new long[count];
    private readonly bool[] _isAnswered = new bool[count];

    /// <summary>How many requests were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many of them were answered.</summary>
    public int Received { get; private set; }

    /// <summary>The shortest round-trip time; longer ones include delays of this process.</summary>
    public TimeSpan? Shortest { get; private set; }

    /// <summary>The errno if the kernel refused to send; otherwise zero.</summary>
    public int Refusal { get; private set; }

    /// <summary>Runs until all requests are answered, the time is over, or no more replies can be expected.</summary>
    /// <param name="send">Sends the request with the given number; returns zero or an errno.</param>
    /// <param name="receive">Reads all replies that have arrived; returns false if no more can be expected.</param>
    /// <param name="wait">Waits for a reply, at most for the given time.</param>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public void Run(Func<int, int> send, Func<bool> receive, Action<TimeSpan> wait)
    {
        while (Received < count)
        {
            session.ThrowIfStopping();
            bool isDue = Sent < count && (Sent == 0 || _isAnswered[Sent - 1] || Since(Sent - 1) >= s_interval);
            if (isDue)
            {
                _sent[Sent] = Stopwatch.GetTimestamp();
                Refusal = send(Sent);
                if (Refusal != 0) return;
                Sent++;
            }

            TimeSpan left = (Sent < count ? s_interval : timeout) - Since(Sent - 1);
            if (left > TimeSpan.Zero) wait(left < s_slice ? left : s_slice);
            else if (Sent == count) return;
            if (!receive()) return;
        }
    }

    /// <summary>Records that a request was answered; a second reply to the same request doesn't count.</summary>
    public void Answered(int number)
    {
        if (number >= Sent || _isAnswered[number]) return;
        _isAnswered[number] = true;
        Received++;
        TimeSpan time = Since(number);
        if (Shortest is null || time < Shortest) Shortest = time;
    }

    private TimeSpan Since(int number) => Stopwatch.GetElapsedTime(_sent[number]);
}
