using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Containers;

/// <summary>The search for a namespace behind what other processes have open and mounted.</summary>
public sealed class NamespaceFinderTests : IDisposable
{
    private static readonly NamespaceBirth s_birth = new(HostBoot.Id, 0);
    private readonly NamespaceThreads _threads = new(1);

    // No namespace has this number.
    private static NamespaceIdentity Gone => NamespaceHandle.OwnIdentity with { Inode = 1 };

    [Fact]
    public void Namespace_ThatIsGoneIsNotFound() =>
        Assert.Null(new NamespaceFinder(_threads, static () => { }).Find("web1", "/nowhere", Gone, s_birth));

    [Fact]
    public void Namespace_IsFoundBehindAnyProcess()
    {
        using NamespaceHandle? found = new NamespaceFinder(_threads, static () => { })
            .Find("host", "/nowhere", NamespaceHandle.OwnIdentity, s_birth);

        Assert.Equal(NamespaceHandle.OwnIdentity, found?.Identity);
    }

    [Fact]
    public void Search_ThatIsNotCompleteDoesNotSayThatANamespaceIsGone()
    {
        NamespaceFinder finder = new(_threads, static () => { }, mostItems: 3);

        NetworkException refusal = Assert.Throws<NetworkException>(() => finder.Find("web1", "/nowhere", Gone, s_birth));

        Assert.Equal(NetworkError.SearchIncomplete, refusal.Error);
    }

    [Fact]
    public void Search_EndsWhenTheCommandMustStop()
    {
        NamespaceFinder finder = new(_threads, static () => throw new OperationCanceledException());

        Assert.Throws<OperationCanceledException>(() => finder.Find("web1", "/nowhere", Gone, s_birth));
        Assert.Throws<OperationCanceledException>(() => finder.OpenAll().Count());
    }

    public void Dispose() => _threads.Dispose();
}
