using System.Globalization;
using System.Text;

namespace MacIpvlan;

/// <summary>
/// Writes counters in the text format of Prometheus, version 0.0.4, as the textfile collector of node_exporter reads it. It has
/// no times: the collector refuses them.
/// </summary>
public static class PrometheusText
{
    private const string Prefix = "macipvlan_nic_";

    private static readonly Metric[] s_counters =
    [
        new("receive_bytes_total", "Bytes that the NIC received.", static n => n.ReceivedBytes),
        new("receive_packets_total", "Packets that the NIC received.", static n => n.ReceivedPackets),
        new("receive_multicast_total", "Broadcasts and multicasts that the NIC received.", static n => n.ReceivedMulticastPackets),
        new("receive_drop_total", "Packets to the NIC that were discarded.", static n => n.ReceivedDiscardedPackets),
        new("receive_errs_total", "Packets to the NIC that couldn't be delivered, which count as discarded, too.", static n => n.ReceivedPacketErrors),
        new("transmit_bytes_total", "Bytes that the NIC sent.", static n => n.SentBytes),
        new("transmit_packets_total", "Packets that the NIC sent.", static n => n.SentPackets),
        new("transmit_drop_total", "Packets from the NIC that were discarded.", static n => n.OutboundDiscardedPackets),
        new("transmit_errs_total", "Packets from the NIC that couldn't be sent.", static n => n.OutboundPacketErrors),
    ];

    private static readonly Metric s_up = new("up", "Whether the NIC's interface is up and has a carrier: 1 or 0.", static n => n.State == NicState.Up ? 1u : 0u);

    /// <summary>
    /// Returns the text. A NIC whose interface isn't there has only the metric that says so. The label id tells apart NICs whose
    /// other labels are the same, with which the collector would refuse the whole file; a container can't change any label.
    /// </summary>
    public static string Write(IReadOnlyList<ContainerNicStatistics> nics)
    {
        StringBuilder text = new();
        string[] labels = [.. nics.Select(LabelsOf)];
        Append(text, s_up, "gauge", nics, labels);
        foreach (Metric counter in s_counters) Append(text, counter, "counter", nics, labels);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Metric metric, string type, IReadOnlyList<ContainerNicStatistics> nics, string[] labels)
    {
        text.Append("# HELP ").Append(Prefix).Append(metric.Name).Append(' ').Append(metric.Help).Append('\n');
        text.Append("# TYPE ").Append(Prefix).Append(metric.Name).Append(' ').Append(type).Append('\n');
        for (int i = 0; i < nics.Count; i++)
        {
            if (metric.Read(nics[i]) is not ulong value) continue;
            text.Append(Prefix).Append(metric.Name).Append(labels[i]).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static string LabelsOf(ContainerNicStatistics nic) =>
        $"{{network=\"{Escape(nic.Network)}\",container=\"{Escape(nic.Container ?? "")}\",namespace=\"{Escape(nic.Namespace)}\","
        + $"interface=\"{Escape(nic.RecordedName)}\",id=\"{nic.Id}\"}}";

    // A backslash, a quotation mark and a line feed must be escaped. Cleaned text has no line feed.
    private static string Escape(string value) => PrintableText.Clean(value)
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private sealed record Metric(string Name, string Help, Func<ContainerNicStatistics, ulong?> Read);
}
