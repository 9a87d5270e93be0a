using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>A socket on a fake kernel, each test its own.</summary>
public abstract class FakeKernelTest : IDisposable
{
    private protected FakeKernelTest() => Socket = new NetlinkSocket(Kernel);

    private protected FakeKernel Kernel { get; } = new();

    private protected NetlinkSocket Socket { get; }

    public void Dispose()
    {
        Socket.Dispose();
        GC.SuppressFinalize(this);
    }
}
