using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Socket;

/// <summary>
/// Which refusals count as done, and for which requests: no more than those that mean that it is so already.
/// </summary>
public sealed class ToleranceTests
{
    private static readonly Link s_link = new() { Index = 7, Name = "mv0" };
    private static readonly int[] s_errnos =
        [
            Errno.EPERM, Errno.ENOENT, Errno.ESRCH, Errno.EBUSY, Errno.EEXIST, Errno.ENODEV, Errno.EINVAL,
            Errno.EADDRINUSE, Errno.ENETDOWN];

    [Fact]
    public void Delete_ToleratesThatTheLinkIsGone() =>
        Assert.Equal([Errno.ENODEV], Tolerated(new LinkDelete(7, "mv0")));

    [Fact]
    public void Route_ToleratesThatItIsThereOnlyIfAskedTo()
    {
        RouteAdd route = new(s_link, IPPrefix.Parse("0.0.0.0/0"));

        Assert.Empty(Tolerated(route));
        Assert.Equal([Errno.EEXIST], Tolerated(route with { KeepExisting = true }));
    }

    [Fact]
    public void OtherRequests_TolerateNothing()
    {
        Assert.Empty(Tolerated(new LinkAdd("mv0", new DummyLink())));
        Assert.Empty(Tolerated(new LinkSet(7, "mv0") { Up = true }));
        Assert.Empty(Tolerated(new AddressAdd(s_link, InterfaceAddress.Parse("10.0.0.1/8"))));
    }

    private static IEnumerable<int> Tolerated(RouteRequest request) => s_errnos.Where(request.Tolerates);
}
