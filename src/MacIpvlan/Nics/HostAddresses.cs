using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// The addresses that the host itself has, on any of its links, as they were when they were first needed. A NIC with one
/// of them, on a network of the host's wire, would cut the host off.
/// </summary>
internal sealed class HostAddresses(NetworkSession session)
{
    private LinkAddress[]? _known;
    private Dictionary<AddressValue, int>? _links;

    /// <summary>The addresses.</summary>
    public IReadOnlyCollection<AddressValue> All => Links.Keys;

    // With the index of the link.
    private Dictionary<AddressValue, int> Links => _links ??= Known.DistinctBy(static a => a.Address.Value)
        .ToDictionary(static a => a.Address.Value, static a => a.LinkIndex);

    // The host's NICs on networks have addresses that are on record.
    private LinkAddress[] Known => _known ??= [.. session.Host.GetAddresses().Where(static a => !LinkMark.IsOfNic(a.LinkIndex))];

    /// <summary>
    /// Whether the host has an address. No probe from a macvlan link finds that: there is no ARP between the link and its parent.
    /// </summary>
    public bool Has(AddressValue address) => Links.ContainsKey(address);

    /// <summary>The addresses of a link at which others can reach the host.</summary>
    public IReadOnlyList<AddressValue> On(Link link) => [.. Known
        .Where(a => a.LinkIndex == link.Index && a is { IsGlobal: true, IsTemporary: false }).Select(static a => a.Address.Value).Distinct()
        .OrderBy(static a => a)];

    /// <summary>The link of the host that has an address; null if none has it.</summary>
    public Link? FindLink(AddressValue address) => Links.TryGetValue(address, out int index) ? session.Host.FindLink(index) : null;

    /// <summary>Checks that the host has no requested address.</summary>
    /// <exception cref="NetworkException">AddressInUse, with the link.</exception>
    public void Check(IEnumerable<AddressValue> addresses)
    {
        foreach (AddressValue address in addresses)
        {
            if (!Links.TryGetValue(address, out int index)) continue;
            throw new NetworkException(
                NetworkError.AddressInUse,
                $"The address {address.Typed} is the host's own: it's on {session.Host.FindLink(index)?.Name ?? "a link of the host"}.",
                "Specify another address, or omit it to get the lowest free one.");
        }
    }
}
