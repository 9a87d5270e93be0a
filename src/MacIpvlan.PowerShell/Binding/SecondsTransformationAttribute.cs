using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Interprets a number as seconds; PowerShell itself would interpret it as ticks of 100 nanoseconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        string? text = Convert.ToString(value, CultureInfo.InvariantCulture);
        TimeSpan? time = value switch
        {
            TimeSpan given => given,
            // Text that is a number counts as seconds too; PowerShell would interpret '5' as days.
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) =>
                seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null,
            _ => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan read) ? read : null,
        };
        return time >= TimeSpan.Zero
            ? time
            : throw new ArgumentTransformationMetadataException($"'{value}' is neither a time span nor a number of seconds.");
    }
}
