using System.Text;
using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests.Formats;

/// <summary>Compose files as they are, in and out.</summary>
public sealed class ComposeFileTests : FormatTest
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<string> _refused = [];
    private string? _overrideFile;

    [Fact]
    public void Sysctls_AreReadOfNetworks_AndOfServicesToldOf()
    {
        NetworkRequest[] read = ReadFile("""
            networks:
              lan:
                name: lan
                driver: macvlan
                driver_opts: {parent: eth0, com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.rp_filter=2,net.ipv6.conf.IFNAME.forwarding=1,net.ipv4.ip_forward=1"}
                ipam: {config: [{subnet: 10.1.0.0/24}]}
            services:
              web:
                network_mode: none
                labels: {macipvlan.network: lan}
              router:
                networks:
                  lan:
                    driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.forwarding=1}
            """);

        Assert.Equal(["net.ipv4.conf.IFNAME.rp_filter=2", "net.ipv6.conf.IFNAME.forwarding=1"], Assert.Single(read).Sysctls.Select(static s => $"{s}"));
        Assert.Contains(Warnings, static w => w.StartsWith("'lan': a sysctl is left out. The sysctl 'net.ipv4.ip_forward=1'", StringComparison.Ordinal)
            || w.StartsWith("'lan': a sysctl is left out. The sysctl 'net.ipv4.ip_forward'", StringComparison.Ordinal));
        Assert.Contains(
            Warnings, static w => w.StartsWith("The service 'router' sets sysctls on 'lan' (net.ipv4.conf.IFNAME.forwarding=1), which labels can't", StringComparison.Ordinal));
    }

    [Fact]
    public void File_IsReadAsDockerWouldCreateItsNetworks()
    {
        _variables["SUBNET"] = "10.1.0.0/24";
        NetworkRequest[] read = ReadFile("""
            # A shop
            name: Shop!
            x-lan: &lan
              driver: macvlan
              driver_opts: &options {parent: "${PARENT:-eth0}.50", macvlan_mode: private}
            networks:
              lan:
                <<: *lan
                driver_opts:
                  <<: [*options]
                  macvlan_mode: bridge
                  com.docker.network.driver.mtu: 1400
                enable_ipv6: "yes"
                x-other: {a: 1}
                x-macipvlan-allow-label: [IPAddress]
                ipam:
                  config:
                    - subnet: $SUBNET
                      ip_range: 10.1.0.64/26
                      gateway: 10.1.0.1
                      aux_addresses: {nas: 10.1.0.9}
                    - subnet: fd01::/64
              dmz:
                name: dmz${SUFFIX}
                driver: ipvlan
                driver_opts: {parent: eth1, ipvlan_mode: l3}
                internal: true
                labels: [team=web, plain]
                ipam: {config: [{subnet: 10.2.0.0/24}]}
              office: {external: true}
              back:
              old: {external: {name: older}}
            """);

        Assert.Equal(
            [
                "Name=shop_lan Kind=macvlan Mode=Bridge Parent=eth0.50 Subnet=10.1.0.0/24, fd01::/64 Gateway=10.1.0.1 IPRange=10.1.0.64-10.1.0.127 "
                    + "ExcludeAddress=10.1.0.9 Mtu=1400 AllowLabel=Network, IPAddress",
                "Name=dmz Kind=ipvlan Mode=L3 Parent=eth1 Subnet=10.2.0.0/24 Internal=True",
            ],
            read.Select(static n => string.Join(' ', Settings(n))));
        Assert.Equal(
            [
                "Variables aren't set, and are taken as empty: SUFFIX.",
                "'dmz': the labels have no counterpart here, and are left out: team, plain.",
                "'office': it is external, so it isn't defined here; it is left out.",
                "'shop_back': the driver bridge has no counterpart here; the network is left out.",
                "'old': it is external, so it isn't defined here; it is left out.",
            ],
            Warnings);
    }

    // The order is Compose's: a variable, the file, the folder.
    [Theory]
    [InlineData("name: Given_1!", null, "given_1_lan")]
    [InlineData("name: $PROJECT", "", "from_lan")]
    [InlineData("name: given", "variable", "variable_lan")]
    [InlineData("version: '3'", null, "my-folder_lan")]
    public void Project_NamesNetworks(string line, string? variable, string name)
    {
        _variables["PROJECT"] = "From";
        if (variable is not null) _variables["COMPOSE_PROJECT_NAME"] = variable;

        Assert.Equal(name, Assert.Single(ReadFile($"{line}\n{Lan()}")).Name);
    }

    [Fact]
    public void ProjectWithoutAName_IsRefused()
    {
        Assert.Empty(ReadFile(Lan(), folder: "_"));
        Assert.Equal("lan: The network 'lan' can't be read: networks.lan has no name, because the project has none.", Assert.Single(_refused));

        _variables["COMPOSE_PROJECT_NAME"] = "No\u001b";
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => ReadFile(Lan()), "COMPOSE_PROJECT_NAME is 'No\uFFFD'");
    }

    [Theory]
    // Without a choice, the first NIC has the default route.
    [InlineData("lan: {}, dmz: {}", "macipvlan.network=p_lan,p_dmz")]
    [InlineData("lan: {}, dmz: {gw_priority: 1}", "macipvlan.network=p_lan,p_dmz, macipvlan.p_dmz.default-route=true")]
    [InlineData("lan: {gw_priority: -1}, dmz: {gw_priority: -2}", "macipvlan.network=p_lan,p_dmz, macipvlan.p_lan.default-route=true")]
    [InlineData("lan: {gw_priority: 0}, dmz: {}", "macipvlan.network=p_lan,p_dmz, macipvlan.p_dmz.default-route=true")]
    // The route goes to a bridge, which isn't read.
    [InlineData("lan: {}, dmz: {}, back: {gw_priority: 1}", "macipvlan.network=p_lan,p_dmz")]
    public void Services_HaveTheDefaultRouteWhereTheyWantIt(string networks, string labels) => Assert.Equal(
        $"web: {labels}",
        $"{ReadFile("""
            name: p
            services:
              web:
                networks: {NETWORKS}
            networks:
              lan: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 10.1.0.0/24}]}}
              dmz: {driver: macvlan, driver_opts: {parent: eth1}, ipam: {config: [{subnet: 10.2.0.0/24}]}}
              back: {}
            """.Replace("NETWORKS", networks, StringComparison.Ordinal))[0].Services[0]}");

    [Fact]
    public void Services_AreToldWhatTheyNeed()
    {
        NetworkRequest[] read = ReadFile("""
            services:
              web:
                image: nginx:${NOT_NEEDED:?}
                mac_address: 02:00:00:00:00:07
                networks:
                  lan: {ipv4_address: "10.1.0.$${HOST}", priority: 7}
              api:
                networks:
                  lan:
                    ipv4_address: 10.1.0.7
                    ipv6_address: fd01::7
                    interface_name: wire0
                    priority: 7
                  dmz: {mac_address: 02:00:00:00:00:09}
                  back:
                mac_address: 02:00:00:00:00:08
              list: {networks: [lan, elsewhere]}
              both: {networks: [lan], labels: {macipvlan.network: office, macipvlan.office.mtu: 1400}}
              implicit: {image: a}
              host: {network_mode: host}
              labelled:
                network_mode: none
                labels: {macipvlan.network: p_lan, macipvlan.p_lan.ip: 10.1.0.8}
              asking:
                network_mode: none
                labels: [macipvlan.network=dmz, macipvlan.dmz.mtu=x]
              wrong: {networks: 7}
              nothing:
            name: p
            networks:
              lan: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 10.1.0.0/24}]}, x-macipvlan-allow-label: [IPAddress, InterfaceName]}
              dmz: {name: dmz, driver: ipvlan, driver_opts: {parent: eth1}, ipam: {config: [{subnet: 10.2.0.0/24}]}}
              back: {}
            """);

        Assert.Equal(["p_lan", "dmz"], read.Select(static n => n.Name));
        Assert.Equal(
            [
                "api: macipvlan.network=p_lan,dmz, macipvlan.p_lan.ip=10.1.0.7, macipvlan.p_lan.ip6=fd01::7, macipvlan.p_lan.mac=02:00:00:00:00:08, "
                    + "macipvlan.p_lan.interface=wire0",
                "list: macipvlan.network=p_lan",
                "both: macipvlan.network=office,p_lan, macipvlan.office.mtu=1400",
                "labelled: macipvlan.network=p_lan, macipvlan.p_lan.ip=10.1.0.8",
            ],
            read[0].Services.Select(static s => $"{s}"));
        Assert.Equal([false, false, false, true], read[0].Services.Select(static s => s.HasLabels));
        Assert.Equal(["api", "asking"], read[1].Services.Select(static s => s.Name));
        Assert.Equal(
            [
                "'p_back': the driver bridge has no counterpart here; the network is left out.",
                "The service 'web' can't be read: services.web.networks.lan.ipv4_address is invalid: '10.1.0.${HOST}' is not an IPv4 or IPv6 address.",
                "The service 'api' needs the labels macipvlan.network=p_lan,dmz, macipvlan.p_lan.ip=10.1.0.7, macipvlan.p_lan.ip6=fd01::7, "
                    + "macipvlan.p_lan.mac=02:00:00:00:00:08, macipvlan.p_lan.interface=wire0 instead of these of its networks: lan, dmz.",
                "'p_lan' doesn't allow what the labels of 'api' ask for; add to it x-macipvlan-allow-label: [Network, IPAddress, MacAddress, InterfaceName].",
                "'dmz' doesn't allow what the labels of 'api' ask for; add to it x-macipvlan-allow-label: [Network].",
                "The service 'list' needs the labels macipvlan.network=p_lan instead of these of its networks: lan.",
                "The service 'both' needs network_mode: none instead of its networks, and the labels macipvlan.network=office,p_lan, macipvlan.office.mtu=1400.",
                "The service 'asking' isn't connected to 'dmz': its label macipvlan.dmz.mtu=x isn't valid.",
                "'dmz' doesn't allow what the labels of 'asking' ask for; add to it x-macipvlan-allow-label: [Network].",
                "The service 'wrong' can't be read: services.wrong.networks isn't a string.",
            ],
            Warnings);
    }

    [Fact]
    public void ServiceWithoutNetworks_IsOnTheDefaultOne()
    {
        NetworkRequest read = Assert.Single(ReadFile(
            "services: {web: {image: a}}\nnetworks: {default: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 10.1.0.0/24}]}}}"));

        Assert.Equal("web: macipvlan.network=my-folder_default", $"{Assert.Single(read.Services)}");
    }

    [Fact]
    public void Services_AreReadInTimeHoweverManyThereAre()
    {
        string many = string.Concat(Enumerable.Range(0, 100_000).Select(static i => $"  s{i}: *s\n"));
        NetworkRequest read = Assert.Single(ReadFile($"x: &s {{networks: [lan, lan, other]}}\nservices:\n{many}{Lan()}"));

        Assert.Equal(100_000, read.Services.Count);
        Assert.Equal(201, Warnings.Count);
        Assert.Equal("More warnings about services are left out: 199800. The property Services has the labels.", Warnings[^1]);
    }

    [Fact]
    public void ServiceOnMoreNetworksThanALabelNames_CannotBeRead()
    {
        string labels = string.Concat(Enumerable.Range(0, 50_000).Select(static i => $", macipvlan.n{i}.ip: x"));
        NetworkRequest[] read = ReadFile(
            $"services: {{a: {{networks: [{string.Join(", ", Enumerable.Range(0, 101).Select(static i => $"n{i}"))}]}}, b: {{labels: {{macipvlan.network: LAN{labels}}}}}}}\n"
            + "networks: {lan: {name: lan, driver: macvlan, ipam: {config: [{subnet: 10.1.0.0/24}]}}, LAN: {name: LAN, driver: macvlan, ipam: {config: [{subnet: 10.2.0.0/24}]}}}");

        Assert.Equal(["lan", "LAN"], read.Select(static n => n.Name));
        Assert.Contains("The service 'a' can't be read: services.a.networks has more than 100 networks.", Warnings);
    }

    [Fact]
    public void NetworkThatCannotBeRead_DoesNotKeepOthersFromIt()
    {
        NetworkRequest read = Assert.Single(ReadFile(Lan() + """

              a: {driver: macvlan, internal: perhaps}
              b: {driver: "${NONE:?set it}"}
              c: 7
              d: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: "10.1.0.0/33"}]}}
              e: {driver: macvlan, driver_opts: {parent: "${}"}}
              "f\e[31m": {driver: macvlan, driver_opts: 7}
              g: {driver: macvlan, x-macipvlan-allow-label: [Everything]}
            """));

        Assert.Equal("my-folder_lan", read.Name);
        Assert.Equal(
            [
                "a: The network 'a' can't be read: networks.a.internal is neither true nor false.",
                "b: The network 'b' can't be read: networks.b.driver is invalid: the required variable NONE is missing: set it.",
                "c: The network 'c' can't be read: networks.c is not an object.",
                "e: The network 'e' can't be read: networks.e.driver_opts.parent is invalid: it has a reference to a variable that isn't valid; write $$ for a $ sign.",
            ],
            _refused.Take(4));
        Assert.Equal(["my-folder_d", @"f\u001B[31m", "my-folder_g"], _refused.Skip(4).Select(static r => r.Split(':')[0]));
        Assert.DoesNotContain(string.Concat(_refused), char.IsControl);
    }

    [Theory]
    [InlineData("include: [other.yaml]", null, "The file includes others (include), which aren't read; import the output of docker compose config --format json instead.")]
    [InlineData("# comment", "compose.override.yml", "Docker merges compose.override.yml into this file. It isn't read here; import the output of docker compose config --format json instead.")]
    [InlineData("# comment", null, null)]
    public void OtherFiles_AreNotRead(string line, string? overrideFile, string? warning)
    {
        _overrideFile = overrideFile;

        Assert.Single(ReadFile($"{line}\n{Lan()}"));
        Assert.Equal(warning, Warnings.SingleOrDefault());
    }

    [Fact]
    public void FileOfOtherFilesAlone_HasNoNetworks()
    {
        Assert.Empty(ReadFile("include: [other.yaml]"));
        Assert.Single(Warnings);
    }

    [Theory]
    [InlineData("a: 1", "is YAML, but not a Compose file")]
    [InlineData("---\n- networks", "is YAML, but not a Compose file")]
    [InlineData("---", "is YAML, but not a Compose file")]
    [InlineData("apiVersion: v1\nkind: Pod", "is YAML, but not a Compose file")]
    [InlineData("networks: [1]", "networks is not an object")]
    [InlineData("networks:\n\t- x", "line 1, column 1 isn't valid YAML: While scanning a mapping, found invalid tab as indentation.")]
    [InlineData("networks: {}\n---\nnetworks: {}", "begins a second document")]
    [InlineData("name: ${}\nnetworks: {}", "name is invalid")]
    public void TextThatIsNoComposeFile_IsRefused(string text, string words)
    {
        NetworkException e = NetworkAssert.Refused(NetworkError.InvalidDefinition, () => ReadFile(text), words);

        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Theory]
    [InlineData("networks:", true)]
    [InlineData("\ufeff# " + "comment\n\n  # more\nname : x", true)]
    [InlineData("\"services\": {}", true)]
    [InlineData("'services' : {}", true)]
    [InlineData("%YAML 1.2\n---\n", true)]
    [InlineData("x-a.b_c:\r\n", true)]
    [InlineData("{\"networks\": {}}", false)]
    [InlineData("[]", false)]
    [InlineData("\"text\"", false)]
    [InlineData("\"text", false)]
    [InlineData("", false)]
    [InlineData("# only", false)]
    [InlineData("fd01::1", false)]
    [InlineData("docker network create -d macvlan lan", false)]
    public void Yaml_IsTold(string text, bool isYaml) => Assert.Equal(isYaml, ForeignText.IsYaml(text));

    [Fact]
    public void LongFile_IsReadInTime()
    {
        StringBuilder text = new("networks:\n");
        for (int i = 0; i < 20_000; i++)
        {
            text.Append($"  n{i}: {{driver: macvlan, driver_opts: {{parent: eth{i}}}, ipam: {{config: [{{subnet: 10.{i / 256}.{i % 256}.0/24}}]}}}}\n");
        }

        Assert.Equal(20_000, ReadFile(text.ToString()).Length);
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => ReadFile("networks: {}\n#" + new string(' ', NetworkText.MaxBytes)), "is longer than");
    }

    [Fact]
    public void Export_IsWrittenInDockersTermsWithServices()
    {
        ComposeService web = new("web", ["macipvlan.network=lan", "macipvlan.lan.ip=10.1.0.7", "macipvlan.lan.ip6=fd01::7", "macipvlan.lan.default-route=true"]);
        string text = Write(
            ExportFormat.Compose,
            Exported("10.1.0.0/24 fd01::/64", "10.1.0.254 fd01::1", n => n with
            {
                Name = "lan", Services = [web], AllowedLabels = [LabelSetting.Network, LabelSetting.IPAddress], Mtu = 1400,
                Ranges = TestRequests.Ranges("10.1.0.64/26"), Excluded = TestRequests.Ranges("10.1.0.70-10.1.0.71 fd01::5"),
            }),
            Ipvlan(Exported("10.2.0.0/24", "10.2.0.1", static n => n with { Name = "no", Parent = null }), IpvlanMode.L3, IpvlanFlag.Private));

        Assert.Equal(
            """
            services:
              web:
                network_mode: none
                labels:
                  macipvlan.network: lan
                  macipvlan.lan.ip: 10.1.0.7
                  macipvlan.lan.ip6: "fd01::7"
                  macipvlan.lan.default-route: "true"
            networks:
              lan:
                name: lan
                driver: macvlan
                enable_ipv6: true
                driver_opts:
                  parent: eth0
                  macvlan_mode: bridge
                  com.docker.network.driver.mtu: "1400"
                x-macipvlan-allow-label: [Network, IPAddress]
                ipam:
                  config:
                    - subnet: 10.1.0.0/24
                      gateway: 10.1.0.254
                      ip_range: 10.1.0.64/26
                      aux_addresses:
                        excluded1: 10.1.0.70
                        excluded2: 10.1.0.71
                    - subnet: "fd01::/64"
                      gateway: "fd01::1"
                      aux_addresses:
                        excluded3: "fd01::5"
              "no":
                name: "no"
                driver: ipvlan
                internal: true
                driver_opts:
                  ipvlan_mode: l3
                  ipvlan_flag: private
                ipam:
                  config:
                    - subnet: 10.2.0.0/24
                      gateway: 10.2.0.1
            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal(["'lan': Docker stores Mtu (1400), but doesn't apply it to macvlan and ipvlan NICs."], Warnings);
    }

    [Fact]
    public void Export_ComesBack()
    {
        NetworkRequest[] networks =
        [
            Exported("10.1.0.0/24 fd01::/64", "10.1.0.254 fd01::1", static n => n with
            {
                Name = "lan", AllowedLabels = [LabelSetting.Network, LabelSetting.IPAddress], Services = [new("web", ["macipvlan.network=lan", "macipvlan.lan.mac=02:00:00:00:00:07"])],
                Ranges = TestRequests.Ranges("10.1.0.64/26"), Excluded = TestRequests.Ranges("10.1.0.70 fd01::5"), Mtu = 1400,
            }),
            Ipvlan(Exported("10.2.0.0/24 10.3.0.0/16", "10.2.0.1 10.3.0.1", static n => n with { Name = "true", Parent = ParentReference.Parse("eth0.50") }), IpvlanMode.L3S, IpvlanFlag.Vepa),
            Exported("fd02::/64", "", static n => n with { Name = "1e3", Parent = ParentReference.Parse("a$b'\"\\#x"), Internal = true }),
        ];
        string text = Write(ExportFormat.Compose, networks);
        Warnings.Clear();
        NetworkRequest[] read = ReadFile(text);

        Assert.Equal(Settings(networks), Settings(read));
        Assert.Equal(networks[0].Services.Select(static s => $"{s}"), read[0].Services.Select(static s => $"{s}"));
        Assert.Equal(["'lan' doesn't allow what the labels of 'web' ask for; add to it x-macipvlan-allow-label: [Network, IPAddress, MacAddress]."], Warnings);
        Assert.Equal(text, Write(ExportFormat.Compose, read));
        Assert.Equal("networks: {}", Write(ExportFormat.Compose));
    }

    [Fact]
    public void Export_RefusesWhatWouldBeAnotherNetwork()
    {
        NetworkRequest source = Exported("10.1.0.0/24", "10.1.0.1", static n => n with { NicKind = new MacvlanLink(MacvlanMode.Source) });

        NetworkAssert.Refused(NetworkError.NoCounterpart, () => NetworkText.Check(ExportFormat.Compose, source), "no mode Source");
        NetworkAssert.Refused(NetworkError.NoCounterpart, () => Write(ExportFormat.Compose, source), "no mode Source");
        NetworkText.Check(ExportFormat.Json, source);
    }

    private static string Lan() => """
        networks:
          lan: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 10.1.0.0/24}]}}
        """;

    private NetworkRequest[] ReadFile(string text, string folder = "My-Folder") => [.. NetworkText.Read(
        text, null, Warnings.Add, (name, e) =>
        {
            if (name is null) throw e;
            _refused.Add($"{name}: {e.Message}");
        },
        new(static () => new YamlReader(), folder, name => _variables.GetValueOrDefault(name)) { OverrideFile = _overrideFile })];
}
