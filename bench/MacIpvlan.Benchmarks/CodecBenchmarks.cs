using System.Net.NetworkInformation;
using BenchmarkDotNet.Attributes;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Benchmarks;

/// <summary>The codec: no system call in any.</summary>
public class CodecBenchmarks : IDisposable
{
    // About as many as the kernel puts into one datagram.
    private const int LinksInDump = 50;
    private readonly MessageWriter _writer = new();
    private readonly NamespaceHandle _target = NamespaceHandle.OpenOwn();
    private readonly Link _parent = new() { Index = 7, Name = "eth0" };
    private readonly byte[] _dump = [.. Enumerable.Repeat(CapturedLink(), LinksInDump).SelectMany(static m => m)];

    /// <summary>The request that makes a NIC.</summary>
    [Benchmark]
    public int EncodeNewLink()
    {
        _writer.Clear();
        new LinkAdd("eth0", new MacvlanLink(MacvlanMode.Bridge))
        {
            Parent = _parent,
            Namespace = _target,
            Mtu = 1500,
            MacAddress = PhysicalAddress.None,
            Group = 1,
        }.Write(_writer);
        _writer.End(1, acknowledge: true);
        return _writer.Written.Length;
    }

    /// <summary>A datagram of a dump: macvlan links as a kernel described them.</summary>
    [Benchmark(OperationsPerInvoke = LinksInDump)]
    public int DecodeLinkDump()
    {
        int links = 0;
        MessageReader reader = new(_dump);
        while (reader.TryRead(out Message message))
        {
            if (Link.Parse(message).Index > 0) links++;
        }

        return links;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _target.Dispose();
        GC.SuppressFinalize(this);
    }

    private static byte[] CapturedLink() =>
        Captures.Links.First(static l => l.Key.Contains("mv-bridge", StringComparison.Ordinal)).Value;
}
