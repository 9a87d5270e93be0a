namespace Microsoft.PowerShell.Commands;

/// <summary>When two objects count as one.</summary>
internal static class ObjectEquality
{
    /// <summary>Equal values, or objects made of properties with equal names and values.</summary>
    public static bool AreSame(PSObject left, PSObject right)
    {
        if (left.BaseObject is not PSCustomObject || right.BaseObject is not PSCustomObject)
            return LanguagePrimitives.Equals(left, right);
        PSPropertyInfo[] ofLeft = [.. left.Properties];
        PSPropertyInfo[] ofRight = [.. right.Properties];
        return ofLeft.Length == ofRight.Length
            && ofLeft.Zip(ofRight).All(p => p.First.Name == p.Second.Name
                && LanguagePrimitives.Equals(p.First.Value, p.Second.Value));
    }
}
