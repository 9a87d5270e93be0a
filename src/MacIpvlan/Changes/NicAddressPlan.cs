using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Which addresses a NIC keeps, and which ones it requests.</summary>
/// <param name="Kept">The leases that it keeps.</param>
/// <param name="Demands">The addresses that it requests besides.</param>
internal sealed record NicAddressPlan(IReadOnlyList<LeaseRecord> Kept, IReadOnlyList<AddressDemand> Demands)
{
    /// <summary>The requested addresses.</summary>
    public IReadOnlyList<AddressValue> Requested => [.. Demands.Select(static d => d.Static).OfType<AddressValue>()];

    /// <summary>Plans the addresses of a NIC.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="settings">What is to change.</param>
    /// <param name="ofHost">The addresses that aren't allocated automatically.</param>
    /// <exception cref="NetworkException">InvalidAddress or InvalidParameter, with the reason.</exception>
    public static NicAddressPlan For(ContainerNic nic, NicSettings settings, IReadOnlyCollection<AddressValue> ofHost)
    {
        NetworkRecord network = nic.NetworkRecord;
        foreach (AddressValue address in (settings.Addresses ?? []).Concat(settings.AddedAddresses)) NicRequestCheck.CheckAddress(address, network);
        foreach (InterfaceAddress address in settings.AddressesWithLength.Where(a => !settings.RemovedAddresses.Contains(a.Value)))
        {
            NicRequestCheck.CheckLength(address, network, nic.Record.IsHost);
        }

        if (settings.AddedAddresses.FirstOrDefault(settings.RemovedAddresses.Contains) is AddressValue both)
        {
            throw new NetworkException(NetworkError.InvalidParameter, $"{both} can't be both added and removed.", "Specify it once.");
        }

        foreach (AddressFamily family in settings.AddedFamilies) CheckFamily(nic, family);
        foreach (AddressValue address in settings.RemovedAddresses) CheckRemoval(nic, address);
        List<LeaseRecord> kept = [.. nic.Record.Leases.Where(l => !settings.RemovedAddresses.Contains(l.Address.Value))];
        if (settings.Addresses is { Count: 0 } && kept.Exists(static l => IsLeased(l))) throw Leased(nic, kept.First(IsLeased).Address.Value);
        if (settings.Addresses is IReadOnlyList<AddressValue> wanted)
        {
            kept.RemoveAll(l => !IsLeased(l) && !wanted.Contains(l.Address.Value)
                && (wanted.Count == 0 || wanted.Any(w => w.Family == l.Address.Value.Family)));
        }

        AddressDemand[] demands =
        [
            .. (settings.Addresses ?? []).Concat(settings.AddedAddresses).Distinct()
                .Where(a => !kept.Exists(l => l.Address.Value == a)).Select(static a => new AddressDemand(a.Family, a)),
            .. settings.AddedFamilies.Select(f => new AddressDemand(f, null) { OfHost = ofHost }),
        ];
        if (kept.Count + demands.Length == 0 && nic.Record.Leases.Count > 0 && !settings.Force)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"{nic} would have no address left, and its container couldn't reach anything through it.",
                "Specify an address that it gets instead, or use -Force.");
        }

        return new(kept, demands);
    }

    private static bool IsLeased(LeaseRecord lease) => lease.Source is LeaseSource.Dhcp or LeaseSource.DhcpFallback;

    private static void CheckFamily(ContainerNic nic, AddressFamily family)
    {
        if (nic.NetworkRecord.Addresses.HasSubnet(family)) return;
        string name = family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
        throw new NetworkException(
            NetworkError.InvalidAddress,
            $"{nic} can't get another {name} address: '{nic.Network}' has no {name} subnet"
            + $"{(nic.NetworkRecord.Addresses.IsDhcp(family) ? ", because a DHCP server assigns its IPv4 addresses" : "")}.",
            "Use a network that has one, or specify another family.");
    }

    private static void CheckRemoval(ContainerNic nic, AddressValue address)
    {
        if (nic.Record.Leases.FirstOrDefault(l => l.Address.Value == address) is not LeaseRecord lease)
        {
            throw new NetworkException(
                NetworkError.InvalidAddress,
                $"{address.Typed} isn't an address of {nic}, which has {(nic.IPAddress.Count == 0 ? "none" : nic.IPAddress)}.",
                "What other programs added is theirs to remove: ip address delete.");
        }

        if (IsLeased(lease)) throw Leased(nic, address);
    }

    private static NetworkException Leased(ContainerNic nic, AddressValue address) => new(
        NetworkError.InvalidParameter,
        $"{address} of {nic} can't be removed: a DHCP server has assigned it.",
        $"Connect the NIC again with -NoIPAddress, or renew the lease: Update-ContainerNic {nic.Network}.");
}
