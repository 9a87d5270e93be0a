using System.Diagnostics;
using System.Runtime.InteropServices;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using Tmds.Linux;

namespace MacIpvlan.Tests.Socket;

/// <summary>The real socket, as far as anyone may use it: reading needs no rights and no particular kernel.</summary>
public sealed class KernelSocketTests
{
    private const int WindowChanged = 28;
    private const int ECONNREFUSED = 111;
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(0.3);
    private static readonly LinkDelete s_refused = new(int.MaxValue, "none");

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
    public void Receive_ThatNobodyAnswersEndsInTime()
    {
        using NetlinkDatagramSocket socket = new(s_short);

        AssertTimesOut(socket);
    }

    [Fact]
    public void Receive_IsNotPutOffBySignals()
    {
        // .NET handles this one, and otherwise ignores it; a call that waits returns EINTR.
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, static _ => { });
        using NetlinkDatagramSocket socket = new(s_short);
        int thread = int.Parse(new FileInfo("/proc/thread-self").LinkTarget!.Split('/')[^1], null);
        using Timer timer = new(state => _ = tgkill(Environment.ProcessId, thread, WindowChanged), null, s_short / 10, s_short / 10);

        AssertTimesOut(socket);
    }

    [Fact]
    public void OtherProcesses_CannotSendToTheSocket()
    {
        using NetlinkDatagramSocket socket = new(s_short);
        int errno = SendFromElsewhere(socket.PortId, Answer.Done(1));
        Assert.SkipWhen(errno == Errno.EPERM, "Only root may send to other processes.");
        // The kernel refuses it: a flood would otherwise fill the queue, and answers would be lost.
        Assert.Equal(ECONNREFUSED, errno);
        AssertTimesOut(socket);
    }

    [Fact]
    public void Overrun_IsToldAndWhatIsAskedAfterwardsIsAnswered()
    {
        using NetlinkDatagramSocket transport = new(s_short);
        using NetlinkSocket socket = new(transport);
        Overrun(transport);

        Assert.Equal(Errno.ENOBUFS, Assert.Throws<NetlinkException>(() => transport.Receive(new byte[4096])).Errno);

        Assert.Equal("lo", socket.Get(new LinkGet { Name = "lo" }, Link.Parse)!.Name);
    }

    [Fact]
    public void Dump_IsCompleteInSpiteOfAnOverrun()
    {
        using NetlinkDatagramSocket transport = new(s_short);
        using NetlinkSocket socket = new(transport);
        Overrun(transport);

        Assert.Contains(socket.Dump(new LinkGet(), Link.Parse), static l => l.Name == "lo");
    }

    [Fact]
    public void Dump_IsCompleteWhenAnEarlierOneWasGivenUp()
    {
        using NetlinkDatagramSocket transport = new(s_short);
        using NetlinkSocket socket = new(transport);
        MessageWriter writer = new();
        new LinkGet().Write(writer);
        writer.End(uint.MaxValue, acknowledge: false);
        transport.Send(writer.Written);

        Assert.Contains(socket.Dump(new LinkGet(), Link.Parse), static l => l.Name == "lo");
    }

    [Fact]
    public void Batch_OfManyRefusalsLosesNone()
    {
        using RouteSocket socket = RouteSocket.Open();

        try
        {
            socket.Execute([.. Enumerable.Range(0, 1000).Select(static _ => s_refused)]);
        }
        catch (NetlinkException e)
        {
            // Who may not delete links is told so; to others it counts as done that there is no such link.
            Assert.Equal((s_refused.ToString(), Errno.EPERM), (e.Step, e.Errno));
        }
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

    // More refusals than the socket's receive queue takes.
    private static void Overrun(NetlinkDatagramSocket transport)
    {
        MessageWriter writer = new();
        for (int i = 0; i < 1000; i++)
        {
            s_refused.Write(writer);
            writer.End(uint.MaxValue, acknowledge: false);
        }

        transport.Send(writer.Written);
    }

    private static unsafe int SendFromElsewhere(uint port, byte[] datagram)
    {
        using FileDescriptor other = FileDescriptor.TryTake(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, Uapi.NETLINK_ROUTE), out _)!;
        Uapi.sockaddr_nl address = new() { nl_family = (ushort)LibC.AF_NETLINK, nl_pid = port };
        fixed (byte* p = datagram)
        {
            ssize_t sent = LibC.sendto(
                other.Value, p, datagram.Length, 0, (sockaddr*)&address, sizeof(Uapi.sockaddr_nl));
            return sent < 0 ? Errno.Last : 0;
        }
    }

    private static void AssertTimesOut(NetlinkDatagramSocket socket)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<NetlinkException>(() => socket.Receive(new byte[4096])).Errno);
        Assert.InRange(Stopwatch.GetElapsedTime(start), s_short, TimeSpan.FromSeconds(9));
    }

    [DllImport("libc")]
    private static extern int tgkill(int process, int thread, int signal);
}
