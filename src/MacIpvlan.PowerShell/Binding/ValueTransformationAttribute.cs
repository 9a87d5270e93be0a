using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Converts as PowerShell does, but what cannot be converted is an error always: from a property of a piped object,
/// PowerShell leaves it out in silence. The error is the reason alone.
/// </summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public class ValueTransformationAttribute<T> : ArgumentTransformationAttribute
{
    /// <summary>False: null counts as not given.</summary>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            object? given = Read(inputData);
            if (given is null) return null!;
            object value = LanguagePrimitives.ConvertTo<T>(given)!;
            return value is Array items && items.Cast<object?>().Contains(null)
                ? throw new ArgumentTransformationMetadataException("One of the values is null.")
                : value;
        }
        catch (PSInvalidCastException e)
        {
            throw new ArgumentTransformationMetadataException(e.GetBaseException().Message);
        }
    }

    /// <summary>What is converted; null for nothing.</summary>
    private protected virtual object? Read(object input) => input;
}
