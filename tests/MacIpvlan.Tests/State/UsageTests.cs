using System.Globalization;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan.Tests.State;

/// <summary>How much of each subnet is in use.</summary>
public sealed class UsageTests : StateTest
{
    [Fact]
    public void Subnet_CountsWhatCanBeHandedOutAndWhatIsTaken()
    {
        NetworkRecord network = Add(Network(
            "net1", Subnet("10.0.0.0/24", "10.0.0.1", "", "10.0.0.10-10.0.0.19"), Subnet(
                "10.1.0.0/24", "10.1.0.1", "10.1.0.100-10.1.0.109")));
        Reserve(network, IPv4);
        // Outside the range: in use, and none the less free.
        Reserve(network, Static("10.1.0.5"));
        Reserve(network, Static("10.1.0.109"));

        NetworkUsage usage = Store.GetUsage()[network.Id];

        Assert.Equal(3, usage.NicCount);
        Assert.Equal(["243 1 242", "10 2 9"], usage.Subnets.Select(Text));
    }

    [Fact]
    public void Subnet_OfIPv6CountsBeyond64Bits()
    {
        NetworkRecord network = Add(Network("net1", Subnet("fd18::/48")));
        Reserve(network, IPv6);

        Assert.Equal(
            "1208925819614629174706175 1 1208925819614629174706174", Text(Store.GetUsage()[network.Id].Subnets[0]));
    }

    [Fact]
    public void Subnet_ThatIsSharedCountsForAllNetworks()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/28", "10.0.0.1")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/28", "10.0.0.2", "10.0.0.8/29")));
        Reserve(one, IPv4);
        Reserve(two, IPv4);

        IReadOnlyDictionary<string, NetworkUsage> usage = Store.GetUsage();

        Assert.Equal((1, 1), (usage[one.Id].NicCount, usage[two.Id].NicCount));
        Assert.Equal("12 2 10", Text(usage[one.Id].Subnets[0]));
        Assert.Equal("7 2 6", Text(usage[two.Id].Subnets[0]));
    }

    [Fact]
    public void Network_AloneIsTheSameAsAmongAll()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/28", "10.0.0.1"), Subnet("fd18::/64")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/28", "10.0.0.2", "10.0.0.8/29")));
        NetworkRecord three = Add(Network("three", Subnet("10.3.0.0/24")));
        Reserve(one, IPv4, IPv6);
        Reserve(two, IPv4);
        Reserve(three, IPv4);
        Store.ReserveNic(Nic(one) with { IsHost = true }, one, [IPv4]);
        Store.ReleaseNic(
            Reserve(one, Static("10.0.0.6")).Id,
            [new(AddressValue.Parse("10.0.0.6"), PhysicalAddress.Parse("02-00-00-00-00-06"), DateTimeOffset.Now.AddHours(1))]);

        IReadOnlyDictionary<string, NetworkUsage> all = Store.GetUsage();

        Assert.Single(all[one.Id].Subnets[0].Foreign);
        foreach (NetworkRecord network in (NetworkRecord[])[one, two, three])
        {
            IReadOnlyDictionary<string, NetworkUsage> alone = Store.GetUsage(network.Id);
            Assert.Equal(network.Id, Assert.Single(alone.Keys));
            Assert.Equal(Describe.Lines(all[network.Id]), Describe.Lines(alone[network.Id]));
        }
    }

    [Fact]
    public void Network_WithoutNicsHasAll()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.7/32"), Subnet("10.0.0.8/31", "10.0.0.8")));

        NetworkUsage usage = Store.GetUsage()[network.Id];

        Assert.Equal(0, usage.NicCount);
        Assert.Equal(["1 0 1", "1 0 1"], usage.Subnets.Select(Text));
    }

    private static string Text(SubnetUsage usage) =>
        string.Create(CultureInfo.InvariantCulture, $"{usage.Size} {usage.InUse} {usage.Free}");
}
