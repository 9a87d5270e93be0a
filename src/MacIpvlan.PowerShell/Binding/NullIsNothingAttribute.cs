using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Makes PowerShell ignore a null property of a piped object, as if the object didn't have the property, and try the
/// other parameters that the object can bind to.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NullIsNothingAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData ?? throw NotSpecified();

    /// <summary>The only failure that PowerShell treats as a wrong type, and not as an error to report.</summary>
    internal static ArgumentTransformationMetadataException NotSpecified() => new("It is null.", new PSInvalidCastException("It is null."));
}
