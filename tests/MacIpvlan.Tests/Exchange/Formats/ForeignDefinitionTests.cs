using MacIpvlan.Formats;
using static MacIpvlan.Tests.Formats.InspectionTests;

namespace MacIpvlan.Tests.Formats;

/// <summary>Texts as other programs write them and as people keep them: read as those programs mean them, or told what they are.</summary>
public sealed class ForeignDefinitionTests : FormatTest
{
    private readonly List<string> _refused = [];

    private static string Docker(string properties, string ipam = """{ "Subnet": "10.1.0.0/24", "Gateway": "10.1.0.1" }""", string options = "") => $$"""
        [ { "Name": "a", "Driver": "macvlan", "Scope": "local", {{properties}} "IPAM": { "Driver": "default", "Options": null, "Config": [ {{ipam}} ] },
            "Options": { "parent": "eth0" {{options}} }, "Labels": {} } ]
        """;

    private static string Attachment(string config, string name = "lan") => $$"""
        { "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
          "metadata": { "name": "{{name}}", "namespace": "default", "uid": "7", "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
          "spec": { "config": {{System.Text.Json.JsonSerializer.Serialize(config)}} } }
        """;

    [Theory]
    [InlineData("\"Internal\": true,", "Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1 Internal=True")]
    [InlineData("\"Internal\": false,", "Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1")]
    public void InternalNetworkOfDocker_StaysOnItsParent(string properties, string settings)
    {
        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge {settings}", Line(Assert.Single(Read(Docker(properties)))));
        Assert.Empty(Warnings);
    }

    [Fact]
    public void InternalNetworkOfPodman_StaysOnItsParent() => Assert.Equal(
        "a: Name=a Kind=ipvlan Mode=L2 Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1 Internal=True NoGateway=True",
        Line(Assert.Single(Read(
            """
            [ { "name": "a", "driver": "ipvlan", "network_interface": "eth0", "internal": true, "dns_enabled": false,
                "subnets": [ { "subnet": "10.1.0.0/24", "gateway": "10.1.0.1" } ], "ipam_options": { "driver": "host-local" } } ]
            """))));

    [Fact]
    public void InternalNetwork_ComesBackWithItsParent()
    {
        NetworkRequest network = Exported("10.1.0.0/24", "10.1.0.1", static n => n with { Internal = true });

        Assert.Equal(Settings(network), Settings([.. Read(Write(ExportFormat.Json, network))]));
        Assert.EndsWith(" --internal -o parent=eth0 -o macvlan_mode=bridge net1", Write(ExportFormat.DockerCommand, network), StringComparison.Ordinal);
        // The plugins have no word for it; a NIC of theirs has no default route.
        NetworkRequest read = Assert.Single(Read(Write(ExportFormat.Cni, network)));
        Assert.Equal((true, false, "eth0"), (read.NoDefaultRoute, read.Internal, $"{read.Parent}"));
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData("\"EnableIPv6\": false,", "Subnet=10.1.0.0/24 Gateway=10.1.0.1", "EnableIPv6 isn't true, so the subnet fd01::/64 is left out")]
    [InlineData("\"EnableIPv4\": false, \"EnableIPv6\": true,", "Subnet=fd01::/64 Gateway=fd01::9 NoGateway=True", "EnableIPv4 isn't true, so the subnet 10.1.0.0/24 is left out")]
    public void FamilyThatIsOff_IsLeftOut(string properties, string settings, string warning)
    {
        NetworkRequest read = Assert.Single(Read(Docker(
            properties, """{ "Subnet": "10.1.0.0/24", "Gateway": "10.1.0.1" }, { "Subnet": "fd01::/64", "IPRange": "fd01::/80", "Gateway": "fd01::9" }""")));

        Assert.Equal($"a: Name=a Kind=macvlan Mode=Bridge Parent=eth0 {settings.Replace("NoGateway", "IPRange=fd01::-fd01::ffff:ffff:ffff NoGateway", StringComparison.Ordinal)}", Line(read));
        Assert.Contains(warning, Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void HostBits_AreReadAsDockerReadsThem()
    {
        NetworkRequest read = Assert.Single(Read(Docker(
            "", """{ "Subnet": "192.168.1.1/24", "IPRange": "192.168.1.5/30", "Gateway": "192.168.1.1/24" }, { "Subnet": "fd01::7/64" }""")));

        Assert.Equal(
            "a: Name=a Kind=macvlan Mode=Bridge Parent=eth0 Subnet=192.168.1.0/24, fd01::/64 Gateway=192.168.1.1, fd01::1 IPRange=192.168.1.4-192.168.1.7",
            Line(read));
        Assert.Equal(
            ["'a': host bits are ignored: Subnet 192.168.1.1/24 is 192.168.1.0/24; IPRange 192.168.1.5/30 is 192.168.1.4/30; Subnet fd01::7/64 is fd01::/64."],
            Warnings);
    }

    [Theory]
    [InlineData("""{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "subnets": [ { "subnet": "10.1.0.5/24", "gateway": "10.1.0.1" } ], "routes": [ { "destination": "10.9.0.1/16", "gateway": "10.1.0.9" } ] }""")]
    [InlineData("""{ "cniVersion": "0.3.1", "name": "a", "type": "macvlan", "master": "eth0", "ipam": { "type": "host-local", "subnet": "10.1.0.5/24", "routes": [ { "dst": "10.9.0.1/16", "gw": "10.1.0.9" } ] } }""")]
    public void HostBitsOfOthers_AreIgnoredToo(string text)
    {
        NetworkRequest read = Assert.Single(Read(text));

        Assert.Equal("10.1.0.0/24 10.9.0.0/16 via 10.1.0.9", $"{read.Subnets[0]} {read.Routes[0]}");
        Assert.Contains("10.1.0.5/24 is 10.1.0.0/24", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "a", "type": "macvlan", "master": "eth0", "mode": "", "mtu": 0, "ipam": { "type": "host-local", "subnet": "10.1.0.0/24", "gateway": "" } }""", "macvlan mode bridge")]
    [InlineData("""{ "name": "a", "type": "ipvlan", "master": "eth0", "mode": "", "ipam": { "type": "host-local", "subnet": "10.1.0.0/24" } }""", "ipvlan mode l2 bridge")]
    [InlineData("""{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "options": { "mode": "", "mtu": "0" }, "subnets": [ { "subnet": "10.1.0.0/24" } ] }""", "macvlan mode bridge")]
    [InlineData("""{ "Name": "a", "Driver": "ipvlan", "IPAM": { "Config": [ { "Subnet": "10.1.0.0/24", "IPRange": "", "Gateway": "" } ] }, "Options": { "parent": "eth0", "ipvlan_mode": "" } }""", "ipvlan mode l2 bridge")]
    [InlineData("""{ "format": "macipvlan", "version": 1, "networks": [ { "name": "a", "kind": "macvlan", "mode": "", "parent": "eth0", "subnet": "10.1.0.0/24" } ] }""", "macvlan mode bridge")]
    public void EmptyText_IsTheDefault(string text, string kind)
    {
        NetworkRequest read = Assert.Single(Read(text));

        Assert.Equal((kind, null), ($"{read.NicKind}", read.Mtu));
        Assert.Empty(read.Ranges);
    }

    [Fact]
    public void Labels_CauseOneWarning()
    {
        Read("""
            [ { "Name": "lan", "Driver": "macvlan", "EnableIPv6": false, "IPAM": { "Config": [ { "Subnet": "10.1.0.0/24" } ] }, "Options": { "parent": "eth0" },
                "Labels": { "com.docker.compose.config-hash": "7", "com.docker.compose.network": "lan", "com.docker.compose.project": "home", "com.docker.compose.version": "2.29.1" } } ]
            """);

        Assert.Equal(
            ["'lan': the labels have no counterpart here, and are left out: com.docker.compose.config-hash, com.docker.compose.network, "
                + "com.docker.compose.project, com.docker.compose.version."],
            Warnings);
    }

    [Fact]
    public void Compose_IsReadAsDockerWouldCreateItsNetworks()
    {
        NetworkRequest[] read = [.. Read("""
            { "name": "home", "services": { "web": { "image": "nginx", "networks": { "lan": { "ipv4_address": "10.1.0.7" } } } },
              "networks": {
                "lan": { "name": "home_lan", "driver": "macvlan", "driver_opts": { "parent": "eth0.50", "macvlan_mode": "private" }, "internal": true, "enable_ipv6": true,
                         "ipam": { "driver": "default", "config": [ { "subnet": "10.1.0.0/24", "ip_range": "10.1.0.64/26", "gateway": "10.1.0.1", "aux_addresses": { "nas": "10.1.0.65" } }, { "subnet": "fd01::/64" } ] } },
                "six": { "driver": "ipvlan", "driver_opts": { "parent": "eth1", "mode": "l3" }, "ipam": { "config": [ { "subnet": "10.2.0.0/24" }, { "subnet": "fd02::/64" } ] }, "labels": { "team": "web" } },
                "default": { "name": "home_default", "ipam": {}, "external": false },
                "outside": { "name": "office", "external": true } } }
            """)];

        Assert.Equal(
            [
                "home_lan: Name=home_lan Kind=macvlan Mode=Private Parent=eth0.50 Subnet=10.1.0.0/24, fd01::/64 Gateway=10.1.0.1 IPRange=10.1.0.64-10.1.0.127 "
                    + "ExcludeAddress=10.1.0.65 Internal=True",
                "six: Name=six Kind=ipvlan Mode=L3 Parent=eth1 Subnet=10.2.0.0/24",
            ],
            read.Select(Line));
        Assert.Equal(
            [
                "'six': enable_ipv6 isn't true, so the subnet fd02::/64 is left out, as Docker does.",
                "'six': the label has no counterpart here, and is left out: team.",
                "'home_default': the driver bridge has no counterpart here; the network is left out.",
                "'office': it is external, so it isn't defined here; it is left out.",
                "The service 'web' needs network_mode: none instead of its networks, and the labels macipvlan.network=home_lan, macipvlan.home_lan.ip=10.1.0.7.",
                "'home_lan' doesn't allow what the labels of 'web' ask for; add to it x-macipvlan-allow-label: [Network, IPAddress].",
            ],
            Warnings);
    }

    [Fact]
    public void NetworkAttachmentDefinitions_AreReadFromTheirText()
    {
        const string Config = """
            {
              "cniVersion": "0.3.1", "plugins": [ { "type": "macvlan", "capabilities": { "ips": true }, "master": "eth1", "mode": "bridge",
                "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "10.1.0.0/24", "rangeStart": "10.1.0.200", "rangeEnd": "10.1.0.250", "gateway": "10.1.0.1" } ] ] } },
                { "type": "tuning", "capabilities": { "mac": true } } ]
            }
            """;
        string list = $$"""
            { "apiVersion": "v1", "kind": "List", "items": [ {{Attachment(Config)}}, {{Attachment("{", "broken")}}, {{Attachment(Config, "other")}}, { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web" } },
              { "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition", "metadata": { "name": "onnode" } } ] }
            """;
        NetworkRequest[] read = [.. NetworkText.Read(list, null, Warnings.Add, Refuse)];

        Assert.Equal(
            ["lan", "other"],
            read.Select(static n => n.Name));
        Assert.Equal(
            "lan: Name=lan Kind=macvlan Mode=Bridge Parent=eth1 Subnet=10.1.0.0/24 Gateway=10.1.0.1 IPRange=10.1.0.200-10.1.0.250 NoDefaultRoute=True",
            Line(read[0]));
        Assert.Equal(
            [
                "broken: The network 'broken' can't be read: items[1].spec.config isn't valid JSON.",
                "web: The network 'web' can't be read: items[3].kind is Pod, but only a NetworkAttachmentDefinition defines a network.",
                "onnode: The network 'onnode' can't be read: items[4].spec.config is missing: the configuration is in a file on each node.",
            ],
            _refused);
        Assert.Equal("lan", Assert.Single(Read(Attachment(Config))).Name);
    }

    [Fact]
    public void Nerdctl_IsReadInItsNativeForm()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            [ { "CNI": { "cniVersion": "1.0.0", "name": "lan", "nerdctlID": "7", "nerdctlLabels": { "team": "web" }, "plugins": [ { "type": "macvlan", "master": "eth0", "mode": "", "mtu": 0,
                  "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "10.1.0.0/24", "gateway": "10.1.0.1", "ipRange": "10.1.0.64/26", "rangeStart": "10.1.0.65", "rangeEnd": "10.1.0.127" } ] ],
                    "routes": [ { "dst": "0.0.0.0/0" } ] } } ] },
                "NerdctlID": "7", "NerdctlLabels": { "team": "web" }, "File": "/etc/cni/net.d/nerdctl-lan.conflist" } ]
            """));

        Assert.Equal("lan: Name=lan Kind=macvlan Mode=Bridge Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1 IPRange=10.1.0.65-10.1.0.127", Line(read));
        Assert.Equal(["'lan': the label has no counterpart here, and is left out: team."], Warnings);
    }

    [Theory]
    [InlineData("""[ { "Name": "lan", "Id": "7", "IPAM": { "Config": [ { "Subnet": "10.1.0.0/24" } ] }, "Labels": {} } ]""", "nerdctl", "--mode native")]
    [InlineData("# lan\napiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\n", "YAML", "-o json")]
    [InlineData("---\nnetworks:\n  lan:\n    driver: macvlan\n", "YAML", "--format json")]
    [InlineData("docker network create -d macvlan --subnet=10.1.0.0/24 -o parent=eth0 lan", "a command of docker", "about_MacIpvlan_From_Docker")]
    [InlineData("sudo podman network create -d macvlan lan", "a command of podman", "podman network inspect")]
    [InlineData("""{ "apiVersion": "v1", "kind": "ConfigMap" }""", "kind is ConfigMap", "")]
    [InlineData("""{ "type": "macvlan", "cniVersion": "0.4.0", "master": "eth0" }""", "name is missing", "")]
    [InlineData("""{ "some": "thing" }""", "isn't in a known format", "docker compose config --format json")]
    public void TextThatIsNoDefinition_IsNamed(string text, string words, string action)
    {
        NetworkException e = NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text), words);

        Assert.Contains(action, e.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkThatCannotBeRead_DoesNotKeepOthersFromIt()
    {
        NetworkRequest[] read = [.. NetworkText.Read(
            """
            [ { "Name": "a", "Driver": "macvlan", "IPAM": { "Config": [ { "Subnet": "10.1.0.0/24" } ] }, "Options": { "parent": "eth0" } },
              { "Name": "b", "Driver": "macvlan", "IPAM": { "Config": [ { "Subnet": "10.1.0/24" } ] } },
              { "Name": "c", "Driver": "macvlan", "IPAM": 7 }, 7, { "Name": "a\u001b", "Driver": "macvlan", "IPAM": {} }, { "x": 1 },
              { "Name": "d", "Driver": "ipvlan", "IPAM": { "Config": [ { "Subnet": "10.2.0.0/24" } ] }, "Options": { "parent": "eth0:4095" } } ]
            { "format": "macipvlan", "version": 1, "vlans": [ { "name": "v", "parent": "eth0", "vlanId": 7, "protocol": "x" }, { "name": "w", "parent": "eth0", "vlanId": 8 } ],
              "networks": [ { "name": "e", "kind": "macvlan", "parent": "v", "subnet": "10.3.0.0/24" }, { "name": "f", "kind": "macvlan", "parent": "w", "subnet": "10.3.0.0/24" },
                            { "name": "g", "kind": "macvlan", "parent": "w", "mut": 1 }, 7 ] }
            """, null, Warnings.Add, Refuse)];

        Assert.Equal(["a", "f"], read.Select(static n => n.Name));
        Assert.Equal(
            [
                "b: The network 'b' can't be read: [1].IPAM.Config[0].Subnet is invalid: '10.1.0' is not an IPv4 or IPv6 address.",
                "c: The network 'c' can't be read: [2].IPAM is not an object.",
                ": The definition can't be read: [3] is not an object.",
                ": The definition can't be read: [4].Name contains a character that can't be shown.",
                ": The definition can't be read: [5] isn't in a known format.",
                "d: The network 'd' can't be read: '4095' in 'eth0:4095' isn't a VLAN id. A VLAN id is a whole number from 1 to 4094.",
                ": The definition can't be read: vlans[0].protocol is invalid: 'x' isn't a VLAN protocol: specify 802.1Q or 802.1ad.",
                "e: The network 'e' can't be read: networks[0].parent needs the sub-interface 'v', which is invalid.",
                "g: The network 'g' can't be read: networks[2].mut isn't a known setting.",
                ": The definition can't be read: networks[3] is not an object.",
            ],
            _refused);
    }

    [Theory]
    [InlineData("bclim", "-1", true)]
    [InlineData("bclim", "--1", false)]
    [InlineData("no_default_route", "T", true)]
    [InlineData("no_default_route", "yes", false)]
    [InlineData("com.docker.network.driver.mtu", "1400", true)]
    [InlineData("mtu", "1400.0", false)]
    public void OptionsOfPodman_AreReadAsItReadsThem(string option, string value, bool isValid)
    {
        string text = $$"""{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "subnets": [ { "subnet": "10.1.0.0/24" } ], "options": { "{{option}}": "{{value}}" } }""";

        if (isValid) Assert.Single(Read(text));
        else NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text), $"options.{option}");
        Assert.Empty(Warnings);
    }

    [Fact]
    public void NamesThatAreLeftOut_AreNotRepeatedWithoutEnd()
    {
        string many = string.Join(',', Enumerable.Range(0, 5000).Select(static i => $"\"x{i}\":1"));
        Read(Docker($"{many},"));

        Assert.Contains("and 4980 more have no counterpart here", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    private void Refuse(string? name, NetworkException e) => _refused.Add($"{name}: {e.Message}");
}
