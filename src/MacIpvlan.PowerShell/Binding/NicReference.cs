using System.Globalization;
using System.Management.Automation;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>An existing or former NIC: an object from Get-ContainerNic or Get-ContainerNicStatistics, or a deserialized one.</summary>
public sealed class NicReference
{
    private readonly PSObject _remains;
    private readonly ContainerNic? _nic;

    /// <summary>Refers to a NIC by its object.</summary>
    public NicReference(ContainerNic nic) : this(PSObject.AsPSObject(nic)) => _nic = nic;

    /// <summary>Refers to a NIC by its statistics.</summary>
    public NicReference(ContainerNicStatistics statistics) : this(PSObject.AsPSObject(statistics))
    {
    }

    /// <summary>Refers to a NIC by the properties of a deserialized object.</summary>
    /// <exception cref="FormatException">It has no network, or nothing that identifies its namespace.</exception>
    public NicReference(PSObject remains)
    {
        _remains = remains;
        if (Network is null || Place is null)
        {
            throw new FormatException(
                "The object doesn't represent a NIC: it needs Network, and Container, Namespace or ProcessId.");
        }
    }

    /// <summary>The network's name.</summary>
    public string Network => Read(nameof(ContainerNic.Network))!;

    /// <summary>The interface's name; null if unknown.</summary>
    public string? InterfaceName => Read(nameof(ContainerNic.InterfaceName));

    private string? Container => Read(nameof(ContainerNic.Container));

    private string? Namespace => Read(nameof(ContainerNic.Namespace));

    private int? ProcessId => ReadNumber(nameof(ContainerNic.ProcessId));

    private string? Place => Container ?? Namespace ?? Read(nameof(ContainerNic.ProcessId));

    /// <summary>Its container, namespace or process, and the interface.</summary>
    public override string ToString() => $"{Place}/{InterfaceName}";

    /// <summary>Its addresses; null if unknown.</summary>
    /// <exception cref="NetworkException">
    /// InvalidParameter: the property doesn't contain addresses. The other properties fail in the same way.
    /// </exception>
    internal IReadOnlyList<AddressReference>? ReadAddresses() => _remains.Properties[nameof(ContainerNic.IPAddress)] is null ? null
        : [.. ObjectRemains.ReadAll(_remains, nameof(ContainerNic.IPAddress)).Select(a => Check(a, static t => new AddressReference(t)))];

    /// <summary>Its MAC address; null if unknown.</summary>
    internal PhysicalAddress? ReadMacAddress() =>
        Read(nameof(ContainerNic.MacAddress)) is string text ? Check(text, PhysicalAddress.Parse) : null;

    /// <summary>Its MTU in bytes; null if unknown.</summary>
    internal int? ReadMtu() => ReadNumber(nameof(ContainerNic.Mtu)) is > 0 and int mtu ? mtu : null;

    /// <summary>Its limits.</summary>
    internal BandwidthLimits ReadBandwidth() => new(
        ReadRate(nameof(ContainerNic.MaximumBandwidthIn)), ReadRate(nameof(ContainerNic.MaximumBandwidthOut)), ReadNumber(nameof(ContainerNic.BandwidthBurst)));

    /// <summary>How it makes addresses from router advertisements; null if unknown.</summary>
    internal InterfaceIdentifier? ReadInterfaceIdentifier() =>
        Read(nameof(ContainerNic.InterfaceIdentifier)) is { Length: > 0 } text ? Check(text, InterfaceIdentifier.Parse) : null;

    /// <summary>Its sysctls, those of its network too.</summary>
    internal IReadOnlyList<NicSysctl> ReadSysctls() =>
        [.. ObjectRemains.ReadAll(_remains, nameof(ContainerNic.Sysctl)).Select(s => Check(s, NicSysctl.Parse))];

    /// <summary>Whether it takes the default route, or never has it; null if neither was specified.</summary>
    internal bool? ReadDefaultRoute() => ReadBoolean(nameof(ContainerNic.DefaultRoute));

    /// <summary>Whether its link is kept down.</summary>
    internal bool ReadDisabled() => ReadBoolean(nameof(ContainerNic.Disabled)) == true;

    /// <summary>Finds the NIC, or else the NIC that has taken its place; null if there is neither.</summary>
    internal ContainerNic? Find(Func<IReadOnlyList<ContainerNic>> all) => _nic
        ?? all().FirstOrDefault(n => n.Id == Read(nameof(ContainerNic.Id)))
        ?? all().FirstOrDefault(IsInPlace);

    /// <summary>Opens its container, process or namespace.</summary>
    internal NicTarget Open(NicTargetFinder targets) => Container is not null ? targets.OpenContainer(Container)
        : ProcessId is int id ? NicTargetFinder.OpenProcess(id)
        : NicTargetFinder.OpenNamespace(Namespace!);

    private bool IsInPlace(ContainerNic nic) =>
        nic.Network.Equals(Network, StringComparison.OrdinalIgnoreCase) && nic.InterfaceName == InterfaceName
        && (Container is not null ? nic.Container == Container
            : ProcessId is int id ? nic.ProcessId == id
            : nic.Namespace == Namespace);

    private string? Read(string property) => ObjectRemains.Read(_remains, property);

    private Bandwidth? ReadRate(string property) => Read(property) is { Length: > 0 } text ? Check(text, Bandwidth.Parse) : null;

    private bool? ReadBoolean(string property) => Read(property) is { Length: > 0 } text ? Check(text, bool.Parse) : null;

    private int? ReadNumber(string property) => Read(property) is string text
        ? Check(text, static t => int.Parse(t, NumberStyles.None, CultureInfo.InvariantCulture))
        : null;

    private T Check<T>(string text, Func<string, T> read)
    {
        try
        {
            return read(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The object for the NIC {this} contains the invalid value '{text}': {e.Message}",
                "Get the object again with Get-ContainerNic, or change this value in the file that it comes from.");
        }
    }
}
