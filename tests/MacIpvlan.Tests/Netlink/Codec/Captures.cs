using System.Reflection;

namespace MacIpvlan.Tests.Codec;

/// <summary>
/// Bytes that were captured from the real ip and the real kernel: a line with the command, then lines of hex.
/// </summary>
internal static class Captures
{
    /// <summary>What ip sends, by its command.</summary>
    public static IReadOnlyDictionary<string, byte[]> Requests { get; } = Read("requests.txt");

    /// <summary>How the kernel describes a link, by the command that made it.</summary>
    public static IReadOnlyDictionary<string, byte[]> Links { get; } = Read("links.txt");

    /// <summary>What the kernel answers, by request, kernel and datagram.</summary>
    public static IReadOnlyDictionary<string, byte[]> Answers { get; } = Read("answers.txt");

    /// <summary>What the kernel tells its multicast groups, by the command before it.</summary>
    public static IReadOnlyDictionary<string, byte[]> Notices { get; } = Read("notices.txt");

    /// <summary>What DHCP servers answer, by server and message.</summary>
    public static IReadOnlyDictionary<string, byte[]> DhcpReplies { get; } = Read("dhcp.txt");

    private static Dictionary<string, byte[]> Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using StreamReader reader = new(stream);
        Dictionary<string, byte[]> captures = [];
        string command = "";
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal)) captures.Add(command = line[2..], []);
            else if (line.Length > 0 && line[0] != '#')
            {
                captures[command] = [.. captures[command], .. Convert.FromHexString(line.Replace(" ", ""))];
            }
        }

        return captures;
    }
}
