using System.Diagnostics;

namespace MacIpvlan;

/// <summary>Sends questions and takes the answers: the next one when the last is answered, or after a moment.</summary>
/// <param name="session">Tells when to end.</param>
/// <param name="count">How many.</param>
/// <param name="timeout">How long to wait for the answer to the last one.</param>
internal sealed class ProbeSeries(NetworkSession session, int count, TimeSpan timeout)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    // How soon a wait is noticed to be over.
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(100);
    private readonly long[] _sent = new long[count];
    private readonly bool[] _isAnswered = new bool[count];

    /// <summary>How many questions were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many of them were answered.</summary>
    public int Received { get; private set; }

    /// <summary>The shortest time until an answer; longer ones have this process's own delays in them.</summary>
    public TimeSpan? Shortest { get; private set; }

    /// <summary>The error number of why the kernel did not send; zero if it did.</summary>
    public int Refusal { get; private set; }

    /// <summary>Runs until all is answered, the time is over, or nothing more is to be expected.</summary>
    /// <param name="send">Sends the question of that number; returns zero or an error number.</param>
    /// <param name="receive">Takes all answers that have come; returns false if no more will.</param>
    /// <param name="wait">Waits for an answer, for at most so long.</param>
    /// <exception cref="OperationCanceledException">The command is to end.</exception>
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

    /// <summary>Notes that a question was answered, once.</summary>
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
