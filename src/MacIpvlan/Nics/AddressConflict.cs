using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Addresses that turn out to belong to others, and how long this is remembered.</summary>
internal static class AddressConflict
{
    /// <summary>How many dynamic addresses are tried for one NIC.</summary>
    public const int MaxAttempts = 32;
    private static readonly TimeSpan s_memory = TimeSpan.FromHours(1);

    /// <summary>The error that names each address and the MAC address that answered for it.</summary>
    public static AddressConflictException OnTheWire(IEnumerable<KeyValuePair<AddressValue, PhysicalAddress>> found)
    {
        ForeignAddress[] foreign = [.. found.Select(static f => Foreign(f.Key, f.Value))];
        string others = string.Concat(foreign.Skip(1).Select(static f => $", and {f.Address} by {Link.Format(f.MacAddress)}"));
        return new(
            $"The address {foreign[0].Address} is in use on the wire by {Link.Format(foreign[0].MacAddress)}{others}.",
            "Specify another address, or free this one. Use -ProbeAddress:$false to skip the probe.",
            foreign);
    }

    /// <summary>The error when the kernel refuses an address because another link of the parent uses it.</summary>
    public static AddressConflictException OnParent(AddressValue address, Link parent, NetlinkException refusal) => new(
        $"The address {address} is in use by another link of {parent.Name}, {Link.Format(parent.MacAddress)}. {refusal.Message}",
        "Specify another address, or remove this one from the other link.",
        [Foreign(address, parent.MacAddress)]);

    /// <summary>
    /// The error when the kernel refuses the MAC address that belongs to an address, because another link of the parent
    /// uses it.
    /// </summary>
    public static AddressConflictException OfMacAddress(AddressValue address, PhysicalAddress mac, Link parent) => new(
        $"The address {address} can't be used: its MAC address {Link.Format(mac)} is in use by another link of {parent.Name}.",
        "Specify another address, or remove the other link.",
        [Foreign(address, mac)]);

    private static ForeignAddress Foreign(AddressValue address, PhysicalAddress mac) =>
        new(address, mac, DateTimeOffset.Now + s_memory);
}
