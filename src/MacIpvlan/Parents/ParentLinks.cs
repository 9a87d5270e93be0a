using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Creates, restores and removes the links that this module creates as parents of networks. Called under the topology
/// lock.
/// </summary>
internal sealed class ParentLinks(NetworkSession session)
{
    /// <summary>The MTU of a dummy link for which none was requested (ether_setup of net/ethernet/eth.c), in bytes.</summary>
    public const int UsualMtu = 1500;

    /// <summary>The state of networks whose parent has this name.</summary>
    public NetworkState GetState(string name) => session.Host.FindLink(name) switch
    {
        null => NetworkState.ParentMissing,
        { IsUp: true } => NetworkState.Ready,
        _ => NetworkState.ParentDown,
    };

    /// <summary>A network as it is on record, with what is in use, and with the state of its parent.</summary>
    public ContainerNetwork Describe(NetworkRecord network) =>
        ContainerNetwork.From(network, session.State.GetUsage(network.Id)[network.Id], GetState(network.Parent));

    /// <summary>Checks that sub-interfaces with settings other than the requested ones can be recreated.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="networkId">The network whose NICs are removed first; null for none.</param>
    /// <exception cref="NetworkException">SubInterfaceInUse, with the reason.</exception>
    public void CheckReplaceable(ParentPlan plan, string? networkId)
    {
        if (plan.Lower is not null) CheckReplaceable(plan.Lower, networkId);
        if (!plan.IsReplaced) return;
        string? reason = Find(plan.Name) is null ? "this module didn't create it"
            : FindUser(plan.Existing!, networkId) is string user ? $"{user} sits on it"
            : null;
        if (reason is null) return;
        throw new NetworkException(
            NetworkError.SubInterfaceInUse,
            $"{plan.Name} differs ({string.Join("; ", plan.OwnDifferences)}), but can't be recreated: {reason}.",
            "Remove what sits on it first, and then the sub-interface: Remove-VlanSubInterface.");
    }

    private string? FindUser(Link vlan, string? networkId)
    {
        Link? upper = session.Host.GetLinks().FirstOrDefault(
            l => l.ParentIndex == vlan.Index && !l.ParentIsForeign && l.Kind is not (MacvlanLink or IpvlanLink));
        if (upper is not null) return upper.Name;
        HashSet<LinkPlace> own = networkId is null ? []
            : [.. session.State.GetNics(networkId).Select(static n => new LinkPlace(n.Namespace, n.InterfaceIndex))];
        return new SiblingLinks(session).Find(vlan).FirstOrDefault(s => !own.Contains(new(s.Namespace, s.Link.Index)))?.ToString();
    }

    /// <summary>
/// Creates the links of the plan that are missing, recreates those with other settings, sets them up, and passes the
/// parent on.
/// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="use">Called with the parent. If it fails, everything is rolled back.</param>
    /// <exception cref="NetlinkException">The kernel refused a step; all changes are rolled back.</exception>
    public void Ensure(ParentPlan plan, Action<Link> use)
    {
        if (plan.Existing is not null && !plan.IsReplaced) use(plan.Existing);
        else if (plan.Lower is null) Make(plan, null, use);
        else Ensure(plan.Lower, lower => Make(plan, lower, use));
    }

    private void Make(ParentPlan plan, Link? lower, Action<Link> use)
    {
        ParentLinkRecord? before = plan.IsReplaced ? Find(plan.Name) : null;
        if (plan.IsReplaced) session.Host.Execute(new LinkDelete(plan.Existing!.Index, plan.Name));
        // Recorded first, because a link without a record would have no owner. Until it is finished, it is removed if
        // nothing uses it.
        ParentLinkRecord record = new()
        {
            Name = plan.Name,
            Kind = plan.Kind!,
            Parent = lower?.Name,
            Mtu = plan.Mtu,
            RemovedWithLastNetwork = true,
        };
        try
        {
            session.State.SetParentLink(record);
            Link made = Make(record, lower);
            if (!plan.RemovedWithLastNetwork) session.State.SetParentLink(record with { RemovedWithLastNetwork = false });
            use(made);
        }
        catch
        {
            session.RollBack(() => GoBack(record, before));
            throw;
        }
    }

    private void GoBack(ParentLinkRecord record, ParentLinkRecord? before)
    {
        if (before is null)
        {
            if (Find(record.Name) is { RemovedWithLastNetwork: false }) session.State.SetParentLink(record);
            RemoveUnused(record.Name, isAbandoned: true);
            return;
        }

        // By now, another link can have the name.
        if (session.Host.FindLink(record.Name) is Link made && LinkMark.IsParent(made)) session.Host.Execute(new LinkDelete(made.Index, made.Name));
        session.State.SetParentLink(before);
        Restore(before);
    }

    /// <summary>The link that NICs of networks on a parent sit on.</summary>
    /// <returns>Null if it is missing, or if another link has the name of one that this module created.</returns>
    public Link? FindUsable(string name) =>
        session.Host.FindLink(name) is Link link && (Find(name) is not ParentLinkRecord record || IsStill(link, record)) ? link : null;

    /// <summary>The link of a record, under whatever name it has now; null if it is missing.</summary>
    // A VLAN that was made again under another name has a record of its own.
    public Link? FindLink(ParentLinkRecord record) =>
        session.Host.FindLink(record.Name) is Link named && IsStill(named, record) ? named
        : FindRenamed(record) is Link renamed && Find(renamed.Name) is null ? renamed
        : null;

    /// <summary>The links that this module created, under whatever names they have.</summary>
    /// <returns>The recorded names, by the indexes of the links.</returns>
    public Dictionary<int, string> FindAll(HostLinks links)
    {
        Dictionary<string, int> present = links.All
            .SelectMany(static l => l.AlternativeNames.Prepend(l.Name), static (link, name) => (Name: name, link.Index))
            .ToDictionary(static l => l.Name, static l => l.Index);
        Dictionary<int, string> found = [];
        foreach (ParentLinkRecord record in session.State.GetParentLinks())
        {
            if (present.TryGetValue(record.Name, out int index)) found[index] = record.Name;
            else if (FindRenamed(record) is Link link && LinkMark.IsParent(link)) found.TryAdd(link.Index, record.Name);
        }

        return found;
    }

    /// <summary>The VLAN of a record on its parent, if no link, or another one, has its name; null if there is none.</summary>
    public Link? FindRenamed(ParentLinkRecord record)
    {
        if (record is not { Kind: VlanLink tag, Parent: string parent }) return null;
        Link? lower = Find(parent) is ParentLinkRecord below ? FindLink(below) : session.Host.FindLink(parent);
        Link? vlan = lower is null ? null : new HostLinks(session.Host.GetLinks()).FindVlan(lower, tag);
        return vlan is null || vlan.IsNamed(record.Name) ? null : vlan;
    }

    /// <summary>Whether a link that this module created, and the link that it sits on, are as recorded.</summary>
    public bool IsInPlace(ParentLinkRecord record) =>
        session.Host.FindLink(record.Name) is Link link && IsStill(link, record) && !LinkMark.IsUnfinishedParent(link)
        && (record.Parent is null || FindLower(record, link) is Link lower && (link.IsUp || !CanRise(record, lower)))
        && (record.Parent is not null || link.IsUp);

    /// <summary>The link that a sub-interface sits on, or is to sit on if it doesn't exist.</summary>
    // The kernel knows which link it is, even if that has another name by now.
    public Link? FindLower(ParentLinkRecord record, Link? link) =>
        (link is { Kind: VlanLink, ParentIsForeign: false } && IsStill(link, record) ? session.Host.FindLink(link.ParentIndex) : null)
        ?? (record.Parent is null ? null : session.Host.FindLink(record.Parent));

    /// <summary>
    /// Recreates a link that this module created if it is missing, and sets it up if it is down. Does the same with the
    /// link that it sits on.
    /// </summary>
    /// <returns>Whether anything was changed.</returns>
    /// <exception cref="NetworkException">ParentNotFound, or InterfaceExists: another link has its name.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public bool Restore(ParentLinkRecord record)
    {
        bool any = record.Parent is not null && Find(record.Parent) is ParentLinkRecord below && Restore(below);
        Link? link = session.Host.FindLink(record.Name);
        Link? lower = record.Parent is null ? null : FindLower(record, link) ?? throw ParentPlanner.NotFound(record.Parent, "");
        if (link is null)
        {
            if (FindRenamed(record) is Link renamed)
            {
                throw new NetworkException(
                    NetworkError.ParentNotFound,
                    $"The {record.Kind} on {lower?.Name} has the name {renamed.Name} now.",
                    "Repair-ContainerNetwork records the new name.");
            }

            Make(record, lower);
            return true;
        }

        if (!IsStill(link, record))
        {
            throw new NetworkException(
                NetworkError.InterfaceExists,
                $"The host has an interface named {record.Name}, but it isn't the {record.Kind} that this module made.",
                $"Rename or delete it: ip link delete dev {record.Name}.");
        }

        // A command that died may have created it without finishing it.
        bool isUnfinished = LinkMark.IsUnfinishedParent(link);
        bool rises = !link.IsUp && CanRise(record, lower);
        if (!isUnfinished && !rises && HasMtu(link, record)) return any;
        if (isUnfinished) KeepHostOff(link);
        LinkSet finished = Finished(link) with { Up = rises };
        session.Host.Execute(HasMtu(link, record) ? finished : finished with { Mtu = record.Mtu });
        return true;
    }

    /// <summary>Whether a dummy link, which is a network's own, has the network's MTU. That of a VLAN can be an administrator's.</summary>
    public bool HasMtu(ParentLinkRecord record) => session.Host.FindLink(record.Name) is not Link link || HasMtu(link, record);

    private static bool HasMtu(Link link, ParentLinkRecord record) => record.Kind is not DummyLink || record.Mtu is null || link.Mtu == record.Mtu;

    // Otherwise, the kernel answers ENETDOWN (vlan_dev_open of net/8021q/vlan_dev.c).
    private static bool CanRise(ParentLinkRecord record, Link? lower) =>
        lower is not { IsUp: false } || record.Kind is VlanLink { LooseBinding: true };

    private Link Make(ParentLinkRecord record, Link? lower)
    {
        Link? made = null;
        try
        {
            made = session.Host.Create(
                new(record.Name, record.Kind) { Parent = lower, Mtu = record.Mtu, Group = LinkMark.ParentGroup }, session.Host);
            KeepHostOff(made);
            if (!CanRise(record, lower))
            {
                session.Warn($"{record.Name} stays down: its parent {lower!.Name} is down.");
                session.Host.Execute(Finished(made));
                return made;
            }

            session.Host.Execute(Finished(made) with { Up = true });
            return made with { IsUp = true };
        }
        catch
        {
            if (made is not null) session.RollBack(() => session.Host.Execute(new LinkDelete(made.Index, made.Name)));
            throw;
        }
    }

    private static LinkSet Finished(Link link) =>
        new(link.Index, link.Name) { Alias = LinkMark.ParentAlias, Group = 0 };

    /// <summary>
    /// Removes a parent that was created for networks if nothing uses it anymore. Does the same with the link that it
    /// sat on.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="isAbandoned">
    /// Whether a command died while it worked on the link. If so, another link can have the name by now.
    /// </param>
    public void RemoveUnused(string name, bool isAbandoned = false)
    {
        ParentLinkRecord? record = Find(name);
        bool used = record is null || !record.RemovedWithLastNetwork
            || session.State.GetNetworks().Any(n => n.Parent == name)
            || session.State.GetParentLinks().Any(p => p.Parent == name);
        if (!used) Remove(record!, isAbandoned);
    }

    /// <summary>The record of a link; null if this module didn't create it.</summary>
    public ParentLinkRecord? Find(string name) => session.State.GetParentLinks().FirstOrDefault(p => p.Name == name);

    /// <summary>
    /// Removes a link that this module created. Also removes the link that it sat on if that was created for it and has
    /// no other use.
    /// </summary>
    public void Remove(ParentLinkRecord record, bool isAbandoned = false)
    {
        Link? link = FindLink(record);
        // By now, another link can have the name, or the VLAN on the parent can be another program's.
        if (link is not null && (LinkMark.IsParent(link) || (!isAbandoned && link.IsNamed(record.Name))))
        {
            Link? upper = session.Host.GetLinks().FirstOrDefault(l => l.ParentIndex == link.Index && !l.ParentIsForeign);
            if (upper is not null)
            {
                session.Warn($"{link.Name} is kept: {upper.Name} sits on it.");
                session.State.SetParentLink(record with { RemovedWithLastNetwork = false });
                return;
            }

            // If this command dies on the way, the next one continues the removal.
            if (!record.RemovedWithLastNetwork) session.State.SetParentLink(record with { RemovedWithLastNetwork = true });
            session.Host.Execute(new LinkDelete(link.Index, link.Name));
        }

        session.State.RemoveParentLink(record.Name);
        if (record.Parent is not null) RemoveUnused(record.Parent, isAbandoned);
    }

    // The networks' subnets are not the host's: it must not configure itself from router advertisements there.
    private void KeepHostOff(Link link)
    {
        if (!Sysctl.Has("ipv6", link.Name)) return;
        session.Host.Execute(new LinkSet(link.Index, link.Name) { AddressGeneration = AddressGeneration.None });
        session.Trace?.Invoke(Sysctl.Command("ipv6", link.Name, "accept_ra", "0"));
        Sysctl.TrySet("ipv6", link.Name, "accept_ra", "0");
    }

    private static bool IsStill(Link link, ParentLinkRecord record) => (link.Kind, record.Kind) switch
    {
        (VlanLink actual, VlanLink made) => actual.IsSameTag(made),
        (DummyLink, DummyLink) => true,
        _ => false,
    };
}
