using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MacIpvlan.Tests.Codec;

/// <summary>
/// A request as sorted lines, one for its type, its flags, its fixed part and each attribute, so that two can be
/// compared whatever order their attributes have. Written against linux/rtnetlink.h alone, with nothing of the code
/// under test.
/// </summary>
internal static class WireText
{
    private const int HeaderSize = 16;
    private const int RateTable = 1024;

    /// <summary>Where attributes hold attributes, with the size of a fixed part in front of them.</summary>
    private static readonly Dictionary<string, int> s_nests = new()
    {
        ["link 18"] = 0, ["link 18 2"] = 0, ["link 18 2 1 of veth"] = 16, ["link 18 2 5 of macvlan"] = 0,
        ["link 18 2 3 of vlan"] = 0, ["link 18 2 4 of vlan"] = 0, ["link 26"] = 0, ["link 26 10"] = 0,
        // Options; the actions of a filter, the first of them, and its options, whose type has the flag of a nest.
        ["tc 2"] = 0, ["tc 2 7"] = 0, ["tc 2 7 1"] = 0, ["tc 2 7 1 32770"] = 0,
    };

    /// <summary>The lines of a request; sequence and port are left out.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> message)
    {
        Assert.Equal(message.Length, BinaryPrimitives.ReadInt32LittleEndian(message));
        int type = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
        (string family, int fixedSize) = type switch
        {
            >= 16 and <= 19 => ("link", 16),
            >= 20 and <= 22 => ("addr", 8),
            >= 24 and <= 26 => ("route", 12),
            >= 28 and <= 30 => ("neigh", 12),
            >= 36 and <= 38 or >= 44 and <= 46 => ("tc", 20),
            >= 88 and <= 90 => ("nsid", 4),
            _ => throw new ArgumentException($"Message type {type}.", nameof(message)),
        };
        List<string> lines =
        [
            $"type {type}",
            $"flags {BinaryPrimitives.ReadUInt16LittleEndian(message[6..]):x4}",
            $"fixed {Convert.ToHexStringLower(message.Slice(HeaderSize, fixedSize))}",
        ];
        Add(lines, family, message[(HeaderSize + fixedSize)..], kind: "");
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>
    /// What ours has otherwise than that of ip: "- line" where it lacks one, "+ line" where it has one more.
    /// </summary>
    public static IReadOnlyList<string> Differences(ReadOnlySpan<byte> ofIp, ReadOnlySpan<byte> ours)
    {
        List<string> missing = [.. Lines(ofIp)], added = [.. Lines(ours)];
        foreach (string line in missing.ToArray())
        {
            if (added.Remove(line)) missing.Remove(line);
        }

        return [.. missing.Select(static l => $"- {l}"), .. added.Select(static l => $"+ {l}")];
    }

    private static void Add(List<string> lines, string path, ReadOnlySpan<byte> attributes, string kind)
    {
        while (!attributes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            int type = BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]);
            ReadOnlySpan<byte> value = attributes[4..length];
            string name = string.Create(CultureInfo.InvariantCulture, $"{path} {type}");
            if (name == "link 18 1")
            {
                // NLA_STRING: the kernel takes the name of a kind with and without the zero byte behind it.
                value = value.TrimEnd((byte)0);
                kind = Encoding.ASCII.GetString(value);
            }

            // A descriptor's number is the process's own business.
            string text = name is "link 28" or "nsid 3" ? $"descriptor of {value.Length} bytes"
                // The rates of tc for older kernels, which are long.
                : name == "tc 2 2" && value.Length == RateTable ? "table"
                : Convert.ToHexStringLower(value);
            if (s_nests.TryGetValue(name, out int fixedSize) || s_nests.TryGetValue($"{name} of {kind}", out fixedSize))
            {
                text = $"nest {Convert.ToHexStringLower(value[..fixedSize])}".TrimEnd();
                Add(lines, name, value[fixedSize..], kind);
            }

            lines.Add($"{name}: {text}");
            attributes = attributes[((length + 3) & ~3)..];
        }
    }
}
