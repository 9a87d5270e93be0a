using MacIpvlan.Formats;
namespace MacIpvlan.Tests.Formats;

/// <summary>What docker network inspect and podman network inspect tell: captures of real ones, and later shapes.</summary>
public sealed class InspectionTests : FormatTest
{
    [Fact]
    public void Docker_IsReadAsItsNetworksWork()
    {
        NetworkRequest[] networks = [.. Read(Capture("docker-20.10.json"))];

        // Containers of a real Docker had these gateways, which it does not report.
        Assert.Equal(
            [
                "inside: Name=inside Kind=macvlan Mode=Bridge Parent=lo3 Subnet=10.9.0.0/24 Gateway=10.9.0.1 Internal=True",
                "l3two: Name=l3two Kind=ipvlan Mode=L3 Flag=Private Parent=lo2 Subnet=192.168.214.0/24, 192.168.213.0/24, fd01::/64 "
                    + "Gateway=192.168.214.1, 192.168.213.254, fd01::1",
                "plain: Name=plain Kind=macvlan Mode=Bridge Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1",
                "ranges: Name=ranges Kind=macvlan Mode=Private Parent=peer0 Subnet=192.168.32.0/24 Gateway=192.168.32.254 "
                    + "IPRange=192.168.32.128-192.168.32.255 ExcludeAddress=192.168.32.130, 192.168.32.129 Mtu=1400",
                "nogw: Name=nogw Kind=macvlan Mode=Bridge Parent=eth1 Subnet=192.168.33.0/24 Gateway=192.168.33.128 IPRange=192.168.33.128-192.168.33.255",
                "dual: Name=dual Kind=macvlan Mode=Bridge Parent=eth2 Subnet=10.10.0.0/24, fd02::/64 Gateway=10.10.0.1, fd02::1000 "
                    + "IPRange=fd02::1000-fd02::1fff",
            ],
            networks.Select(Line));
        Assert.Equal(
            ["'none': the driver null has no counterpart here; the network is left out.", "'ranges': the label has no counterpart here, and is left out: team."],
            Warnings);
    }

    [Fact]
    public void Docker28_HasNoGatewayThatItDoesNotTellOf()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            [ { "Name": "v28", "Id": "0", "Scope": "local", "Driver": "macvlan", "EnableIPv4": true, "EnableIPv6": true,
                "IPAM": { "Driver": "default", "Options": {}, "Config": [ { "Subnet": "10.1.0.0/24" }, { "Subnet": "fd01::/64", "Gateway": "fd01::9" } ] },
                "Internal": false, "Attachable": true, "Ingress": false, "ConfigFrom": { "Network": "" }, "ConfigOnly": false, "Containers": {},
                "Options": { "com.docker.network.enable_ipv4": "true", "parent": "eth0.50", "fancy": "1" }, "Labels": {},
                "Status": { "IPAM": { "Subnets": { "10.1.0.0/24": { "IPsInUse": 3 } } } } } ]
            """));

        Assert.Equal("v28: Name=v28 Kind=macvlan Mode=Bridge Parent=eth0.50 Subnet=10.1.0.0/24, fd01::/64 Gateway=fd01::9 NoGateway=True", Line(read));
        Assert.Equal(["'v28': Attachable, Options.fancy have no counterpart here, and are left out."], Warnings);
    }

    [Fact]
    public void Podman_IsReadAsItsNetworksWork()
    {
        List<string> refused = [];
        NetworkRequest[] networks = [.. NetworkText.Read(Capture("podman-4.3.json"), null, Warnings.Add, (name, e) => refused.Add($"{name}: {e.Message}"))];

        Assert.Equal(
            [
                "plain: Name=plain Kind=macvlan Mode=Bridge Parent=eth0 Subnet=10.1.0.0/24 Gateway=10.1.0.1 NoGateway=True",
                "ranges: Name=ranges Kind=macvlan Mode=Private Parent=peer0 Subnet=192.168.32.0/24 Gateway=192.168.32.254 "
                    + "IPRange=192.168.32.129-192.168.32.254 NoGateway=True Mtu=1400",
            ],
            networks.Select(Line));
        // Podman takes the link of the default route, for an internal network as well.
        Assert.Equal(["inside: The network 'inside' can't be read: [2].network_interface is missing: Podman uses the link of the default route."], refused);
        Assert.Contains("'ranges': the label has no counterpart here, and is left out: team.", Warnings);
        Assert.Contains("'plain': dns_enabled has no counterpart here, and is left out.", Warnings);
        Assert.Contains("'podman': the driver bridge has no counterpart here; the network is left out.", Warnings);
    }

    [Fact]
    public void Podman5_HasRoutesAndMore()
    {
        NetworkRequest read = Assert.Single(Read(
            """
            [ { "name": "v5", "id": "0", "driver": "ipvlan", "network_interface": "eth0", "created": "2026-01-01T00:00:00Z",
                "subnets": [ { "subnet": "10.1.0.0/24", "lease_range": { "start_ip": "10.1.0.9" } } ],
                "routes": [ { "destination": "10.9.0.0/16", "gateway": "10.1.0.254", "metric": 9 } ],
                "ipv6_enabled": false, "internal": false, "dns_enabled": false, "network_dns_servers": [ "10.1.0.53" ],
                "options": { "mode": "l2", "metric": "50", "no_default_route": "true", "mtu": "1400" },
                "ipam_options": { "driver": "host-local" }, "containers": {} } ]
            """));

        Assert.Equal(
            "v5: Name=v5 Kind=ipvlan Mode=L2 Parent=eth0 Subnet=10.1.0.0/24 IPRange=10.1.0.9-10.1.0.254 NoGateway=True NoDefaultRoute=True "
            + "Route=10.9.0.0/16 via 10.1.0.254 metric 9 RouteMetric=50 Mtu=1400",
            Line(read));
        Assert.Equal(["'v5': network_dns_servers has no counterpart here, and is left out."], Warnings);
    }

    [Theory]
    [InlineData("""{ "name": "a", "driver": "macvlan", "subnets": [ { "subnet": "10.1.0.0/24" } ] }""", "network_interface is missing")]
    [InlineData("""{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "ipam_options": { "driver": "own" } }""", "ipam_options.driver is own")]
    [InlineData("""{ "name": "a", "driver": "ipvlan", "network_interface": "eth0", "options": { "mode": "l4" } }""", "options.mode")]
    [InlineData("""{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "options": { "mtu": "big" } }""", "options.mtu")]
    [InlineData(
        """{ "name": "a", "driver": "macvlan", "network_interface": "eth0", "subnets": [ { "subnet": "10.1.0.0/24", "lease_range": { "start_ip": "10.1.0.9", "end_ip": "10.1.0.2" } } ] }""",
        "start_ip")]
    [InlineData("""{ "Name": "a", "Driver": "macvlan", "IPAM": { "Config": [ { "Subnet": "10.1.0.0" } ] } }""", "IPAM.Config[0].Subnet")]
    [InlineData("""{ "Name": "a", "Driver": "ipvlan", "IPAM": { "Config": [] }, "Options": { "ipvlan_flag": "none" } }""", "Options.ipvlan_flag")]
    public void WhatCannotBeHere_IsRefusedWithThePlace(string text, string words) =>
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text), words);

    internal static string Line(NetworkRequest network) => $"{network.Name}: {string.Join(' ', Settings(network))}";
}
