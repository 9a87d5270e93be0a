using System.Text.Json.Nodes;
using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Formats;

/// <summary>Configurations of CNI: out, in, and out again.</summary>
public sealed class CniConfigurationTests : FormatTest
{
    private static readonly ParentLinkRecord s_vlan = new()
    {
        Name = "eth0.50", Parent = "eth0", Kind = new VlanLink(50, VlanProtocol.Ieee8021Q), RemovedWithLastNetwork = true,
    };

    public static TheoryData<string> Networks => [.. s_networks.Keys];

    private static readonly Dictionary<string, NetworkRequest> s_networks = new()
    {
        ["plain"] = Exported("10.1.0.0/24", "10.1.0.1"),
        ["two families"] = Exported("10.1.0.0/24 fd01::/64", "10.1.0.254 fd01::1", static n => n with { Mtu = 1400, RouteMetric = 50 }),
        ["IPv6 without gateway"] = Exported("10.1.0.0/24 fd01::/64", "10.1.0.1"),
        ["IPv6 alone"] = Exported("fd01::/64", "fd01::9"),
        ["no default route"] = Exported("10.1.0.0/24 fd01::/64", "10.1.0.1 fd01::1", static n => n with { NoDefaultRoute = true }),
        ["several subnets"] = Exported("10.1.0.0/24 10.2.0.0/24 fd01::/64", "10.1.0.1 10.2.0.1"),
        ["ranges"] = Exported("10.1.0.0/24", "10.1.0.1", static n => n with { Ranges = TestRequests.Ranges("10.1.0.10-10.1.0.19 10.1.0.64-10.1.0.90") }),
        ["routes"] = Exported("10.1.0.0/24 fd01::/64", "10.1.0.1", static n => n with
        {
            Routes = Routes("10.9.0.0/16 via 10.1.0.254 metric 9", "172.16.0.0/12", "fd99::/64 via fd01::99"),
            Excluded = TestRequests.Ranges(""),
        }),
        ["gateway on the link"] = Exported("10.1.0.0/24 fd01::/64", "192.168.9.1 fe80::1", static n => n with { OnLinkGateway = true }),
        ["default routes of our own"] = Exported("10.1.0.0/24 fd01::/64", "10.1.0.1 fd01::1", static n => n with
        {
            NoDefaultRoute = true, Routes = Routes("0.0.0.0/0 via 10.1.0.9", "::/0 via fd01::9 metric 7"),
        }),
        ["passthru"] = Exported("10.1.0.0/24", "10.1.0.1", static n => n with { NicKind = new MacvlanLink(MacvlanMode.Passthru) { BroadcastQueueLength = 99 } }),
        ["sysctls"] = Exported("10.1.0.0/24", "10.1.0.1", static n => n with
        {
            Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=2"), NicSysctl.Parse("net.ipv6.conf.IFNAME.forwarding=1")],
        }),
        ["ipvlan l2"] = Ipvlan(Exported("10.1.0.0/24 fd01::/64", "10.1.0.1 fd01::1"), IpvlanMode.L2),
        ["ipvlan l3"] = Ipvlan(Exported("10.1.0.0/24 10.2.0.0/24 fd01::/64", "10.1.0.1 10.2.0.1 fd01::1"), IpvlanMode.L3),
        ["ipvlan l3s with routes"] = Ipvlan(Exported("10.1.0.0/24", "10.1.0.1", static n => n with { Routes = Routes("10.9.0.0/16"), NoDefaultRoute = true }), IpvlanMode.L3S),
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Network_ComesBackAsItWas(string name)
    {
        NetworkRequest network = s_networks[name];
        NetworkRequest read = Assert.Single(Read(Write(ExportFormat.Cni, network)));

        Assert.Equal(Settings(network), Settings(read));
        Assert.All(Warnings, static w => Assert.Contains("from version 1.6 on", w, StringComparison.Ordinal));
    }

    [Fact]
    public void Sysctls_AreThoseOfThePluginTuning() => Assert.Equal(
        """{"type":"tuning","sysctl":{"net.ipv4.conf.IFNAME.rp_filter":"2","net.ipv6.conf.IFNAME.forwarding":"1"}}""",
        JsonNode.Parse(Write(ExportFormat.Cni, s_networks["sysctls"]))!["plugins"]![1]!.ToJsonString());

    [Fact]
    public void Sysctls_ThatNicsCannotHaveAreToldOf()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            {"cniVersion":"1.0.0","name":"net1","plugins":[
              {"type":"macvlan","master":"eth0","ipam":{"type":"host-local","ranges":[[{"subnet":"10.1.0.0/24"}]]}},
              {"type":"tuning","sysctl":{"net.core.somaxconn":"500","net/ipv4/conf/IFNAME/arp_filter":"1","net.ipv4.conf.IFNAME.rp_filter":"1","net.ipv6.conf.IFNAME.accept_ra":"2"}},
              {"type":"tuning","mtu":1400,"sysctl":{"net.ipv4.conf.IFNAME.rp_filter":"2"}}]}
            """));

        Assert.Equal(["net.ipv4.conf.IFNAME.arp_filter=1", "net.ipv4.conf.IFNAME.rp_filter=2"], read.Sysctls.Select(static s => $"{s}").Order());
        Assert.Equal(3, Warnings.Count);
        Assert.Contains("'net.core.somaxconn' can't be set", Warnings[0], StringComparison.Ordinal);
        Assert.Contains("use -RouterAdvertisement of the network", Warnings[1], StringComparison.Ordinal);
        Assert.Contains("plugins[2].mtu has no counterpart here", Warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_ThatAreExcludedAreCutOutOfTheRanges()
    {
        string text = Write(ExportFormat.Cni, Exported("10.1.0.0/24", "10.1.0.1", static n => n with { Excluded = TestRequests.Ranges("10.1.0.70 10.1.0.200/29") }));

        Assert.Equal(
            """[[{"subnet":"10.1.0.0/24","rangeStart":"10.1.0.1","rangeEnd":"10.1.0.69","gateway":"10.1.0.1"},"""
            + """{"subnet":"10.1.0.0/24","rangeStart":"10.1.0.71","rangeEnd":"10.1.0.199","gateway":"10.1.0.1"},"""
            + """{"subnet":"10.1.0.0/24","rangeStart":"10.1.0.208","rangeEnd":"10.1.0.254","gateway":"10.1.0.1"}]]""",
            Plugin(text)["ipam"]!["ranges"]!.ToJsonString());
        Assert.Equal(text, Write(ExportFormat.Cni, Assert.Single(Read(text))));
    }

    [Fact]
    public void PassthruOnASubInterface_IsThePluginVlan()
    {
        string text = Write(ExportFormat.Cni, Exported("10.1.0.0/24", "10.1.0.1", static n => n with
        {
            NicKind = new MacvlanLink(MacvlanMode.Passthru), Parent = ParentReference.Parse("eth0.50"), Vlans = [s_vlan], Mtu = 1400,
        }));

        Assert.Empty(Warnings);
        JsonNode plugin = Plugin(text);
        Assert.Equal("vlan eth0 50 1400", $"{plugin["type"]} {plugin["master"]} {plugin["vlanId"]} {plugin["mtu"]}");
        NetworkRequest read = Assert.Single(Read(text));
        Assert.Equal(["Name=net1", "Kind=macvlan", "Mode=Passthru", "Parent=eth0.50", "Subnet=10.1.0.0/24", "Gateway=10.1.0.1", "Mtu=1400"], Settings(read));
        Assert.Contains("plugin vlan", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void SubInterface_OfAnotherNetworkMustBeThere()
    {
        Write(ExportFormat.Cni, Exported("10.1.0.0/24", "10.1.0.1", static n => n with { Parent = ParentReference.Parse("eth0.50"), Vlans = [s_vlan] }));

        Assert.EndsWith("ip link add link eth0 name eth0.50 type vlan id 50", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCniCannotSay_IsToldOfByName()
    {
        Write(ExportFormat.Cni, Exported("10.1.0.0/24 fd01::/64", "", static n => n with
        {
            NicKind = new MacvlanLink(MacvlanMode.Bridge) { BroadcastCutoff = 8 },
            Routes = Routes("blackhole 10.8.0.0/16", "fd99::/64"),
            Probe = new(),
        }));
        Write(ExportFormat.Cni, Ipvlan(Exported("10.1.0.0/24", "10.1.0.1"), IpvlanMode.L2, IpvlanFlag.Private));
        Write(ExportFormat.Cni, Exported("fd01::/64", "fd02::1", static n => n with { OnLinkGateway = true }));

        string[] named =
        [
            "OnLinkGateway (fd02::1)",
            "NoGateway", "Route (blackhole 10.8.0.0/16)", "Route (fd99::/64)", "BroadcastCutoff (8)", "ProbeAddress", "ProbeCount (3)",
            "ProbeTimeoutMilliseconds (600)", "Flag (Private)",
        ];
        Assert.Equal(named.Length, Warnings.Count);
        Assert.All(named, name => Assert.Contains(Warnings, w => w.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("internal", "without a parent")]
    [InlineData("source", "Source")]
    [InlineData("small", "10.1.0.0/31")]
    [InlineData("empty", "excluded")]
    public void Network_ThatWouldBeAnotherIsRefused(string what, string words)
    {
        NetworkRequest network = what == "small" ? Exported("10.1.0.0/31") : Exported("10.1.0.0/24");
        network = what switch
        {
            "internal" => network with { Parent = null },
            "source" => network with { NicKind = new MacvlanLink(MacvlanMode.Source) },
            "empty" => network with { Excluded = TestRequests.Ranges("10.1.0.0/24") },
            _ => network,
        };

        NetworkAssert.Refused(NetworkError.NoCounterpart, () => Write(ExportFormat.Cni, network), "'net1'", words);
    }

    [Fact]
    public void ListOfPodman_IsRead()
    {
        NetworkRequest read = Assert.Single(Read(Capture("podman-4.3.conflist")));

        Assert.Equal(
            [
                "Name=ranges", "Kind=macvlan", "Mode=Private", "Parent=peer0", "Subnet=192.168.32.0/24", "Gateway=192.168.32.254",
                "IPRange=192.168.32.129-192.168.32.254", "Mtu=1400",
            ],
            Settings(read));
        Assert.Contains("'ranges': args.podman_labels.team, args.podman_options.mode, args.podman_options.mtu have no counterpart here, and are left out.", Warnings);
    }

    [Fact]
    public void OnePluginAlone_IsReadWithItsOldRange()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            { "cniVersion": "0.3.1", "name": "old", "type": "ipvlan", "master": "eth0", "mode": "l3s", "mtu": 0,
              "ipam": { "type": "host-local", "subnet": "10.1.0.0/24", "rangeStart": "10.1.0.20", "routes": [ { "dst": "0.0.0.0/0" } ], "dataDir": "/x" },
              "dns": { "nameservers": [ "10.1.0.53" ] } }
            """));

        Assert.Equal(
            ["Name=old", "Kind=ipvlan", "Mode=L3S", "Parent=eth0", "Subnet=10.1.0.0/24", "Gateway=10.1.0.1", "IPRange=10.1.0.20-10.1.0.254"], Settings(read));
        Assert.Equal(["'old': dns.nameservers, ipam.dataDir have no counterpart here, and are left out."], Warnings);
    }

    [Fact]
    public void PluginsThatFollow_AndFurtherSetsAreToldOf()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            { "name": "a", "plugins": [
              { "type": "macvlan", "master": "eth0", "promisc": true, "ipam": { "type": "host-local",
                "ranges": [ [ { "subnet": "10.1.0.0/24" } ], [ { "subnet": "10.2.0.0/24" } ] ], "routes": [ { "dst": "10.9.0.0/16" } ] } },
              { "type": "firewall", "backend": "iptables" },
              { "type": "tuning", "mac": "02:00:00:00:00:01" } ] }
            """));

        Assert.Contains("Route=10.9.0.0/16 via 10.1.0.1", Settings(read));
        Assert.Contains("NoDefaultRoute=True", Settings(read));
        Assert.Equal(3, Warnings.Count);
        Assert.Contains("the plugin firewall has no counterpart here", Warnings[0], StringComparison.Ordinal);
        Assert.Contains("second address", Warnings[1], StringComparison.Ordinal);
        Assert.Contains("plugins[0].promisc, plugins[2].mac have no counterpart here", Warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkOfAnotherPlugin_IsLeftOutAndToldOf()
    {
        Assert.Empty(Read("""{ "name": "a", "plugins": [ { "type": "bridge" } ] }"""));
        Assert.Empty(Read("""{ "cniVersion": "0.3.1", "type": "loopback" }"""));
        Assert.Equal(
            [
                "'a': the plugin bridge has no counterpart here; the network is left out.",
                "'loopback': the plugin loopback has no counterpart here; the network is left out.",
            ],
            Warnings);
    }

    [Theory]
    [InlineData(""" "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } """, "master is missing")]
    [InlineData(""" "master": "", "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } """, "master is missing")]
    [InlineData(""" "master": "eth0" """, "ipam is missing")]
    [InlineData(""" "master": "eth0", "ipam": {} """, "ipam.type is missing")]
    [InlineData(""" "master": "eth0", "ipam": { "type": "dhcp", "provide": [ { "value": "x" } ] } """, "ipam.provide[0].option is missing")]
    [InlineData(""" "master": "eth0", "ipam": { "type": "dhcp", "request": [ { "skipDefault": 1 } ] } """, "ipam.request[0].skipDefault")]
    [InlineData(""" "master": "eth0", "ipam": { "type": "static", "addresses": [ { "address": "10.1.0.7/24" } ] } """, "ipam.type is static (addresses of single NICs)")]
    [InlineData(""" "master": "eth0", "ipam": { "type": "whereabouts", "range": "10.1.0.0/24" } """, "ipam.type is whereabouts (addresses shared by hosts)")]
    [InlineData(""" "master": "eth0", "linkInContainer": true, "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } """, "linkInContainer is true")]
    [InlineData(""" "master": "eth0", "mode": "source2", "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } """, "mode is invalid")]
    [InlineData(
        """ "master": "eth0", "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "10.1.0.0/24", "gateway": "10.1.0.1" }, { "subnet": "10.1.0.0/24", "gateway": "10.1.0.2" } ] ] } """,
        "two gateways")]
    public void WhatCannotBeHere_IsRefusedWithThePlace(string properties, string words) => NetworkAssert.Refused(
        NetworkError.InvalidDefinition, () => Read($$"""{ "name": "a", "type": "macvlan", {{properties}} }"""), words);

    [Theory]
    [InlineData("0")]
    [InlineData("4095")]
    public void VlanId_IsChecked(string id) => NetworkAssert.Refused(NetworkError.InvalidVlanId, () => Read(
        $$"""{ "name": "a", "type": "vlan", "master": "eth0", "vlanId": {{id}}, "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } }"""));

    private static JsonNode Plugin(string text) => JsonNode.Parse(text)!["plugins"]![0]!;
}
