namespace MacIpvlan;

/// <summary>Container runtimes.</summary>
public enum ContainerRuntime : long
{
    /// <summary>A runtime that can't be identified.</summary>
    Unknown,

    /// <summary>Docker.</summary>
    Docker,

    /// <summary>Podman.</summary>
    Podman,

    /// <summary>containerd, alone or under Kubernetes.</summary>
    Containerd,

    /// <summary>CRI-O.</summary>
    CriO,
}
