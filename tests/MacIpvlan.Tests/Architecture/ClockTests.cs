using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>
/// Spans of time are measured by a clock that nobody sets. The time of day can jump: a wait by it would end at once, or
/// never.
/// </summary>
public sealed partial class ClockTests
{
    // Times that are shown to people, or asked of a daemon.
    private static readonly string[] s_timesOfDay =
        ["MacIpvlan.Runtimes/DockerRuntime.cs", "MacIpvlan/Nics/AddressConflict.cs", "MacIpvlan/Nics/NicLease.cs", "MacIpvlan/Statistics/NicStatistics.cs", "MacIpvlan/Topology/TopologyReader.cs", "MacIpvlan/Watching/NetworkEvent.cs"];

    [Fact]
    public void TimeOfDay_IsReadOnlyToBeShown() => Assert.Equal(
        s_timesOfDay, SourceTree.Read("src").Where(static f => !f.Key.Contains("/obj/", StringComparison.Ordinal) && TimeOfDay().IsMatch(f.Value))
            .Select(static f => f.Key).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("tools")]
    public void Scripts_WaitByStopwatches(string folder) => Assert.DoesNotContain(
        Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*.ps1", SearchOption.AllDirectories),
        static f => Wait().IsMatch(File.ReadAllText(f)));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"\bGet-Date\b|\[DateTime\]::", RegexOptions.IgnoreCase)]
    private static partial Regex Wait();
}
