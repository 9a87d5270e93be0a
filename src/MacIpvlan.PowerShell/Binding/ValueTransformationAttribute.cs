using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Converts values as PowerShell does, but a failure is always an error; PowerShell would silently ignore a property of
/// a piped object that it can't convert. The error message contains only the reason.
/// </summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public class ValueTransformationAttribute<T> : ArgumentTransformationAttribute
{
    /// <summary>False: null counts as not specified.</summary>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            object? given = Read(AddressArgument.AsText(inputData));
            if (given is null) return null!;
            object value = given is T ? given : LanguagePrimitives.ConvertTo<T>(given)!;
            return value is Array items && items.Cast<object?>().Contains(null)
                ? throw new ArgumentTransformationMetadataException("One of the values is null.")
                : value;
        }
        catch (PSInvalidCastException e)
        {
            throw new ArgumentTransformationMetadataException(e.GetBaseException().Message);
        }
    }

    /// <summary>Returns the value to convert; null for none.</summary>
    private protected virtual object? Read(object? input) => input;
}
