using System.Globalization;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Finds what NICs are to be given to, as users name it.</summary>
public sealed class NicTargetFinder(NetworkSession session)
{
    /// <summary>A network namespace by its name or, if it has a slash, by its path.</summary>
    /// <exception cref="NetworkException">InvalidName, NamespaceNotFound or PermissionDenied.</exception>
    public static NicTarget OpenNamespace(string text)
    {
        if (text.Contains('/')) return new(NamespaceHandle.Open(text, text));
        LinkName.CheckNamespace(text);
        return new(NamespaceHandle.Open(text, NamespaceHandle.PathOf(text)));
    }

    /// <summary>The network namespace of a process.</summary>
    /// <exception cref="NetworkException">ProcessNotFound or PermissionDenied.</exception>
    public static NicTarget OpenProcess(int id)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/net");
        return Directory.Exists($"/proc/{id}")
            ? new(NamespaceHandle.Open(path, path)) { ProcessId = id }
            : throw new NetworkException(NetworkError.ProcessNotFound, $"There is no process with the id {id}.");
    }

    /// <summary>A container by its name, its id, or the beginning of its id.</summary>
    /// <exception cref="NetworkException">It is not there, does not run, or has no network namespace of its own.</exception>
    public NicTarget OpenContainer(string text)
    {
        ContainerTarget found = session.Containers.Open(text);
        return new(found.Namespace) { Container = found.Container };
    }

    /// <summary>The network namespace of that name or path where there is one, else the container.</summary>
    /// <exception cref="NetworkException">NamespaceNotFound: neither is there; or what is wrong with the container.</exception>
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
                $"There is no network namespace '{text}'. {e.Message}",
                "List named namespaces with Get-NetworkNamespace, containers with docker ps or podman ps.");
        }
    }

    /// <summary>The containers that run, as far as their runtimes tell within some time.</summary>
    public IReadOnlyList<Container> GetRunning(TimeSpan patience) => session.Containers.GetRunning(patience);
}

/// <summary>What a NIC is given to: a namespace, held, and whose it is.</summary>
/// <param name="Namespace">The namespace.</param>
public sealed record NicTarget(NamespaceHandle Namespace) : IDisposable
{
    /// <summary>The container that was named, if one was.</summary>
    public Container? Container { get; init; }

    /// <summary>The process that was named, if one was.</summary>
    public int? ProcessId { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Namespace.Dispose();
}
