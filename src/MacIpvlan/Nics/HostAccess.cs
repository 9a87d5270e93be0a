using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The host's own way into a network: an interface of the network's kind on the host, as the kernel lets NICs talk to each
/// other but not to the host by its parent.
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
    public ValueList<string> IPAddress => _nic.IPAddress;

    /// <summary>The interface's MAC address.</summary>
    public string MacAddress => _nic.MacAddress;

    /// <summary>The link that it sits on.</summary>
    public string Parent => _nic.Parent;

    /// <summary>How far it has come.</summary>
    public NicState State => _nic.State;

    /// <summary>The interface's name.</summary>
    public override string ToString() => InterfaceName;
}
