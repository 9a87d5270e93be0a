using System.Diagnostics;
using System.Globalization;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Finds the targets of NICs by the names that users specify.</summary>
public sealed class NicTargetFinder(NetworkSession session)
{
    // An error that names what was probably meant doesn't come much later than one that doesn't.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Opens a network namespace by its name or, if the text contains a slash, by its path.</summary>
    /// <exception cref="NetworkException">InvalidName, NamespaceNotFound or PermissionDenied.</exception>
    public static NicTarget OpenNamespace(string text)
    {
        if (text.Contains('/'))
        {
            // The path is recorded, and shown.
            return !text.Any(char.IsControl) ? new(NamespaceHandle.Open(text, text)) : throw new NetworkException(
                NetworkError.InvalidName, $"The path '{text}' has control characters.", "Give the namespace a name, or mount it elsewhere.");
        }

        LinkName.CheckNamespace(text);
        return new(NamespaceHandle.Open(text, NamespaceHandle.PathOf(text)));
    }

    /// <summary>Opens a network namespace, and says what was probably meant if it doesn't exist.</summary>
    /// <exception cref="NetworkException">As <see cref="OpenNamespace"/>.</exception>
    public NicTarget OpenNamed(string text)
    {
        try
        {
            return OpenNamespace(text);
        }
        catch (NetworkException e) when (e.Error == NetworkError.NamespaceNotFound && !text.Contains('/'))
        {
            bool isContainer = RunningNames().Contains(text);
            throw new NetworkException(
                NetworkError.NamespaceNotFound,
                $"{e.Message}{(isContainer ? $" '{text}' is a container." : Hint(text, NamedNamespaces()))}",
                isContainer ? $"Use -Container {text}." : "List the namespaces with Get-NetworkNamespace.");
        }
    }

    /// <summary>Opens the network namespace of a process.</summary>
    /// <exception cref="NetworkException">ProcessNotFound or PermissionDenied.</exception>
    public static NicTarget OpenProcess(int id)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/net");
        return Directory.Exists($"/proc/{id}")
            ? new(NamespaceHandle.Open(path, path)) { ProcessId = id }
            : throw new NetworkException(NetworkError.ProcessNotFound, $"There is no process with the id {id}.");
    }

    /// <summary>Opens a container by its name, its id, or the beginning of its id.</summary>
    /// <exception cref="NetworkException">
    /// The container doesn't exist, isn't running, or has no network namespace of its own.
    /// </exception>
    public NicTarget OpenContainer(string text)
    {
        try
        {
            return OpenOnlyContainer(text);
        }
        catch (NetworkException e) when (IsMissing(e))
        {
            bool isNamespace = File.Exists(NamespaceHandle.PathOf(text));
            throw new NetworkException(
                e.Error,
                $"{e.Message}{(isNamespace ? $" '{text}' is a network namespace." : Hint(text, RunningNames()))}",
                isNamespace ? $"Use -Namespace {text}." : e.RecommendedAction);
        }
    }

    /// <summary>Opens the network namespace with a name or path or, if it doesn't exist, the container.</summary>
    /// <exception cref="NetworkException">NamespaceNotFound if neither exists; or the container's error.</exception>
    public NicTarget Open(string text)
    {
        if (!Container.CanBeName(text) || File.Exists(NamespaceHandle.PathOf(text))) return OpenNamespace(text);
        try
        {
            return OpenOnlyContainer(text);
        }
        catch (NetworkException e) when (IsMissing(e))
        {
            string message = $"The network namespace '{text}' doesn't exist.";
            throw new NetworkException(
                NetworkError.NamespaceNotFound,
                IsNetwork(text) ? message + ItIsANetwork(text)
                    : $"{message} {e.Message}{NearestName.Ask(text, NamedNamespaces().Concat(RunningNames()))}",
                "List named namespaces with Get-NetworkNamespace, and containers with docker ps or podman ps.");
        }
    }

    private NicTarget OpenOnlyContainer(string text)
    {
        ContainerTarget found = session.Containers.Open(text);
        return new(found.Namespace) { Container = found.Container, IsNamed = found.IsNamed };
    }

    private static bool IsMissing(NetworkException e) => e.Error is NetworkError.ContainerNotFound or NetworkError.RuntimeUnavailable;

    private string Hint(string text, IEnumerable<string> names) => IsNetwork(text) ? ItIsANetwork(text) : NearestName.Ask(text, names);

    private bool IsNetwork(string text) => session.State.GetNetworks(text).Count > 0;

    private static string ItIsANetwork(string text) => $" '{text}' is a network: the network comes first, then the target.";

    private static IEnumerable<string> NamedNamespaces() => Directory.Exists(NamespaceHandle.Folder)
        ? Directory.EnumerateFiles(NamespaceHandle.Folder).Select(static f => Path.GetFileName(f))
        : [];

    private IEnumerable<string> RunningNames() => GetRunning(s_patience).Select(static c => c.Name);

    /// <summary>The first process of each network namespace except the host's, as far as this user can see them.</summary>
    /// <param name="goesOn">Whether to go on after this time.</param>
    public static IReadOnlyList<(int Id, string Name, string Namespace)> GetProcesses(Func<TimeSpan, bool> goesOn)
    {
        long start = Stopwatch.GetTimestamp();
        HashSet<string> seen = [$"{NamespaceHandle.OwnIdentity}"];
        List<(int, string, string)> found = [];
        IEnumerable<int> ids = Directory.EnumerateDirectories("/proc")
            .Select(static f => int.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(static id => id > 0).Order();
        foreach (int id in ids.TakeWhile(_ => goesOn(Stopwatch.GetElapsedTime(start))))
        {
            try
            {
                string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
                if (new FileInfo($"{folder}/ns/net").LinkTarget is not string target || !seen.Add(target)) continue;
                found.Add((id, PrintableText.Clean(File.ReadAllText($"{folder}/comm").Trim()), target));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or belongs to somebody else.
            }
        }

        return found;
    }

    /// <summary>The running containers that their runtimes report within the given time.</summary>
    public IReadOnlyList<Container> GetRunning(TimeSpan patience) => session.Containers.GetRunning(patience);
}

/// <summary>The target of a NIC: an open namespace, and its container or process if specified.</summary>
/// <param name="Namespace">The namespace.</param>
public sealed record NicTarget(NamespaceHandle Namespace) : IDisposable
{
    /// <summary>The specified container, if any.</summary>
    public Container? Container { get; init; }

    /// <summary>Whether that container was specified by name.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The specified process, if any.</summary>
    public int? ProcessId { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Namespace.Dispose();
}
