using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Lets PowerShell pass over a property of a piped object that is null, as if the object did not have it, and go on to what
/// else the object can be bound to.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NullIsNothingAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        // The one failure that PowerShell takes for a value of another type, and no error of the user's.
        inputData ?? throw new ArgumentTransformationMetadataException("It is null.", new PSInvalidCastException("It is null."));
}
