namespace MacIpvlan.Formats;

/// <summary>What the formats of others cannot say: told of by name, never left out in silence.</summary>
internal static class MissingCounterparts
{
    /// <summary>Warns of each setting of a network that a format could not say.</summary>
    /// <param name="network">The network.</param>
    /// <param name="format">The format's name.</param>
    /// <param name="said">The names of the settings that it said.</param>
    /// <param name="warn">Told.</param>
    public static void Warn(NetworkRequest network, string format, IEnumerable<string> said, Action<string> warn)
    {
        foreach (NetworkSetting setting in NetworkSettings.Of(network).ExceptBy(said, static s => s.Name))
        {
            warn($"'{network.Name}': {format} has no counterpart of {setting.Name} ({setting}), which is left out.");
        }
    }

    /// <summary>Warns of sub-interfaces that must be on the host before the network is made.</summary>
    public static void WarnOfSubInterfaces(NetworkRequest network, string format, Action<string> warn)
    {
        foreach (string command in network.Vlans.Select(VlanDefinition.CommandOf))
        {
            warn($"'{network.Name}': {format} does not make its sub-interface, which must be there first: {command}");
        }
    }

    /// <summary>The error of a network that would be another one in the format.</summary>
    public static NetworkException Refuse(NetworkRequest network, string format, string reason) => new(
        NetworkError.NoCounterpart,
        $"The network '{network.Name}' cannot be said in the words of {format}: {reason}.",
        "Export it as Json, or change the network.");
}
