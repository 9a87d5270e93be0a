using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Checks that what a NIC needs exists and is free: the parent, addresses, a MAC address.</summary>
internal sealed class NicRequirements(NetworkSession session)
{
    private readonly ContainerNics _nics = new(session);
    private readonly DeadNics _dead = new(session);
    private readonly ParentLinks _parentLinks = new(session);
    private readonly RenamedParents _renamed = new(session);
    private readonly HostAddresses _hostAddresses = new(session);
    private readonly Dictionary<string, Link> _parents = [];
    private readonly HashSet<string> _tokens = [];
    private AddressValue[]? _taken;

    /// <summary>
    /// Addresses that aren't allocated automatically, as they were when they were first needed: the host's own, and those that DHCP
    /// servers have assigned, which are no addresses of another network, either.
    /// </summary>
    public IReadOnlyCollection<AddressValue> Taken => _taken ??=
    [
        .. _hostAddresses.All,
        .. session.State.GetDhcpNics().SelectMany(static n => n.Leases).Where(static l => l.Source == LeaseSource.Dhcp)
            .Select(static l => l.Address.Value),
    ];

    /// <summary>Finds the parent of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isChecked">Whether the network's NICs have to be on it: a repair moves them to the link that has the name.</param>
    /// <exception cref="NetworkException">ParentNotFound or ParentInUse.</exception>
    public Link FindParent(NetworkRecord network, bool isChecked = false)
    {
        if (_parents.TryGetValue(network.Id, out Link? known)) return known;
        Link parent = _parentLinks.FindUsable(network.Parent) ?? throw (_renamed.Find(network.Parent) is Link renamed
            ? new NetworkException(
                NetworkError.ParentNotFound,
                $"The parent {network.Parent} of network '{network.Name}' has the name {renamed.Name} now.",
                $"Record the new name: Repair-ContainerNetwork {network.Name}.")
            : new NetworkException(
                NetworkError.ParentNotFound,
                $"The parent {network.Parent} of network '{network.Name}' doesn't exist on this host.",
                $"If this module created it, run Restore-ContainerNetwork {network.Name}. Otherwise, bring it back."));
        if (!isChecked) return parent;
        if (_renamed.FindOther(network, parent) is Link other)
        {
            throw new NetworkException(
                NetworkError.ParentInUse,
                $"NICs of network '{network.Name}' sit on {other.Name}, and {network.Parent} is another link now.",
                $"Rename the links, or move the NICs to {network.Parent}: Repair-ContainerNetwork {network.Name}.");
        }

        _parents.Add(network.Id, parent);
        return parent;
    }

    /// <summary>Checks that neither the host nor a NIC with a DHCP lease has requested addresses.</summary>
    /// <exception cref="NetworkException">AddressInUse, with who has one.</exception>
    public void CheckAddresses(IReadOnlyList<AddressValue> addresses, int parentIndex)
    {
        if (addresses.Count == 0) return;
        _hostAddresses.Check(addresses);
        foreach (NicRecord nic in session.State.GetDhcpNics().Where(n => n.ParentIndex == parentIndex))
        {
            if (nic.Leases.FirstOrDefault(l => l.Source == LeaseSource.Dhcp && addresses.Contains(l.Address.Value)) is not LeaseRecord lease) continue;
            throw new NetworkException(
                NetworkError.AddressInUse,
                $"The address {lease.Address.Value} is taken: a DHCP server has assigned it to {nic.NamespaceName}/{nic.InterfaceName}.",
                "Specify another address, or reserve this one on the DHCP server.");
        }
    }

    /// <summary>Warns if addresses are gateways, which are withheld only from automatic allocation: a container can be the router of others.</summary>
    public void WarnOfGateways(IEnumerable<AddressValue> addresses, string parent, string target)
    {
        foreach (AddressValue address in addresses)
        {
            IReadOnlyList<string> networks = session.State.GetRoutedNetworks(parent, address);
            if (networks.Count == 0) continue;
            session.Warn($"The address {address} is the gateway of {(networks.Count == 1 ? "network" : "networks")} "
                + $"{Phrase.NameSome([.. networks.Select(static n => $"'{n}'")])}: {target} becomes the router of the NICs there.");
        }
    }

    /// <summary>Checks that no other link of a parent has a MAC address.</summary>
    /// <param name="address">The MAC address.</param>
    /// <param name="parent">The parent.</param>
    /// <param name="own">The id of the NIC that may have it; null if there is none.</param>
    /// <exception cref="NetworkException">MacAddressInUse, with who has it.</exception>
    public void CheckMacAddressIsFree(PhysicalAddress address, Link parent, string? own = null)
    {
        // The kernel notices a duplicate only when the link comes up, and doesn't name its holder.
        string? holder = address.Equals(parent.MacAddress) ? parent.Name
            : FindHolder(n => n.Parent == parent.Name && n.Id != own && n.Record.MacAddress.Equals(address));
        if (holder is not null)
        {
            throw new NetworkException(
                NetworkError.MacAddressInUse,
                $"The MAC address {Link.Format(address)} is in use by {holder}.",
                "Specify another MAC address, or omit it to derive one from the network and the address.");
        }
    }

    /// <summary>Checks that no other NIC has an interface identifier: the kernel would notice only when a router sends a prefix.</summary>
    /// <exception cref="NetworkException">AddressInUse, with who has it.</exception>
    public void CheckTokenIsFree(AddressValue token, NetworkRecord network)
    {
        string? holder = FindHolder(n => n.Parent == network.Parent && n.Record.InterfaceIdentifier?.Token == token);
        if (holder is null && _tokens.Add($"{token} {network.Parent}")) return;
        throw new NetworkException(
            NetworkError.AddressInUse,
            $"The interface identifier {token} is in use by {holder ?? "another NIC of this command"}, so both would get the same addresses.",
            "Specify another one for each NIC, or omit it.");
    }

    /// <summary>Allocates addresses. NICs of deleted namespaces keep theirs until someone needs them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="demands">The addresses.</param>
    /// <param name="allocate">Allocates them.</param>
    /// <exception cref="NetworkException">AddressInUse or AddressesExhausted, with who keeps what is needed.</exception>
    public T Allocate<T>(NetworkRecord network, IReadOnlyList<AddressDemand> demands, Func<T> allocate)
    {
        while (true)
        {
            try
            {
                return allocate();
            }
            catch (NetworkException e) when (e.Error is NetworkError.AddressInUse or NetworkError.AddressesExhausted)
            {
                AddressValue[] wanted = [.. demands.Select(static d => d.Static).OfType<AddressValue>()];
                if (!_dead.Release(
                    n => n.Parent == network.Parent && (e.Error == NetworkError.AddressesExhausted
                        || n.Addresses.Any(a => wanted.Contains(a.Value))),
                    out IReadOnlyList<ContainerNic> holders)) throw DeadNics.Explain(e, holders);
            }
        }
    }

    private string? FindHolder(Func<ContainerNic, bool> hasIt)
    {
        while (_nics.GetAllWithHost().Any(hasIt))
        {
            if (!_dead.Release(hasIt, out IReadOnlyList<ContainerNic> holders) && holders.Count > 0) return DeadNics.Describe(holders[0]);
        }

        return null;
    }
}
