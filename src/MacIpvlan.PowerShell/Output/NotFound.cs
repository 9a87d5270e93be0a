using System.Management.Automation;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The errors for names that mean nothing: each says what was probably meant, or what the name means instead.
/// </summary>
internal static class NotFound
{
    private const string ListNetworks = "List the networks with Get-ContainerNetwork.";
    private const string Order = "The network comes first, then the target: Connect-ContainerNic NETWORK TARGET.";

    // An error that says what was probably meant doesn't come much later than one that doesn't.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>A network that doesn't exist.</summary>
    /// <param name="name">The name.</param>
    /// <param name="all">All networks.</param>
    public static NetworkException Network(string name, IEnumerable<ContainerNetwork> all) => new(
        NetworkError.NetworkNotFound,
        $"The network '{name}' doesn't exist.{NearestName.Ask(name, all.Select(static n => n.Name))}",
        ListNetworks);

    /// <summary>A network that doesn't exist, where a target can be specified too: the two may be exchanged.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The name.</param>
    /// <param name="all">All networks.</param>
    public static NetworkException NetworkOfNic(NetworkSession session, string name, IEnumerable<ContainerNetwork> all)
    {
        string? kind = IsNamespace(name) ? "network namespace"
            : new NicTargetFinder(session).GetRunning(s_patience).Any(c => c.Name == name) ? "container"
            : null;
        return kind is null
            ? Network(name, all)
            : new(NetworkError.NetworkNotFound, $"The network '{name}' doesn't exist. '{name}' is a {kind}.", Order);
    }

    /// <summary>An address database that this host doesn't know.</summary>
    public static NetworkException Database(string name, IEnumerable<AddressDatabase> all) => new(
        NetworkError.AddressDatabaseNotFound,
        $"This host knows no address database named '{name}'.{NearestName.Ask(name, all.Select(static d => d.Name))}",
        "List them with Get-AddressDatabase, or make it known with Register-AddressDatabase.");

    /// <summary>A network of another kind than the cmdlet is for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="wanted">The type of network that the cmdlet is for.</param>
    /// <param name="verb">The cmdlet's verb.</param>
    public static NetworkException OtherKind(ContainerNetwork network, Type wanted, string verb) => new(
        NetworkError.NetworkNotFound,
        $"'{network.Name}' is {Article(network.Kind)} network, not {Article(wanted == typeof(MacvlanNetwork) ? "macvlan" : "ipvlan")} network.",
        // Each kind has its own settings.
        verb == VerbsCommon.Set ? $"Use {verb}-{network.GetType().Name} {network.Name}."
            : $"Use {verb}-{network.GetType().Name} {network.Name}, or {verb}-ContainerNetwork {network.Name} for both kinds.");

    /// <summary>NICs of targets and interfaces that have none.</summary>
    /// <param name="session">The session.</param>
    /// <param name="names">The names as specified.</param>
    /// <param name="networks">The networks that were specified, if any.</param>
    public static NetworkException Nic(NetworkSession session, IReadOnlyList<string> names, ContainerNetwork[]? networks)
    {
        string where = networks is null ? "" : $" on network {string.Join(", ", networks.Select(static n => n.Name))}";
        string message = $"There is no NIC of {string.Join(", ", names.Select(static n => n.Trim().Length == 0 ? $"'{n}'" : n))}{where}.";
        string action = "List the NICs with Get-ContainerNic.";
        foreach (string name in names)
        {
            if (new ContainerNetworks(session).Find(name) is not null)
            {
                return new(NetworkError.NicNotFound, $"{message} '{name}' is a network.", Order);
            }

            if (AddressValue.TryParse(name.Split('/')[0], out _))
            {
                return new(
                    NetworkError.NicNotFound,
                    $"{message} '{name}' is an address.",
                    $"To test it, use Test-ContainerNic -Destination {name}; to find out who has it, use Get-ContainerNic -IPAddress {name}.");
            }
        }

        IEnumerable<string> known = new ContainerNics(session).GetAll().SelectMany(static n => new[] { n.Namespace, n.InterfaceName });
        string hint = names.Select(n => IsNamespace(n) ? "" : NearestName.Ask(n, known)).FirstOrDefault(static h => h.Length > 0) ?? "";
        return new(NetworkError.NicNotFound, message + hint, action);
    }

    private static bool IsNamespace(string name) =>
        name.Length > 0 && !name.Contains('/') && File.Exists(NetworkNamespaces.PathOf(name));

    private static string Article(string kind) => kind.StartsWith('i') ? $"an {kind}" : $"a {kind}";
}
