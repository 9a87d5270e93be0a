using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The drawing at the prompt.</summary>
public sealed class TextTreeTests
{
    [Fact]
    public void Tree_IsAsItWasLookedAt() => Golden.Verify("small.txt", string.Join('\n', TextTree.Draw(Topologies.Small)) + '\n');

    [Fact]
    public void HostWithoutNetworks_SaysSo() => Assert.Equal(["node7", "└─ no networks"], TextTree.Draw(Topologies.Empty));

    [Theory]
    [InlineData(72)]
    [InlineData(80)]
    [InlineData(132)]
    public void Lines_FitTheTerminal(int width) => Assert.All(
        Topologies.All.Values.SelectMany(t => TextTree.Draw(t, width)), l => Assert.InRange(Columns(l), 1, width));

    [Fact]
    public void TerminalTooNarrowForATree_ShowsNamesAndAddresses()
    {
        string drawing = string.Join('\n', TextTree.Draw(Topologies.LongNames, 10));

        Assert.Contains(" web1/eth0\n", drawing, StringComparison.Ordinal);
        Assert.Contains(" 2001:db8:1234:5678:9abc:def0:1234:5602/120\n", drawing, StringComparison.Ordinal);
        Assert.Contains("─ project-shop…-x2x4z/eth0\n", drawing, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatAreTooLongForTheirColumn_AreWhole()
    {
        string[] lines = [.. TextTree.Draw(Topologies.LongNames)];

        Assert.Equal(
            [
                "node7",
                "└─ br0  bridge, ports eth0 eth1 eth2 eth3 eth4 eth5 eth6 eth7 eth8 eth9 eth10",
                "   │  eth11, up, MTU 1500",
                "   └─ network-of-a-project-with-a-name-of-as-many-as-sixty-four-letters",
                "      │  ipvlan L2, internal  [parent missing]",
                "      │  2001:db8:1234:5678:9abc:def0:1234:5600/120  no gateway",
                "      │  3 in use, 250 free",
                "      ├─ web1/eth0        2001:db8:1234:5678:9abc:def0:1234:5601/120  [detached]",
                "      ├─ project-shop-frontend-deployment-7f8b9c6d5-x2x4z/eth0",
                "      │                   2001:db8:1234:5678:9abc:def0:1234:5602/120  [detached]",
                "      └─ " + new string('a', 35) + "…" + new string('b', 30) + "/eth0",
                "                          2001:db8:1234:5678:9abc:def0:1234:5603/120  [detached]",
            ],
            lines);
    }

    [Fact]
    public void AddressesOfAServer_AreSaidToBeOfDhcp() => Assert.Equal(
        [
            "node7",
            "└─ eth0  hardware, up, MTU 1500",
            "   ├─ dual  macvlan Bridge",
            "   │  │  DHCP, fallback 10.1.0.200-10.1.0.220/24",
            "   │  │  fd01::/64  no gateway  1 in use, 249 free",
            "   │  └─ web1/eth0  10.1.0.77/24  02:42:0a:01:00:0a",
            "   │                fd01::10/64",
            "   ├─ empty  macvlan Bridge",
            "   │     DHCP, fallback 192.168.100.0/24",
            "   └─ lan  macvlan Bridge",
            "      │  DHCP",
            "      └─ web2/eth0  10.1.0.78/24  02:42:0a:01:00:0a",
        ],
        TextTree.Draw(Topologies.Leased).Select(static l => l.TrimEnd()));

    [Fact]
    public void AddressesOfAServer_AreSaidInTheOtherDrawingsToo()
    {
        Assert.Contains("lan<br>macvlan Bridge<br>DHCP\"", MermaidChart.Draw(Topologies.Leased), StringComparison.Ordinal);
        Assert.Contains(">DHCP, fallback 192.168.100.0/24<", SvgPicture.Draw(Topologies.Leased), StringComparison.Ordinal);
        string page = string.Concat(HtmlPage.Draw(Topologies.Leased).Split((char[])['\n', ' ']));
        Assert.Contains("<p>DHCP,fallback192.168.100.0/24</p>", page, StringComparison.Ordinal);
        Assert.Contains("<td>DHCP<br/>fd01::/64</td><td><br/>1</td><td><br/>249</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_CannotSteerTheTerminal() => Assert.DoesNotContain(
        string.Concat(TextTree.Draw(Topologies.HostileNames)), static c => char.IsControl(c) || c == '\u202e');

    [Fact]
    public void NicsBeyondTheLimit_AreCountedWithTheirTroubles()
    {
        string[] lines = [.. TextTree.Draw(Topologies.Small.Abridged(1))];

        Assert.Contains("│  │  └─ … and 1 more", lines);
        Assert.Contains("│     └─ … and 1 more, 1 NIC detached", lines);
        Assert.DoesNotContain(lines, static l => l.Contains("db1", StringComparison.Ordinal));
    }

    // As terminals do it, by a rule of its own: letters of Chinese, Japanese and Korean take two.
    private static int Columns(string line) => line.Length + line.Count(static c => c is >= '\u3000' and < '\ufb00');

    [Fact]
    public void AllNics_AreThereWithoutALimit() => Assert.Equal(
        400, TextTree.Draw(Topologies.Many(1, 400)).Count(static l => l.Contains("/eth0", StringComparison.Ordinal)));
}
