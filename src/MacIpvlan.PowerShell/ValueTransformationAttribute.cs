using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Converts as PowerShell does, but what cannot be converted is an error always: from a property of a piped object,
/// PowerShell leaves it out in silence. The error is the reason alone.
/// </summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValueTransformationAttribute<T> : ArgumentTransformationAttribute
{
    /// <summary>False: null counts as not given.</summary>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            object value = LanguagePrimitives.ConvertTo<T>(inputData)!;
            return value is Array items && items.Cast<object?>().Contains(null)
                ? throw new ArgumentTransformationMetadataException("One of the values is null.")
                : value;
        }
        catch (PSInvalidCastException e)
        {
            throw new ArgumentTransformationMetadataException(e.GetBaseException().Message);
        }
    }
}
