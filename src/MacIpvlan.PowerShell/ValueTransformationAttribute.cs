using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Converts as PowerShell does, but what cannot be converted is an error always: from a property of a piped object,
/// PowerShell leaves it out in silence. The error is the reason alone.
/// </summary>
/// <typeparam name="T">The type of the parameter's items.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValueTransformationAttribute<T> : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            T[] values = LanguagePrimitives.ConvertTo<T[]>(inputData);
            return values is null || values.All(static v => v is not null)
                ? values!
                : throw new ArgumentTransformationMetadataException("One of the values is null.");
        }
        catch (PSInvalidCastException e)
        {
            throw new ArgumentTransformationMetadataException(e.GetBaseException().Message);
        }
    }
}
