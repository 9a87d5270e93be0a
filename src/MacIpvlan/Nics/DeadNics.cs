using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The rule for NICs whose namespaces no longer exist. If a NIC has ended for good, everything that it held is free as
/// soon as someone needs it. If it can return, it keeps what it held, and messages say why. Only its addresses and its MAC
/// address are given to others if there are no others or they are requested, unless its container is known to be stopped.
/// </summary>
internal sealed class DeadNics(NetworkSession session)
{
    private readonly ContainerNics _nics = new(session);
    private readonly NicStates _states = new(session);
    private readonly NicRemoval _removal = new(session);

    /// <summary>Whether a NIC whose namespace no longer exists can return in a namespace of the same name.</summary>
    public static bool CanReturn(NicRecord nic) => nic.IsNamed && nic.NamespaceBirth.BootId != HostBoot.Id;

    /// <summary>The name of a NIC, with the reason why it isn't in its namespace but keeps what it holds.</summary>
    /// <param name="nic">The NIC, with its state in the kernel.</param>
    public static string Describe(ContainerNic nic) => nic.State switch
    {
        NicState.ContainerStopped => $"{nic} (its container is stopped)",
        NicState.ContainerAwaited => $"{nic} (there is no container of its name)",
        NicState.ContainerRestarted => $"{nic} (its container was restarted)",
        NicState.NamespaceGone when nic.Record.Container is not null => $"{nic} (no runtime reports its container)",
        NicState.NamespaceGone => $"{nic} (its namespace doesn't exist since the host restarted)",
        NicState.NamespaceReplaced => $"{nic} (not restored since the host restarted)",
        _ => nic.ToString(),
    };

    /// <summary>Adds to a refusal which NICs keep what is needed although they aren't in their namespaces.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="holders">NICs, with their states in the kernel.</param>
    public static NetworkException Explain(NetworkException refusal, IReadOnlyList<ContainerNic> holders)
    {
        string[] kept = [.. holders.Select(static n => (Name: $"{n}", Text: Describe(n))).Where(static n => n.Name != n.Text).Select(static n => n.Text)];
        return kept.Length == 0 ? refusal : new(
            refusal.Error,
            $"{refusal.Message} {Phrase.Count(kept.Length, "NIC keeps its address", "NICs keep their addresses")}: {Phrase.NameSome(kept)}.",
            $"{refusal.RecommendedAction} Disconnect-ContainerNic frees the addresses of NICs that aren't needed any longer.".Trim());
    }

    /// <summary>Separates the NICs that have ended for good from the others.</summary>
    public (IReadOnlyList<ContainerNic> Ended, IReadOnlyList<ContainerNic> Others) Separate(IReadOnlyList<ContainerNic> nics)
    {
        List<ContainerNic> ended = [], others = [];
        foreach (ContainerNic nic in _states.Find(nics)) (IsEnded(nic) ? ended : others).Add(nic);
        return (ended, others);
    }

    /// <summary>Whether a NIC has ended for good, according to its state in the kernel.</summary>
    public static bool IsEnded(ContainerNic nic) => nic.State switch
    {
        NicState.ContainerGone => true,
        NicState.NamespaceGone or NicState.NamespaceReplaced => nic.Record.Container is null && !CanReturn(nic.Record),
        _ => false,
    };

    /// <summary>Releases NICs that have ended for good.</summary>
    /// <param name="isWanted">Selects NICs whose addresses are needed.</param>
    /// <param name="others">The other selected NICs, with their states in the kernel.</param>
    /// <returns>False if nothing is released.</returns>
    public bool ReleaseEnded(Func<ContainerNic, bool> isWanted, out IReadOnlyList<ContainerNic> others)
    {
        (IReadOnlyList<ContainerNic> ended, others) = Separate([.. _nics.GetAllWithHost().Where(isWanted)]);
        ReleaseEnded(ended);
        return ended.Count > 0;
    }

    /// <summary>Releases NICs that are known to have ended for good.</summary>
    public void ReleaseEnded(IEnumerable<ContainerNic> ended)
    {
        foreach (ContainerNic nic in ended) _removal.ReleaseDead(nic.Record, nic.NetworkRecord);
    }

    /// <summary>
    /// Releases NICs that have ended for good. If there are none, releases NICs that can return but may not, with a
    /// warning.
    /// </summary>
    /// <param name="isWanted">Selects NICs whose addresses are needed.</param>
    /// <param name="holders">If nothing is released: the selected NICs, with their states in the kernel.</param>
    /// <returns>False if nothing is released.</returns>
    public bool Release(Func<ContainerNic, bool> isWanted, out IReadOnlyList<ContainerNic> holders)
    {
        if (ReleaseEnded(isWanted, out holders)) return true;
        // A NIC of a namespace that exists again is about to be restored.
        ContainerNic[] waiting = [.. holders.Where(n => n.State is NicState.NamespaceGone or NicState.ContainerAwaited && !CanBeStopped(n.Record))];
        foreach (ContainerNic nic in waiting)
        {
            session.Warn($"The NIC {Describe(nic)} of network '{nic.Network}' isn't kept any longer: another one needs its address.");
            _removal.ReleaseDead(nic.Record, nic.NetworkRecord);
        }

        return waiting.Length > 0;
    }

    // While a runtime waits for its hook, nobody is asked.
    private bool CanBeStopped(NicRecord nic) => nic.Container is not null && session.Containers.IsUnasked(nic.Container);
}
