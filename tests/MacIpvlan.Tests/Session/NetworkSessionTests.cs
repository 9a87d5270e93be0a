namespace MacIpvlan.Tests.Session;

/// <summary>A command that is to end waits no longer, except to undo what it has begun.</summary>
public sealed class NetworkSessionTests
{
    private static readonly TimeSpan s_forever = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Pause_PassesWhileNobodyStopsTheCommand()
    {
        using NetworkSession session = Session(TestContext.Current.CancellationToken);

        session.Pause(s_moment);
        session.ThrowIfStopping();
    }

    [Fact]
    public void Pause_EndsWhenTheCommandIsToEnd()
    {
        using CancellationTokenSource stopping = new();
        using NetworkSession session = Session(stopping.Token);
        using Timer timer = new(_ => stopping.Cancel(), null, s_moment, Timeout.InfiniteTimeSpan);

        Assert.ThrowsAny<OperationCanceledException>(() => session.Pause(s_forever));
        Assert.ThrowsAny<OperationCanceledException>(session.ThrowIfStopping);
    }

    [Fact]
    public void RollBack_GoesOnThoughTheCommandIsToEnd()
    {
        using NetworkSession session = Session(new CancellationToken(canceled: true));
        bool done = false;

        session.RollBack(() =>
        {
            session.RollBack(() => session.Pause(s_moment));
            session.Pause(s_moment);
            done = true;
        });

        Assert.True(done);
        Assert.ThrowsAny<OperationCanceledException>(() => session.Pause(s_forever));
    }

    private static NetworkSession Session(CancellationToken stopping) =>
        new(static _ => throw new InvalidOperationException("No state is needed.")) { Recovering = static _ => { }, Stopping = stopping };
}
