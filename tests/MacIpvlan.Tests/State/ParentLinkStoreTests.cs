using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Links that were made to be parents.</summary>
public sealed class ParentLinkStoreTests : StateTest
{
    private static readonly ParentLinkRecord s_vlan = new()
    {
        Name = "eth0.50",
        Kind = new VlanLink(50, VlanProtocol.Ieee8021Q),
        Parent = "eth0",
        RemovedWithLastNetwork = true,
    };

    public static TheoryData<string> Links => [.. s_links.Keys];

    private static readonly Dictionary<string, ParentLinkRecord> s_links = new()
    {
        ["vlan"] = s_vlan,
        ["vlan with settings"] = s_vlan with
        {
            Kind = new VlanLink(4094, VlanProtocol.Ieee8021AD)
            {
                ReorderHeader = false, Gvrp = true, Mvrp = false, LooseBinding = true,
                IngressPriorityMap = [(1, 2), (7, 0)], EgressPriorityMap = [(uint.MaxValue, 7)],
            },
            Mtu = 1496,
            RemovedWithLastNetwork = false,
        },
        ["dummy"] = new() { Name = "dm-0123456789ab", Kind = new DummyLink(), RemovedWithLastNetwork = true },
        ["dummy with an MTU"] = new() { Name = "di-0123456789ab", Kind = new DummyLink(), Mtu = 9000 },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void Link_ComesBackWithAllItsFields(string link)
    {
        Store.SetParentLink(s_links[link]);

        using SqliteStateStore other = State.Open();
        Assert.Equal(Describe.Lines(s_links[link]), Describe.Lines(Assert.Single(other.GetParentLinks())));
    }

    [Fact]
    public void Setting_ReplacesWhatIsRecorded()
    {
        Store.SetParentLink(s_vlan);

        Store.SetParentLink(s_vlan with { RemovedWithLastNetwork = false });

        Assert.False(Assert.Single(Store.GetParentLinks()).RemovedWithLastNetwork);
    }

    [Fact]
    public void Links_AreInTheOrderOfTheirNames()
    {
        foreach (string name in (string[])["eth0.7", "di-0", "eth0.10"])
        {
            Store.SetParentLink(s_vlan with { Name = name });
        }

        Assert.Equal(["di-0", "eth0.7", "eth0.10"], Store.GetParentLinks().Select(static l => l.Name));
    }

    [Fact]
    public void Removing_ForgetsThatLinkOnly()
    {
        Store.SetParentLink(s_vlan);
        Store.SetParentLink(s_vlan with { Name = "eth0.60" });

        Store.RemoveParentLink("eth0.50");
        Store.RemoveParentLink("eth0.70");

        Assert.Equal("eth0.60", Assert.Single(Store.GetParentLinks()).Name);
    }

    [Fact]
    public void Names_ThatDifferInCaseAreOfDifferentLinks()
    {
        Store.SetParentLink(s_vlan);
        Store.SetParentLink(s_vlan with { Name = "ETH0.50" });

        Assert.Equal(2, Store.GetParentLinks().Count);
    }

    [Fact]
    public void Hosts_HaveLinksOfTheirOwn()
    {
        using SqliteStateStore other = State.Open("host2");
        Store.SetParentLink(s_vlan);
        other.SetParentLink(s_vlan with { Parent = "eth1" });

        other.RemoveParentLink("eth0.50");

        Assert.Empty(other.GetParentLinks());
        Assert.Equal("eth0", Assert.Single(Store.GetParentLinks()).Parent);
    }
}
