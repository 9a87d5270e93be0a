using MacIpvlan.Addressing;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Messages repeat what was typed; values are equal and shown in their usual notation whatever was typed.</summary>
public sealed class TypedTextTests
{
    [Theory]
    [InlineData("10.9.0.0/16", "10.9.0.0-10.9.255.255")]
    [InlineData("10.9.0.1 - 10.9.0.7", "10.9.0.1-10.9.0.7")]
    [InlineData("FD09:0:0::5", "fd09::5")]
    public void Range_IsKeptAsItWasTyped(string text, string usual)
    {
        AddressRange range = AddressRange.Parse(text);

        Assert.Equal((text, usual), (range.Typed, $"{range}"));
        Assert.Equal(AddressRange.Parse(usual), range);
        Assert.Equal(AddressRange.Parse(usual).GetHashCode(), range.GetHashCode());
        Assert.Equal($"{usual}", (range with { Last = range.Last }).ToString());
    }

    [Fact]
    public void Address_ThatIsCalculatedIsNotWhatWasTyped()
    {
        AddressValue address = AddressValue.Parse("FD09:0::5");

        Assert.Equal("FD09:0::5", address.Typed);
        Assert.Equal("fd09::6", address.Next()!.Typed);
        Assert.Equal("fd09::", IPPrefix.Containing(address, 64).First.Typed);
        Assert.Equal(AddressValue.Parse("fd09::5"), address);
        Assert.Equal("10.9.0.9", NetworkRoute.Parse("10.9.0.9").Typed);
        Assert.Equal(NetworkRoute.Parse("10.9.0.9/32"), NetworkRoute.Parse("10.9.0.9"));
    }

    [Theory]
    [InlineData("range", "10.9.0.0/16")]
    [InlineData("excluded", "10.9.0.0/16")]
    [InlineData("gateway", "FD09:0::1")]
    [InlineData("route", "10.9.0.9 via 10.8.0.1")]
    [InlineData("subnet", "FF02:0::/64")]
    [InlineData("other family", "FD09:0::/64 via fd09::1")]
    public void Error_RepeatsIt(string what, string typed)
    {
        NetworkRequest request = Request(what == "subnet" ? typed : "10.1.0.0/24");
        request = what switch
        {
            "range" => request with { Ranges = Ranges(typed) },
            "excluded" => request with { Excluded = Ranges(typed) },
            "gateway" => request with { Gateways = Addresses(typed) },
            "route" => request with { NicKind = new MacIpvlan.Netlink.Kinds.IpvlanLink(default, default), Routes = [NetworkRoute.Parse(typed) with { Metric = -1 }] },
            "other family" => request with { Routes = [NetworkRoute.Parse(typed)] },
            _ => request,
        };

        NetworkException e = Assert.ThrowsAny<NetworkException>(() => NetworkDefinition.Check(request));
        Assert.Contains(typed, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::1", true)]
    [InlineData("febf:ffff::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("fe7f::1", false)]
    [InlineData("169.254.0.1", true)]
    [InlineData("169.253.255.255", false)]
    public void LinkLocalAddress_IsOnTheLink(string address, bool isOnLink)
    {
        NetworkRequest request = Request("10.1.0.0/24 fd01::/64");
        NetworkRequest[] requests =
        [
            request with { Gateways = Addresses(address) },
            request with { Routes = [NetworkRoute.Parse($"{(address.Contains(':') ? "fd09::/64" : "10.9.0.0/16")} via {address}")] },
        ];

        foreach (NetworkRequest one in requests)
        {
            if (isOnLink) Assert.Equal(2, NetworkDefinition.Check(one).Count);
            else NetworkAssert.Refused(NetworkError.InvalidAddress, () => NetworkDefinition.Check(one), address);
        }
    }
}
