using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// The host's own access to a network: an interface of the network's kind on the host. The kernel lets NICs reach each
/// other, but not the host through the parent.
/// </summary>
public sealed class HostAccess
{
    private readonly ContainerNic _nic;

    internal HostAccess(ContainerNic nic) => _nic = nic;

    /// <summary>The network's name.</summary>
    public string Network => _nic.Network;

    /// <summary>The interface's name on the host.</summary>
    public string InterfaceName => _nic.InterfaceName;

    /// <summary>The addresses at which the network's containers reach the host.</summary>
    public ValueList<AddressText> IPAddress => _nic.IPAddress;

    /// <summary>The interface's MAC address.</summary>
    public string MacAddress => _nic.MacAddress;

    /// <summary>The link that it sits on.</summary>
    public string Parent => _nic.Parent;

    /// <summary>Its state.</summary>
    public NicState State => _nic.State;

    /// <summary>Its link as the kernel has it; null if it wasn't looked at, or isn't there.</summary>
    internal Link? Seen => _nic.Seen;

    /// <summary>The interface's name.</summary>
    public override string ToString() => InterfaceName;
}
