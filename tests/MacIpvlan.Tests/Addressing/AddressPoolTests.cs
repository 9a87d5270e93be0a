using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>What is left of a subnet to hand out, cut by cut.</summary>
public sealed class AddressPoolTests
{
    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.1-10.0.0.254")]
    [InlineData("10.0.0.0/30", "10.0.0.1-10.0.0.2")]
    // Neither network nor broadcast address: RFC 3021.
    [InlineData("10.0.0.0/31", "10.0.0.0-10.0.0.1")]
    [InlineData("10.0.0.7/32", "10.0.0.7")]
    [InlineData("0.0.0.0/0", "0.0.0.1-255.255.255.254")]
    // No broadcast address, but the subnet-router anycast address: RFC 4291 2.6.1; not in a /127: RFC 6164.
    [InlineData("fd18::/64", "fd18::1-fd18::ffff:ffff:ffff:ffff")]
    [InlineData("fd18::/126", "fd18::1-fd18::3")]
    [InlineData("fd18::/127", "fd18::-fd18::1")]
    [InlineData("fd18::7/128", "fd18::7")]
    [InlineData("::/0", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Usable_IsWhatAHostMayHave(string subnet, string usable) =>
        Assert.Equal(usable, AddressPool.Usable(IPPrefix.Parse(subnet)).ToString());

    [Theory]
    // The whole subnet, and what it loses.
    [InlineData("10.0.0.0/24", "", "", "10.0.0.1-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.1", "10.0.0.2-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.254", "10.0.0.1-10.0.0.253")]
    [InlineData("10.0.0.0/24", "", "10.0.0.100", "10.0.0.1-10.0.0.99 10.0.0.101-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.0", "10.0.0.1-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.2 10.0.0.253 10.0.0.1 10.0.0.254", "10.0.0.3-10.0.0.252")]
    // Exclusions that overlap, touch, lie in each other, come in any order.
    [InlineData("10.0.0.0/24", "", "10.0.0.10-10.0.0.30 10.0.0.20-10.0.0.40", "10.0.0.1-10.0.0.9 10.0.0.41-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.20-10.0.0.40 10.0.0.10-10.0.0.30", "10.0.0.1-10.0.0.9 10.0.0.41-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.10-10.0.0.19 10.0.0.20-10.0.0.40", "10.0.0.1-10.0.0.9 10.0.0.41-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.10-10.0.0.40 10.0.0.20", "10.0.0.1-10.0.0.9 10.0.0.41-10.0.0.254")]
    [InlineData("10.0.0.0/24", "", "10.0.0.0/24", "")]
    [InlineData("10.0.0.0/24", "", "10.0.0.0/25 10.0.0.128/25", "")]
    [InlineData("10.0.0.0/24", "", "10.0.0.1-10.0.0.254", "")]
    // Exclusions of the other family have nothing to do with it, though their numbers might.
    [InlineData("10.0.0.0/24", "", "::/0", "10.0.0.1-10.0.0.254")]
    // Ranges.
    [InlineData("10.0.0.0/24", "10.0.0.10-10.0.0.20", "", "10.0.0.10-10.0.0.20")]
    [InlineData("10.0.0.0/24", "10.0.0.128/25", "", "10.0.0.128-10.0.0.254")]
    [InlineData("10.0.0.0/24", "10.0.0.0/25", "", "10.0.0.1-10.0.0.127")]
    [InlineData("10.0.0.0/24", "10.0.0.0/24", "10.0.0.1", "10.0.0.2-10.0.0.254")]
    [InlineData("10.0.0.0/24", "10.0.0.0", "", "")]
    [InlineData("10.0.0.0/24", "10.0.0.255", "", "")]
    [InlineData("10.0.0.0/24", "10.0.0.0-10.0.0.1", "10.0.0.1", "")]
    [InlineData(
        "10.0.0.0/24", "10.0.0.50-10.0.0.60 10.0.0.10-10.0.0.20", "", "10.0.0.10-10.0.0.20 10.0.0.50-10.0.0.60")]
    [InlineData(
        "10.0.0.0/24", "10.0.0.10-10.0.0.30 10.0.0.20-10.0.0.40", "", "10.0.0.10-10.0.0.30 10.0.0.31-10.0.0.40")]
    [InlineData("10.0.0.0/24", "10.0.0.10-10.0.0.40 10.0.0.20-10.0.0.30", "", "10.0.0.10-10.0.0.40")]
    [InlineData(
        "10.0.0.0/24", "10.0.0.10-10.0.0.40 10.0.0.20-10.0.0.30 10.0.0.35-10.0.0.50", "",
        "10.0.0.10-10.0.0.40 10.0.0.41-10.0.0.50")]
    [InlineData("10.0.0.0/24", "10.0.0.10-10.0.0.20", "10.0.0.15 10.0.0.25", "10.0.0.10-10.0.0.14 10.0.0.16-10.0.0.20")]
    [InlineData("10.0.0.0/24", "10.0.0.250-10.0.0.255 10.0.0.200-10.0.0.255", "", "10.0.0.200-10.0.0.254")]
    // The edges of the families.
    [InlineData("255.255.255.0/24", "", "255.255.255.1", "255.255.255.2-255.255.255.254")]
    [InlineData("10.0.0.0/31", "", "", "10.0.0.0-10.0.0.1")]
    [InlineData("10.0.0.0/31", "", "10.0.0.0", "10.0.0.1")]
    [InlineData("10.0.0.0/31", "10.0.0.1", "10.0.0.0", "10.0.0.1")]
    [InlineData("10.0.0.7/32", "", "", "10.0.0.7")]
    [InlineData("10.0.0.7/32", "", "10.0.0.7", "")]
    [InlineData("fd18::/127", "", "fd18::1", "fd18::")]
    [InlineData("fd18::/64", "fd18::/120", "fd18::1", "fd18::2-fd18::ff")]
    [InlineData("ffff:ffff:ffff:ffff::/64", "", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ffff::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")]
    [InlineData("::/0", "::/0 ffff::/16", "", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Allocatable_IsRangesLessWhatIsWithheld(
        string subnet, string ranges, string withheld, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', AddressPool.Allocatable(IPPrefix.Parse(subnet), Ranges(ranges), Ranges(withheld))));

    private static AddressRange[] Ranges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse)];
}
