using System.Globalization;
using System.Text;
using MacIpvlan.Formats;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests.Formats;

/// <summary>
/// Texts of every format, mutated: they are read or refused by a NetworkException, in words without control characters, and
/// nothing else happens.
/// </summary>
/// <remarks>Each mutation depends on its number alone, which a failure tells; MACIPVLAN_FUZZ_COUNT says how many.</remarks>
public sealed class MutatedTextTests : FormatTest
{
    private const int DefaultCount = 4000;
    private static readonly string[] s_pieces =
    [
        "null", "true", "[]", "{}", "\"\"", "-1", "1e400", "99999999999", "\"\\u0000\"", "\"\\ud800\"", "\"../x\"", "\"%d\"", "\"10.0.0.0/33\"", "\"::/0\"",
        ",", "[", "}", "\"", "\u001b[2J", "\"name\"", "\"subnet\"", "\"type\"", "\"plugins\"", "&a ", "*a", "<<: ", "!!str ", "${", "\n- ", "\t",
    ];

    [Fact]
    public void Texts_AreReadOrRefused()
    {
        string[] texts =
        [
            """
            { "name": "home", "services": { "web": {} }, "networks": {
            "lan": { "name": "home_lan", "driver": "macvlan", "driver_opts": { "parent": "eth0" }, "enable_ipv6": true, "external": false,
            "ipam": { "config": [ { "subnet": "10.1.0.1/24", "ip_range": "10.1.0.65/26", "gateway": "10.1.0.1", "aux_addresses": { "nas": "10.1.0.65" } } ] } } } }
            """,
            """
            name: shop
            x-lan: &lan {driver: macvlan, driver_opts: {parent: "${PARENT:-eth0}"}}
            services:
              web: {networks: {lan: {ipv4_address: 10.1.0.7, mac_address: 02:00:00:00:00:07}}, labels: [macipvlan.network=dmz]}
              db: {networks: [lan]}
            networks:
              lan: {<<: [*lan], enable_ipv6: "yes", ipam: {config: [{subnet: 10.1.0.0/24, ip_range: 10.1.0.64/26, aux_addresses: {nas: 10.1.0.65}}]}}
              dmz: {<<: *lan, name: dmz$NONE, x-macipvlan-allow-label: [IPAddress], ipam: {config: [{subnet: 10.2.0.0/24, gateway: 10.2.0.1}]}}
            """,
            """
            { "apiVersion": "v1", "kind": "List", "items": [ { "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
            "metadata": { "name": "lan" },
            "spec": { "config": "{ \"type\": \"macvlan\", \"master\": \"eth0\", \"ipam\": { \"type\": \"host-local\", \"subnet\": \"10.1.0.1/24\" } }" } } ] }
            """,
            """
            { "name": "lan", "plugins": [ { "type": "macvlan", "master": "eth0", "ipam": { "type": "dhcp", "priority": 7,
            "request": [ { "skipDefault": true }, { "option": "66" }, { "option": "routers" } ],
            "provide": [ { "option": "vendor-class-identifier", "value": "x" }, { "option": "host-name", "fromArg": "K8S_POD_NAME" } ] } } ] }
            """,
            """
            [ { "Name": "lan", "Driver": "ghcr.io/devplayer0/docker-net-dhcp:release-linux-amd64", "IPAM": { "Driver": "null", "Config": [ { "Subnet": "0.0.0.0/0" } ] },
            "Options": { "bridge": "br0", "lease_timeout": "1m30s" } } ]
            """,
            Write(ExportFormat.Json, Exported("fd01::/64", "", static n => n with
            {
                Dhcp = new() { VendorClass = "x", RequestedOptions = [66], Fallback = DhcpFallback.Parse("10.1.0.200-10.1.0.220/24") },
            })),
            Capture("docker-20.10.json"), Capture("podman-4.3.json"), Capture("podman-4.3.conflist"),
            Write(ExportFormat.Json, Exported("10.1.0.0/24 fd01::/64", "10.1.0.1", static n => n with { Routes = Routes("10.9.0.0/16 via 10.1.0.9") })),
            Write(ExportFormat.Cni, Exported("10.1.0.0/24 fd01::/64", "10.1.0.1", static n => n with { Excluded = TestRequests.Ranges("10.1.0.7") })),
        ];
        int count = int.TryParse(Environment.GetEnvironmentVariable("MACIPVLAN_FUZZ_COUNT"), CultureInfo.InvariantCulture, out int given)
            ? given
            : DefaultCount;
        ComposeEnvironment compose = new(static () => new YamlReader(), "shop", static _ => null);
        int refused = 0;
        for (int number = 0; number < count; number++)
        {
            Random random = new(number);
            string text = Mutate(texts[random.Next(texts.Length)], random);
            try
            {
                foreach (NetworkRequest network in NetworkText.Read(text, null, Warnings.Add, static (_, e) => throw e, compose)) NetworkDefinition.Check(network);
            }
            catch (NetworkException e)
            {
                refused++;
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {number}: {e}");
            }
        }

        Assert.DoesNotContain(Warnings, static w => w.Any(char.IsControl));
        // Neither all equal nor all unreadable.
        Assert.InRange(refused, count / 10, count - (count / 10));
    }

    private static string Mutate(string text, Random random)
    {
        StringBuilder mutated = new(text);
        for (int changes = random.Next(1, 3); changes > 0; changes--)
        {
            int at = random.Next(mutated.Length);
            switch (random.Next(12))
            {
                case 0: mutated[at] = (char)random.Next(1, 128); break;
                case 1: mutated.Remove(at, Math.Min(random.Next(1, 40), mutated.Length - at)); break;
                case 2: mutated.Insert(at, s_pieces[random.Next(s_pieces.Length)]); break;
                // A value in the place of another: what types are read as.
                default:
                    int colon = mutated.ToString().IndexOf(": ", at, StringComparison.Ordinal);
                    int end = colon < 0 ? -1 : mutated.ToString().IndexOfAny([',', '\n'], colon);
                    if (end > 0) mutated.Remove(colon + 2, end - colon - 2).Insert(colon + 2, s_pieces[random.Next(s_pieces.Length)]);
                    break;
            }
        }

        return mutated.ToString();
    }
}
