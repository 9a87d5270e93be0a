namespace MacIpvlan;

/// <summary>A service of Compose that is on a network, and what its containers need in order to get their NICs here.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Labels">
/// The labels by which Watch-ContainerNic connects its containers, each as NAME=VALUE: those for all of its networks, since one
/// label names them.
/// </param>
public sealed record ComposeService(string Name, IReadOnlyList<string> Labels)
{
    /// <summary>Whether it has them already, and no network of Docker.</summary>
    public bool HasLabels { get; init; }

    /// <summary>The service and its labels.</summary>
    public override string ToString() => $"{Name}: {string.Join(", ", Labels)}";
}
