using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan.Fleet;

/// <summary>The arguments and answers of the functions in Schema/1.sql that are JSON.</summary>
internal static class SegmentJson
{
    private const string Prefix = "prefix", Gateway = "gateway", Ranges = "ranges", Excluded = "excluded", IsFallback = "isFallback";

    /// <summary>Writes the definition of a segment.</summary>
    public static string Write(SegmentDefinition segment) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", segment.Name);
        json.WriteString("awayPolicy", segment.AwayPolicy.ToString());
        if (segment.GraceSeconds is int grace) json.WriteNumber("graceSeconds", grace);
        else json.WriteNull("graceSeconds");
        json.WriteStartArray("subnets");
        foreach (SubnetRecord subnet in segment.Subnets) Write(json, subnet, isFallback: false);
        if (segment.Fallback is not null) Write(json, segment.Fallback, isFallback: true);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Reads the definition of a segment.</summary>
    /// <exception cref="FormatException">It isn't one.</exception>
    public static SegmentDefinition Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement segment = document.RootElement, grace = segment.GetProperty("graceSeconds");
        List<SubnetRecord> subnets = [];
        SubnetRecord? fallback = null;
        foreach (JsonElement element in segment.GetProperty("subnets").EnumerateArray())
        {
            SubnetRecord subnet = ReadSubnet(element);
            if (element.GetProperty(IsFallback).GetBoolean()) fallback = subnet;
            else subnets.Add(subnet);
        }

        return new(
            segment.GetProperty("name").GetString()!,
            segment.GetProperty("awayPolicy").GetString() == nameof(AwayPolicy.Reconcile) ? AwayPolicy.Reconcile : AwayPolicy.Refuse,
            grace.ValueKind == JsonValueKind.Null ? null : grace.GetInt32(),
            subnets,
            fallback);
    }

    /// <summary>Writes what NICs request.</summary>
    public static string Write(IReadOnlyList<SegmentClaim> claims) => Write(json =>
    {
        json.WriteStartArray();
        foreach (SegmentClaim claim in claims)
        {
            json.WriteStartObject();
            json.WriteString("network", claim.NetworkId);
            json.WriteString("nic", claim.NicId);
            json.WriteString("holder", Shortened(claim.Holder));
            json.WriteStartArray("demands");
            foreach (SegmentDemand demand in claim.Demands)
            {
                json.WriteStartObject();
                json.WriteNumber("ordinal", demand.Ordinal);
                json.WriteNumber("family", demand.Family == AddressFamily.InterNetwork ? 4 : 6);
                json.WriteString("address", demand.Static?.ToString());
                json.WriteBoolean(IsFallback, demand.IsFallback);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes what is free.</summary>
    public static string Write(IReadOnlyList<AddressRelease> releases) => Write(json =>
    {
        json.WriteStartArray();
        foreach (AddressRelease release in releases)
        {
            json.WriteStartObject();
            json.WriteString("nic", release.NicId);
            json.WriteNumber("epoch", release.Epoch);
            json.WriteString("address", release.Address?.ToString());
            if (release.Foreign is ForeignAddress foreign)
            {
                json.WriteString("foreign", Link.Format(foreign.MacAddress));
                // The database counts by its own clock.
                json.WriteNumber("seconds", Math.Max(0, (int)(foreign.Until - TimeProvider.System.GetUtcNow()).TotalSeconds));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, SubnetRecord subnet, bool isFallback)
    {
        json.WriteStartObject();
        json.WriteString(Prefix, subnet.Prefix.ToString());
        json.WriteString(Gateway, subnet.Gateway?.ToString());
        Write(json, Ranges, subnet.Ranges);
        Write(json, Excluded, subnet.Excluded);
        json.WriteBoolean(IsFallback, isFallback);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<AddressRange> ranges)
    {
        json.WriteStartArray(name);
        foreach (AddressRange range in ranges)
        {
            json.WriteStartArray();
            json.WriteStringValue(range.First.ToString());
            json.WriteStringValue(range.Last.ToString());
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static SubnetRecord ReadSubnet(JsonElement subnet) => new(
        IPPrefix.Parse(subnet.GetProperty(Prefix).GetString()!),
        subnet.GetProperty(Gateway).GetString() is string gateway ? AddressValue.Parse(gateway) : null,
        ReadRanges(subnet.GetProperty(Ranges)),
        ReadRanges(subnet.GetProperty(Excluded)));

    private static AddressRange[] ReadRanges(JsonElement ranges) =>
        [.. ranges.EnumerateArray().Select(static r => new AddressRange(AddressValue.Parse(r[0].GetString()!), AddressValue.Parse(r[1].GetString()!)))];

    // Names of namespaces can be paths. PostgreSQL stores no NUL.
    private static string Shortened(string name)
    {
        const int MaxLength = 255;
        string clean = PrintableText.Clean(name);
        return clean.Length <= MaxLength ? clean : clean[..MaxLength];
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes)) write(json);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
