using MacIpvlan.Tests.Architecture;

namespace MacIpvlan.Tests.Topology;

/// <summary>Drawings that someone has looked at.</summary>
internal static class Golden
{
    /// <summary>Holds a drawing against the one of that name. A new one is left beside it, to be looked at and taken.</summary>
    public static void Verify(string name, string drawing)
    {
        string path = Path.Combine(SourceTree.Root, "tests/MacIpvlan.Tests/Topology/Golden", name);
        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (drawing == expected) return;
        string actual = Path.Combine(SourceTree.Root, "out", name);
        File.WriteAllText(actual, drawing);
        Assert.Fail($"{path} is not what is drawn: look at {actual}, and copy it there if it is right.");
    }
}
