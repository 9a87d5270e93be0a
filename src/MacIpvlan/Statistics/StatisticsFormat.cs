namespace MacIpvlan;

/// <summary>The formats of statistics.</summary>
public enum StatisticsFormat
{
    /// <summary>An object for each NIC.</summary>
    Objects,

    /// <summary>The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats).</summary>
    Prometheus,
}
