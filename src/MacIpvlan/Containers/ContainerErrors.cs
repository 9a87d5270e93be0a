namespace MacIpvlan.Containers;

/// <summary>The errors about containers.</summary>
internal static class ContainerErrors
{
    public static NetworkException InvalidName(string text) => new(
        NetworkError.InvalidName,
        $"'{text}' isn't a valid container name or id. Use letters, digits, '_', '.' and '-', beginning with a letter "
        + "or digit.",
        "List containers with docker ps or podman ps; for a path of a namespace, use -Namespace.");

    public static NetworkException NobodyToAsk(string text, NetworkException[] failures)
    {
        string reason = failures.Length > 0
            ? $"not all runtimes answered: {string.Join(" ", failures.Select(static f => f.Message))}"
            : "no runtime can be asked: neither Docker nor Podman has a socket on this host.";
        return new(
            NetworkError.RuntimeUnavailable,
            $"The container '{text}' wasn't found, and {reason}",
            "Start the runtime or its socket (systemctl start podman.socket), or use the container's id "
            + "or -ProcessId.");
    }

    public static NetworkException NotFound(string text, bool isId, IReadOnlyCollection<IContainerRuntime> asked)
    {
        string where = asked.Count > 0 ? $" at {string.Join(", ", asked.Select(static r => r.Address))}" : "";
        return new(
            NetworkError.ContainerNotFound,
            $"The container '{text}' wasn't found{where}"
            + (isId ? ", and no process has a control group with that id." : "."),
            "List containers with docker ps or podman ps. For a container of another runtime, use its id "
            + "or -ProcessId.");
    }

    public static NetworkException Ambiguous(string text, IEnumerable<Container> candidates) =>
        AmbiguousGroup(text, candidates.Select(static c => $"{c} of {c.Runtime}"));

    public static NetworkException AmbiguousGroup(string text, IEnumerable<string> candidates) => new(
        NetworkError.ContainerAmbiguous,
        $"'{text}' matches several containers: {string.Join(", ", candidates.Order(NaturalOrder.Comparer))}.",
        "Specify more digits of the id.");

    public static NetworkException NotRunning(Container container) => new(
        NetworkError.ContainerNotRunning,
        $"The container {container} isn't running, so it has no network namespace.",
        "Start it first.");

    public static NetworkException UsesHost(Container container) => new(
        NetworkError.HostNamespace,
        $"The container {container} uses the host's own network namespace, so NICs can't be connected to it.",
        "Start it with its own network namespace: --network none.");

    public static NetworkException Shares(Container container, string other) => new(
        NetworkError.NamespaceShared,
        $"The container {container} shares the network namespace of {other}.",
        $"Connect the NIC to that container: -Container {other}. All containers that share its namespace then have "
        + "the NIC.");

    public static NetworkException NotItsProcess(Container container, int processId) => new(
        NetworkError.ContainerNotFound,
        $"Process {processId}, which the runtime reports for the container {container}, isn't in a control group of "
        + "that container.",
        "The runtime may be on another host, or the container may have no control groups. If the process is the right "
        + "one, use -ProcessId.");
}
