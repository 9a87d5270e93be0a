using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Exchange.Formats;

/// <summary>
/// Definitions with as many parts as the limit of a file allows are checked soon: nothing is compared with everything
/// else. If it were, these tests would take hours.
/// </summary>
public sealed class LongDefinitionTests
{
    private const int Many = 100_000;

    private static string Subnets => Joined(static i => $"\"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32\"");

    [Fact]
    public void Subnets_AreMany() => Assert.Equal(Many, Check($$"""
        "subnet":[{{Subnets}}],"gateway":[{{Joined(static i => $"\"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}\"")}}]
        """).Count);

    [Fact]
    public void Subnets_ThatOverlapAtLastAreMany()
    {
        NetworkException e = Assert.Throws<NetworkException>(() => Check($"\"subnet\":[{Subnets},\"10.0.0.0/8\"]"));

        Assert.Equal(NetworkError.SubnetOverlap, e.Error);
    }

    [Fact]
    public void AddressesOutsideSubnets_AreMany()
    {
        NetworkException e = Assert.Throws<NetworkException>(() => Check($"\"subnet\":[{Subnets}],\"gateway\":\"11.0.0.1\""));

        Assert.Equal(NetworkError.InvalidAddress, e.Error);
        Assert.True(e.Message.Length < 500);
    }

    [Theory]
    [InlineData("ipRange")]
    [InlineData("excludeAddress")]
    public void Ranges_AreMany(string property)
    {
        SubnetRecord subnet = Check($$"""
            "subnet":["10.0.0.0/8"],"{{property}}":[{{Joined(static i => $"\"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}\"", from: 2)}}]
            """)[0];

        Assert.Equal(Many, subnet.Ranges.Count + subnet.Excluded.Count);
    }

    [Fact]
    public void RangesAndExclusions_AreManyInOneSubnet()
    {
        SubnetRecord subnet = Check($$"""
            "subnet":["10.0.0.0/8"],
            "ipRange":[{{Joined(static i => $"\"10.{i >> 14}.{(i >> 6) & 255}.{(i & 63) * 4}/31\"", from: 1)}}],
            "excludeAddress":[{{Joined(static i => $"\"10.{i >> 14}.{(i >> 6) & 255}.{(i & 63) * 4}\"", from: 1)}}]
            """)[0];

        Assert.Equal(Many, MacIpvlan.Addressing.AddressPool.Allocatable(subnet.Prefix, [.. subnet.Ranges], subnet.Withheld).Count);
    }

    [Fact]
    public void Routes_AreMany() => Assert.Single(Check($$"""
        "subnet":["10.0.0.0/8"],"excludeAddress":[{{Joined(static i => $"\"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}\"", from: 2)}}],
        "route":[{{Joined(static i => $"\"11.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32 via 10.{i >> 16}.{(i >> 8) & 255}.{i & 255}\"", from: 2)}}]
        """));

    [Fact]
    public void NetworksOnOneParent_AreMany()
    {
        NetworkIndex index = new([]);
        for (int i = 0; i < Many; i++)
        {
            NetworkRecord network = new()
            {
                Id = $"{i:x64}", Name = $"n{i}", Parent = "eth0",
                NicKind = i % 2 == 0 ? new MacvlanLink(MacvlanMode.Bridge) : new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge),
                Subnets = [new(MacIpvlan.Addressing.IPPrefix.Parse($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32"), null, [], [])],
            };
            Assert.False(index.Contains(network.Name));
            ParentSharing.Check(network, index.On("eth0"), static _ => { });
            index.Add(network);
        }
    }

    [Fact]
    public void SubInterfaces_AreMany()
    {
        string text = $$"""
            {"format":"macipvlan","version":1,"vlans":[{{Joined(static i => $"{{\"name\":\"v{i}\",\"parent\":\"eth{i}\",\"vlanId\":7}}", count: 20_000)}}],
             "networks":[{{Joined(static i => $"{{\"name\":\"n{i}\",\"kind\":\"macvlan\",\"parent\":\"v{i}\",\"subnet\":\"10.0.0.0/24\"}}", count: 20_000)}}]}
            """;

        Assert.All(NetworkText.Read(text, null, static _ => { }, static (_, e) => throw e), static n => Assert.Single(n.Vlans));
    }

    [Fact]
    public void CniRanges_AreMany()
    {
        string text = $$"""
            {"cniVersion":"1.0.0","name":"n","type":"macvlan","master":"eth0","ipam":{"type":"host-local",
             "ranges":[{{Joined(static i => $"[{{\"subnet\":\"10.{i >> 14}.{(i >> 6) & 255}.{(i & 63) * 4}/30\"}}]", from: 1, count: 50_000)}}],
             "routes":[{{Joined(static i => $"{{\"dst\":\"fd00::{i:x}/128\"}}", from: 1, count: 50_000)}}] } }
            """;

        NetworkRequest network = Assert.Single(NetworkText.Read(text, null, static _ => { }, static (_, e) => throw e));
        Assert.Equal(50_000, network.Subnets.Count);
        Assert.Contains("10.0.0.4/30", NetworkText.Write(ExportFormat.Cni, [network with { Routes = [] }], static _ => { }), StringComparison.Ordinal);
        Assert.Contains("10.0.0.4/30", NetworkText.Write(ExportFormat.DockerCommand, [network with { Routes = [] }], static _ => { }), StringComparison.Ordinal);
    }

    private static string Joined(Func<int, string> item, int from = 0, int count = Many) =>
        string.Join(',', Enumerable.Range(from, count).Select(item));

    private static IReadOnlyList<SubnetRecord> Check(string settings)
    {
        string text = $$"""
            {"format":"macipvlan","version":1,"networks":[{"name":"n","kind":"macvlan","noDefaultRoute":true,{{settings}}}]}
            """;
        return NetworkDefinition.Check(Assert.Single(NetworkText.Read(text, null, static _ => { }, static (_, e) => throw e)));
    }
}
