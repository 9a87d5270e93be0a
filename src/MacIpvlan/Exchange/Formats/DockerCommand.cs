namespace MacIpvlan.Formats;

/// <summary>Writes the command line that creates a network with Docker.</summary>
internal static class DockerCommand
{
    /// <summary>Writes one network as one shell command line.</summary>
    /// <param name="network">The network.</param>
    /// <param name="warn">Called for each setting that has no counterpart in Docker.</param>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static string Write(NetworkRequest network, Action<string> warn)
    {
        DockerDefinition definition = DockerDefinition.Of(network, [], warn);
        List<string> words = ["docker", "network", "create", "-d", definition.Driver];
        if (definition.IsIPv4Off) words.Add("--ipv4=false");
        if (definition.IsIPv6On) words.Add("--ipv6");
        foreach (DockerDefinition.Pool subnet in definition.Subnets)
        {
            words.Add($"--subnet={subnet.Prefix}");
            words.AddRange(subnet.Gateways.Select(static g => $"--gateway={g}"));
            if (subnet.Range is not null) words.Add($"--ip-range={subnet.Range}");
        }

        words.AddRange(definition.Subnets.SelectMany(static s => s.Excluded).Select(static e => $"--aux-address={e.Key}={e.Value}"));
        if (definition.IsInternal) words.Add("--internal");
        words.AddRange(definition.Options.SelectMany(static o => (string[])["-o", $"{o.Key}={o.Value}"]));
        words.Add(network.Name);
        return string.Join(' ', words.Select(Quote));
    }

    private static string Quote(string word) => word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_.:/=,+@".Contains(c))
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
