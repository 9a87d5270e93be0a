using System.Text.RegularExpressions;

namespace EmbeddedHost.Pester;

/// <summary>The operators that look at one value: its truth, type, order and text.</summary>
internal static class ValueAssertions
{
    public static Verdict BeTrue(Expectation expectation, object? actual, bool expected)
    {
        bool wanted = expected != expectation.IsNegated;
        return new Verdict(
            LanguagePrimitives.IsTrue(actual) == wanted,
            $"Expected {ValueText.Of(wanted)}{expectation.Reason} but got {ValueText.Of(actual)}.");
    }

    public static Verdict BeOfType(Expectation expectation, object? actual)
    {
        string name = ValueText.Plain(expectation.Expected) is Type given
            ? LanguagePrimitives.ConvertTo<string>(given)
            : LanguagePrimitives.ConvertTo<string>(expectation.Expected).Trim('[', ']');
        bool isType = LanguagePrimitives.TryConvertTo(name, out Type? type)
            ? type!.IsInstanceOfType(ValueText.Plain(actual)) || type.IsInstanceOfType(actual)
            : actual is PSObject wrapped && wrapped.TypeNames.Contains(name, StringComparer.OrdinalIgnoreCase);
        string found = $"or any of its subtypes{expectation.Reason} but got {ValueText.Of(actual)} "
            + $"with type {ValueText.Of(ValueText.Plain(actual)?.GetType())}.";
        return expectation.Judge(
            isType,
            $"Expected the value to have type [{name}] {found}",
            $"Expected the value to not have type [{name}] {found}");
    }

    public static Verdict BeLike(Expectation expectation, object? actual, bool caseSensitive)
    {
        var pattern = new WildcardPattern(
            LanguagePrimitives.ConvertTo<string>(expectation.Expected),
            caseSensitive ? WildcardOptions.None : WildcardOptions.IgnoreCase);
        bool matches = pattern.IsMatch(LanguagePrimitives.ConvertTo<string>(actual));
        return Text(expectation, actual, "like wildcard", matches);
    }

    public static Verdict Match(Expectation expectation, object? actual, bool caseSensitive)
    {
        string pattern = LanguagePrimitives.ConvertTo<string>(expectation.Expected);
        RegexOptions options = caseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase;
        bool matches = Regex.IsMatch(LanguagePrimitives.ConvertTo<string>(actual), pattern, options);
        return Text(expectation, actual, "regular expression", matches);
    }

    /// <summary>-BeGreaterThan, -BeLessThan and their counterparts.</summary>
    public static Verdict BeOrdered(Expectation expectation, object? actual, string order, Func<int, bool> isWanted)
    {
        int comparison = LanguagePrimitives.Compare(ValueText.Plain(actual), expectation.Expected, ignoreCase: true);
        string found = $"{order} {expectation.ExpectedText}{expectation.Reason} but got {ValueText.Of(actual)}.";
        return expectation.Judge(isWanted(comparison),
            "Expected the actual value to be " + found, "Expected the actual value to not be " + found);
    }

    public static Verdict Exist(Expectation expectation, object? actual, ProviderIntrinsics provider)
    {
        string path = LanguagePrimitives.ConvertTo<string>(actual);
        return expectation.Judge(provider.Item.Exists(path),
            $"Expected path {ValueText.Of(path)} to exist{expectation.Reason} but it did not exist.",
            $"Expected path {ValueText.Of(path)} to not exist{expectation.Reason} but it did exist.");
    }

    private static Verdict Text(Expectation expectation, object? actual, string kind, bool matches)
    {
        string subject = $"Expected {kind} {expectation.ExpectedText}";
        string text = ValueText.Of(actual) + expectation.Reason;
        return expectation.Judge(
            matches,
            $"{subject} to match {text} but it did not match.",
            $"{subject} to not match {text} but it did match.");
    }
}
