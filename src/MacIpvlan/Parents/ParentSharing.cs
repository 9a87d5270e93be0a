using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Checks which networks can share a parent.</summary>
internal static class ParentSharing
{
    /// <summary>Checks a new network against those on the same parent.</summary>
    /// <exception cref="NetworkException">ParentInUse or SubnetOverlap, naming the other network.</exception>
    public static void Check(NetworkRecord network, IEnumerable<NetworkRecord> others, Action<string> warn) =>
        Check(network, new ParentUsers(others), warn);

    /// <summary>Checks a new network against those on the same parent.</summary>
    /// <exception cref="NetworkException">ParentInUse or SubnetOverlap, naming the other network.</exception>
    public static void Check(NetworkRecord network, ParentUsers others, Action<string> warn)
    {
        foreach (NetworkRecord other in others.OfEachKind) CheckKinds(network, other.NicKind, $"network '{other.Name}'", warn);
        foreach (SubnetRecord subnet in network.Pools)
        {
            if (others.FindOwner(subnet.Prefix) is NetworkRecord owner && !IsSameBook(owner.Segment, network.Segment)) throw new NetworkException(
                NetworkError.SubnetOverlap,
                $"The subnet {subnet.Prefix} of '{network.Name}' is also that of '{owner.Name}' on {network.Parent}, but its addresses are from "
                + $"{Describe(network.Segment)} and those of '{owner.Name}' from {Describe(owner.Segment)}.",
                "Use the same segment for both networks, or another subnet.");
            // Networks with the same subnet share its addresses.
            if (others.FindOverlap(subnet.Prefix) is not (IPPrefix overlap, NetworkRecord holder)) continue;
            throw new NetworkException(
                NetworkError.SubnetOverlap,
                $"The subnet {subnet.Prefix} of '{network.Name}' overlaps {overlap} of '{holder.Name}' on {network.Parent}.",
                "Use the same subnet for both networks, with separate ranges, or subnets that don't overlap.");
        }
    }

    private static bool IsSameBook(NetworkSegment? one, NetworkSegment? other) => string.Equals(one?.ToString(), other?.ToString(), StringComparison.OrdinalIgnoreCase);

    private static string Describe(NetworkSegment? segment) => segment is null ? "this host's own book" : $"the segment {segment}";

    /// <summary>Checks a new network against links that other programs created on the same parent.</summary>
    /// <exception cref="NetworkException">ParentInUse, naming the link.</exception>
    public static void Check(NetworkRecord network, IEnumerable<SiblingLink> others, Action<string> warn)
    {
        foreach (SiblingLink other in others)
        {
            CheckKinds(network, other.Link.Kind!, $"link {other}, which this module didn't create", warn);
        }
    }

    /// <summary>The error for a link that other networks have on record under a former name. Both names would have the same addresses.</summary>
    public static NetworkException Renamed(NetworkRecord network, string recorded, ParentUsers others)
    {
        NetworkRecord other = others.OfEachKind.First();
        return new NetworkException(
            NetworkError.ParentInUse,
            $"{network.Parent} is the parent of network '{other.Name}', which has the link on record as {recorded}, its former name.",
            $"Record the new name first: Repair-ContainerNetwork {other.Name}.");
    }

    private static void CheckKinds(NetworkRecord network, LinkKind other, string holder, Action<string> warn)
    {
        if (network.NicKind.GetType() != other.GetType())
        {
            warn($"{network.Parent} carries the {other.Name} {holder}: NICs of '{network.Name}' can be connected only while "
                + $"there is no {other.Name} link.");
            return;
        }

        if (network.NicKind is MacvlanLink mine && other is MacvlanLink theirs
            && (mine.Mode == MacvlanMode.Passthru || theirs.Mode == MacvlanMode.Passthru))
        {
            throw InUse(network, holder, "mode Passthru reserves the parent for a single network");
        }

        // The kernel keeps one ipvlan mode per parent, so a second network would also change the first one's NICs.
        if (network.NicKind is IpvlanLink && network.NicKind != other)
        {
            throw InUse(network, holder, $"that one is {other}, and all ipvlan links of a parent have the same mode and flag");
        }
    }

    private static NetworkException InUse(NetworkRecord network, string holder, string reason) => new(
        NetworkError.ParentInUse,
        $"'{network.Name}' can't share {network.Parent} with the {holder}: {reason}.",
        "Use another parent, such as a separate VLAN, or the same mode.");
}
