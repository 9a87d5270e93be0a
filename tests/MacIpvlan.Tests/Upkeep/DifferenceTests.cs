using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Upkeep;

/// <summary>What is expected and what is there are never told in the same words.</summary>
public sealed class DifferenceTests
{
    public static TheoryData<DifferenceKind> Kinds => [.. Enum.GetValues<DifferenceKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Difference_OfEachKindHasTwoTexts(DifferenceKind kind)
    {
        // A link can have the name that stands for what isn't there.
        NetworkDifference difference = new(kind, "c1/none", "lan") { Expected = "none", Actual = "none" };
        NetworkDifference reversed = new(kind, "c1/none", "lan") { Actual = "none", Expected = "none" };

        Assert.Equal(("'none'", "none"), (difference.Expected, difference.Actual));
        Assert.Equal(("'none'", "none"), (reversed.Expected, reversed.Actual));
        Assert.Equal("eth0", new NetworkDifference(kind, "c1/eth0", "lan") { Expected = "eth0", Actual = "none" }.Expected);
    }

    [Fact]
    public void Setting_ThatDiffersHasTwoTexts()
    {
        NetworkRequest one = Request("10.1.0.0/24 10.2.0.0/24") with { Parent = ParentReference.Parse("none") };
        NetworkRequest[] others =
        [
            one with { Parent = null },
            one with { Parent = ParentReference.Parse("eth0") },
            one with { Subnets = [.. one.Subnets.Reverse()] },
            one with { NicKind = new MacvlanLink(MacvlanMode.Vepa) },
            one with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Vepa) },
            one with { Mtu = 1400, NoGateway = true, RouteMetric = 0, Probe = new() },
        ];

        foreach (NetworkRequest other in others)
        {
            IReadOnlyList<SettingDifference> differences =
                [.. NetworkSettings.Compare(NetworkSettings.Of(one), NetworkSettings.Of(other)), .. NetworkSettings.Compare(NetworkSettings.Of(other), NetworkSettings.Of(one))];
            Assert.NotEmpty(differences);
            Assert.All(differences, static d => Assert.NotEqual(d.Expected, d.Actual));
        }
    }
}
