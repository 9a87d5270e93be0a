namespace MacIpvlan.Containers;

/// <summary>What can be wrong with a container, in words.</summary>
internal static class ContainerErrors
{
    public static NetworkException InvalidName(string text) => new(
        NetworkError.InvalidName,
        $"'{text}' cannot be the name or id of a container: these have letters, digits, _, . and -, and begin with a letter "
        + "or digit.");

    public static NetworkException NobodyToAsk(string text, NetworkException[] failures)
    {
        string reason = failures.Length > 0
            ? $"not all runtimes answer: {string.Join(" ", failures.Select(static f => f.Message))}"
            : "there is no runtime to ask: neither Docker nor Podman has a socket here.";
        return new(
            NetworkError.RuntimeUnavailable,
            $"No container '{text}' is known, and {reason}",
            "Start the runtime, or its socket (systemctl start podman.socket). Without it, use the container's id or -ProcessId.");
    }

    public static NetworkException NotFound(string text, bool isId, IReadOnlyCollection<IContainerRuntime> asked)
    {
        string where = asked.Count > 0 ? $" at {string.Join(", ", asked.Select(static r => r.Address))}" : "";
        return new(
            NetworkError.ContainerNotFound,
            $"There is no container '{text}'{where}{(isId ? ", and no process has a control group of that id." : ".")}",
            "List them with docker ps or podman ps. A container of another runtime is known by its id, or its process: "
            + "-ProcessId.");
    }

    public static NetworkException Ambiguous(string text, IEnumerable<string> candidates) => new(
        NetworkError.ContainerAmbiguous,
        $"'{text}' can be any of several containers: {string.Join(", ", candidates)}.",
        "Give more digits of the id.");

    public static NetworkException NotRunning(Container container) => new(
        NetworkError.ContainerNotRunning,
        $"The container {container} does not run, so it has no network namespace.",
        "Start it first.");

    public static NetworkException UsesHost(Container container) => new(
        NetworkError.HostNamespace,
        $"The container {container} uses the host's own network namespace, where NICs of networks do not belong.",
        "Start it with a network namespace of its own: --network none.");

    public static NetworkException Shares(Container container, string other) => new(
        NetworkError.NamespaceShared,
        $"The container {container} shares the network namespace of {other}.",
        $"Connect the NIC to that one: -Container {other}. All that share its namespace have it then.");

    public static NetworkException NotItsProcess(Container container, int processId) => new(
        NetworkError.ContainerNotFound,
        $"Process {processId}, which its runtime says is that of the container {container}, has no control group of that "
        + "container.",
        "The runtime may be on another host, or the container without control groups. If the process is the right one: "
        + "-ProcessId.");
}
