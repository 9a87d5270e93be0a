using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Also accepts the names of the standards that define the tags: 802.1Q and 802.1ad.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VlanProtocolTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData?.ToString()?.ToUpperInvariant() switch
    {
        "802.1Q" => VlanProtocol.Ieee8021Q,
        "802.1AD" => VlanProtocol.Ieee8021AD,
        string name when Enum.TryParse(name, ignoreCase: true, out VlanProtocol protocol) && Enum.IsDefined(protocol) => protocol,
        _ => throw new ArgumentTransformationMetadataException($"'{inputData}' isn't a VLAN protocol: specify 802.1Q or 802.1ad."),
    };
}
