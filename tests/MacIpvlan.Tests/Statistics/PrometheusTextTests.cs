using MacIpvlan.State;
using static MacIpvlan.Tests.Statistics.CountedNic;

namespace MacIpvlan.Tests.Statistics;

/// <summary>The text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats.</summary>
public sealed class PrometheusTextTests
{
    private const string Labels = "{network=\"lan\",container=\"\",namespace=\"web1\",interface=\"eth0\",id=\"0123456789abcdef\"}";

    [Fact]
    public void Text_HasEachCounterInOneGroupWithItsHelpAndType() => Assert.Equal(
        $"""
        # HELP macipvlan_nic_up Whether the NIC's interface is up and has a carrier: 1 or 0.
        # TYPE macipvlan_nic_up gauge
        macipvlan_nic_up{Labels} 1
        # HELP macipvlan_nic_receive_bytes_total Bytes that the NIC received.
        # TYPE macipvlan_nic_receive_bytes_total counter
        macipvlan_nic_receive_bytes_total{Labels} 18446744073709551615

        """,
        string.Concat(Write(See(Web1, Count(7, ulong.MaxValue, 5))).Split('\n').Take(6).Select(static l => l + "\n")));

    // The name that its container gave it isn't that on record: a container could make new series without end.
    [Fact]
    public void Text_HasTheNameOnRecord() => Assert.DoesNotContain("renamed0", Write(See(Web1, Count(1, 1, 1))), StringComparison.Ordinal);

    [Fact]
    public void NicWithoutInterface_HasNoCountersAndIsDown()
    {
        string text = Write(See(Web1, null, state: NicState.ContainerStopped));

        Assert.Equal([$"macipvlan_nic_up{Labels} 0"], text.Split('\n').Where(static l => l.Length > 0 && l[0] != '#'));
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\\", "a\\\\")]
    [InlineData("a\nmacipvlan_nic_up 7", "a\ufffdmacipvlan_nic_up 7")]
    [InlineData("\u001b[2J\u202e", "\ufffd[2J\ufffd")]
    [InlineData("{ä},=", "{ä},=")]
    public void Label_IsCleanedAndEscaped(string name, string label)
    {
        NicRecord record = Web1 with
        {
            NamespaceName = name, InterfaceName = name, Container = new(new('a', 64), name, ContainerRuntime.Docker, "nginx", ""),
        };

        Assert.Contains(
            $"macipvlan_nic_up{{network=\"lan\",container=\"{label}\",namespace=\"{label}\",interface=\"{label}\",id=\"{Id}\"}} 1\n",
            Write(See(record, Count(1, 1, 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void NicsWithTheSameNames_HaveDifferentLabels()
    {
        string[] lines = [.. Write(See(Web1, Count(1, 1, 1)), See(Web1 with { Id = "fedcba9876543210" }, Count(1, 1, 1))).Split('\n')
            .Where(static l => l.Length > 0).Select(static l => l.Split(' ')[0] == "#" ? l : l.Split(' ')[0])];

        Assert.Equal(lines.Distinct(), lines);
    }

    private static string Write(params ContainerNic[] nics) => PrometheusText.Write([.. nics.Select(static n => new ContainerNicStatistics(n, default))]);
}
