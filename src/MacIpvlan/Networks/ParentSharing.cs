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
            CheckKinds(network, other, warn);
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

    private static void CheckKinds(NetworkRecord network, NetworkRecord other, Action<string> warn)
    {
        if (network.NicKind.GetType() != other.NicKind.GetType())
        {
            warn($"{network.Parent} carries the {other.NicKind.Name} network '{other.Name}': NICs of '{network.Name}' can be "
                + "connected only while none of that network is.");
            return;
        }

        if (network.NicKind is MacvlanLink mine && other.NicKind is MacvlanLink theirs
            && (mine.Mode == MacvlanMode.Passthru || theirs.Mode == MacvlanMode.Passthru))
        {
            string holder = theirs.Mode == MacvlanMode.Passthru ? other.Name : network.Name;
            throw InUse(network, other, $"mode Passthru of '{holder}' takes the parent for one network alone");
        }

        // The kernel keeps one ipvlan mode for a parent: a second one would change the first network's NICs too.
        if (network.NicKind is IpvlanLink && network.NicKind != other.NicKind)
        {
            throw InUse(
                network, other, $"it is {other.NicKind}, and all ipvlan networks of a parent have one mode and flag");
        }
    }

    private static NetworkException InUse(NetworkRecord network, NetworkRecord other, string reason) => new(
        NetworkError.ParentInUse,
        $"'{network.Name}' cannot be on {network.Parent} beside '{other.Name}': {reason}.",
        "Use another parent, such as a VLAN of its own, or the same mode.");
}
