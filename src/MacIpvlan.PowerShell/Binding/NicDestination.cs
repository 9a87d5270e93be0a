using System.Management.Automation;
using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The destination of a test as users specify it: an address, a NIC, or the name of a NIC, namespace or container.
/// </summary>
public sealed class NicDestination
{
    private readonly AddressValue? _address;
    private readonly NicReference? _nic;
    private readonly string _text;

    /// <summary>
    /// An address, a NIC as NAMESPACE/INTERFACE, a namespace, or a container; wildcards are supported.
    /// </summary>
    public NicDestination(string text)
    {
        _text = text;
        if (IsAddress(text)) _address = Checked(AddressReference.Read(text));
    }

    /// <summary>An address.</summary>
    public NicDestination(IPAddress address) =>
        (_address, _text) = (Checked((AddressValue)address), address.ToString());

    /// <summary>A NIC.</summary>
    public NicDestination(ContainerNic nic) : this(new NicReference(nic))
    {
    }

    /// <summary>A NIC, by a deserialized object.</summary>
    public NicDestination(PSObject remains) : this(new NicReference(remains))
    {
    }

    private NicDestination(NicReference nic) => (_nic, _text) = (nic, nic.ToString());

    /// <summary>The destination as specified.</summary>
    public override string ToString() => _text;

    /// <summary>Finds the destination among all recorded NICs.</summary>
    /// <returns>A function that returns the tests of a source NIC with this destination.</returns>
    /// <exception cref="NetworkException">NicNotFound.</exception>
    internal Func<ContainerNic, IEnumerable<NicTestPair>> Resolve(IReadOnlyList<ContainerNic> all)
    {
        if (_address is not null) return source => [NicTestPair.To(source, _address, all)];
        ContainerNic[] targets = _nic is null ? Find(all) : _nic.Find(() => all) is ContainerNic nic ? [nic] : [];
        if (targets.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(_text))
        {
            throw new NetworkException(
                NetworkError.NicNotFound,
                $"'{_text}' isn't an address, and no NIC has this name or is in a namespace or container with this name.",
                "List the NICs with Get-ContainerNic.");
        }

        return source =>
        {
            // If a namespace has NICs on several networks, the one on the source's network is meant.
            ContainerNic[] siblings = [.. targets.Where(t => t.Network == source.Network)];
            return (siblings.Length > 0 ? siblings : targets).Where(t => t.Id != source.Id).SelectMany(t => NicTestPair.Between(source, t));
        };
    }

    private ContainerNic[] Find(IReadOnlyList<ContainerNic> all)
    {
        NamePattern name = NamePattern.For(_text, all, static n => n.ToString());
        ContainerNic[] named = [.. all.Where(n => name.Matches(n.ToString()))];
        return named.Length > 0 ? named : [.. new NicFilter(all).Targets([new(_text)]).Found];
    }

    // With a prefix length, as in a NIC's addresses, or without.
    private static bool IsAddress(string text) => AddressValue.TryParse(text.Split('/')[0], out _);

    private static AddressValue Checked(AddressValue address)
    {
        IPAddress value = address.ToIPAddress();
        bool isGroup = value.IsIPv6Multicast || value.GetAddressBytes()[0] is >= 224 and <= 239 && address.Bits == 32;
        bool isNone = value.Equals(IPAddress.Any) || value.Equals(IPAddress.IPv6Any) || value.Equals(IPAddress.Broadcast);
        return isGroup || isNone || IPAddress.IsLoopback(value)
            ? throw new FormatException($"'{address}' isn't a valid destination: another host can't have this address.")
            : address;
    }
}
