using System.Management.Automation;
using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>Whom a test asks for, as users give it: an address, a NIC, or what a NIC is called.</summary>
public sealed class NicDestination
{
    private readonly AddressValue? _address;
    private readonly NicReference? _nic;
    private readonly string _text;

    /// <summary>An address, a NIC as NAMESPACE/INTERFACE, a namespace, or a container; patterns are taken.</summary>
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

    /// <summary>A NIC, by what is left of its object in a file.</summary>
    public NicDestination(PSObject remains) : this(new NicReference(remains))
    {
    }

    private NicDestination(NicReference nic) => (_nic, _text) = (nic, nic.ToString());

    /// <summary>What was given.</summary>
    public override string ToString() => _text;

    /// <summary>Finds out what this means among all NICs that there are.</summary>
    /// <returns>What gives the tests of a NIC with it.</returns>
    /// <exception cref="NetworkException">NicNotFound.</exception>
    internal Func<ContainerNic, IEnumerable<NicTestPair>> Resolve(IReadOnlyList<ContainerNic> all)
    {
        if (_address is not null) return source => [NicTestPair.To(source, _address.Value, all)];
        ContainerNic[] targets = _nic is null ? Find(all) : _nic.Find(() => all) is ContainerNic nic ? [nic] : [];
        if (targets.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(_text))
        {
            throw new NetworkException(
                NetworkError.NicNotFound,
                $"'{_text}' is no address, and there is no NIC of that name, nor one in a namespace or container of that name.",
                "List the NICs that there are with Get-ContainerNic.");
        }

        return source =>
        {
            // In a namespace with NICs on several networks, the one on the network of the source is meant.
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

    // With a prefix length, as NICs have theirs, or without.
    private static bool IsAddress(string text) => AddressValue.TryParse(text.Split('/')[0], out _);

    private static AddressValue Checked(AddressValue address)
    {
        IPAddress value = address.ToIPAddress();
        bool isGroup = value.IsIPv6Multicast || value.GetAddressBytes()[0] is >= 224 and <= 239 && address.Bits == 32;
        bool isNone = value.Equals(IPAddress.Any) || value.Equals(IPAddress.IPv6Any) || value.Equals(IPAddress.Broadcast);
        return isGroup || isNone || IPAddress.IsLoopback(value)
            ? throw new FormatException($"'{address}' is no address that another host can have.")
            : address;
    }
}
