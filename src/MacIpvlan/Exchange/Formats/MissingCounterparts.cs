namespace MacIpvlan.Formats;

/// <summary>Reports what other formats can't express; nothing is left out silently.</summary>
internal static class MissingCounterparts
{
    /// <summary>Warns about each setting of a network that the format can't express.</summary>
    /// <param name="network">The network.</param>
    /// <param name="format">The format's name.</param>
    /// <param name="said">The names of the settings that were expressed.</param>
    /// <param name="warn">Called with each warning.</param>
    public static void Warn(NetworkRequest network, string format, IEnumerable<string> said, Action<string> warn)
    {
        foreach (NetworkSetting setting in NetworkSettings.Of(network).ExceptBy(said, static s => s.Name))
        {
            warn($"'{network.Name}': {format} has no counterpart of {setting.Name} ({setting}), which is left out.");
        }
    }

    /// <summary>Warns about sub-interfaces that must exist before the network is created.</summary>
    public static void WarnOfSubInterfaces(NetworkRequest network, string format, Action<string> warn)
    {
        foreach (string command in network.Vlans.Select(VlanDefinition.CommandOf))
        {
            warn($"'{network.Name}': {format} doesn't create its sub-interface; create it first with: {command}");
        }
    }

    /// <summary>Makes the error for a network that would be a different one in the format.</summary>
    public static NetworkException Refuse(NetworkRequest network, string format, string reason) => new(
        NetworkError.NoCounterpart,
        $"The network '{network.Name}' can't be exported for {format}: {reason}.",
        "Export it as Json, or change the network.");
}
