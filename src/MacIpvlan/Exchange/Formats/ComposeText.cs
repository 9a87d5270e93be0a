using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MacIpvlan.Formats;

/// <summary>
/// Writes networks as a Compose file, in Docker's terms, and the services on them with the labels that connect them here. It's
/// combined with the project's own file, which has the images.
/// </summary>
internal sealed partial class ComposeText
{
    private static readonly string[] s_said = [NetworkSettings.AllowLabel];
    private readonly StringBuilder _text = new();

    private ComposeText()
    {
    }

    /// <summary>Writes networks.</summary>
    /// <param name="networks">The networks, with their services.</param>
    /// <param name="warn">Called for each setting that has no counterpart in Docker.</param>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static string Write(IReadOnlyList<NetworkRequest> networks, Action<string> warn)
    {
        ComposeText text = new();
        ComposeService[] services = [.. networks.SelectMany(static n => n.Services).DistinctBy(static s => s.Name).OrderBy(static s => s.Name, NaturalOrder.Comparer)];
        if (services.Length > 0) text.Add(0, "services");
        foreach (ComposeService service in services) text.Add(service);
        text.Add(0, "networks", networks.Count > 0 ? null : "{}");
        foreach (NetworkRequest network in networks) text.Add(network, DockerDefinition.Of(network, s_said, warn));
        return text._text.ToString().TrimEnd('\n');
    }

    private void Add(ComposeService service)
    {
        Add(1, service.Name);
        Add(2, "network_mode", "none");
        Add(2, "labels");
        foreach (string[] label in service.Labels.Select(static l => l.Split('=', 2))) Add(3, label[0], Scalar(label[1]));
    }

    private void Add(NetworkRequest network, DockerDefinition definition)
    {
        Add(1, network.Name);
        // Without it, Compose puts the project's name before its own.
        Add(2, "name", Scalar(network.Name));
        Add(2, "driver", definition.Driver);
        if (definition.IsIPv4Off) Add(2, "enable_ipv4", "false");
        if (definition.IsIPv6On) Add(2, "enable_ipv6", "true");
        if (definition.IsInternal) Add(2, "internal", "true");
        Add(2, "driver_opts");
        foreach ((string name, string value) in definition.Options) Add(3, name, Scalar(value));
        if (network.AllowedLabels.Count > 0) Add(2, ComposeNetworks.AllowLabel, $"[{string.Join(", ", network.AllowedLabels)}]");
        Add(2, "ipam");
        Add(3, "config");
        foreach (DockerDefinition.Pool subnet in definition.Subnets)
        {
            Add(4, "- subnet", Scalar($"{subnet.Prefix}"));
            if (subnet.Gateways is [var gateway, ..]) Add(5, "gateway", Scalar($"{gateway}"));
            if (subnet.Range is not null) Add(5, "ip_range", Scalar($"{subnet.Range}"));
            if (subnet.Excluded.Count > 0) Add(5, "aux_addresses");
            foreach ((string name, Addressing.AddressValue address) in subnet.Excluded) Add(6, name, Scalar($"{address}"));
        }
    }

    private void Add(int depth, string key, string? value = null)
    {
        const int Indent = 2;
        string shown = key.StartsWith("- ", StringComparison.Ordinal) ? key : Quoted(key);
        _text.Append(' ', depth * Indent).Append(shown).Append(':').Append(value is null ? "" : " ").Append(value).Append('\n');
    }

    // A sign would begin a variable.
    private static string Scalar(string text) => Quoted(text.Replace("$", "$$", StringComparison.Ordinal));

    // What YAML could read as a number, a Boolean, null, a time or a merge key is quoted. JSON's quotes are YAML's.
    private static string Quoted(string text) => Plain().IsMatch(text) && !Word().IsMatch(text) ? text : $"\"{JsonEncodedText.Encode(text)}\"";

    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A(?:true|false|yes|no|on|off|y|n|null)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Word();
}
