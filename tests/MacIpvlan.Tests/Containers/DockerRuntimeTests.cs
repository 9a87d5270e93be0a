using MacIpvlan.Containers;
using MacIpvlan.Runtimes;

namespace MacIpvlan.Tests.Containers;

/// <summary>What daemons answer, as real ones did and as they should not.</summary>
public sealed class DockerRuntimeTests
{
    private const string Id = "a5a268cad5e8ecc63cffab649398c1c57a4bcbdbabd2d5187d58dcad972ba249";

    [Theory]
    [InlineData("docker", ContainerRuntime.Docker, "busybox:test")]
    [InlineData("podman", ContainerRuntime.Podman, "localhost/busybox:test")]
    public void List_OfARealDaemonIsUnderstood(string kind, ContainerRuntime runtime, string image)
    {
        using FakeDaemon daemon = new(path => (200, FakeDaemon.Capture(path == "/version" ? kind + "-version" : kind + "-list")));

        IReadOnlyList<ContainerListing> all = daemon.Runtime.List(TestContext.Current.CancellationToken);

        Assert.Equal(["idle False", "web1 True"], all.Select(static c => $"{c.Container.Name} {c.IsRunning}").Order(StringComparer.Ordinal));
        Assert.All(all, c => Assert.Equal((runtime, image, daemon.Address), (c.Container.Runtime, c.Container.Image, c.Container.Address)));
        Assert.Contains("/containers/json?all=1", daemon.Asked);
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public void Inspection_OfARealDaemonIsUnderstood(string kind)
    {
        string text = FakeDaemon.Capture(kind + "-inspect");
        string id = text.Split('"')[3];
        using FakeDaemon daemon = new(path => path == $"/containers/{id}/json" ? (200, text)
            : path == "/version" ? (200, FakeDaemon.Capture(kind + "-version"))
            : (404, FakeDaemon.Capture(kind + "-none")));

        ContainerStatus status = daemon.Runtime.Inspect(id, TestContext.Current.CancellationToken)!;

        Assert.True(status.ProcessId > 1);
        Assert.StartsWith("2026-11-24T", status.StartedAt, StringComparison.Ordinal);
        Assert.Equal("none", status.NetworkMode);
        Assert.True(status.Listing.IsRunning);
        Assert.Equal(
            ("web1", id, kind, daemon.Address),
            (status.Listing.Container.Name, status.Listing.Container.Id, $"{status.Listing.Container.Runtime}".ToLowerInvariant(), status.Listing.Container.Address));
        Assert.Null(daemon.Runtime.Inspect("nosuch", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("docker", "die start die destroy")]
    [InlineData("podman", "die start die remove")]
    public async Task Events_OfARealDaemonAreUnderstood(string kind, string changes)
    {
        string text = FakeDaemon.Capture(kind + "-events");
        string id = FakeDaemon.Capture(kind + "-inspect").Split('"')[3];
        using FakeDaemon daemon = new(path => (200, path.StartsWith("/events", StringComparison.Ordinal) ? text : "OK"));
        List<string> seen = [];
        List<bool> started = [];
        int connections = 0;

        NetworkException end = await Assert.ThrowsAsync<NetworkException>(() => daemon.Runtime.Follow(
            () => connections++, (id, isStart) => { seen.Add(id); started.Add(isStart); }, TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, end.Error);
        Assert.Equal(Enumerable.Repeat(id, changes.Split(' ').Length), seen);
        Assert.Equal(changes.Split(' ').Select(static c => c == "start"), started);
        Assert.Equal(1, connections);
        Assert.Contains("since=", daemon.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void List_LeavesOutWhatCannotBeAContainerAndCleansTheRest()
    {
        string list = $$"""
            [{"Id":"../../etc","Names":["/evil"],"Image":"x","State":"running"},
             {"Id":"{{Id.ToUpperInvariant()}}","Names":["/evil"],"Image":"x","State":"running"},
             {"Id":"{{Id}}","Names":["/other/link","/-rf /"],"Image":"a\u001b[31mb\n{{new string('c', 999)}}","State":"running"},
             {"Id":"{{new string('b', 64)}}","Names":null,"Image":"","State":"exited"}]
            """;
        using FakeDaemon daemon = new(path => (200, path == "/version" ? "{}" : list));

        IReadOnlyList<ContainerListing> all = daemon.Runtime.List(TestContext.Current.CancellationToken);

        Assert.Equal([Id[..12], new string('b', 12)], all.Select(static c => c.Container.Name));
        Assert.Equal("a\uFFFD[31mb\uFFFDcc", all[0].Container.Image[..10]);
        Assert.Equal(255, all[0].Container.Image.Length);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(4294967297L)]
    public void Inspection_WithAProcessThatCannotBeIsOfOneThatDoesNotRun(long pid)
    {
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", () => FakeDaemon.Inspection(Id, pid).Replace("false", "true"));

        Assert.Equal(0, daemon.Runtime.Inspect(Id, TestContext.Current.CancellationToken)!.ProcessId);
    }

    [Fact]
    public void Inspection_OfAnotherContainerIsNotBelieved()
    {
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", static () => FakeDaemon.Inspection(new string('b', 64), 77));

        ContainerStatus status = daemon.Runtime.Inspect(Id, TestContext.Current.CancellationToken)!;

        Assert.Equal(0, status.ProcessId);
        Assert.Equal((Id, false), (status.Listing.Container.Id, status.Listing.IsRunning));
    }

    [Theory]
    [InlineData(500, """{"message":"out of order"}""", "out of order")]
    [InlineData(200, "not JSON", "")]
    [InlineData(200, "", "")]
    [InlineData(200, "{}", "")]
    [InlineData(301, "", "")]
    public void Answer_ThatIsNoneIsAnErrorThatNamesTheSocket(int status, string body, string reason)
    {
        using FakeDaemon daemon = new(_ => (status, body));

        NetworkException e = Assert.Throws<NetworkException>(() => daemon.Runtime.List(TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains(daemon.Address, e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://10.0.0.1:2375", "unix:///PATH")]
    [InlineData("ssh://user@host", "unix:///PATH")]
    [InlineData("/nowhere/docker.sock", "/nowhere/docker.sock")]
    [InlineData("/etc/passwd", "/etc/passwd")]
    public void Address_ThatLeadsToNoDaemonIsAnErrorThatSaysWhy(string address, string reason)
    {
        using DockerRuntime runtime = new(new RuntimeSocket(address, IsNamed: true));

        NetworkException e = Assert.Throws<NetworkException>(() => runtime.List(TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_EndsWithTheCommand()
    {
        using FakeDaemon daemon = new(static _ => null);
        using CancellationTokenSource stopping = new(TimeSpan.FromMilliseconds(100));

        Assert.ThrowsAny<OperationCanceledException>(() => daemon.Runtime.List(stopping.Token));
    }

    [Fact]
    public void Answer_WithoutEndIsReadToALimit()
    {
        string more = $$"""{"Id":"{{Id}}","Names":["/web1"],"Image":"{{new string('x', 100_000)}}"},""";
        using FakeDaemon daemon = new(
            static path => (200, path == "/version" ? "{}" : "["), path => path == "/version" ? null : more);

        NetworkException e = Assert.Throws<NetworkException>(() => daemon.Runtime.List(TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains("longer than 32 MB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_ThatNeverEndsIsGivenUp()
    {
        using FakeDaemon daemon = new(static _ => (200, "{"), static _ => " ", TimeSpan.FromMilliseconds(200));

        NetworkException e = Assert.Throws<NetworkException>(() => daemon.Runtime.Inspect(Id, TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains("doesn't answer", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Action":"die","Actor":{"ID":"a5a268cad5e8ecc63cffab649398c1c57a4bcbdbabd2d5187d58dcad972ba249"}}""")]
    [InlineData("""{"Action":"\"{","Actor":{"ID":"a5a268cad5e8ecc63cffab649398c1c57a4bcbdbabd2d5187d58dcad972ba249"}}""")]
    public async Task Events_AreFollowedWithoutLimit(string message)
    {
        int sent = 0;
        string more = string.Concat(Enumerable.Repeat(message + "\n", 100));
        using FakeDaemon daemon = new(
            static path => (200, path.StartsWith("/events", StringComparison.Ordinal) ? "" : "OK"),
            path => path.StartsWith("/events", StringComparison.Ordinal) && sent++ < 5_000 ? more : null);
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int seen = 0;

        Task following = daemon.Runtime.Follow(
            static () => { },
            (_, _) =>
            {
                if (++seen > 20_000) stopping.Cancel();
            },
            stopping.Token);
        if (message.Contains("die", StringComparison.Ordinal)) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        else
        {
            // None of these is about a change, so nothing stops it; it goes on past the limit of an answer.
            await Task.WhenAny(following, Task.Delay(500, TestContext.Current.CancellationToken));
            Assert.False(following.IsCompleted);
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        }
    }

    [Fact]
    public async Task Event_WithoutEndIsReadToALimit()
    {
        string more = "\"" + new string('x', 10_000) + "\",\n";
        using FakeDaemon daemon = new(
            static path => (200, path.StartsWith("/events", StringComparison.Ordinal) ? "{\"a\":[" : "OK"),
            path => path.StartsWith("/events", StringComparison.Ordinal) ? more : null);

        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => daemon.Runtime.Follow(
            static () => { }, static (_, _) => { }, TestContext.Current.CancellationToken));

        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains("longer than 1 MB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runtime_ThatRestartsWithAnotherSocketIsFoundAgain()
    {
        string path = Path.Combine(Path.GetTempPath(), $"macipvlan-{Guid.NewGuid():n}.sock");
        using DockerRuntime runtime = new(new RuntimeSocket(path, IsNamed: true));
        try
        {
            for (int i = 0; i < 2; i++)
            {
                using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", static () => "");
                File.Move(daemon.Address, path, overwrite: true);
                Assert.Single(runtime.List(TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
