using System.Text.RegularExpressions;

namespace MacIpvlan.Containers;

/// <summary>A container as a NIC remembers it.</summary>
/// <param name="Id">Its id: 64 hexadecimal digits.</param>
/// <param name="Name">Its name; the first digits of its id where nobody tells the name.</param>
/// <param name="Runtime">What runs it.</param>
/// <param name="Image">The image that it was made from; empty where nobody tells.</param>
/// <param name="Address">The socket of the runtime that told of it; empty if it was found by its control group.</param>
public sealed partial record Container(string Id, string Name, ContainerRuntime Runtime, string Image, string Address)
{
    /// <summary>How many digits of an id runtimes show.</summary>
    public const int ShortIdLength = 12;

    /// <summary>The digits of the id that runtimes show.</summary>
    public string ShortId => Id[..ShortIdLength];

    /// <summary>Whether a text is a whole id.</summary>
    public static bool IsId(string text) => Id64().IsMatch(text);

    /// <summary>Whether a text can be a name, as Docker and Podman have them, or the beginning of an id.</summary>
    public static bool CanBeName(string text) => NameSyntax().IsMatch(text);

    /// <summary>Name and id as messages show them.</summary>
    public override string ToString() => Name == ShortId ? ShortId : $"{Name} ({ShortId})";

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Id64();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}\z")]
    private static partial Regex NameSyntax();
}

/// <summary>What runs containers.</summary>
public enum ContainerRuntime
{
    /// <summary>One that leaves no mark of its own.</summary>
    Unknown,

    /// <summary>Docker.</summary>
    Docker,

    /// <summary>Podman.</summary>
    Podman,

    /// <summary>containerd, by itself or below Kubernetes.</summary>
    Containerd,

    /// <summary>CRI-O.</summary>
    CriO,
}
