using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The drawing at the prompt.</summary>
public sealed class TextTreeTests
{
    [Fact]
    public void Tree_IsAsItWasLookedAt() => Golden.Verify("small.txt", string.Join('\n', TextTree.Draw(Topologies.Small)) + '\n');

    [Fact]
    public void HostWithoutNetworks_SaysSo() => Assert.Equal(["node7", "└─ no networks"], TextTree.Draw(Topologies.Empty));

    [Fact]
    public void Lines_FitAnOrdinaryTerminal() => Assert.DoesNotContain(
        TextTree.Draw(Topologies.Small).Concat(TextTree.Draw(Topologies.Many(50, 2))), static l => l.Length > 80);

    [Fact]
    public void Names_CannotSteerTheTerminal() => Assert.DoesNotContain(
        string.Concat(TextTree.Draw(Topologies.HostileNames)), static c => char.IsControl(c) || c == '\u202e');

    [Fact]
    public void NicsBeyondTheLimit_AreCountedWithTheirTroubles()
    {
        string[] lines = [.. TextTree.Draw(Topologies.Small.Abridged(1))];

        Assert.Contains("│  │  └─ … and 1 more", lines);
        Assert.Contains("│     └─ … and 1 more, 1 NIC Detached", lines);
        Assert.DoesNotContain(lines, static l => l.Contains("db1", StringComparison.Ordinal));
    }

    [Fact]
    public void AllNics_AreThereWithoutALimit() => Assert.Equal(
        400, TextTree.Draw(Topologies.Many(1, 400)).Count(static l => l.Contains("/eth0", StringComparison.Ordinal)));
}
