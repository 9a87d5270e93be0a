using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Which networks can be on one parent.</summary>
internal static class ParentSharing
{
    /// <summary>Checks a new network against those on the same parent.</summary>
    /// <exception cref="NetworkException">ParentInUse or SubnetOverlap, naming the other network.</exception>
    public static void Check(NetworkRecord network, IEnumerable<NetworkRecord> others, Action<string> warn)
    {
        foreach (NetworkRecord other in others)
        {
            CheckKinds(network, other.NicKind, $"network '{other.Name}'", warn);
            foreach (SubnetRecord subnet in network.Subnets)
            {
                // Networks with equal subnets share one address book.
                IPPrefix? overlap = other.Subnets.Select(static s => (IPPrefix?)s.Prefix)
                    .FirstOrDefault(p => p != subnet.Prefix && p!.Value.Overlaps(subnet.Prefix));
                if (overlap is null) continue;
                throw new NetworkException(
                    NetworkError.SubnetOverlap,
                    $"The subnet {subnet.Prefix} of '{network.Name}' overlaps {overlap} of '{other.Name}' on {network.Parent}.",
                    "Give both networks the same subnet, with ranges apart, or subnets that do not overlap.");
            }
        }
    }

    /// <summary>Checks a new network against links that others made on the same parent.</summary>
    /// <exception cref="NetworkException">ParentInUse, naming the link.</exception>
    public static void Check(NetworkRecord network, IEnumerable<SiblingLink> others, Action<string> warn)
    {
        foreach (SiblingLink other in others)
        {
            CheckKinds(network, other.Link.Kind!, $"link {other}, which is not of this module", warn);
        }
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
            throw InUse(network, holder, "mode Passthru takes the parent for one network alone");
        }

        // The kernel keeps one ipvlan mode for a parent: a second one would change the first one's NICs too.
        if (network.NicKind is IpvlanLink && network.NicKind != other)
        {
            throw InUse(network, holder, $"that is {other}, and all ipvlan links of a parent have one mode and flag");
        }
    }

    private static NetworkException InUse(NetworkRecord network, string holder, string reason) => new(
        NetworkError.ParentInUse,
        $"'{network.Name}' cannot be on {network.Parent} beside the {holder}: {reason}.",
        "Use another parent, such as a VLAN of its own, or the same mode.");
}
