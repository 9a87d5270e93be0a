using System.Collections;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Also accepts a priority map in the form that sub-interfaces show: one FROM:TO pair per line.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PriorityMapTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (LanguagePrimitives.TryConvertTo(inputData, out Hashtable map)) return map;
        map = [];
        string[] lines = inputData is PSObject { BaseObject: string } or string
            ? ObjectRemains.Split(inputData.ToString()!)
            : LanguagePrimitives.ConvertTo<string[]>(inputData);
        foreach (string line in lines)
        {
            if (line.Split(':') is not [string from, string to])
            {
                throw new ArgumentTransformationMetadataException($"'{line}' isn't a valid line of a priority map. Specify FROM:TO.");
            }

            map[from] = to;
        }

        return map;
    }
}
