namespace EmbeddedHost.Pester;

/// <summary>-Be, -BeExactly, -BeNullOrEmpty, -Contain, -BeIn and -HaveCount.</summary>
internal static class EqualityAssertions
{
    /// <summary>Two strings of more characters together are shown one below the other.</summary>
    private const int LongText = 40;

    public static Verdict Be(Expectation expectation, object?[] actual, bool caseSensitive)
    {
        object?[] expected = Elements(expectation.Expected);
        string word = caseSensitive ? "exactly " : "";
        return expectation.Judge(
            AreEqual(expected, actual, caseSensitive),
            Difference(expectation, expected, actual, word, caseSensitive),
            $"Expected {expectation.ExpectedText} to be different from the actual value{expectation.Reason} "
            + $"but got {word}the same value.");
    }

    public static Verdict BeNullOrEmpty(Expectation expectation, object?[] actual) => expectation.Judge(
        actual.Length == 0 || (actual.Length == 1 && IsNullOrEmpty(ValueText.Plain(actual[0]))),
        $"Expected $null or empty{expectation.Reason} but got {ValueText.Of(Single(actual))}.",
        $"Expected a value{expectation.Reason} but got $null or empty.");

    public static Verdict Contain(Expectation expectation, object?[] actual)
    {
        string texts = $"collection {ValueText.Of(actual)}{expectation.Reason}";
        return expectation.Judge(
            actual.Any(a => IsSame(a, expectation.Expected, caseSensitive: false)),
            $"Expected {expectation.ExpectedText} to be found in {texts} but it was not found.",
            $"Expected {expectation.ExpectedText} to not be found in {texts} but it was found.");
    }

    public static Verdict BeIn(Expectation expectation, object? actual)
    {
        string text = ValueText.Of(actual) + expectation.Reason;
        return expectation.Judge(
            Elements(expectation.Expected).Any(e => IsSame(e, actual, caseSensitive: false)),
            $"Expected collection {expectation.ExpectedText} to contain {text} but it was not found.",
            $"Expected collection {expectation.ExpectedText} to not contain {text} but it was found.");
    }

    public static Verdict HaveCount(Expectation expectation, object?[] actual)
    {
        int expected = LanguagePrimitives.ConvertTo<int>(expectation.Expected);
        if (expected < 0)
            throw new PSArgumentException("Expected collection size must be greater than or equal to 0.");
        string found = actual.Length == 0
            ? "but got an empty collection."
            : $"but got collection with size {actual.Length} {ValueText.Of(actual)}.";
        string wanted = expected == 0 ? "an empty collection" : $"a collection with size {expected}";
        return expectation.Judge(
            actual.Length == expected,
            $"Expected {wanted}{expectation.Reason} {found}",
            $"Expected a collection with size different from {expected}{expectation.Reason} {found}");
    }

    /// <summary>What the pipeline would make of a value.</summary>
    public static object?[] Elements(object? value) =>
        LanguagePrimitives.GetEnumerable(value)?.Cast<object?>().ToArray() ?? [value];

    private static object? Single(object?[] actual) => actual.Length == 1 ? actual[0] : actual;

    private static bool AreEqual(object?[] expected, object?[] actual, bool caseSensitive)
    {
        if (IsNothing(expected) || IsNothing(actual))
            return IsNothing(expected) && IsNothing(actual);
        return expected.Length == actual.Length
            && expected.Zip(actual).All(pair => IsSameElement(pair.First, pair.Second, caseSensitive));
    }

    private static bool IsSameElement(object? expected, object? actual, bool caseSensitive) =>
        ValueText.Plain(expected) is Array || ValueText.Plain(actual) is Array
            ? AreEqual(Elements(expected), Elements(actual), caseSensitive)
            : IsSame(expected, actual, caseSensitive);

    private static bool IsNothing(object?[] values) => values.Length == 0 || (values.Length == 1 && values[0] is null);

    /// <summary>As -eq does it: the left side decides what the right one is converted to.</summary>
    private static bool IsSame(object? left, object? right, bool caseSensitive) =>
        LanguagePrimitives.Equals(left, right, ignoreCase: !caseSensitive);

    private static bool IsNullOrEmpty(object? value) =>
        value is null or "" or System.Collections.ICollection { Count: 0 };

    private static string Difference(
        Expectation expectation, object?[] expected, object?[] actual, string word, bool caseSensitive)
    {
        if (Single(expected) is object?[] && actual.Length > 1)
        {
            int at = Enumerable.Range(0, Math.Min(expected.Length, actual.Length))
                .FirstOrDefault(i => !IsSameElement(expected[i], actual[i], caseSensitive), -1);
            return $"Expected {word}{expectation.ExpectedText} with length {expected.Length}{expectation.Reason} "
                + $"but got {ValueText.Of(actual)} with length {actual.Length}."
                + (at < 0 ? "" : $" They differ at index {at}.");
        }
        object? one = Single(actual);
        if (ValueText.Plain(Single(expected)) is string left && ValueText.Plain(one) is string right
            && left.Length + right.Length > LongText)
            return StringDifference(expectation, left, right, caseSensitive);
        return $"Expected {word}{expectation.ExpectedText}{expectation.Reason} but got {ValueText.Of(one)}.";
    }

    private static string StringDifference(Expectation expectation, string expected, string actual, bool caseSensitive)
    {
        int at = 0;
        while (at < Math.Min(expected.Length, actual.Length)
            && IsSame(expected[at].ToString(), actual[at].ToString(), caseSensitive))
            at++;
        return $"Expected strings to be the same{expectation.Reason} but they were different.\n"
            + $"Lengths: {expected.Length} and {actual.Length}. Strings differ at index {at}.\n"
            + $"Expected: {ValueText.Of(expected)}\nBut was:  {ValueText.Of(actual)}";
    }
}
