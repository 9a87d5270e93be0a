using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Compares recorded NICs with their links, addresses and routes in the kernel.</summary>
internal sealed class NicComparison(NetworkSession session)
{
    // A lease that somebody keeps is renewed sooner.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly NicLinks _links = new(session);

    /// <summary>The routes of NICs. Note them before a NIC is compared.</summary>
    public RouteComparison Routes { get; } = new(session);

    /// <summary>Compares a NIC with the link in its namespace. Runs on a thread in that namespace.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="parent">The link that it sits on; null if that is missing.</param>
    public IReadOnlyList<NicFinding> Compare(NamespaceHandle target, ContainerNic nic, Link? parent)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        return Compare(inside, target, nic, parent);
    }

    /// <summary>Does the same with a socket in that namespace.</summary>
    public IReadOnlyList<NicFinding> Compare(RouteSocket inside, NamespaceHandle target, ContainerNic nic, Link? parent)
    {
        NicRecord record = nic.Record;
        List<NicFinding> findings = [];
        AddFinding add = AddTo(findings, nic);
        if (_links.Find(inside, record, nic.NetworkRecord) is not Link link)
        {
            if (_links.FindOrphan(inside, record, nic.NetworkRecord) is not Link orphan) add(DifferenceKind.LinkMissing, record.InterfaceName, "none");
            else add(DifferenceKind.ParentChanged, nic.Parent, $"if{orphan.ParentIndex} in another namespace");
            return findings;
        }

        if (parent is not null && link.ParentIndex != parent.Index) add(DifferenceKind.ParentChanged, parent.Name, session.Host.FindLink(link.ParentIndex)?.Name ?? $"if{link.ParentIndex}");
        if (KindComparison.Compare(link, nic.NetworkRecord.NicKind) is KindFinding kind)
        {
            add(kind.Kind, $"{nic.NetworkRecord.NicKind}", $"{link.Kind}", kind.Fix is null ? null : By(kind.Fix));
        }

        if (nic.NetworkRecord.NicKind is MacvlanLink && !link.MacAddress.Equals(record.MacAddress))
        {
            add(
                DifferenceKind.MacAddressChanged, Link.Format(record.MacAddress), Link.Format(link.MacAddress),
                By(new LinkSet(link.Index, link.Name) { MacAddress = record.MacAddress }));
        }

        if (link.Mtu != record.Mtu)
        {
            add(DifferenceKind.MtuChanged, $"{record.Mtu}", $"{link.Mtu}", socket =>
            {
                socket.Execute(new LinkSet(link.Index, link.Name) { Mtu = record.Mtu });
                NicIPv6.FollowMtu(session, socket, nic.NetworkRecord, record, link, record.Mtu);
            });
        }

        foreach (BandwidthFinding limit in new NicBandwidth(nic.NetworkRecord, record).Compare(inside, link, target))
        {
            add(DifferenceKind.BandwidthChanged, limit.Expected, limit.Actual, limit.Fix);
        }

        // With a smaller MTU, the link has none of them.
        bool hasIPv6 = record.Mtu >= NicIPv6.MinMtu;
        foreach (NicSetting setting in hasIPv6 ? NicIPv6.Differing(nic.NetworkRecord, record, link) : [])
        {
            add(
                DifferenceKind.SysctlChanged, $"{setting}", $"{setting with { Value = link.IPv6![setting.Key] }}",
                socket => NicIPv6.Set(session, socket, link.Name, setting));
        }

        foreach (SysctlFinding sysctl in NicSysctls.Differing(nic.NetworkRecord, record, link))
        {
            add(DifferenceKind.SysctlChanged, $"{sysctl.Wanted}", sysctl.Actual, socket => NicSysctls.Set(session, socket, link, [sysctl.Wanted]));
        }

        // After the settings above: the kernel accepts no token for a link that accepts no router advertisements.
        foreach (IdentifierFinding identifier in hasIPv6 ? NicIdentifier.Of(nic.NetworkRecord, record)?.Compare(session, link, record.InterfaceName) ?? [] : [])
        {
            add(DifferenceKind.IdentifierChanged, identifier.Expected, identifier.Actual, identifier.Fix);
        }

        // After the settings, which the kernel knows by the link's name.
        if (link.Name != record.InterfaceName)
        {
            add(DifferenceKind.NameChanged, record.InterfaceName, link.Name, socket => Rename(socket, target, nic, link));
        }

        if (!link.IsUp && !record.IsDisabled) add(DifferenceKind.LinkDown, "up", "down", By(new LinkSet(link.Index, link.Name) { Up = true }));
        if (link.IsUp && record.IsDisabled) add(DifferenceKind.LinkUp, "down", "up", By(new LinkSet(link.Index, link.Name) { Down = true }));
        CompareLease(nic, add);
        // Only a new link gets other addresses.
        foreach (LeaseRecord lost in record.LostLeases) add(DifferenceKind.AddressReclaimed, $"{lost.Address}", "its segment has given it to another host");
        CompareAddresses(inside, link, nic, add);
        CompareRoutes(inside, link, nic, add);
        return findings;
    }

    /// <summary>Reads what others added to a NIC. Runs on a thread in its namespace.</summary>
    public ForeignSettings ReadForeign(NamespaceHandle target, ContainerNic nic)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        return _links.Find(inside, nic.Record, nic.NetworkRecord) is Link link ? ReadForeign(inside, link, nic) : ForeignSettings.None;
    }

    /// <summary>Does the same with a socket in that namespace. What a change has replaced is no one else's.</summary>
    public ForeignSettings ReadForeign(RouteSocket inside, Link link, ContainerNic nic)
    {
        ForeignSettings found = ForeignSettings.Read(inside, link, nic, Routes.Of(nic, link));
        return new(
            [.. found.Addresses.Where(a => nic.Record.Obsolete.Leases.All(o => o.Address != a.Address))],
            [.. found.Routes.Where(r => !Routes.IsObsolete(nic.Record.NamespaceKey, r))]);
    }

    /// <summary>The routes that a NIC lacks. Runs on a thread in its namespace.</summary>
    /// <returns>Null if its link isn't there.</returns>
    public IReadOnlyList<NicFinding>? FindMissingRoutes(NamespaceHandle target, ContainerNic nic)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        return FindMissingRoutes(inside, nic);
    }

    /// <summary>Does the same with a socket in that namespace.</summary>
    public IReadOnlyList<NicFinding>? FindMissingRoutes(RouteSocket inside, ContainerNic nic)
    {
        if (_links.Find(inside, nic.Record, nic.NetworkRecord) is not Link link) return null;
        List<NicFinding> findings = [];
        if (link.IsUp) CompareRoutes(inside, link, nic, AddTo(findings, nic));
        return [.. findings.Where(static f => !f.Difference.IsForeign)];
    }

    private static AddFinding AddTo(List<NicFinding> findings, ContainerNic nic) => (kind, expected, actual, fix, isForeign) => findings.Add(new(
        new(kind, nic.ToString(), nic.Network) { Expected = expected, Actual = actual, IsForeign = isForeign }) { Fix = fix });

    private void Rename(RouteSocket inside, NamespaceHandle target, ContainerNic nic, Link link)
    {
        string name = nic.Record.InterfaceName;
        NicLinkSetup.CheckName(inside, target, name, link.Index);
        try
        {
            inside.Execute(new LinkSet(link.Index, link.Name) { NewName = name });
        }
        catch (NetlinkException e) when (e.Errno == Errno.EBUSY)
        {
            // Before Linux 6.2, only a link that is down gets another name. Then its routes are gone, and its IPv6 addresses.
            ForeignSettings foreign = ForeignSettings.Read(inside, link, nic, Routes.Of(nic, link));
            inside.Execute(new LinkSet(link.Index, link.Name) { Down = true });
            try
            {
                inside.Execute(new LinkSet(link.Index, link.Name) { NewName = name });
            }
            finally
            {
                inside.Execute(new LinkSet(link.Index, name) { Up = true });
            }

            foreign.Write(inside, link with { Name = name });
        }
    }

    private static Action<RouteSocket> By(RouteRequest request) => inside => inside.Execute(request);

    private void CompareAddresses(RouteSocket inside, Link link, ContainerNic nic, AddFinding add)
    {
        // Then its addresses are the business of a DHCP client or of routers.
        if (nic.Addresses.Count == 0) return;
        LinkAddress[] actual = [.. inside.GetAddresses(link)];
        // A link that is down loses its IPv6 addresses.
        IEnumerable<InterfaceAddress> wanted = nic.Record.OnLink().Leases.Select(static l => l.Address)
            .Where(a => !nic.Record.IsDisabled || a.Value.Family == AddressFamily.InterNetwork);
        foreach (InterfaceAddress missing in wanted.Except(actual.Select(static a => a.Address)))
        {
            AddressAdd addition = NicDhcp.Add(link, nic.Record, missing);
            InterfaceAddress? former = nic.Record.Obsolete.Leases.Select(static l => l.Address).FirstOrDefault(a => a.Value == missing.Value);
            // A link has an IPv6 address once, whatever its prefix length; the ipvlan links of a parent have an IPv4 address once.
            bool isUnique = former is not null && (missing.Value.Family == AddressFamily.InterNetworkV6 || nic.NetworkRecord.NicKind is IpvlanLink);
            Action<RouteSocket> fix = isUnique ? socket => Replace(socket, link, nic, former!, addition) : By(addition);
            add(DifferenceKind.AddressMissing, $"{missing}", "none", fix);
        }

        // Addresses of other subnets are ignored; one of the network's own subnets could be allocated to another NIC.
        foreach (InterfaceAddress extra in actual.Where(a => a.IsGlobal && !IsWelcome(a, nic)).Select(static a => a.Address).Except(nic.Addresses)
            .Except(nic.Record.LostLeases.Concat(nic.Record.Obsolete.Leases).Select(static l => l.Address))
            .Where(a => nic.NetworkRecord.Subnets.Any(s => s.Prefix.Contains(a.Value))))
        {
            add(DifferenceKind.AddressWithoutLease, "none", $"{extra}", By(new AddressDelete(link, extra)), isForeign: true);
        }
    }

    // In one datagram, so that no packet is lost. With its last IPv4 address, a link loses all its routes.
    private void Replace(RouteSocket inside, Link link, ContainerNic nic, InterfaceAddress former, AddressAdd addition)
    {
        IReadOnlyList<Route> foreign = ReadForeign(inside, link, nic).Routes;
        inside.Execute([new AddressDelete(link, former), addition, .. Routes.Of(nic, link).Where(r => r.Destination.Family == former.Value.Family)]);
        new ForeignSettings([], foreign).Write(inside, link);
    }

    private void CompareLease(ContainerNic nic, AddFinding add)
    {
        if (!nic.UsesDhcp() || nic.Record.IsDisabled) return;
        Action<RouteSocket> renew = _ => new NicLeases(session).Renew(nic);
        if (nic.Lease is not NicLease lease) add(DifferenceKind.LeaseMissing, "a DHCP lease", "none", renew);
        else if (lease.State == DhcpClientState.Rebooting || nic.Record.Dhcp!.Binding!.RenewAt + s_patience < BootClock.Now)
        {
            add(DifferenceKind.LeaseNotRenewed, $"renewed at {lease.RenewTime:HH:mm:ss}", $"ends at {lease.ExpiryTime:HH:mm:ss}", renew);
        }
    }

    // Addresses from router advertisements expire; those that a program adds for good don't.
    private static bool IsWelcome(LinkAddress address, ContainerNic nic) =>
        address.Lifetime is not null && address.Address.Value.Family == AddressFamily.InterNetworkV6 && NicIPv6.Accepts(nic.NetworkRecord, nic.Record);

    private void CompareRoutes(RouteSocket inside, Link link, ContainerNic nic, AddFinding add)
    {
        if (nic.Record.IsDisabled) return;
        foreach ((RouteAdd missing, Route? other) in Routes.FindMissing(inside, nic, link))
        {
            string found = other is null ? "none" : $"{other.Text} dev {inside.FindLink(other.LinkIndex)?.Name ?? $"if{other.LinkIndex}"}";
            add(DifferenceKind.RouteMissing, missing.Text, found, By(missing), isForeign: other is not null);
        }
    }


    private delegate void AddFinding(DifferenceKind kind, string expected, string actual, Action<RouteSocket>? fix = null, bool isForeign = false);
}

/// <summary>A difference of a NIC, and what repairs it.</summary>
/// <param name="Difference">The difference.</param>
internal sealed record NicFinding(NetworkDifference Difference)
{
    /// <summary>
    /// Repairs it on a thread in the NIC's namespace, with a socket there; null if it can be repaired only with a new link.
    /// </summary>
    public Action<RouteSocket>? Fix { get; init; }
}
