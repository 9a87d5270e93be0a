using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Finds the link that a network can sit on, and what must be created for it. Changes nothing.</summary>
internal sealed class ParentPlanner(NetworkSession session)
{
    /// <summary>Finds the link of a reference, and what must be created for it. Changes nothing.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="vlans">Sub-interfaces with requested settings.</param>
    /// <exception cref="NetworkException">ParentNotFound, ParentUnsuitable, InvalidName or InvalidVlanId.</exception>
    public ParentPlan Plan(ParentReference reference, IReadOnlyList<ParentLinkRecord>? vlans = null)
    {
        if (vlans?.FirstOrDefault(v => v.Name == reference.ToString()) is ParentLinkRecord vlan)
        {
            // Without itself, or a sub-interface that sits on itself would recurse endlessly.
            ParentPlan lower = Plan(new(vlan.Parent!), [.. vlans.Where(v => v != vlan)]);
            return PlanVlan(lower, (VlanLink)vlan.Kind, vlan.Name, vlan.Mtu) with
            {
                Expected = vlan, RemovedWithLastNetwork = vlan.RemovedWithLastNetwork,
            };
        }

        if (reference.VlanId is int id)
        {
            try
            {
                return PlanVlan(Plan(ParentReference.Parse(reference.Link), vlans), new(id, VlanProtocol.Ieee8021Q));
            }
            catch (NetworkException e) when (e.Error == NetworkError.ParentNotFound && reference.Typed is string typed)
            {
                throw NotFound(typed, $", and no '{reference.Link}' to create it on");
            }
        }

        if (session.Host.FindLink(reference.Link) is Link link)
        {
            CheckSuitable(link, reference.Link);
            return new(link.Name) { Existing = link };
        }

        if (ParentReference.SplitVlanName(reference.Link) is not ParentReference split)
        {
            throw NotFound(reference.Link, "");
        }

        try
        {
            return PlanVlan(Plan(ParentReference.Parse(split.Link)), new(split.VlanId!.Value, VlanProtocol.Ieee8021Q));
        }
        catch (NetworkException e) when (e.Error == NetworkError.ParentNotFound)
        {
            throw NotFound(reference.Link, $", and no '{split.Link}' to create it on");
        }
    }

    /// <summary>Finds a VLAN on a link, or what must be created for it. Changes nothing.</summary>
    /// <exception cref="NetworkException">ParentUnsuitable, InterfaceExists, InvalidName or InvalidParameter.</exception>
    public ParentPlan PlanVlan(ParentPlan lower, VlanLink kind, string? name = null, int? mtu = null)
    {
        CheckMtu(kind, mtu, lower.Name, lower.KnownMtu, session.Warn);
        if (lower.Existing is Link parent && new HostLinks(session.Host.GetLinks()).FindVlan(parent, kind) is Link vlan)
        {
            CheckSuitable(vlan, vlan.Name);
            return new(vlan.Name) { Existing = vlan, Kind = kind, Lower = lower, Mtu = mtu };
        }

        string vlanName = name ?? $"{lower.Name}.{kind.VlanId}";
        try
        {
            LinkName.Check(vlanName);
        }
        catch (NetworkException e) when (name is null)
        {
            throw new NetworkException(
                e.Error, e.Message, $"Specify a name: Add-VlanSubInterface -Parent {lower.Name} -VlanId {kind.VlanId} -Name NAME.");
        }

        if (session.Host.FindLink(vlanName) is not null)
        {
            throw new NetworkException(
                NetworkError.InterfaceExists,
                $"The host has an interface named {vlanName}, but it isn't VLAN {kind.VlanId} of {lower.Name}.",
                $"Specify a name: Add-VlanSubInterface -Parent {lower.Name} -VlanId {kind.VlanId} -Name NAME.");
        }

        return new(vlanName) { Kind = kind, Lower = lower, Mtu = mtu };
    }

    /// <summary>Whether the parent, or a link that it sits on, is wireless.</summary>
    public bool IsWireless(ParentPlan plan)
    {
        if (WirelessLink.Is(plan.Name)) return true;
        if (plan.Lower is not null) return IsWireless(plan.Lower);
        return plan.Existing is { Kind: VlanLink, ParentIsForeign: false } vlan
            && session.Host.FindLink(vlan.ParentIndex) is Link lower && IsWireless(new(lower.Name) { Existing = lower });
    }

    /// <summary>Checks an MTU against that of the parent, if it is known.</summary>
    /// <exception cref="NetworkException">InvalidParameter: the kernel would refuse it with a bare EINVAL.</exception>
    public static void CheckMtu(LinkKind kind, int? mtu, string parent, int? parentMtu, Action<string> warn)
    {
        if (!(mtu > parentMtu)) return;
        if (kind is not IpvlanLink)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The MTU {mtu} exceeds that of {parent}, {parentMtu}, which is the maximum for {kind.Name} links on it.",
                $"Use {parentMtu} or less, or raise the parent's MTU first: ip link set dev {parent} mtu {mtu}.");
        }

        warn($"The MTU {mtu} exceeds that of {parent}, {parentMtu}: longer packets will be lost, and each change of the "
            + "parent's MTU overwrites it.");
    }

    private void CheckSuitable(Link link, string typed)
    {
        if (link.IsLoopback)
        {
            throw Unsuitable(link, typed, "it is the loopback link", "Specify the link that leads to the network, such as eth0.");
        }

        if (link.Kind is MacvlanLink or IpvlanLink)
        {
            throw Unsuitable(link, typed, $"it is a {link.KindName} link itself", "Specify the link that it sits on.");
        }

        if (link.MasterIndex != 0 && session.Host.FindLink(link.MasterIndex) is { KindName: not "vrf" } master)
        {
            throw Unsuitable(
                link, typed, $"it is a port of the {master.KindName} {master.Name}, which takes all its frames",
                $"Use {master.Name} as the parent.");
        }
    }

    /// <summary>The error for a link that is missing.</summary>
    public static NetworkException NotFound(string name, string addition) => new(
        NetworkError.ParentNotFound,
        $"There is no link '{name}' on this host{addition}.",
        "List the links with: ip link show.");

    // An alternative name is repeated beside the name.
    private static NetworkException Unsuitable(Link link, string typed, string reason, string action) => new(
        NetworkError.ParentUnsuitable, $"{(typed == link.Name ? typed : $"{typed} ({link.Name})")} can't be a parent: {reason}.", action);
}
