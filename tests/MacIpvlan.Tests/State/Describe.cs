using System.Collections;
using System.Net;
using System.Net.NetworkInformation;
using System.Reflection;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.State;

/// <summary>
/// A record as lines, one for each field that there is: one that is not written to the database shows.
/// </summary>
internal static class Describe
{
    public static IReadOnlyList<string> Lines(object record)
    {
        List<string> lines = [];
        Add(lines, "", record);
        return lines;
    }

    /// <summary>
    /// The fields that have the same value in both: what a sample that should set every field has forgotten.
    /// </summary>
    public static IReadOnlyList<string> Same(object one, object other) =>
        [.. Lines(one).Intersect(Lines(other)).Where(static l => l.Contains('='))];

    private static void Add(List<string> lines, string path, object? value)
    {
        if (value is null or string or ValueType or IPAddress or PhysicalAddress or NetworkRoute or InterfaceIdentifier or BandwidthLimits)
        {
            lines.Add($"{path} = {value ?? "null"}");
        }
        else if (value is IEnumerable items)
        {
            object?[] all = [.. items.Cast<object?>()];
            lines.Add($"{path} has {all.Length}");
            for (int i = 0; i < all.Length; i++) Add(lines, $"{path}[{i}]", all[i]);
        }
        else
        {
            lines.Add($"{path} is {value.GetType().Name}");
            foreach (PropertyInfo property in value.GetType().GetProperties())
            {
                Add(lines, $"{path}.{property.Name}", property.GetValue(value));
            }
        }
    }
}
