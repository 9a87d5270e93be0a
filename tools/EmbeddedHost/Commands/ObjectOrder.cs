namespace Microsoft.PowerShell.Commands;

/// <summary>Orders the keys of objects: nothing before something, what does not compare by its text.</summary>
internal sealed class ObjectOrder(IReadOnlyList<bool> descending, bool caseSensitive) : IComparer<object?[]>
{
    public int Compare(object?[]? x, object?[]? y)
    {
        for (int i = 0; i < descending.Count; i++)
        {
            int result = CompareKeys(x![i], y![i]);
            if (result != 0)
                return descending[i] ? -result : result;
        }
        return 0;
    }

    private int CompareKeys(object? left, object? right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        return LanguagePrimitives.TryCompare(left, right, !caseSensitive, out int result)
            ? result
            : string.Compare(left.ToString(), right.ToString(), StringComparison.CurrentCultureIgnoreCase);
    }
}
