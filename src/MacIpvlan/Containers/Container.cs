using System.Text.RegularExpressions;

namespace MacIpvlan.Containers;

/// <summary>A container as recorded with a NIC.</summary>
/// <param name="Id">The id: 64 hexadecimal digits.</param>
/// <param name="Name">The name; the short id if the name is unknown.</param>
/// <param name="Runtime">The runtime that runs it.</param>
/// <param name="Image">The image that it was created from; empty if unknown.</param>
/// <param name="Address">
/// The socket of the runtime that reported it; empty if it was found by its control group.
/// </param>
public sealed partial record Container(string Id, string Name, ContainerRuntime Runtime, string Image, string Address)
{
    /// <summary>The number of digits of an id that runtimes show.</summary>
    public const int ShortIdLength = 12;

    /// <summary>
    /// The path of its control group, up to the part with the id; empty if it wasn't readable. Only the runtime that
    /// made it, or root, can create another group of this path.
    /// </summary>
    public string Cgroup { get; init; } = "";

    /// <summary>The instance of a Compose service that it runs; null if none.</summary>
    public ComposeInstance? Instance { get; init; }

    /// <summary>The short id: the first digits, which runtimes show.</summary>
    public string ShortId => Id[..ShortIdLength];

    /// <summary>Whether another container has taken its name, or its place as the instance of a Compose service.</summary>
    public bool IsSucceededBy(Container other) => other.Id != Id
        && (other.Name == Name || (Instance is not null && other.Instance == Instance && Instance.IsUsualName(other.Name)));

    /// <summary>Whether a text is a complete id.</summary>
    public static bool IsId(string text) => Id64().IsMatch(text);

    /// <summary>Whether a text can be the beginning of an id, or a name that Docker and Podman accept.</summary>
    public static bool CanBeName(string text) => NameSyntax().IsMatch(text);

    /// <summary>The name and short id, for messages.</summary>
    public override string ToString() => Name == ShortId ? ShortId : $"{Name} ({ShortId})";

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Id64();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}\z")]
    private static partial Regex NameSyntax();
}
