using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Makes, restores and removes the links that networks sit on and that this module made. Called under the topology lock.</summary>
internal sealed class ParentLinks(NetworkSession session)
{
    /// <summary>What networks on a link of that name are worth.</summary>
    public NetworkState GetState(string name) => session.Host.FindLink(name) switch
    {
        null => NetworkState.ParentMissing,
        { IsUp: true } => NetworkState.Ready,
        _ => NetworkState.ParentDown,
    };

    /// <summary>Checks that sub-interfaces which are otherwise than asked can be made again.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="networkId">The network whose NICs go before; null for none.</param>
    /// <exception cref="NetworkException">SubInterfaceInUse, with the reason.</exception>
    public void CheckReplaceable(ParentPlan plan, string? networkId)
    {
        if (plan.Lower is not null) CheckReplaceable(plan.Lower, networkId);
        if (!plan.IsReplaced) return;
        string? reason = Find(plan.Name) is null ? "this module did not make it"
            : FindUser(plan.Existing!, networkId) is string user ? $"{user} sits on it"
            : null;
        if (reason is null) return;
        throw new NetworkException(
            NetworkError.SubInterfaceInUse,
            $"{plan.Name} is not made again, though it differs ({string.Join("; ", plan.OwnDifferences)}): {reason}.",
            "Remove first what sits on it, and then itself: Remove-VlanSubInterface.");
    }

    private string? FindUser(Link vlan, string? networkId)
    {
        Link? upper = session.Host.GetLinks().FirstOrDefault(
            l => l.ParentIndex == vlan.Index && !l.ParentIsForeign && l.Kind is not (MacvlanLink or IpvlanLink));
        if (upper is not null) return upper.Name;
        HashSet<(NamespaceIdentity, int)> own = networkId is null ? []
            : [.. session.State.GetNics(networkId).Select(static n => (n.Namespace, n.InterfaceIndex))];
        return new SiblingLinks(session).Find(vlan).FirstOrDefault(s => !own.Contains((s.Namespace, s.Link.Index)))?.ToString();
    }

    /// <summary>Makes what the plan lacks, and what is otherwise than asked again, sets it up, and has it used.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="use">Given the parent; should it fail, all is as it was.</param>
    /// <exception cref="NetlinkException">The kernel refused; what was made is gone again.</exception>
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
        // Recorded first: a link without a record would be nobody's. Until it is there for good, it goes if nothing uses it.
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

        // By now the name may be that of another link.
        if (session.Host.FindLink(record.Name) is Link made && LinkMark.IsParent(made)) session.Host.Execute(new LinkDelete(made.Index, made.Name));
        session.State.SetParentLink(before);
        Restore(before);
    }

    /// <summary>The link that NICs of networks on a parent sit on.</summary>
    /// <returns>Null if it is gone, or another link has the name of one that this module made.</returns>
    public Link? FindUsable(string name) =>
        session.Host.FindLink(name) is Link link && (Find(name) is not ParentLinkRecord record || IsStill(link, record)) ? link : null;

    /// <summary>Whether a link of ours is as it was made, with what it sits on.</summary>
    public bool IsInPlace(ParentLinkRecord record) =>
        session.Host.FindLink(record.Name) is Link link && IsStill(link, record) && !LinkMark.IsUnfinishedParent(link)
        && (record.Parent is null || session.Host.FindLink(record.Parent) is Link lower && (link.IsUp || !CanRise(record, lower)))
        && (record.Parent is not null || link.IsUp);

    /// <summary>Makes a link of ours again if it is gone, and sets it up if it is not, and what it sits on likewise.</summary>
    /// <returns>Whether anything had to be done.</returns>
    /// <exception cref="NetworkException">ParentNotFound, or InterfaceExists: something else has its name.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public bool Restore(ParentLinkRecord record)
    {
        bool any = record.Parent is not null && Find(record.Parent) is ParentLinkRecord below && Restore(below);
        Link? lower = record.Parent is null ? null : session.Host.FindLink(record.Parent) ?? throw ParentPlanner.NotFound(record.Parent, "");
        Link? link = session.Host.FindLink(record.Name);
        if (link is null)
        {
            Make(record, lower);
            return true;
        }

        if (!IsStill(link, record))
        {
            throw new NetworkException(
                NetworkError.InterfaceExists,
                $"The host has an interface named {record.Name}, which is not the {record.Kind} that was made under that name.",
                $"Rename or delete it: ip link delete dev {record.Name}.");
        }

        // A command that died may have made it, and no more than that.
        bool isUnfinished = LinkMark.IsUnfinishedParent(link);
        bool rises = !link.IsUp && CanRise(record, lower);
        if (!isUnfinished && !rises) return any;
        if (isUnfinished) KeepHostOff(link);
        session.Host.Execute(rises ? Finished(link) with { Up = true } : Finished(link));
        return true;
    }

    // The kernel answers ENETDOWN where it cannot (vlan_dev_open of net/8021q/vlan_dev.c).
    private static bool CanRise(ParentLinkRecord record, Link? lower) =>
        lower is not { IsUp: false } || record.Kind is VlanLink { LooseBinding: true };

    private Link Make(ParentLinkRecord record, Link? lower)
    {
        Link? made = null;
        try
        {
            session.Host.Execute(
                new LinkAdd(record.Name, record.Kind) { Parent = lower, Mtu = record.Mtu, Group = LinkMark.ParentGroup });
            made = session.Host.FindLink(record.Name)!;
            KeepHostOff(made);
            if (!CanRise(record, lower))
            {
                session.Warn($"{record.Name} is left down: its parent {lower!.Name} is down.");
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

    /// <summary>Removes a parent that was made for networks when nothing uses it any more, and what it sat on likewise.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isAbandoned">Whether a command died over it: then the link may be another's that has its name since.</param>
    public void RemoveUnused(string name, bool isAbandoned = false)
    {
        ParentLinkRecord? record = Find(name);
        bool used = record is null || !record.RemovedWithLastNetwork
            || session.State.GetNetworks().Any(n => n.Parent == name)
            || session.State.GetParentLinks().Any(p => p.Parent == name);
        if (!used) Remove(record!, isAbandoned);
    }

    /// <summary>The record of a link that this module made; null if it did not.</summary>
    public ParentLinkRecord? Find(string name) => session.State.GetParentLinks().FirstOrDefault(p => p.Name == name);

    /// <summary>Removes a link of ours, and what it sat on if that was made for it and has no other use.</summary>
    public void Remove(ParentLinkRecord record, bool isAbandoned = false)
    {
        Link? link = session.Host.FindLink(record.Name);
        // By now the name may be that of another link.
        if (link is not null && IsStill(link, record) && (!isAbandoned || LinkMark.IsParent(link)))
        {
            Link? upper = session.Host.GetLinks().FirstOrDefault(l => l.ParentIndex == link.Index && !l.ParentIsForeign);
            if (upper is not null)
            {
                session.Warn($"{record.Name} is kept: {upper.Name} sits on it.");
                session.State.SetParentLink(record with { RemovedWithLastNetwork = false });
                return;
            }

            // Should this command die on the way, the next one takes the link for one that goes, and goes on.
            if (!record.RemovedWithLastNetwork) session.State.SetParentLink(record with { RemovedWithLastNetwork = true });
            session.Host.Execute(new LinkDelete(link.Index, link.Name));
        }

        session.State.RemoveParentLink(record.Name);
        if (record.Parent is not null) RemoveUnused(record.Parent, isAbandoned);
    }

    // The networks' subnets are not the host's: it shall not configure itself from router advertisements there.
    private void KeepHostOff(Link link)
    {
        if (!Sysctl.Has("ipv6", link.Name)) return;
        session.Host.Execute(new LinkSet(link.Index, link.Name) { NoAddressGeneration = true });
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
