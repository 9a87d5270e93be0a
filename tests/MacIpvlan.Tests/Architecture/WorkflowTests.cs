using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>What the public workflows run is named by its commit or digest, which nobody can move, and by its version.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string[] s_lines =
        [.. Directory.GetFiles(Path.Combine(SourceTree.Root, ".github/workflows")).SelectMany(File.ReadAllLines)];

    [Fact]
    public void Actions_ArePinnedByCommit()
    {
        string[] uses = [.. s_lines.Where(static l => l.Contains("uses:", StringComparison.Ordinal))];

        Assert.NotEmpty(uses);
        Assert.All(uses, static l => Assert.Matches(@"^\s+(- )?uses: [\w-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", l));
    }

    [Fact]
    public void Images_ArePinnedByDigest()
    {
        string[] images = [.. s_lines.SelectMany(static l => Image().Matches(l)).Select(static m => m.Value)];

        Assert.NotEmpty(images);
        Assert.All(images, static i => Assert.Matches(@":\d+\.\d+@sha256:[0-9a-f]{64}$", i));
    }

    [Fact]
    public void Permissions_AreNoneUnlessAJobAsks() => Assert.Contains("permissions: {}", s_lines);

    [GeneratedRegex(@"mcr\.microsoft\.com/\S+")]
    private static partial Regex Image();
}
