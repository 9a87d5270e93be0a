using System.Collections.ObjectModel;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// A list of values that PowerShell can index, unlike the compiler's read-only lists. Its text contains all values, for
/// places that hold only one string, such as a cell of a CSV file. Lists are sorted by their first values, then by the next.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ValueList<T>(IEnumerable<T> values) : ReadOnlyCollection<T>([.. values]), IComparable
{
    /// <summary>The values as text.</summary>
    internal IReadOnlyList<string> Texts => [.. this.Select(static v => $"{v}")];

    /// <summary>The values, separated by commas.</summary>
    public override string ToString() => string.Join(", ", this);

    /// <summary>Compares the values in turn: addresses by number, others as text in natural order.</summary>
    public int CompareTo(object? obj)
    {
        if (obj is null) return 1;
        if (obj is not ValueList<T> other) throw new ArgumentException($"'{obj}' isn't a list of the same kind.", nameof(obj));
        return this.Zip(other, Compare).FirstOrDefault(static order => order != 0, Count.CompareTo(other.Count));
    }

    private static int Compare(T left, T right) => left is AddressText address
        ? address.CompareTo(right)
        : NaturalOrder.Comparer.Compare(left?.ToString(), right?.ToString());
}

/// <summary>
/// Creates lists of values that are text in JSON, CSV and XML, as on the screen.
/// </summary>
internal static class ValueList
{
    public static ValueList<string> OfTexts<T>(IEnumerable<T> values) where T : notnull => new(values.Select(static v => v.ToString()!));

    public static ValueList<AddressText> Of(IEnumerable<InterfaceAddress> values) => new(values.Select(static v => new AddressText(v)));

    public static ValueList<AddressText> Of(IEnumerable<IPPrefix> values) => new(values.Select(static v => new AddressText(v)));

    public static ValueList<AddressText> Of(IEnumerable<AddressRange> values) => new(values.Select(static v => new AddressText(v)));

    public static ValueList<AddressText> Of(IEnumerable<AddressValue> values) => new(values.Select(static v => new AddressText(v)));
}
