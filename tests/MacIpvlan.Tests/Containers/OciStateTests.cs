using MacIpvlan.Containers;

namespace MacIpvlan.Tests.Containers;

/// <summary>What a hook reads from the state that its runtime tells it.</summary>
public sealed class OciStateTests
{
    private const string Id = "6a3e723f4ad7f6c96e7a64a5be58bbbfea22150f1e8af60d0bf9af0f6f7384ce";

    // As runc 1.1 wrote it for a container of Podman 4.3.
    private const string OfPodman = $$$"""
        {"ociVersion":"1.0.2-dev","id":"{{{Id}}}","status":"creating","pid":172,"bundle":"/var/lib/containers/storage/overlay-containers/{{{Id}}}/userdata",
        "annotations":{"io.container.manager":"libpod","io.podman.annotations.init":"FALSE","macipvlan.lan.ip":"10.1.0.20","macipvlan.network":"lan"}}
        """;

    [Fact]
    public void State_HasTheContainerAndWhatItsAnnotationsAskFor()
    {
        OciState state = OciState.Parse(OfPodman);

        Assert.Equal((Id, 172), (state.Id, state.ProcessId));
        Assert.Equal(["macipvlan.network=lan", "macipvlan.lan.ip=10.1.0.20"], state.Annotations.Select(static a => $"{a.Key}={a.Value}"));
    }

    [Fact]
    public void Annotations_CanBeMissing() => Assert.Empty(OciState.Parse($$$"""{"id":"{{{Id}}}","pid":172}""").Annotations);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"pid":172}""")]
    [InlineData("""{"id":"web1","pid":172}""")]
    [InlineData("""{"id":7,"pid":172}""")]
    [InlineData($$$"""{"id":"{{{Id}}}"}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":0}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":"172"}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":4294967297}""")]
    [InlineData("""{"id":"\ud800","pid":172}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":172,"annotations":{"macipvlan.network":"\udc00"}}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":172,"annotations":{"macipvlan.\ud800":"lan"}}""")]
    public void State_OfNoContainerIsRefused(string text) =>
        Assert.Equal(NetworkError.InvalidDefinition, Assert.Throws<NetworkException>(() => OciState.Parse(text)).Error);

    [Theory]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":172,"annotations":[]}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":172,"annotations":{"macipvlan.network":7}}""")]
    [InlineData($$$"""{"id":"{{{Id}}}","pid":172,"annotations":{"other":"lan"}}""")]
    public void Annotations_ThatAreNoneAreIgnored(string text) => Assert.Empty(OciState.Parse(text).Annotations);

    [Fact]
    public void Runtime_ThatWaitsKnowsOneContainer()
    {
        using WaitingRuntime runtime = new(OciState.Parse(OfPodman), known: null);

        Assert.Null(runtime.Inspect(new('0', 64), TestContext.Current.CancellationToken));
        ContainerListing listing = runtime.Inspect(Id, TestContext.Current.CancellationToken)!.Listing;
        Assert.Equal((Id, Id[..12], "", true), (listing.Container.Id, listing.Container.Name, listing.Container.Address, listing.IsRunning));
        Assert.Equal("lan", listing.Labels["macipvlan.network"]);
    }

    [Fact]
    public void Namespace_OfTheHostIsKnownAsSuch()
    {
        // This process is in the host's namespace.
        using WaitingRuntime runtime = new(OciState.Parse($$$"""{"id":"{{{Id}}}","pid":{{{Environment.ProcessId}}}}"""), known: null);
        using ContainerFinder finder = new([runtime], TestContext.Current.CancellationToken);

        Assert.Equal(NetworkError.HostNamespace, Assert.Throws<NetworkException>(() => finder.Open(Id)).Error);
    }
}
