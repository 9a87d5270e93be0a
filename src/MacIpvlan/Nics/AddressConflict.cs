using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Addresses that turn out to be others', and for how long that is believed.</summary>
internal static class AddressConflict
{
    /// <summary>How many dynamic addresses are tried for one NIC.</summary>
    public const int MaxAttempts = 32;
    private static readonly TimeSpan s_memory = TimeSpan.FromHours(1);

    /// <summary>The error that tells who answered for which address.</summary>
    public static AddressConflictException OnTheWire(IEnumerable<KeyValuePair<AddressValue, PhysicalAddress>> found)
    {
        ForeignAddress[] foreign = [.. found.Select(static f => Foreign(f.Key, f.Value))];
        string others = string.Concat(foreign.Skip(1).Select(static f => $", and {f.Address} by {Link.Format(f.MacAddress)}"));
        return new(
            $"The address {foreign[0].Address} is taken on the wire by {Link.Format(foreign[0].MacAddress)}{others}.",
            "Ask for another address, or take it from who has it; with -ProbeAddress:$false nobody is asked.",
            foreign);
    }

    /// <summary>The error for an address that the kernel refuses a NIC, since another link of the parent has it.</summary>
    public static AddressConflictException OnParent(AddressValue address, Link parent, NetlinkException refusal) => new(
        $"The address {address} is taken by another link of {parent.Name}, {Link.Format(parent.MacAddress)}. {refusal.Message}",
        "Ask for another address, or take it from the link that has it.",
        [Foreign(address, parent.MacAddress)]);

    private static ForeignAddress Foreign(AddressValue address, PhysicalAddress mac) =>
        new(address, mac, DateTimeOffset.Now + s_memory);
}
