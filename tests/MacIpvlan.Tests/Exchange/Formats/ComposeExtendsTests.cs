using MacIpvlan.Formats;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests.Formats;

/// <summary>What services of a Compose file take over from others.</summary>
public sealed class ComposeExtendsTests : FormatTest
{
    private const string Lan = "networks: {lan: {name: lan, driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 10.1.0.0/24}]}, "
        + "x-macipvlan-allow-label: [IPAddress, MacAddress, InterfaceName]}}\n";

    [Fact]
    public void Service_HasWhatItExtends_AndItsOwnValuesFirst()
    {
        Assert.Equal(
            [
                "third: macipvlan.network=lan, macipvlan.lan.ip=10.1.0.6, macipvlan.lan.mac=02:00:00:00:00:07, macipvlan.lan.interface=lan0",
                "base: macipvlan.network=lan, macipvlan.lan.ip=10.1.0.5, macipvlan.lan.interface=lan0",
                "same: macipvlan.network=lan, macipvlan.lan.ip=10.1.0.5, macipvlan.lan.interface=lan0",
                "other: macipvlan.network=lan, macipvlan.lan.ip=10.1.0.6, macipvlan.lan.mac=02:00:00:00:00:06, macipvlan.lan.interface=lan0",
                "listed: macipvlan.network=lan",
                "labelled: macipvlan.network=lan, macipvlan.lan.ip=10.1.0.9, macipvlan.lan.mtu=1400",
            ],
            Read("""
                services:
                  third: {extends: other, mac_address: "02:00:00:00:00:07"}
                  base: {networks: {lan: {ipv4_address: 10.1.0.5, interface_name: lan0}}}
                  same: {extends: {service: base}}
                  other: {extends: "${BASE:-base}", networks: {lan: {ipv4_address: 10.1.0.6}}, mac_address: "02:00:00:00:00:06"}
                  list: {networks: [back], labels: [macipvlan.lan.ip=10.1.0.8, macipvlan.lan.mtu=1400]}
                  listed: {extends: list, networks: [lan]}
                  labelled: {extends: list, network_mode: none, labels: {macipvlan.network: lan, macipvlan.lan.ip: 10.1.0.9}}

                """));
    }

    [Theory]
    [InlineData("{extends: {file: common.yaml, service: app}}", "services.a.extends is a service of another file, which isn't read; import the output of docker compose config --format json instead.")]
    [InlineData("{extends: nosuch, networks: [lan]}", "services.a.extends is 'nosuch', but there is no such service.")]
    [InlineData("{extends: a}", "services.a.extends leads back to this service.")]
    [InlineData("{extends: [b]}", "services.a.extends doesn't name a service.")]
    [InlineData("{extends: {}}", "services.a.extends doesn't name a service.")]
    [InlineData("{extends: \"${}\"}", "services.a.extends is invalid: it has a reference to a variable that isn't valid; write $$ for a $ sign.")]
    public void Service_ThatExtendsWhatCannotBeRead_IsNamed(string service, string reason)
    {
        Assert.Equal(["c: macipvlan.network=lan"], Read($"services: {{a: {service}, b: {{extends: a, networks: [lan]}}, c: {{networks: [lan]}}}}\n"));
        Assert.Equal([$"The service 'a' can't be read: {reason}", $"The service 'b' can't be read: {reason}"], Warnings.Take(2));
    }

    [Fact]
    public void Services_ThatExtendEachOtherInACircle_AreNamed()
    {
        Assert.Empty(Read("services: {a: {extends: b}, b: {extends: c}, c: {extends: b}}\n"));
        Assert.Equal(["a", "b", "c"], Warnings.Select(static w => w.Split('\'')[1]));
    }

    [Theory]
    [InlineData("each extends the next", false)]
    [InlineData("each extends the one before", true)]
    public void Chain_EndsInTimeHoweverLongItIs(string _, bool isBackward)
    {
        IEnumerable<string> chain = Enumerable.Range(0, 50_000)
            .Select(i => $"  s{i}: {{extends: s{(isBackward ? i - 1 : i + 1)}, networks: [n{i}], labels: {{l{i}: x}}}}\n");

        Read($"services:\n  s{(isBackward ? -1 : 50_000)}: {{networks: [lan]}}\n{string.Concat(chain)}");

        Assert.InRange(Warnings.Count, 1, 500);
    }

    private IEnumerable<string> Read(string services) => NetworkText.Read(
        services + Lan, null, Warnings.Add, static (_, e) => throw e, new(static () => new YamlReader(), "shop", static _ => null)).Single().Services.Select(static s => $"{s}");
}
