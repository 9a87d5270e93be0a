using System.Diagnostics;
using MacIpvlan.Containers;

namespace MacIpvlan.Tests.Containers;

/// <summary>Which container a name or id means, and which cannot be found.</summary>
public sealed class ContainerFinderTests
{
    private const string Id = "a5a268cad5e8ecc63cffab649398c1c57a4bcbdbabd2d5187d58dcad972ba249";
    private const string Sibling = "a5a268cad5e8ffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Fact]
    public void Name_ComesBeforeTheBeginningOfAnId() =>
        // The container whose name is asked for does not run, the one whose id begins so does.
        AssertError(NetworkError.ContainerNotRunning, "a5", FakeDaemon.Listing(Sibling, "a5"), FakeDaemon.Listing(Id, "web1"));

    [Theory]
    [InlineData("a5a268")]
    [InlineData("a5a268cad5e8")]
    public void Beginning_OfSeveralIdsListsThem(string text)
    {
        NetworkException e = AssertError(
            NetworkError.ContainerAmbiguous, text, FakeDaemon.Listing(Sibling, "db1"), FakeDaemon.Listing(Id, "web1"));

        Assert.Contains("db1 (a5a268cad5e8) of Docker, web1 (a5a268cad5e8) of Docker", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("web")]
    [InlineData("b5")]
    [InlineData("A5A2")]
    public void Text_OfNoContainerIsAnErrorThatNamesWhoWasAsked(string text)
    {
        NetworkException e = AssertError(NetworkError.ContainerNotFound, text, FakeDaemon.Listing(Id, "web1"));

        Assert.Contains("docker.sock", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("/web1")]
    [InlineData("-web1")]
    [InlineData("web1\n")]
    [InlineData("web1/json?x=")]
    public void Text_ThatNoContainerCanHaveIsNotAskedFor(string text)
    {
        using FakeDaemon daemon = new(static _ => (200, "[]"));
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);

        Assert.Equal(NetworkError.InvalidName, Assert.Throws<NetworkException>(() => finder.Open(text)).Error);
        Assert.Empty(daemon.Asked);
    }

    [Theory]
    [InlineData("host", NetworkError.HostNamespace, "web1 (a5a268cad5e8) uses the host's own")]
    [InlineData("container:" + Id, NetworkError.NamespaceShared, "of web1.")]
    [InlineData("container:gone", NetworkError.NamespaceShared, "of gone.")]
    public void Container_WithoutANamespaceOfItsOwnIsAnErrorThatSaysWhose(string mode, NetworkError error, string reason)
    {
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", () => FakeDaemon.Inspection(Id, Environment.ProcessId, mode));

        AssertError(error, reason, daemon);
    }

    [Fact]
    public void Process_ThatIsNotTheContainersIsNotBelieved()
    {
        // A daemon of another host, or one that lies: this process is of no container of that id.
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", static () => FakeDaemon.Inspection(Id, Environment.ProcessId));

        AssertError(NetworkError.ContainerNotFound, "isn't in a control group of that container", daemon);
    }

    [Fact]
    public void Process_ThatIsAnotherEachTimeIsNotBelieved()
    {
        int start = 0;
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", () => FakeDaemon.Inspection(Id, Environment.ProcessId, startedAt: $"{start++}"));

        AssertError(NetworkError.ContainerNotRunning, "isn't running", daemon);
        Assert.Equal(6, start);
    }

    [Fact]
    public void Process_ThatIsGoneIsOfAContainerThatDoesNotRun()
    {
        using Process ended = Process.Start("true");
        ended.WaitForExit();
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", () => FakeDaemon.Inspection(Id, ended.Id));

        AssertError(NetworkError.ContainerNotRunning, "isn't running", daemon);
    }

    [Fact]
    public void Container_ThatIsRemovedMeanwhileIsNotFound()
    {
        using FakeDaemon daemon = new(static path => path == "/version" ? (200, "{}")
            : path.StartsWith("/containers/json", StringComparison.Ordinal) ? (200, $"[{FakeDaemon.Listing(Id, "web1")}]") : (404, "{}"));

        AssertError(NetworkError.ContainerNotFound, Id, daemon);
    }

    [Fact]
    public void Daemon_ThatDoesNotAnswerIsAnErrorOnlyWhereNobodyElseKnows()
    {
        using FakeDaemon dead = new(static _ => (500, """{"message":"out of order"}"""));
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", static () => FakeDaemon.Inspection(Id, 0));
        using ContainerFinder finder = new([dead.Runtime, daemon.Runtime], TestContext.Current.CancellationToken);

        Assert.Equal(NetworkError.ContainerNotRunning, Assert.Throws<NetworkException>(() => finder.Open("web1")).Error);
        NetworkException e = Assert.Throws<NetworkException>(() => finder.Open("web2"));
        Assert.Equal(NetworkError.RuntimeUnavailable, e.Error);
        Assert.Contains("out of order", e.Message, StringComparison.Ordinal);
        // Nor is it asked again each time.
        Assert.Single(dead.Asked);
    }

    [Fact]
    public void Host_WithoutRuntimesKnowsNoNames()
    {
        using ContainerFinder finder = new([], TestContext.Current.CancellationToken);

        Assert.Equal(NetworkError.RuntimeUnavailable, Assert.Throws<NetworkException>(() => finder.Open("web1")).Error);
        Assert.Equal(NetworkError.ContainerNotFound, Assert.Throws<NetworkException>(() => finder.Open(Id)).Error);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("exited")]
    public void Sighting_OfAStoppedContainerSaysSo(string state)
    {
        using FakeDaemon daemon = new(path => path == "/version" ? (200, "{}") : path.StartsWith("/containers/json", StringComparison.Ordinal)
            ? (200, $"[{FakeDaemon.Listing(Id, "web1", state)}]") : (200, FakeDaemon.Inspection(Id, 0)));
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);

        using ContainerSighting sighting = finder.Look(Remembered(daemon.Address), byName: false, static _ => true);

        Assert.Equal(ContainerState.Stopped, sighting.State);
    }

    [Theory]
    [InlineData(false, "Gone")]
    [InlineData(true, "Awaited")]
    public void Sighting_OfWhatIsRemovedBeforeItIsLookedAtIsTheSame(bool byName, string expected)
    {
        using FakeDaemon daemon = new(path => path == "/version" ? (200, "{}") : path.StartsWith("/containers/json", StringComparison.Ordinal)
            ? (200, $"[{FakeDaemon.Listing(Id, "web1", "running")}]") : (404, "{}"));
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);

        using ContainerSighting sighting = finder.Look(Remembered(daemon.Address), byName, static _ => true);

        Assert.Equal(expected, sighting.State.ToString());
    }

    [Theory]
    [InlineData(200, true, "Gone")]
    [InlineData(200, false, "Unknown")]
    [InlineData(500, true, "Unknown")]
    public void Sighting_OfWhatIsNotThereIsCertainOnlyFromTheDaemonThatKnewIt(int status, bool isSameDaemon, string expected)
    {
        using FakeDaemon daemon = new(path => (status, path == "/version" ? "{}" : "[]"));
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);

        using ContainerSighting sighting = finder.Look(Remembered(isSameDaemon ? daemon.Address : "/run/docker.sock"), byName: false, static _ => true);

        Assert.Equal(expected, sighting.State.ToString());
    }

    [Fact]
    public void Completion_DoesNotWaitForADaemonThatHangs()
    {
        using FakeDaemon hanging = new(static _ => null);
        using FakeDaemon daemon = FakeDaemon.Of(Id, "web1", static () => "");
        using ContainerFinder finder = new([hanging.Runtime, daemon.Runtime], TestContext.Current.CancellationToken);

        IReadOnlyList<Container> running = finder.GetRunning(TimeSpan.FromSeconds(2));

        // The daemon that hangs does so for good: the test would never end.
        Assert.Equal("web1", Assert.Single(running).Name);
    }

    private static Container Remembered(string address) => new(Id, "web1", ContainerRuntime.Docker, "busybox:test", address);

    private static NetworkException AssertError(NetworkError error, string text, params string[] listings)
    {
        using FakeDaemon daemon = new(path => path == "/version" ? (200, "{}")
            : path.StartsWith("/containers/json", StringComparison.Ordinal) ? (200, $"[{string.Join(',', listings)}]")
            : (200, FakeDaemon.Inspection(path.Split('/')[2], 0)));
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);
        NetworkException e = Assert.Throws<NetworkException>(() => finder.Open(text));
        Assert.Equal(error, e.Error);
        return e;
    }

    private static void AssertError(NetworkError error, string reason, FakeDaemon daemon)
    {
        using ContainerFinder finder = new([daemon.Runtime], TestContext.Current.CancellationToken);
        NetworkException e = Assert.Throws<NetworkException>(() => finder.Open("web1"));
        Assert.Equal(error, e.Error);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
