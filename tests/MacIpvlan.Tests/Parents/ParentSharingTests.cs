using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Parents;

/// <summary>Which networks may be on one parent, which not, and which with a warning.</summary>
public sealed class ParentSharingTests
{
    private static readonly Dictionary<string, LinkKind> s_kinds = new()
    {
        ["bridge"] = new MacvlanLink(MacvlanMode.Bridge),
        ["private"] = new MacvlanLink(MacvlanMode.Private),
        ["passthru"] = new MacvlanLink(MacvlanMode.Passthru),
        ["source"] = new MacvlanLink(MacvlanMode.Source),
        ["l2"] = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge),
        ["l2 vepa"] = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Vepa),
        ["l3"] = new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Bridge),
        ["l3s"] = new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Bridge),
    };

    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("bridge", "bridge")]
    [InlineData("bridge", "private")]
    [InlineData("source", "bridge")]
    [InlineData("l2", "l2")]
    [InlineData("l3", "l3")]
    [InlineData("l2 vepa", "l2 vepa")]
    public void Kinds_ThatGetAlong(string kind, string other)
    {
        Check(Network("new", kind, "10.0.0.0/24"), Network("old", other, "10.0.1.0/24"));

        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("passthru", "bridge")]
    [InlineData("bridge", "passthru")]
    [InlineData("passthru", "passthru")]
    [InlineData("l2", "l3")]
    [InlineData("l3", "l3s")]
    [InlineData("l2", "l2 vepa")]
    public void Kinds_ThatExcludeEachOther(string kind, string other) => NetworkAssert.Refused(
        NetworkError.ParentInUse,
        () => Check(Network("new", kind, "10.0.0.0/24"), Network("old", other, "10.0.1.0/24")),
        "'new'", "'old'", "eth0");

    [Theory]
    [InlineData("bridge", "l2", "ipvlan")]
    [InlineData("l3", "passthru", "macvlan")]
    public void Kinds_ThatTakeTurnsAreWarnedOf(string kind, string other, string word)
    {
        Check(Network("new", kind, "10.0.0.0/24"), Network("old", other, "10.0.1.0/24"));

        string warning = Assert.Single(_warnings);
        Assert.Contains($"{word} network 'old'", warning, StringComparison.Ordinal);
        Assert.Contains("'new'", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0/25")]
    [InlineData("10.0.0.0/25", "10.0.0.0/24")]
    [InlineData("10.9.0.0/24 fd18::/64", "fd18::/80")]
    [InlineData("10.0.0.0/24", "10.0.0.0/24 10.0.0.0/25")]
    public void Subnets_ThatOverlapInPartAreRefused(string subnets, string other) => NetworkAssert.Refused(
        NetworkError.SubnetOverlap, () => Check(
            Network("new", "bridge", subnets), Network("old", "bridge", other)), "'new'", "'old'");

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0/24")]
    [InlineData("10.0.0.0/24", "10.0.1.0/24")]
    [InlineData("10.0.0.0/24 fd18::/64", "fd18::/64 10.0.0.0/24")]
    public void Subnets_MayBeEqualOrApart(string subnets, string other)
    {
        Check(Network("new", "bridge", subnets), Network("old", "bridge", other));

        Assert.Empty(_warnings);
    }

    [Theory]
    // A fallback counts as a subnet, on either side.
    [InlineData("10.0.0.0/24", "10.0.0.0/24", false)]
    [InlineData("10.0.0.9-10.0.0.20/24", "10.0.0.0/24", false)]
    [InlineData("10.0.1.0/24", "10.0.0.0/24", false)]
    [InlineData("10.0.0.0/16", "10.0.0.0/24", true)]
    [InlineData("10.0.0.9-10.0.0.20/25", "10.0.0.0/24", true)]
    public void Fallback_IsEqualToASubnetOrApartFromIt(string fallback, string subnet, bool isRefused)
    {
        NetworkRecord dhcp = Network("new", "bridge", "fd18::/64") with { Dhcp = new() { Fallback = DhcpFallback.Parse(fallback) } };
        NetworkRecord other = Network("old", "bridge", subnet);
        foreach (Action check in (Action[])[() => Check(dhcp, other), () => Check(other, dhcp), () => Check(dhcp with { Name = "net2" }, dhcp, other)])
        {
            if (isRefused) NetworkAssert.Refused(NetworkError.SubnetOverlap, check, "'old'");
            else check();
        }

        Assert.Empty(_warnings);
    }

    [Fact]
    public void All_OfTheOthersAreLookedAt() => NetworkAssert.Refused(
        NetworkError.ParentInUse,
        () => Check(
            Network("new", "l3", "10.0.0.0/24"), Network("one", "l3", "10.0.1.0/24"), Network(
                "two", "bridge", "10.0.2.0/24"),
            Network("three", "l2", "10.0.3.0/24")),
        "'three'");

    private static NetworkRecord Network(string name, string kind, string subnets) => new()
    {
        Id = name,
        Name = name,
        NicKind = s_kinds[kind],
        Parent = "eth0",
        Subnets = [.. subnets.Split(' ').Select(static s => new SubnetRecord(IPPrefix.Parse(s), null, [], []))],
    };

    private void Check(NetworkRecord network, params NetworkRecord[] others) =>
        ParentSharing.Check(network, others, _warnings.Add);
}
