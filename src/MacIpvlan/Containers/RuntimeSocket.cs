using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>A socket of a container runtime.</summary>
/// <param name="Address">The path of the socket.</param>
/// <param name="IsNamed">Whether the user specified it. Its owner is then trusted too, whoever that is.</param>
public sealed record RuntimeSocket(string Address, bool IsNamed)
{
    private const string UnixScheme = "unix://";

    /// <summary>
    /// The sockets in the order in which they're asked: those of Docker and of Podman for all users, then those of this
    /// user. DOCKER_HOST and CONTAINER_HOST replace the sockets of Docker and of Podman. Sockets that the user didn't
    /// specify are used only if they belong to root or to this user, because their answers are acted on.
    /// </summary>
    /// <param name="variable">Returns the value of an environment variable.</param>
    public static IReadOnlyList<RuntimeSocket> FindAll(Func<string, string?> variable)
    {
        string? user = variable("XDG_RUNTIME_DIR") is { Length: > 0 } folder && folder.StartsWith('/') ? folder.TrimEnd('/') : null;
        List<RuntimeSocket> docker = Of("DOCKER_HOST", "/var/run/docker.sock", "docker.sock");
        List<RuntimeSocket> podman = Of("CONTAINER_HOST", "/run/podman/podman.sock", "podman/podman.sock");
        return [.. docker.Take(1), .. podman.Take(1), .. docker.Skip(1), .. podman.Skip(1)];

        List<RuntimeSocket> Of(string name, string ofAll, string ofUser)
        {
            if (variable(name) is { Length: > 0 } host) return [new(PathOf(host) ?? host, IsNamed: true)];
            string[] paths = user is null ? [ofAll] : [ofAll, $"{user}/{ofUser}"];
            return [.. paths.Select(static p => new RuntimeSocket(p, IsNamed: false))];
        }
    }

    /// <summary>Whether it can be used: the user specified it, or it exists and can be trusted.</summary>
    public bool IsUsable()
    {
        if (IsNamed) return true;
        try
        {
            Hold().Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Finds the socket, to connect to it by the path of the held file: what takes its place later is never asked.
    /// </summary>
    /// <exception cref="IOException">It can't be found, or isn't on this host.</exception>
    /// <exception cref="UntrustedPathException">
    /// It belongs to another user and isn't named, or a user other than its owner can exchange it.
    /// </exception>
    public HeldFile Hold()
    {
        if (!Address.StartsWith('/')) throw new IOException("Only sockets of this host (unix:///PATH) are supported");
        HeldFile file = HeldFile.Open(Address);
        try
        {
            if (!IsNamed && !file.Status.IsTrusted)
            {
                throw new UntrustedPathException(
                    Address, $"belongs to another user (id {file.Status.Owner})", "Set DOCKER_HOST to it if you trust that user.");
            }

            file.CheckExchange(file.Status.Owner);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string? PathOf(string host) =>
        host.StartsWith(UnixScheme, StringComparison.Ordinal) ? host[UnixScheme.Length..] : null;
}
