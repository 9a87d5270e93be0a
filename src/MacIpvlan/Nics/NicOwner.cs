namespace MacIpvlan;

/// <summary>What decides which container has a NIC.</summary>
public enum NicOwner : long
{
    /// <summary>The id: the NIC ends with its container.</summary>
    Id,

    /// <summary>The name: the next container of the name gets the NIC.</summary>
    Name,

    /// <summary>
    /// The name and the labels: the next container of the name gets the NIC if it has the same labels. If none comes, it ends.
    /// </summary>
    Label,
}
