using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>Tests one address from one NIC. Runs on a thread in the NIC's namespace.</summary>
internal sealed class NicProbe(NetworkSession session, NicTestOptions options, NicTestPair pair)
{
    private const int PayloadSize = 32;
    private const int BufferSize = 2048;

    // Packets that never cease can't delay the end of a test, or a stop.
    private const int PacketsAtOnce = 256;

    // RFC 5227 sends this many probes before it takes silence for an answer.
    private const int NeighborAttempts = 3;
    private static readonly TimeSpan s_neighborTimeout = TimeSpan.FromSeconds(1);
    private readonly AddressValue _source = pair.SourceAddress!;
    private readonly AddressValue _destination = pair.Address!;
    private readonly bool _isRouted = NicRoutes.IsRouted(pair.Source.NetworkRecord);

    private bool IsIPv4 => _destination.Family == AddressFamily.InterNetwork;

    private string NeighborProtocol => IsIPv4 ? "ARP" : "the neighbor solicitation";

    /// <summary>Runs the test.</summary>
    /// <param name="target">The NIC's namespace.</param>
    /// <param name="result">What is known about the test so far.</param>
    /// <exception cref="NetlinkException">The kernel refused something that a test needs.</exception>
    public NicTestResult Run(NamespaceHandle target, NicTestResult result)
    {
        session.ThrowIfStopping();
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        if (new NicLinks(session).Find(inside, pair.Source.Record, pair.Source.NetworkRecord) is not Link link)
        {
            return Failed(result, NicTestStatus.NicMissing, "its interface is gone");
        }

        if (!link.IsUp) return Failed(result, NicTestStatus.NicDown, $"{link.Name} is down");
        Route route;
        try
        {
            route = inside.FindRoute(_destination);
            // A second NIC in a namespace has routes that only packets from its own address use.
            if (route.LinkIndex != link.Index) route = inside.FindRoute(_destination, link);
        }
        catch (NetlinkException e)
        {
            return Failed(result, NicTestStatus.NoRoute, Describe(e, link));
        }

        return options.LinkLayer ? TestNeighbor(link, route, result) : TestEcho(link, route, result);
    }

    // The errors that the kernel returns for route types that don't forward (fib_props in net/ipv4/fib_semantics.c).
    private static string Describe(NetlinkException refusal, Link link) => refusal.Errno switch
    {
        Errno.EINVAL => "the route there is a blackhole",
        Errno.EACCES => "the route there is prohibited",
        _ => $"no route through {link.Name}: {Errno.Text(refusal.Errno)} ({refusal.ErrnoName})",
    };

    private static NicTestResult Failed(NicTestResult result, NicTestStatus status, string reason) =>
        result with { Status = status, Reason = reason };

    private NicTestResult TestNeighbor(Link link, Route route, NicTestResult result)
    {
        if (_isRouted) return Failed(result, NicTestStatus.NotOnLink, "NICs in the l3 modes have no link layer");
        if (route.Gateway is not null)
        {
            return Failed(result, NicTestStatus.NotOnLink, $"it is behind the router {route.Gateway}, not on the link");
        }

        ProbeSeries exchange = new(session, options.Count, options.Timeout);
        PhysicalAddress? mac = AskNeighbor(exchange, link, _destination);
        result = Counted(result, exchange) with { MacAddress = mac is null ? null : Link.Format(mac) };
        return exchange.Received > 0 ? result : exchange.Refusal != 0 ? Refused(result, exchange)
            : Failed(result, NicTestStatus.NeighborSilent, $"{_destination} did not answer {NeighborProtocol}");
    }

    private NicTestResult TestEcho(Link link, Route route, NicTestResult result)
    {
        ProbeSeries exchange = new(session, options.Count, options.Timeout);
        string? error;
        try
        {
            error = Echo(exchange, link);
        }
        catch (NetlinkException e) when (e.Errno == Errno.EADDRNOTAVAIL)
        {
            return Failed(result, NicTestStatus.NoAddress, $"{link.Name} is missing its address {_source}");
        }

        result = Counted(result, exchange);
        return exchange.Received > 0 ? result : exchange.Refusal != 0 ? Refused(result, exchange)
            : error is not null ? Failed(result, NicTestStatus.IcmpError, error)
            : _isRouted ? Failed(result, NicTestStatus.EchoSilent, "the echo request wasn't answered")
            : ExplainSilence(link, route.Gateway, result);
    }

    private NicTestResult ExplainSilence(Link link, AddressValue? gateway, NicTestResult result)
    {
        TimeSpan timeout = options.Timeout < s_neighborTimeout ? options.Timeout : s_neighborTimeout;
        AddressValue hop = gateway ?? _destination;
        PhysicalAddress? mac = AskNeighbor(new ProbeSeries(session, NeighborAttempts, timeout), link, hop);
        string name = gateway is null ? $"{hop}" : $"the gateway {hop}";
        if (mac is null) return Failed(result, NicTestStatus.NeighborSilent, $"{name} did not answer {NeighborProtocol}");
        string guess = gateway is null
            ? "a firewall drops it, or echo replies are turned off there"
            : "the gateway, or something behind it, drops it";
        return Failed(result with { MacAddress = Link.Format(mac) }, NicTestStatus.EchoSilent,
            $"the echo request wasn't answered, but {name} answers {NeighborProtocol} as {Link.Format(mac)}: {guess}");
    }

    private static NicTestResult Counted(NicTestResult result, ProbeSeries exchange) => result with
    {
        Sent = exchange.Sent,
        Received = exchange.Received,
        RoundtripTime = exchange.Shortest?.TotalMilliseconds,
        Reason = exchange.Received < exchange.Sent ? $"{exchange.Sent - exchange.Received} of {exchange.Sent} weren't answered" : "",
    };

    private NicTestResult Refused(NicTestResult result, ProbeSeries exchange)
    {
        string hint = exchange.Refusal switch
        {
            Errno.EPERM => ", typically because of a firewall in the namespace",
            // This isn't a missing privilege: the socket could be opened.
            Errno.EACCES => ", typically because it is a broadcast address",
            Errno.ENETUNREACH when _isRouted =>
                $", because the host, which routes for the l3 modes, has no route through {pair.Source.Parent}",
            _ => "",
        };
        return Failed(
            result, NicTestStatus.SendRefused,
            $"the kernel refused to send: {Errno.Text(exchange.Refusal)} ({Errno.Name(exchange.Refusal)}){hint}");
    }

    /// <returns>The error that a host or router on the way returned, in words; null if there was none.</returns>
    private string? Echo(ProbeSeries exchange, Link link)
    {
        EchoPacket echo = new(
            _destination.Family, _destination, (ushort)Random.Shared.Next(ushort.MaxValue + 1),
            RandomNumberGenerator.GetBytes(PayloadSize));
        using EchoSocket socket = new(link.Name, link.Index, _source.ToBytes(), echo.Id);
        byte[] destination = _destination.ToBytes();
        byte[] sender = new byte[destination.Length];
        byte[] buffer = new byte[BufferSize];
        string? found = null;
        exchange.Run(n => socket.TrySend(destination, echo.Request((ushort)n)), Receive, socket.Wait);
        return found;

        bool Receive()
        {
            for (int i = 0; i < PacketsAtOnce; i++)
            {
                int length = socket.TryReceive(buffer, sender);
                if (length < 0) break;
                AddressValue from = AddressValue.FromBytes(sender);
                ReadOnlySpan<byte> packet = buffer.AsSpan(0, length);
                if (echo.TryReadReply(packet, from, out ushort number)) exchange.Answered(number);
                // The kernel itself also reports that a neighbor is silent; the neighbor is tested separately here.
                else if (from != _source && echo.TryReadError(packet, out IcmpError? error)) found ??= $"{from} reports: {error}";
            }

            return found is null;
        }
    }

    private PhysicalAddress? AskNeighbor(ProbeSeries exchange, Link link, AddressValue hop)
    {
        ushort etherType = PacketSocket.EtherTypeOf(hop.Family);
        byte[] to = NeighborPacket.QuestionMac(hop).GetAddressBytes();
        byte[] question = NeighborPacket.Question(link.MacAddress, _source, hop);
        byte[] buffer = new byte[BufferSize];
        PhysicalAddress? found = null;
        using PacketSocket socket = PacketSocket.Open();
        socket.Listen(link.Index, etherType, [hop.ToBytes()]);
        exchange.Run(_ => socket.TrySend(link.Index, etherType, to, question), Receive, socket.Wait);
        return found;

        bool Receive()
        {
            for (int i = 0; i < PacketsAtOnce; i++)
            {
                int length = socket.TryReceive(buffer);
                if (length < 0) break;
                if (!NeighborPacket.TryReadAnswer(buffer.AsSpan(0, length), hop, out PhysicalAddress mac)) continue;
                found ??= mac;
                // Replies have no number, so each counts for the last request.
                exchange.Answered(exchange.Sent - 1);
            }

            return true;
        }
    }
}

/// <summary>The settings of tests.</summary>
public sealed record NicTestOptions
{
    /// <summary>How many requests each test sends.</summary>
    public int Count { get; init; } = 4;

    /// <summary>How long to wait for the reply to the last request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether to use ARP and neighbor solicitation instead of echo requests.</summary>
    public bool LinkLayer { get; init; }
}
