using System.Collections;
using System.Management.Automation;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Changes settings of NICs while their containers run.</summary>
[Cmdlet(VerbsCommon.Set, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class SetContainerNicCommand : NicChangeCommand
{
    private NicReconfiguration? _reconfiguration;

    /// <summary>The interface's new name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? NewName { get; set; }

    /// <summary>The addresses instead of those of their families; an empty list for none at all.</summary>
    [Parameter]
    [ValidateNotNull]
    [ValueTransformation<AddressReference[]>]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(FreeAddressCompleter))]
    public AddressReference[]? IPAddress { get; set; }

    /// <summary>Addresses that the NIC gets besides those that it has.</summary>
    [Parameter]
    [ValidateNotNull]
    [ValueTransformation<AddressReference[]>]
    [ArgumentCompleter(typeof(FreeAddressCompleter))]
    public AddressReference[] AddIPAddress { get; set; } = [];

    /// <summary>Families of which the NIC gets the lowest free address besides those that it has.</summary>
    [Parameter]
    public IPVersion[] AddAddressFamily { get; set; } = [];

    /// <summary>Addresses that the NIC no longer has.</summary>
    [Parameter]
    [ValidateNotNull]
    [ValueTransformation<AddressReference[]>]
    [ArgumentCompleter(typeof(NicAddressCompleter))]
    public AddressReference[] RemoveIPAddress { get; set; } = [];

    /// <summary>Probes new addresses before the NIC takes them. The default is the network's setting.</summary>
    [Parameter]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>The MAC address.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NoCompleter))]
    public PhysicalAddress? MacAddress { get; set; }

    /// <summary>The MTU.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? Mtu { get; set; }

    /// <summary>The highest rate, both in and out, in bits a second.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidth { get; set; }

    /// <summary>The highest rate at which the NIC receives.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthIn { get; set; }

    /// <summary>The highest rate at which it sends.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthOut { get; set; }

    /// <summary>How many bytes can pass at once.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BandwidthBurst { get; set; }

    /// <summary>All sysctls of the NIC itself, in addition to those of the network or instead.</summary>
    [Parameter]
    [AllowNull]
    [SysctlTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public IDictionary? Sysctl { get; set; }

    /// <summary>Takes the default route from the other NICs of the namespace; if false, gives it up.</summary>
    [Parameter]
    public SwitchParameter DefaultRoute { get; set; }

    /// <summary>Carries out changes that would otherwise be refused because they can hurt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Describe(ContainerNic nic) => $"Change the NIC of network {nic.Network}: {Changes}";

    private protected override void CheckChange(ContainerNic nic) => (_reconfiguration ??= new(Session)).Check(nic, ReadSettings());

    private protected override ContainerNic Change(ContainerNic nic) => (_reconfiguration ??= new(Session)).Set(nic, ReadSettings());

    private NicSettings ReadSettings()
    {
        AddressReference[] all = [.. IPAddress ?? [], .. AddIPAddress, .. RemoveIPAddress];
        return new NicSettings
        {
            NewName = NewName,
            Addresses = IPAddress?.Select(static a => a.Value).ToArray(),
            AddedAddresses = [.. AddIPAddress.Select(static a => a.Value)],
            AddedFamilies = [.. AddAddressFamily.Select(static f => f == IPVersion.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)],
            RemovedAddresses = [.. RemoveIPAddress.Select(static a => a.Value)],
            AddressesWithLength = [.. all.Select(static a => a.WithLength).OfType<InterfaceAddress>()],
            MacAddress = MacAddress,
            Mtu = Mtu,
            InheritsMtu = IsGiven(nameof(Mtu)) && Mtu is null,
            Bandwidth = Limits.IsEmpty ? null : Limits,
            Sysctls = IsGiven(nameof(Sysctl)) ? SysctlTransformationAttribute.Read(Sysctl) : null,
            DefaultRoute = IsGiven(nameof(DefaultRoute)) ? DefaultRoute : null,
            ProbeAddress = IsGiven(nameof(ProbeAddress)) ? ProbeAddress : null,
            Force = Force,
        };
    }

    private protected override void Check()
    {
        if (Changes.Length > 0) return;
        throw new NetworkException(
            NetworkError.InvalidParameter, "Nothing says what to change.", "Specify a setting, such as -Mtu or -AddIPAddress.");
    }

    private BandwidthChange Limits => new(
        MyInvocation.BoundParameters.Keys.ToHashSet(), BandwidthLimits.Of(MaximumBandwidth, MaximumBandwidthIn, MaximumBandwidthOut, BandwidthBurst));

    // As they were typed.
    private string Changes => string.Join(", ", ((string?[])
    [
        NewName is null ? null : $"name {NewName}",
        IPAddress is null ? null : IPAddress.Length == 0 ? "no address" : $"addresses {string.Join(", ", IPAddress.Select(static a => a.Value))}",
        AddIPAddress.Length == 0 ? null : $"also {string.Join(", ", AddIPAddress.Select(static a => a.Value))}",
        AddAddressFamily.Length == 0 ? null : $"one more address of {string.Join(", ", AddAddressFamily)}",
        RemoveIPAddress.Length == 0 ? null : $"without {string.Join(", ", RemoveIPAddress.Select(static a => a.Value))}",
        MacAddress is null ? null : $"MAC address {string.Join(':', MacAddress.GetAddressBytes().Select(static b => b.ToString("x2", null)))}",
        !IsGiven(nameof(Mtu)) ? null : Mtu is null ? "MTU as the network's" : $"MTU {Mtu}",
        Limits.IsEmpty ? null : $"bandwidth {Limits}",
        !IsGiven(nameof(Sysctl)) ? null : Sysctl is { Count: > 0 } ? $"sysctls {string.Join(", ", SysctlTransformationAttribute.Read(Sysctl))}" : "no sysctls of its own",
        !IsGiven(nameof(DefaultRoute)) ? null : DefaultRoute ? "with the default route" : "without the default route",
    ]).OfType<string>());

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
