using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Definitions;

/// <summary>Requests, with as little said as there is to say.</summary>
internal static class TestRequests
{
    /// <summary>A macvlan network in mode Bridge with these subnets.</summary>
    public static NetworkRequest Request(string subnets) => new()
    {
        Name = "net1",
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Subnets = [.. Words(subnets).Select(IPPrefix.Parse)],
    };

    public static AddressValue[] Addresses(string text) => [.. Words(text).Select(AddressValue.Parse)];

    public static AddressRange[] Ranges(string text) => [.. Words(text).Select(AddressRange.Parse)];

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
