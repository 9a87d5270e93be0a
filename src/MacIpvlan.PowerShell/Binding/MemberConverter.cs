using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Converts this module's objects that belong to networks. By itself, PowerShell gives a constructor only objects of exactly its
/// type, and deserialized ones.
/// </summary>
public sealed class MemberConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        // PowerShell would first collect the members of a string.
        sourceValue is not (null or string or PSObject { BaseObject: string })
        && NetworkReference.BelongsToNetwork(PSObject.AsPSObject(sourceValue));

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        destinationType == typeof(NamespaceReference)
            ? new NamespaceReference(PSObject.AsPSObject(sourceValue))
            : new NetworkReference(PSObject.AsPSObject(sourceValue));

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();
}
