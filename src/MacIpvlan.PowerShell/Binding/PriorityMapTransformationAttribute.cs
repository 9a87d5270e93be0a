using System.Collections;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Takes a map of priorities also as sub-interfaces show theirs: FROM:TO for each line.</summary>
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
                throw new ArgumentTransformationMetadataException($"'{line}' is not a line of a map of priorities: FROM:TO.");
            }

            map[from] = to;
        }

        return map;
    }
}
