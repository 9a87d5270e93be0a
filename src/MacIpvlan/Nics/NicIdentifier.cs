using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// How a NIC makes the interface identifiers of addresses that it configures from router advertisements. Runs on a thread
/// in the NIC's namespace.
/// </summary>
internal sealed class NicIdentifier
{
    private const string SecretSetting = "stable_secret";
    private readonly AddressValue? _token;
    private readonly bool _isStable;
    private readonly string _networkId;
    private readonly string _place;

    private NicIdentifier(InterfaceIdentifier own, InterfaceIdentifier ofNetwork, NetworkRecord network, NicRecord nic)
    {
        _token = own.Token;
        // Even with a token, the link-local address is made by the network's choice.
        _isStable = (_token is null ? own : ofNetwork) == InterfaceIdentifier.StablePrivacy;
        _networkId = network.Id;
        _place = nic.Container is not null ? $"{nic.Container.Runtime} {nic.Container.Name}"
            : nic.IsNamed ? $"namespace {nic.NamespaceName}"
            // The number of a process is reused by another one.
            : $"NIC {nic.Id}";
    }

    /// <summary>The identifier of a NIC; null if it accepts no router advertisements by the network's choice.</summary>
    public static NicIdentifier? Of(NetworkRecord network, NicRecord nic) => TextOf(network, nic) is InterfaceIdentifier own
        ? new(own, network.InterfaceIdentifier!, network, nic)
        : null;

    /// <summary>The same as it is specified.</summary>
    public static InterfaceIdentifier? TextOf(NetworkRecord network, NicRecord nic) =>
        network.InterfaceIdentifier is not null && NicIPv6.Accepts(network, nic) ? nic.InterfaceIdentifier ?? network.InterfaceIdentifier : null;

    /// <summary>Tells the kernel, before the link is up and makes its first address.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetUp(NetworkSession session, RouteSocket inside, Link link)
    {
        if (_isStable) SetSecret(session, inside, link, link.Name);
        else if (link.IPv6?.Generation != AddressGeneration.Eui64) inside.Execute(Generating(link));
        if (_token is not null) inside.Execute(Fixing(link));
    }

    /// <summary>What the link has instead, and what repairs it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="link">The link.</param>
    /// <param name="interfaceName">The name that the link is to have.</param>
    public IEnumerable<IdentifierFinding> Compare(NetworkSession session, Link link, string interfaceName)
    {
        if (link.IPv6 is not IPv6Settings actual) yield break;
        AddressGeneration wanted = _isStable ? AddressGeneration.StablePrivacy : AddressGeneration.Eui64;
        if (actual.Generation is AddressGeneration mode && mode != wanted)
        {
            yield return new($"addrgenmode {wanted.Word()}", $"addrgenmode {mode.Word()}",
                inside => { if (_isStable) SetSecret(session, inside, link, interfaceName); else inside.Execute(Generating(link)); });
        }
        else if (_isStable && !StableSecret.IsIn(Sysctl.Read("ipv6", link.Name, SecretSetting), SecretOf(interfaceName)))
        {
            // The values are nobody's business.
            yield return new($"{SecretSetting} of the NIC", $"another {SecretSetting}", inside => SetSecret(session, inside, link, interfaceName));
        }

        if (actual.Token != _token) yield return new(Describe(_token), Describe(actual.Token), inside => inside.Execute(Fixing(link)));
    }

    private string SecretOf(string interfaceName) => StableSecret.Derive(_networkId, _place, interfaceName);

    // The kernel then makes stable identifiers: no other request is needed.
    private void SetSecret(NetworkSession session, RouteSocket inside, Link link, string interfaceName) =>
        NicIPv6.Set(session, inside, link.Name, SecretSetting, SecretOf(interfaceName));

    private static LinkSet Generating(Link link) => new(link.Index, link.Name) { AddressGeneration = AddressGeneration.Eui64 };

    private TokenSet Fixing(Link link) => new(link.Index, link.Name, _token);

    private static string Describe(AddressValue? token) => $"token {(token is null ? "none" : token)}";
}

/// <summary>A difference of a NIC's interface identifier.</summary>
/// <param name="Expected">What is recorded.</param>
/// <param name="Actual">What the link has.</param>
/// <param name="Fix">Repairs it on a thread in the NIC's namespace, with a socket there.</param>
internal sealed record IdentifierFinding(string Expected, string Actual, Action<RouteSocket> Fix);
