using MacIpvlan.Containers;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Looks at the container that has a NIC, or is to have it now.</summary>
internal static class NicHolder
{
    /// <summary>The current state of that container.</summary>
    /// <exception cref="NetworkException">ContainerAmbiguous: several have taken its name; or its namespace can't be determined.</exception>
    public static ContainerSighting Look(NetworkSession session, NicRecord nic) =>
        session.Containers.Look(nic.Container!, nic.BelongsToName, other => CanHave(session, nic, other));

    /// <summary>Does the same where it's no failure that the state can't be determined.</summary>
    /// <returns>Null if it can't.</returns>
    public static ContainerSighting? TryLook(NetworkSession session, NicRecord nic)
    {
        try
        {
            return Look(session, nic);
        }
        catch (NetworkException)
        {
            // Several have its name or its control group, or its process may not be looked at.
            return null;
        }
    }

    // One that has another NIC in its place keeps that one: when two containers swap their names, neither gets what both have.
    private static bool CanHave(NetworkSession session, NicRecord nic, Container other) =>
        !session.State.GetNicsOfContainer(other.Id).Any(n => n.Id != nic.Id && n.InterfaceName == nic.InterfaceName);
}
