using System.Text.Json;
using System.Text.Json.Nodes;
using MacIpvlan.Formats;
using static MacIpvlan.Tests.Formats.InspectionTests;

namespace MacIpvlan.Tests.Formats;

/// <summary>Networks with DHCP in each format.</summary>
public sealed class DhcpFormatTests : FormatTest
{
    private const string Usual = "ProbeAddress=True ProbeCount=3 ProbeTimeoutMilliseconds=600";

    private static NetworkRequest Dhcp(DhcpDefinition? dhcp = null, string subnets = "") =>
        Exported(subnets, "", n => n with { Dhcp = dhcp ?? new(), Probe = new() });

    [Fact]
    public void Json_IsOfTheNamesOfParameters()
    {
        NetworkRequest network = Dhcp(new() { VendorClass = "x", RequestedOptions = [66, 240], Fallback = DhcpFallback.Parse("10.0.0.0/24") });

        Assert.Equal(
            """{"name":"net1","kind":"macvlan","mode":"Bridge","parent":"eth0","dhcp":true,"dhcpClass":"x","dhcpTimeoutSeconds":30,"""
            + @"""dhcpRequestOption"":[""tftp-server-name"",""240""],""dhcpFallback"":""10.0.0.0/24"","
            + @"""probeAddress"":true,""probeCount"":3,""probeTimeoutMilliseconds"":600}",
            JsonNode.Parse(Write(ExportFormat.Json, network))!["networks"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"dhcp\": true", "DhcpTimeoutSeconds=30 " + Usual)]
    [InlineData("\"dhcp\": true, \"probeAddress\": false", "DhcpTimeoutSeconds=30 ProbeAddress=False")]
    [InlineData("\"dhcp\": true, \"probeCount\": 5", "DhcpTimeoutSeconds=30 ProbeAddress=True ProbeCount=5 ProbeTimeoutMilliseconds=600")]
    [InlineData(
        "\"dhcp\": true, \"dhcpRequestOption\": [ \"150\", \"ntp-server\", \"42\" ], \"dhcpTimeoutSeconds\": 5",
        "DhcpTimeoutSeconds=5 DhcpRequestOption=tftp-server-address, ntp-servers " + Usual)]
    public void Json_NeedNotSayWhatIsUsual(string properties, string settings)
    {
        NetworkRequest read = Assert.Single(Read(
            $$"""{ "format": "macipvlan", "version": 1, "networks": [ { "name": "a", "kind": "macvlan", "parent": "eth0", {{properties}} } ] }"""));

        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge Parent=eth0 Dhcp=True {settings}", Line(read));
        NetworkDefinition.Check(read);
        Assert.Equal(Settings(read), Settings([.. Read(Write(ExportFormat.Json, read))]));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("settings")]
    [InlineData("no default route")]
    [InlineData("ipvlan")]
    public void Cni_ComesBackAsItWas(string what)
    {
        NetworkRequest network = Dhcp();
        network = what switch
        {
            "settings" => Dhcp(new() { VendorClass = "x", RequestedOptions = [66, 150] }) with { RouteMetric = 50, Mtu = 1400 },
            "no default route" => network with { NoDefaultRoute = true },
            "ipvlan" => Ipvlan(network with { Probe = null }, IpvlanMode.L2),
            _ => network,
        };
        NetworkRequest read = Assert.Single(Read(Write(ExportFormat.Cni, network)));

        Assert.Equal(Settings(network), Settings(read));
    }

    [Fact]
    public void Cni_SaysWhatThePluginKnows()
    {
        string text = Write(ExportFormat.Cni, Dhcp(new() { VendorClass = "x", RequestedOptions = [66] }) with { RouteMetric = 50, Internal = true, Probe = null });

        Assert.Equal(
            """{"type":"dhcp","priority":50,"request":[{"skipDefault":true},{"option":"1"},{"option":"66"}],"""
            + @"""provide"":[{""option"":""vendor-class-identifier"",""value"":""x""}]}",
            JsonNode.Parse(text)!["plugins"]![0]!["ipam"]!.ToJsonString());
        Assert.Empty(Warnings);
        Assert.Equal("""{"type":"dhcp"}""", JsonNode.Parse(Write(ExportFormat.Cni, Dhcp()))!["plugins"]![0]!["ipam"]!.ToJsonString());
    }

    [Fact]
    public void Cni_NamesWhatThePluginLacks()
    {
        Write(ExportFormat.Cni, Dhcp(new() { Timeout = TimeSpan.FromSeconds(7), Fallback = DhcpFallback.Parse("10.0.0.0/24") }, "fd18::/64") with
        {
            Gateways = TestRequests.Addresses("fd18::1"), Routes = Routes("10.9.0.0/16 via 10.0.0.9"),
        });

        string[] named =
        [
            "DhcpTimeoutSeconds (7)", "DhcpFallback (10.0.0.0/24)", "Subnet (fd18::/64)", "Gateway (fd18::1)", "Route (10.9.0.0/16 via 10.0.0.9)",
            "ProbeAddress (True)", "ProbeCount (3)", "ProbeTimeoutMilliseconds (600)",
        ];
        Assert.Equal(named.Length, Warnings.Count);
        Assert.All(named, name => Assert.Contains(Warnings, w => w.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Cni_OptionsAreThoseOfNics()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            { "name": "a", "type": "ipvlan", "master": "eth0", "ipam": { "type": "dhcp", "daemonSocketPath": "/run/cni/dhcp.sock", "priority": 0,
              "request": [ { "skipDefault": false }, { "option": "41" }, { "option": "routers" }, { "option": "dhcp-client-identifier" }, { "option": "no-such" } ],
              "provide": [ { "option": "60", "value": "team" }, { "option": "host-name", "fromArg": "K8S_POD_NAME" },
                { "option": "host-name", "value": "fixed" }, { "option": "user-class", "value": "u" }, { "option": "12", "value": "", "fromArg": "X" },
                { "option": "dhcp-client-identifier", "fromArg": "K8S_POD_UID" } ],
              "routes": [ { "dst": "0.0.0.0/0" } ] } }
            """));

        Assert.Equal(
            "a: Name=a Kind=ipvlan Mode=L2 Parent=eth0 Dhcp=True DhcpClass=team DhcpTimeoutSeconds=30 DhcpRequestOption=nis-servers", Line(read));
        NetworkDefinition.Check(read);
        Assert.Equal(
            [
                "'a': the requested option is left out: 'dhcp-client-identifier' isn't the name of a DHCP option. Specify its code, or its name, such as ntp-servers.",
                "'a': the requested option is left out: 'no-such' isn't the name of a DHCP option. Specify its code, or its name, such as ntp-servers.",
                "'a': the provided option host-name (fixed) has no counterpart here, and is left out.",
                "'a': the provided option user-class (u) has no counterpart here, and is left out.",
                "'a': the provided option dhcp-client-identifier (K8S_POD_UID) has no counterpart here, and is left out.",
                "'a': ipam.routes has no counterpart here, and is left out.",
            ],
            Warnings);
    }

    [Theory]
    [InlineData("{ \"skipDefault\": true }", true)]
    [InlineData("{ \"skipDefault\": true }, { \"option\": \"subnet-mask\" }", true)]
    [InlineData("{ \"skipDefault\": true }, { \"option\": \"routers\" }", false)]
    [InlineData("{ \"skipDefault\": true }, { \"option\": \"121\" }", false)]
    [InlineData("{ \"option\": \"66\" }", false)]
    public void Cni_WithoutRoutersHasNoDefaultRoute(string request, bool expected)
    {
        NetworkRequest read = Assert.Single(Read(
            $$"""{ "name": "a", "type": "macvlan", "master": "eth0", "ipam": { "type": "dhcp", "request": [ {{request}} ] } }"""));

        Assert.Equal(expected, read.NoDefaultRoute);
        Assert.Equal(expected ? 1 : 0, Warnings.Count);
    }

    [Fact]
    public void Attachment_OfKubernetesIsReadToo()
    {
        string config = JsonSerializer.Serialize("""{ "cniVersion": "0.3.1", "type": "macvlan", "master": "eth0", "ipam": { "type": "dhcp" } }""");
        NetworkRequest read = Assert.Single(Read(
            $$"""{ "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition", "metadata": { "name": "lan" }, "spec": { "config": {{config}} } }"""));

        Assert.Equal($"lan: Name=lan Kind=macvlan Mode=Bridge Parent=eth0 Dhcp=True DhcpTimeoutSeconds=30 {Usual}", Line(read));
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Podman_HasItAsADriverOfAddresses()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            [ { "name": "a", "id": "0", "driver": "macvlan", "network_interface": "eth0", "created": "2026-01-01T00:00:00Z", "ipv6_enabled": false,
                "internal": false, "dns_enabled": false, "options": { "metric": "50" }, "ipam_options": { "driver": "dhcp" }, "containers": {} } ]
            """));

        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge Parent=eth0 Dhcp=True DhcpTimeoutSeconds=30 RouteMetric=50 {Usual}", Line(read));
        NetworkDefinition.Check(read);
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData("null", """{ "Subnet": "0.0.0.0/0" }""", "the IPAM driver null assigns no addresses; here, NICs ask a DHCP server")]
    [InlineData("dhcp", """{ "Subnet": "192.168.1.0/24", "Gateway": "192.168.1.1" }""", "instead of the IPAM driver dhcp, NICs ask a DHCP server")]
    [InlineData("registry.example/net/my-DHCP-ipam:1.0", "", "my-DHCP-ipam:1.0, NICs ask")]
    public void Docker_HasItAsAPluginForAddresses(string driver, string config, string warning)
    {
        NetworkRequest read = Assert.Single(Read(
            $$"""
            [ { "Name": "a", "Driver": "macvlan", "EnableIPv4": true, "EnableIPv6": false, "IPAM": { "Driver": "{{driver}}", "Options": {}, "Config": [ {{config}} ] },
                "Internal": false, "Options": { "parent": "eth0" }, "Labels": {} } ]
            """));

        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge Parent=eth0 Dhcp=True DhcpTimeoutSeconds=30 {Usual}", Line(read));
        NetworkDefinition.Check(read);
        Assert.Contains(warning, Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_IPv6StandsBeside()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            [ { "Name": "a", "Driver": "ipvlan", "EnableIPv6": true,
                "IPAM": { "Driver": "null", "Config": [ { "Subnet": "0.0.0.0/0" }, { "Subnet": "fd01::/64", "Gateway": "fd01::1" } ] },
                "Options": { "parent": "eth0" } } ]
            """));

        Assert.Equal("a: Name=a Kind=ipvlan Mode=L2 Parent=eth0 Subnet=fd01::/64 Gateway=fd01::1 Dhcp=True DhcpTimeoutSeconds=30", Line(read));
        NetworkDefinition.Check(read);
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData(", \"lease_timeout\": \"60s\"", 60)]
    [InlineData(", \"lease_timeout\": \"1m30s\"", 90)]
    [InlineData(", \"lease_timeout\": \"1.2s\"", 2)]
    public void DockerNetDhcp_IsAMacvlanNetworkOnItsBridge(string options, int seconds)
    {
        NetworkRequest read = Assert.Single(Read(
            $$"""
            [ { "Name": "a", "Id": "7", "Driver": "ghcr.io/devplayer0/docker-net-dhcp:release-linux-amd64", "EnableIPv6": false,
                "IPAM": { "Driver": "null", "Options": {}, "Config": [ { "Subnet": "0.0.0.0/0" } ] }, "Internal": false,
                "Options": { "bridge": "br0", "ignore_conflicts": "true" {{options}} }, "Labels": {} } ]
            """));

        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge Parent=br0 Dhcp=True DhcpTimeoutSeconds={seconds} {Usual}", Line(read));
        NetworkDefinition.Check(read);
        Assert.Contains("to the bridge br0; here, they get macvlan NICs on it", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void DockerNetDhcp_IsReadFromComposeToo()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            { "name": "home", "services": {}, "networks": { "dhcp": { "name": "home_dhcp", "driver": "ghcr.io/devplayer0/docker-net-dhcp:latest",
              "driver_opts": { "bridge": "br0", "ipv6": "true", "more": "x" }, "ipam": { "driver": "null" } } } }
            """));

        Assert.Equal("br0", $"{read.Parent}");
        Assert.Equal(3, Warnings.Count);
        Assert.Contains("ipv6 (true)", Warnings[1], StringComparison.Ordinal);
        Assert.Contains("driver_opts.more", Warnings[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "Options.bridge is missing")]
    [InlineData("{ \"bridge\": \"br0\", \"lease_timeout\": \"soon\" }", "Options.lease_timeout")]
    [InlineData("{ \"bridge\": \"br0\", \"lease_timeout\": \"60\" }", "Options.lease_timeout")]
    [InlineData("{ \"bridge\": \"br0\", \"lease_timeout\": \"-5s\" }", "Options.lease_timeout")]
    [InlineData("{ \"bridge\": \"br0\", \"lease_timeout\": \"99999999999999999999999999h\" }", "Options.lease_timeout")]
    public void DockerNetDhcp_ThatIsWrongIsRefusedWithThePlace(string options, string words) => NetworkAssert.Refused(
        NetworkError.InvalidDefinition,
        () => Read($$"""[ { "Name": "a", "Driver": "x/docker-net-dhcp:1", "IPAM": { "Driver": "null" }, "Options": {{options}} } ]"""), words);

    [Fact]
    public void DockerCommand_HasNoDhcp() => NetworkAssert.Refused(
        NetworkError.NoCounterpart, () => Write(ExportFormat.DockerCommand, Dhcp()), "'net1'", "Docker", "has no DHCP");
}
