namespace MacIpvlan.State;

/// <summary>What <see cref="IStateStore.ChangeNetworks"/> writes.</summary>
/// <param name="Networks">The networks after the change, with the ids that they have.</param>
/// <param name="Nics">
/// All NICs of these networks after the change, as for <see cref="IStateStore.ChangeNics"/>; null if the change isn't one of NICs.
/// </param>
public sealed record NetworksChange(IReadOnlyList<NetworkRecord> Networks, IReadOnlyList<NicDemand>? Nics)
{
    /// <summary>The name on record of a parent, and the one that it has now; null if no parent has another name.</summary>
    public ParentRename? Rename { get; init; }

    /// <summary>The parent that this module created and that changes with the networks; null if none does.</summary>
    public ParentLinkRecord? ParentLink { get; init; }
}

/// <summary>Two names of a parent.</summary>
/// <param name="Name">The name on record.</param>
/// <param name="NewName">The name that it has now.</param>
public sealed record ParentRename(string Name, string NewName);
