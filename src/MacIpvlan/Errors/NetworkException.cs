
namespace MacIpvlan;

/// <summary>Something that was asked for cannot be done, for a reason of this module's own rules.</summary>
public class NetworkException : Exception
{
    /// <summary>Describes the reason.</summary>
    /// <param name="error">The stable name of the reason.</param>
    /// <param name="message">What was being done, and what is in the way.</param>
    /// <param name="action">What to do next.</param>
    public NetworkException(NetworkError error, string message, string? action = null)
        : base(message) => (Error, RecommendedAction) = (error, action);

    /// <summary>The stable name of the reason; it becomes the id of the error.</summary>
    public NetworkError Error { get; }

    /// <summary>What to do next.</summary>
    public string? RecommendedAction { get; }
}

/// <summary>The reasons for which something cannot be done.</summary>
public enum NetworkError
{
    /// <summary>A parameter's value is out of its domain, or parameters contradict each other.</summary>
    InvalidParameter,

    /// <summary>The name cannot be the name of an interface, a network or a namespace.</summary>
    InvalidName,

    /// <summary>A text that is to define networks cannot be read.</summary>
    InvalidDefinition,

    /// <summary>The VLAN id is not 1 to 4094.</summary>
    InvalidVlanId,

    /// <summary>An address, range or gateway lies in no subnet of the network, or cannot be given to a NIC.</summary>
    InvalidAddress,

    /// <summary>There is no such network.</summary>
    NetworkNotFound,

    /// <summary>The network still has NICs.</summary>
    NetworkInUse,

    /// <summary>A network of that name exists.</summary>
    NetworkExists,

    /// <summary>The subnet partly overlaps that of another network on the same parent.</summary>
    SubnetOverlap,

    /// <summary>There is no such parent link.</summary>
    ParentNotFound,

    /// <summary>The link cannot be a parent.</summary>
    ParentUnsuitable,

    /// <summary>Another network holds the parent in a way that excludes this one.</summary>
    ParentInUse,

    /// <summary>There is no such sub-interface.</summary>
    SubInterfaceNotFound,

    /// <summary>A sub-interface of that parent and VLAN id exists.</summary>
    SubInterfaceExists,

    /// <summary>The sub-interface still carries networks or other links, or is not of this module.</summary>
    SubInterfaceInUse,

    /// <summary>There is no such network namespace.</summary>
    NamespaceNotFound,

    /// <summary>A network namespace of that name exists.</summary>
    NamespaceExists,

    /// <summary>The namespace still has NICs.</summary>
    NamespaceInUse,

    /// <summary>The target is the host's own network namespace.</summary>
    HostNamespace,

    /// <summary>The host cannot have access to the network.</summary>
    HostAccessUnsuitable,

    /// <summary>The host has access to the network, in another way.</summary>
    HostAccessExists,

    /// <summary>There is no such process.</summary>
    ProcessNotFound,

    /// <summary>There is no such container.</summary>
    ContainerNotFound,

    /// <summary>Several containers are called so, or have ids that begin so.</summary>
    ContainerAmbiguous,

    /// <summary>The container does not run, so it has no network namespace.</summary>
    ContainerNotRunning,

    /// <summary>The container shares the network namespace of another.</summary>
    NamespaceShared,

    /// <summary>A container runtime that might know the container does not answer.</summary>
    RuntimeUnavailable,

    /// <summary>The target has an interface of that name.</summary>
    InterfaceExists,

    /// <summary>There is no such NIC.</summary>
    NicNotFound,

    /// <summary>The address is taken.</summary>
    AddressInUse,

    /// <summary>Someone else on the wire, or another link of the parent, has the address.</summary>
    AddressConflict,

    /// <summary>The network has no free address.</summary>
    AddressesExhausted,

    /// <summary>Another link has the MAC address.</summary>
    MacAddressInUse,

    /// <summary>A format cannot say what a network is.</summary>
    NoCounterpart,

    /// <summary>A file of that name exists, and is not to be replaced.</summary>
    FileExists,

    /// <summary>A file cannot be read or written.</summary>
    FileUnusable,

    /// <summary>The kernel lacks something that was asked for.</summary>
    KernelTooOld,

    /// <summary>The kernel demands a capability that this process lacks.</summary>
    PermissionDenied,

    /// <summary>The state database cannot be opened, read or written.</summary>
    StateUnavailable,
}
