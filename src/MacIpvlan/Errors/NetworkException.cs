
namespace MacIpvlan;

/// <summary>The error of a request that this module refuses.</summary>
public class NetworkException : Exception
{
    /// <summary>Describes the reason. Names of others in the texts are cleaned: <see cref="PrintableText"/>.</summary>
    /// <param name="error">The stable name of the reason.</param>
    /// <param name="message">What is wrong, in one sentence.</param>
    /// <param name="action">What to do next.</param>
    public NetworkException(NetworkError error, string message, string? action = null)
        : base(PrintableText.Clean(message)) => (Error, RecommendedAction) = (error, action is null ? null : PrintableText.Clean(action));

    /// <summary>The stable name of the reason, used as the id of the error.</summary>
    public NetworkError Error { get; }

    /// <summary>What to do next.</summary>
    public string? RecommendedAction { get; }
}

/// <summary>The reasons why a request can't be carried out.</summary>
public enum NetworkError
{
    /// <summary>A parameter's value is out of range, or parameters contradict each other.</summary>
    InvalidParameter,

    /// <summary>The name isn't valid for an interface, a network or a namespace.</summary>
    InvalidName,

    /// <summary>The input doesn't define networks in a known format.</summary>
    InvalidDefinition,

    /// <summary>The VLAN id isn't from 1 to 4094.</summary>
    InvalidVlanId,

    /// <summary>An address, range or gateway is outside the network's subnets, or can't be allocated.</summary>
    InvalidAddress,

    /// <summary>No DHCP server gave a NIC an address in time.</summary>
    DhcpTimeout,

    /// <summary>The network doesn't exist.</summary>
    NetworkNotFound,

    /// <summary>The network still has NICs.</summary>
    NetworkInUse,

    /// <summary>Another command changed the network at the same time.</summary>
    NetworkChanged,

    /// <summary>A network of that name already exists.</summary>
    NetworkExists,

    /// <summary>The subnet partly overlaps that of another network on the same parent.</summary>
    SubnetOverlap,

    /// <summary>The parent link doesn't exist.</summary>
    ParentNotFound,

    /// <summary>The link can't be a parent.</summary>
    ParentUnsuitable,

    /// <summary>Another network or link uses the parent in a way that excludes this one.</summary>
    ParentInUse,

    /// <summary>The VLAN sub-interface doesn't exist.</summary>
    SubInterfaceNotFound,

    /// <summary>A sub-interface with that parent and VLAN id already exists.</summary>
    SubInterfaceExists,

    /// <summary>Networks or other links sit on the sub-interface, or this module didn't create it.</summary>
    SubInterfaceInUse,

    /// <summary>The network namespace doesn't exist.</summary>
    NamespaceNotFound,

    /// <summary>It's unknown whether the namespace still exists.</summary>
    SearchIncomplete,

    /// <summary>A network namespace of that name already exists.</summary>
    NamespaceExists,

    /// <summary>The namespace still has NICs.</summary>
    NamespaceInUse,

    /// <summary>The target is the host's own network namespace.</summary>
    HostNamespace,

    /// <summary>The host can't have access to the network.</summary>
    HostAccessUnsuitable,

    /// <summary>The host already has access to the network, through other addresses or another interface.</summary>
    HostAccessExists,

    /// <summary>The process doesn't exist.</summary>
    ProcessNotFound,

    /// <summary>The container doesn't exist.</summary>
    ContainerNotFound,

    /// <summary>Several containers have the name, or ids that begin with it.</summary>
    ContainerAmbiguous,

    /// <summary>The container isn't running, so it has no network namespace.</summary>
    ContainerNotRunning,

    /// <summary>The container shares another container's network namespace.</summary>
    NamespaceShared,

    /// <summary>A container runtime that could know the container doesn't answer.</summary>
    RuntimeUnavailable,

    /// <summary>The target already has an interface of that name.</summary>
    InterfaceExists,

    /// <summary>The NIC doesn't exist.</summary>
    NicNotFound,

    /// <summary>The NIC's interface can't be found, but may still exist.</summary>
    InterfaceNotFound,

    /// <summary>A NIC or the host itself has the address.</summary>
    AddressInUse,

    /// <summary>Someone else on the wire, or another link of the parent, has the address.</summary>
    AddressConflict,

    /// <summary>The network has no free address.</summary>
    AddressesExhausted,

    /// <summary>Another link has the MAC address.</summary>
    MacAddressInUse,

    /// <summary>The format can't express a setting of the network.</summary>
    NoCounterpart,

    /// <summary>A file of that name already exists, and the caller asked to keep it.</summary>
    FileExists,

    /// <summary>The file can't be read or written.</summary>
    FileUnusable,

    /// <summary>The program that renders pictures is missing, fails, or doesn't finish.</summary>
    RendererUnavailable,

    /// <summary>The NIC needs IPv6, but its interface can't have it.</summary>
    IPv6Unavailable,

    /// <summary>The kernel doesn't support a requested option.</summary>
    KernelTooOld,

    /// <summary>This process lacks a capability that the kernel requires.</summary>
    PermissionDenied,

    /// <summary>The state database can't be opened, read or written.</summary>
    StateUnavailable,

    /// <summary>This host knows no address database of that name.</summary>
    AddressDatabaseNotFound,

    /// <summary>An address database of that name is already known.</summary>
    AddressDatabaseExists,

    /// <summary>Networks of this host use the address database.</summary>
    AddressDatabaseInUse,

    /// <summary>No server of the address database answers in time.</summary>
    AddressDatabaseUnavailable,

    /// <summary>The address database refuses this host, isn't protected, or has no schema or another version of it.</summary>
    AddressDatabaseUnsuitable,

    /// <summary>The segment doesn't exist in the address database.</summary>
    SegmentNotFound,

    /// <summary>The segment is defined differently, or its subnets overlap those of another one.</summary>
    SegmentDiffers,

    /// <summary>The address database knows no host of that name.</summary>
    HostNotFound,
}
