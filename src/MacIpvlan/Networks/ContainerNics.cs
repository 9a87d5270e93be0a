using System.Net.NetworkInformation;
using System.Security.Cryptography;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Connects, lists and disconnects NICs.</summary>
public sealed class ContainerNics(NetworkSession session)
{
    private const int IdHexDigits = 16;
    private static readonly TimeSpan s_clearingTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_clearingInterval = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<string, Link> _parents = [];

    /// <summary>All NICs, or those of one network, in the order they were made.</summary>
    public IReadOnlyList<ContainerNic> GetAll(ContainerNetwork? network = null)
    {
        Dictionary<string, NetworkRecord> networks = network is null
            ? session.State.GetNetworks().ToDictionary(static n => n.Id)
            : new() { [network.Id] = network.Record };
        // A network that was removed between the two reads had no NICs.
        return [.. session.State.GetNics(network?.Id).Where(n => networks.ContainsKey(n.NetworkId))
            .Select(n => new ContainerNic(n, networks[n.NetworkId]))];
    }

    /// <summary>Makes a NIC in a namespace, with addresses and routes, and sets it up.</summary>
    /// <exception cref="NetworkException">The request cannot be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public ContainerNic Connect(NicRequest request)
    {
        NetworkRecord network = request.Network.Record;
        NicDefinition.Check(request);
        Link parent = FindParent(network);
        ParentLinks.CheckMtu(network.NicKind, request.Mtu, parent.Name, parent.Mtu, session.Warn);
        if (request.MacAddress is not null) CheckMacAddressIsFree(request.MacAddress, parent);
        NicRecord reserved = session.State.ReserveNic(
            new NicRecord
            {
                Id = RandomNumberGenerator.GetHexString(IdHexDigits, lowercase: true),
                NetworkId = network.Id,
                State = NicState.Reserved,
                NamespaceName = request.Target.Name,
                NamespacePath = request.Target.Path,
                Namespace = request.Target.Identity,
                ProcessId = request.ProcessId,
            },
            network,
            NicDefinition.Demands(request));
        NicRecord attached = Attach(request, reserved, parent);
        // In l3 modes there is no link layer to announce on.
        if (network.NicKind is not IpvlanLink { Mode: not IpvlanMode.L2 })
        {
            Announcer.Repeat(request.Target, attached, request.AnnounceCount - 1);
        }

        return new ContainerNic(attached, network);
    }

    /// <summary>Takes a NIC away and frees its addresses; one whose interface or namespace is gone counts as taken away.</summary>
    /// <exception cref="NetlinkException">The kernel refused; the NIC is still known.</exception>
    public void Disconnect(ContainerNic nic)
    {
        NicRecord record = nic.Record;
        session.State.UpdateNic(record with { State = NicState.Detaching });
        using NamespaceHandle? target = NamespaceFinder.Find(record.NamespaceName, record.NamespacePath, record.Namespace);
        // The kernel gives a dead namespace's number to the next one, whose interfaces are not this NIC's.
        if (target is not null && !session.State.IsSuperseded(record)) DeleteLink(target, record, nic.NetworkRecord);
        session.State.ReleaseNic(record.Id);
    }

    private NicRecord Attach(NicRequest request, NicRecord reserved, Link parent)
    {
        NetworkRecord network = request.Network.Record;
        NicRecord attached = reserved;
        try
        {
            Link link = MakeLink(request, reserved, parent);
            attached = reserved with
            {
                State = NicState.Attached,
                InterfaceName = link.Name,
                InterfaceIndex = link.Index,
                MacAddress = link.MacAddress,
                Mtu = link.Mtu,
            };
            session.State.UpdateNic(attached);
            return attached;
        }
        catch (Exception e)
        {
            session.RollBack(() =>
            {
                if (attached.State == NicState.Attached) DeleteLink(request.Target, attached, network);
                session.State.ReleaseNic(reserved.Id);
            });
            // The kernel's bare errors for a parent that others hold: EBUSY for the other kind, EINVAL for Passthru.
            if (e is NetlinkException { Errno: Errno.EBUSY or Errno.EINVAL }) ThrowIfHeld(network, parent);
            throw;
        }
    }

    private Link MakeLink(NicRequest request, NicRecord reserved, Link parent)
    {
        DateTime giveUp = DateTime.UtcNow + s_clearingTime;
        while (true)
        {
            try
            {
                return session.Namespaces.Run(
                    request.Target, () => new NicAttachment(session, request, reserved, parent).Make());
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && DateTime.UtcNow < giveUp)
            {
                // A namespace that has just ended is cleared by and by: its NIC may still have these addresses.
                Thread.Sleep(s_clearingInterval);
            }
        }
    }

    private void DeleteLink(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Run(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        Link? link = inside.FindLink(nic.InterfaceIndex);
        bool isOurs = link?.KindName == network.NicKind.Name
            && (network.NicKind is not MacvlanLink || link.MacAddress.Equals(nic.MacAddress));
        if (isOurs) inside.Execute(new LinkDelete(link!.Index, link.Name));
        return 0;
    });

    private void CheckMacAddressIsFree(PhysicalAddress address, Link parent)
    {
        // The kernel would notice only when the link is set up, and not say whose it is.
        string? holder = address.Equals(parent.MacAddress)
            ? parent.Name
            : GetAll().FirstOrDefault(n => n.Parent == parent.Name && n.MacAddress.Equals(address))?.ToString();
        if (holder is not null)
        {
            throw new NetworkException(
                NetworkError.MacAddressInUse,
                $"The MAC address {Link.Format(address)} is that of {holder}.",
                "Use another one, or leave it away: then one is derived from network and address.");
        }
    }

    private Link FindParent(NetworkRecord network)
    {
        if (_parents.TryGetValue(network.Parent, out Link? known)) return known;
        Link parent = session.Host.FindLink(network.Parent) ?? throw new NetworkException(
            NetworkError.ParentNotFound,
            $"The parent {network.Parent} of network '{network.Name}' is not on this host.",
            "Bring it back, or remove the network and make it again.");
        _parents.Add(network.Parent, parent);
        return parent;
    }

    private void ThrowIfHeld(NetworkRecord network, Link parent)
    {
        bool passthru = network.NicKind is MacvlanLink { Mode: MacvlanMode.Passthru };
        SiblingLink[] holders = [.. new SiblingLinks(session).Find(parent).Where(s =>
            s.Link.KindName != network.NicKind.Name || passthru || s.Link.Kind is MacvlanLink { Mode: MacvlanMode.Passthru })];
        if (holders.Length == 0) return;
        string rule = holders[0].Link.KindName == network.NicKind.Name
            ? "a macvlan link of mode Passthru takes its parent for itself alone"
            : "macvlan and ipvlan links cannot share a parent";
        throw new NetworkException(
            NetworkError.ParentInUse,
            $"{parent.Name} carries {ContainerNetworks.Count(holders.Length, holders[0].Link.KindName + " link")} "
            + $"({ContainerNetworks.NameSome(holders)}), and {rule}.",
            "Disconnect those first, or put one of the networks on another parent, such as a VLAN.");
    }
}
