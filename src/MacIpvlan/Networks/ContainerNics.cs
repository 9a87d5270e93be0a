using System.Net.NetworkInformation;
using System.Security.Cryptography;
using MacIpvlan.Addressing;
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
    private readonly NicLinks _links = new(session);
    private readonly HostRoutes _hostRoutes = new(session);
    private readonly ParentLinks _parentLinks = new(session);
    private readonly Dictionary<string, Link> _parents = [];

    /// <summary>All NICs of containers, or those of one network, in the order they were made.</summary>
    public IReadOnlyList<ContainerNic> GetAll(ContainerNetwork? network = null) =>
        [.. GetAllWithHost(network).Where(static n => !n.Record.IsHost)];

    /// <summary>Those, and the host's own.</summary>
    internal IReadOnlyList<ContainerNic> GetAllWithHost(ContainerNetwork? network = null)
    {
        Dictionary<string, NetworkRecord> networks = network is null
            ? session.State.GetNetworks().ToDictionary(static n => n.Id)
            : new() { [network.Id] = network.Record };
        Dictionary<string, bool> parents = networks.Values.Select(static n => n.Parent).Distinct()
            .ToDictionary(static p => p, p => session.Host.FindLink(p) is not null);
        // A network that was removed between the two reads had no NICs.
        return [.. session.State.GetNics(network?.Id).Where(n => networks.ContainsKey(n.NetworkId))
            .Select(n => new ContainerNic(n, networks[n.NetworkId], parents[networks[n.NetworkId].Parent]))];
    }

    /// <summary>Makes a NIC in a namespace, with addresses and routes, and sets it up.</summary>
    /// <exception cref="NetworkException">The request cannot be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public ContainerNic Connect(NicRequest request)
    {
        session.Recover();
        NetworkRecord network = request.Network.Record;
        NicDefinition.Check(request);
        Link parent = FindParent(network);
        ParentLinks.CheckMtu(network.NicKind, request.Mtu, parent.Name, parent.Mtu, session.Warn);
        if (request.MacAddress is not null) CheckMacAddressIsFree(request.MacAddress, parent);
        NicRecord wanted = In(request.Target, new NicRecord
        {
            Id = "",
            NetworkId = network.Id,
            State = NicState.Reserved,
            NamespaceName = request.Target.Name,
            NamespacePath = request.Target.Path,
            Namespace = request.Target.Identity,
            NamespaceBirth = default,
            IsHost = request.IsHost,
            ProcessId = request.ProcessId,
            ProcessStart = request.ProcessId is int id ? HostBoot.ProcessStart(id) : null,
            Container = request.Container,
            MacAddress = request.MacAddress ?? PhysicalAddress.None,
        });
        NicRecord attached = AttachWhereFree(request, wanted, parent);
        // In l3 modes there is no link layer to announce on.
        if (!NicRoutes.IsRouted(network)) Announcer.Repeat(request.Target, attached, request.AnnounceCount - 1);
        return new ContainerNic(attached, network);
    }

    /// <summary>Makes the interface of a NIC again, in a namespace that may be another: as it was, addresses and all.</summary>
    /// <returns>Null when it is, or was meanwhile, in the hands of another command.</returns>
    /// <exception cref="NetworkException">It cannot be, for that reason.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the NIC is left detached.</exception>
    internal ContainerNic? Reattach(ContainerNic nic, ContainerNetwork network, NamespaceHandle target)
    {
        Link parent = FindParent(network.Record);
        if (session.State.TakeNic(nic.Id, NicState.Restoring) is not NicRecord taken) return null;
        if (taken.InterfaceIndex != nic.InterfaceIndex || taken.NamespaceBirth != nic.Record.NamespaceBirth)
        {
            // Another command has restored it, or tried to, since it was looked at.
            session.State.UpdateNic(taken with { State = taken.InterfaceIndex == 0 ? NicState.Detached : NicState.Attached });
            return null;
        }

        int mtu = parent.Mtu < taken.Mtu && network.Record.NicKind is MacvlanLink ? parent.Mtu : taken.Mtu;
        NicRecord restoring = In(target, taken) with { InterfaceIndex = 0 };
        // The process that leads to a container's namespace is another each time, and its name can be changed.
        if (taken.Container is Container container)
        {
            restoring = restoring with
            {
                Container = container with { Name = target.Name },
                NamespaceName = target.Name,
                NamespacePath = target.Path,
            };
        }

        session.State.UpdateNic(restoring, from: NicState.Restoring);
        NicRequest request = new()
        {
            Network = network,
            Target = target,
            IsHost = taken.IsHost,
            InterfaceName = taken.InterfaceName,
            Mtu = mtu,
            // It has its addresses, and keeps them.
            ProbeAddress = false,
        };
        NicRecord attached = Attach(
            request, restoring, parent, undo: _ => session.State.UpdateNic(restoring with { State = NicState.Detached }));
        return new ContainerNic(attached, network.Record);
    }

    private NicRecord AttachWhereFree(NicRequest request, NicRecord wanted, Link parent)
    {
        IReadOnlyList<AddressDemand> demands = NicDefinition.Demands(request);
        for (int attempt = 1; ; attempt++)
        {
            string id = RandomNumberGenerator.GetHexString(IdHexDigits, lowercase: true);
            NicRecord reserved = Reserve(wanted with { Id = id }, request.Network.Record, demands);
            try
            {
                return Attach(
                    request, reserved, parent, undo: e => _links.Release(reserved, (e as NetworkException)?.Conflicts));
            }
            catch (NetworkException e) when (e.Error == NetworkError.AddressConflict && attempt < AddressConflict.MaxAttempts
                && !e.Conflicts.Any(c => demands.Any(d => d.Static == c.Address)))
            {
                session.Warn($"{e.Message} The next free address is tried.");
            }
        }
    }

    private NicRecord In(NamespaceHandle target, NicRecord nic) => nic with
    {
        Namespace = target.Identity,
        NamespaceBirth = new(HostBoot.Id, session.Namespaces.Run(target, NamespaceCookie.Read)),
    };

    private NicRecord Reserve(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands)
    {
        while (true)
        {
            try
            {
                return session.State.ReserveNic(nic, network, demands);
            }
            catch (NetworkException e) when (e.Error is NetworkError.AddressInUse or NetworkError.AddressesExhausted)
            {
                // NICs of namespaces that have ended hold addresses until someone needs them.
                AddressValue?[] wanted = [.. demands.Select(static d => d.Static)];
                if (!ReleaseDead(n => n.Parent == network.Parent && (e.Error == NetworkError.AddressesExhausted
                    || n.IPAddress.Any(a => wanted.Contains(a.Value))))) throw;
            }
        }
    }

    // Namespaces of an earlier run of the kernel may be made again, and containers that nobody tells of be started again,
    // and their NICs restored: those are kept the longest.
    private bool ReleaseDead(Func<ContainerNic, bool> isWanted)
    {
        ContainerNic[] dead = [.. GetAll().Where(n => n.Record.State is NicState.Attached or NicState.Detached && isWanted(n) && IsDead(n))];
        ContainerNic[] ended = [.. dead.Where(n => n.Record.Container is Container container
            ? StateOf(container) == ContainerState.Gone
            : n.Record.NamespaceBirth.BootId == HostBoot.Id)];
        foreach (ContainerNic nic in ended.Length > 0 ? ended : dead) _links.Release(nic.Record);
        return dead.Length > 0;
    }

    private bool IsDead(ContainerNic nic)
    {
        // After a reboot, its namespace may have been made again, and it is still to be restored.
        if (nic.Record.NamespaceBirth.BootId != HostBoot.Id && NetworkRestoration.IsNamed(nic.Record)
            && File.Exists(nic.Record.NamespacePath)) return false;
        using NamespaceHandle? alive = _links.OpenNamespace(nic.Record);
        return alive is null
            && (nic.Record.Container is not Container container || StateOf(container) is ContainerState.Gone or ContainerState.Unknown);
    }

    /// <summary>What has become of a container.</summary>
    internal ContainerState StateOf(Container container)
    {
        using ContainerSighting sighting = session.Containers.Look(container);
        return sighting.State;
    }

    private NicRecord Attach(NicRequest request, NicRecord taken, Link parent, Action<Exception> undo)
    {
        NicRecord? attached = null;
        try
        {
            Link link = _links.Make(request, taken, parent);
            attached = taken with
            {
                State = NicState.Attached,
                InterfaceName = link.Name,
                InterfaceIndex = link.Index,
                MacAddress = link.MacAddress,
                Mtu = link.Mtu,
            };
            HashSet<string> known = [];
            if (taken.IsHost) _hostRoutes.AddAll(link, taken.NetworkId, known);
            else _hostRoutes.Add(taken);
            if (!session.State.UpdateNic(attached, from: taken.State)) throw InOtherHands($"{request.Target.Name}/{link.Name}");
            // Those who connected a NIC before that did not know where to add its route.
            if (taken.IsHost) _hostRoutes.AddAll(link, taken.NetworkId, known);
            return attached;
        }
        catch (Exception e)
        {
            session.RollBack(() =>
            {
                // Also where the kernel's answer was lost, and with it whether there is a link.
                _links.Delete(request.Target, attached ?? taken, request.Network.Record);
                undo(e);
            });
            throw;
        }
    }

    private void CheckMacAddressIsFree(PhysicalAddress address, Link parent)
    {
        // The kernel would notice only when the link is set up, and not say whose it is.
        string? holder = address.Equals(parent.MacAddress)
            ? parent.Name
            : GetAllWithHost().FirstOrDefault(n => n.Parent == parent.Name && n.MacAddress.Equals(address))?.ToString();
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
        Link parent = _parentLinks.FindUsable(network.Parent) ?? throw new NetworkException(
            NetworkError.ParentNotFound,
            $"The parent {network.Parent} of network '{network.Name}' is not on this host.",
            $"If this module made it, Restore-ContainerNetwork {network.Name} makes it again; else bring it back.");
        _parents.Add(network.Parent, parent);
        return parent;
    }

    private static NetworkException InOtherHands(string nic) => new(
        NetworkError.NicNotFound,
        $"{nic} is being connected or disconnected by another command.",
        "Look what has become of it with Get-ContainerNic.");
}
