using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>The real socket, as far as anyone may use it: reading needs no rights and no particular kernel.</summary>
public sealed class KernelSocketTests
{
    [Fact]
    public void Loopback_IsFoundByNameAndByIndexAndAmongAll()
    {
        using RouteSocket socket = RouteSocket.Open();

        Link byName = socket.FindLink("lo")!;

        Assert.True(byName.IsLoopback);
        Assert.Equal("lo", socket.FindLink(byName.Index)!.Name);
        Assert.Contains(socket.GetLinks(), l => l.Index == byName.Index && l.Name == "lo");
    }

    [Fact]
    public void Link_ThatIsNotThereIsNotFound()
    {
        using RouteSocket socket = RouteSocket.Open();

        Assert.Null(socket.FindLink("no-such-link-00"));
        Assert.Null(socket.FindLink("no-such-link-with-a-long-name"));
        Assert.Null(socket.FindLink(int.MaxValue));
    }

    [Fact]
    public void Sockets_HavePortsOfTheirOwn()
    {
        using NetlinkDatagramSocket one = new();
        using NetlinkDatagramSocket two = new();

        Assert.NotEqual(0u, one.PortId);
        Assert.NotEqual(one.PortId, two.PortId);
    }

    [Fact]
    public void OwnNamespace_OpensAndHasOneIdentity()
    {
        using NamespaceHandle one = NamespaceHandle.OpenOwn();
        using NamespaceHandle two = NamespaceHandle.Open("two", "/proc/self/ns/net");

        Assert.Equal(one.Identity, two.Identity);
        Assert.NotEqual(one.Descriptor, two.Descriptor);
    }

    [Theory]
    [InlineData("/proc/self/ns/no-such-kind", NetworkError.NamespaceNotFound)]
    [InlineData("/proc/self/status", NetworkError.NamespaceNotFound)]
    [InlineData("/proc/self/ns/uts", NetworkError.NamespaceNotFound)]
    [InlineData("/proc", NetworkError.NamespaceNotFound)]
    public void OtherThanANetworkNamespace_IsRefused(string path, NetworkError error)
    {
        NetworkException e = Assert.Throws<NetworkException>(() => NamespaceHandle.Open("web1", path));

        Assert.Equal(error, e.Error);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }
}
