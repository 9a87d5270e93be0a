using System.Globalization;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Finds the targets of NICs by the names that users specify.</summary>
public sealed class NicTargetFinder(NetworkSession session)
{
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
        ContainerTarget found = session.Containers.Open(text);
        return new(found.Namespace) { Container = found.Container };
    }

    /// <summary>Opens the network namespace with a name or path or, if it doesn't exist, the container.</summary>
    /// <exception cref="NetworkException">NamespaceNotFound if neither exists; or the container's error.</exception>
    public NicTarget Open(string text)
    {
        if (!Container.CanBeName(text) || File.Exists(NamespaceHandle.PathOf(text))) return OpenNamespace(text);
        try
        {
            return OpenContainer(text);
        }
        catch (NetworkException e) when (e.Error is NetworkError.ContainerNotFound or NetworkError.RuntimeUnavailable)
        {
            throw new NetworkException(
                NetworkError.NamespaceNotFound,
                $"The network namespace '{text}' doesn't exist. {e.Message}",
                "List named namespaces with Get-NetworkNamespace, and containers with docker ps or podman ps.");
        }
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

    /// <summary>The specified process, if any.</summary>
    public int? ProcessId { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Namespace.Dispose();
}
