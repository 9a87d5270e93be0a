using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Makes PowerShell ignore a piped NIC, or another object that belongs to a network, and try the parameter for NICs: where
/// NICs are piped, they mean themselves, and not their network or namespace.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NicIsNothingAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && NetworkReference.BelongsToNetwork(PSObject.AsPSObject(inputData))
            // This is the only failure that PowerShell treats as a wrong type, and not as an error to report.
            ? throw new ArgumentTransformationMetadataException("It is a NIC.", new PSInvalidCastException("It is a NIC."))
            : inputData!;
}
