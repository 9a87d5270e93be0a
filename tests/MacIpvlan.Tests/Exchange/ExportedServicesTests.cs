using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.Tests.State;

namespace MacIpvlan.Tests;

/// <summary>The services of Compose on networks that are exported, by the NICs of their containers.</summary>
public sealed class ExportedServicesTests : StateTest
{
    private readonly List<string> _warnings = [];
    private readonly NetworkRecord _lan = Network("lan", Subnet("10.1.0.0/24")) with
    {
        AllowedLabels = [LabelSetting.Network, LabelSetting.IPAddress, LabelSetting.MacAddress, LabelSetting.InterfaceName, LabelSetting.DefaultRoute],
    };

    private readonly NetworkRecord _dmz = Network("dmz", Subnet("10.2.0.0/24")) with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge) };

    [Fact]
    public void Service_HasTheLabelsThatAskForTheSameNics()
    {
        NicRecord plain = Of(_dmz, "shop", "web", 1) with { Leases = [Lease("10.2.0.2/24", LeaseSource.Pool)], MacAddress = PhysicalAddress.Parse("02-00-00-00-00-09") };
        NicRecord chosen = Of(_lan, "shop", "web", 1) with
        {
            Leases = [Lease("10.1.0.7/24", LeaseSource.Static), Lease("fd01::7/64", LeaseSource.Static)],
            MacAddress = PhysicalAddress.Parse("02-00-00-00-00-07"), InterfaceName = "wire0", DefaultRoute = false,
        };
        NicRecord derived = Of(_lan, "shop", "db", 1) with
        {
            Leases = [Lease("10.1.0.8/24", LeaseSource.Pool)], MacAddress = DerivedMacAddress.From(_lan.Id, "10.1.0.8"), InterfaceName = "eth12",
        };
        ILookup<string, ComposeService> found = Find(plain, chosen, derived, Nic(_lan), Of(_lan, "shop", "host", 1) with { IsHost = true });

        Assert.Equal(
            [
                "web: macipvlan.network=dmz,lan, macipvlan.lan.ip=10.1.0.7, macipvlan.lan.ip6=fd01::7, macipvlan.lan.mac=02:00:00:00:00:07, "
                    + "macipvlan.lan.interface=wire0, macipvlan.lan.default-route=false",
                "db: macipvlan.network=lan",
            ],
            found["lan"].Select(static s => $"{s}"));
        Assert.Equal(found["lan"].First(), Assert.Single(found["dmz"]));
        Assert.Equal(["'dmz' doesn't allow what the labels of 'web' ask for; it needs -AllowLabel Network."], _warnings);
    }

    [Fact]
    public void ServiceWithSeveralContainers_HasNoAddresses()
    {
        ILookup<string, ComposeService> found = Find(
            Of(_lan, "shop", "web", 1) with { Leases = [Lease("10.1.0.7/24", LeaseSource.Static)] },
            Of(_lan, "shop", "web", 2) with { Leases = [Lease("10.1.0.8/24", LeaseSource.Static)] });

        Assert.Equal("web: macipvlan.network=lan", $"{Assert.Single(found["lan"])}");
        Assert.Equal(["The service 'web' has several containers, so its labels have no addresses."], _warnings);
    }

    [Fact]
    public void ServicesOfSeveralProjects_AreLeftOut()
    {
        Assert.Empty(Find(Of(_lan, "shop", "web", 1), Of(_lan, "blog", "web", 1)));
        Assert.StartsWith("Services aren't exported, because they're of several projects: blog, shop.", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    private ILookup<string, ComposeService> Find(params NicRecord[] nics) => new ExportedServices([_lan, _dmz], _warnings.Add).Find(nics);

    private NicRecord Of(NetworkRecord network, string project, string service, int number) => Nic(network) with
    {
        Container = new(new string('a', 64), service, ContainerRuntime.Docker, "", "") { Instance = new(project, service, number) },
    };

    private static LeaseRecord Lease(string address, LeaseSource source) => new(InterfaceAddress.Parse(address), source);
}
