using System.Diagnostics;
using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Formats;

/// <summary>Command lines of Docker: what they say, how they are quoted, and what they warn of.</summary>
public sealed class DockerCommandTests : FormatTest
{
    [Fact]
    public void Macvlan_IsSaidInFull()
    {
        string line = Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24 fd01::/64", "10.1.0.254 fd01::1", static n => n with
        {
            Ranges = TestRequests.Ranges("10.1.0.64/26"), Excluded = TestRequests.Ranges("10.1.0.70-10.1.0.71 fd01::5"), Mtu = 1400,
        }));

        Assert.Equal(
            "docker network create -d macvlan --ipv6 --subnet=10.1.0.0/24 --gateway=10.1.0.254 --ip-range=10.1.0.64/26 "
            + "--subnet=fd01::/64 --gateway=fd01::1 --aux-address=excluded1=10.1.0.70 --aux-address=excluded2=10.1.0.71 "
            + "--aux-address=excluded3=fd01::5 -o parent=eth0 -o macvlan_mode=bridge -o com.docker.network.driver.mtu=1400 net1",
            line);
        Assert.Equal(["'net1': Docker stores Mtu (1400), but doesn't apply it to macvlan and ipvlan NICs."], Warnings);
    }

    [Fact]
    public void Ipvlan_IsSaidInFull()
    {
        string line = Write(ExportFormat.DockerCommand, Ipvlan(Exported("10.1.0.0/24", "10.1.0.1"), IpvlanMode.L3S, IpvlanFlag.Vepa));

        Assert.Equal(
            "docker network create -d ipvlan --subnet=10.1.0.0/24 --gateway=10.1.0.1 -o parent=eth0 -o ipvlan_mode=l3s -o ipvlan_flag=vepa net1", line);
        Assert.Empty(Warnings);
    }

    [Fact]
    public void InternalNetworkOfIPv6_HasNeitherParentNorIPv4()
    {
        string line = Write(ExportFormat.DockerCommand, Exported("fd01::/64", "", static n => n with { Parent = null }));

        Assert.Equal("docker network create -d macvlan --ipv4=false --ipv6 --subnet=fd01::/64 --internal -o macvlan_mode=bridge net1", line);
        Assert.Contains("version 28", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDockerCannotSay_IsToldOfByName()
    {
        Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24 10.2.0.0/16", "10.1.0.1", static n => n with
        {
            NicKind = new MacvlanLink(MacvlanMode.Passthru) { NoPromiscuous = true, BroadcastQueueLength = 7, BroadcastCutoff = 8 },
            Ranges = TestRequests.Ranges("10.1.0.5-10.1.0.9"),
            Excluded = TestRequests.Ranges("10.2.4.0/22"),
            NoDefaultRoute = true,
            Routes = Routes("10.9.0.0/16"),
            RouteMetric = 5,
            Probe = new(),
        }));

        string[] named =
        [
            "NoGateway", "IPRange; 10.1.0.5-10.1.0.9", "ExcludeAddress; 10.2.4.0-10.2.7.255", "NoDefaultRoute", "Route (10.9.0.0/16)", "RouteMetric (5)",
            "BroadcastQueueLength (7)", "BroadcastCutoff (8)", "NoPromiscuous", "ProbeAddress", "ProbeCount (3)", "ProbeTimeoutMilliseconds (600)",
        ];
        Assert.Equal(named.Length, Warnings.Count);
        Assert.All(named, name => Assert.Contains(Warnings, w => w.Contains(name, StringComparison.Ordinal) && w.Contains("net1", StringComparison.Ordinal)));
    }

    [Fact]
    public void GatewayOutsideOfTheSubnets_IsToldOf()
    {
        string line = Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24", "10.9.0.1", static n => n with { OnLinkGateway = true }));

        Assert.DoesNotContain("--gateway", line, StringComparison.Ordinal);
        Assert.Contains(Warnings, static w => w.Contains("Gateway (10.9.0.1)", StringComparison.Ordinal));
    }

    [Fact]
    public void ModeThatDockerLacks_IsRefused() => NetworkAssert.Refused(
        NetworkError.NoCounterpart,
        () => Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24", "10.1.0.1", static n => n with { NicKind = new MacvlanLink(MacvlanMode.Source) })),
        "'net1'", "Docker", "Source");

    [Fact]
    public void Sysctls_AreOfEachContainerThere()
    {
        string text = Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24", "10.1.0.1", static n => n with
        {
            Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=2"), NicSysctl.Parse("net.ipv6.conf.IFNAME.forwarding=1")],
        }));

        Assert.DoesNotContain("rp_filter", text, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            docker run --network 'name=net1,"driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.rp_filter=2","driver-opt=com.docker.network.endpoint.sysctls=net.ipv6.conf.IFNAME.forwarding=1"'
            """.Trim(),
            Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Theory]
    // Docker makes LINK.ID itself.
    [InlineData("eth0.50", VlanProtocol.Ieee8021Q, null, "")]
    [InlineData("lan50", VlanProtocol.Ieee8021Q, null, "ip link add link eth0 name lan50 type vlan id 50")]
    [InlineData("eth0.50", VlanProtocol.Ieee8021Q, 1400, "ip link add link eth0 name eth0.50 mtu 1400 type vlan id 50")]
    [InlineData("eth0.50", VlanProtocol.Ieee8021AD, null, "ip link add link eth0 name eth0.50 type vlan protocol 802.1ad id 50")]
    public void SubInterface_ThatMustBeThereIsToldOf(string name, VlanProtocol protocol, int? mtu, string command)
    {
        ParentLinkRecord vlan = new() { Name = name, Parent = "eth0", Kind = new VlanLink(50, protocol), Mtu = mtu };
        Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24", "10.1.0.1", n => n with { Parent = ParentReference.Parse(name), Vlans = [vlan] }));

        if (command.Length == 0) Assert.Empty(Warnings);
        else Assert.EndsWith(command, Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("e'$(id)`;&|")]
    [InlineData("it's*?[x]#~!")]
    [InlineData("\"\\<>{}é")]
    public void Words_ComeOutOfTheShellAsTheyAre(string parent)
    {
        string line = Write(ExportFormat.DockerCommand, Exported("10.1.0.0/24", "10.1.0.1", n => n with { Parent = ParentReference.Parse(parent) }));
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf '%s\\n' {line}"]) { RedirectStandardOutput = true })!;
        string[] words = shell.StandardOutput.ReadToEnd().Split('\n');

        Assert.Equal(
            ["docker", "network", "create", "-d", "macvlan", "--subnet=10.1.0.0/24", "--gateway=10.1.0.1", "-o", $"parent={parent}", "-o", "macvlan_mode=bridge", "net1", ""],
            words);
    }
}
