using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Writes what a service does for its log. If the output of this process goes to the systemd journal, entries go there with fields
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL), so that journalctl finds them by network or NIC. Otherwise, each is a line of key=value.
/// </summary>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="line">Called with each line.</param>
public sealed class ServiceLog(Func<string, string?> variable, Action<string> line)
{
    private static readonly UnixDomainSocketEndPoint s_journal = new("/run/systemd/journal/socket");
    private readonly bool _isJournal = IsJournal(variable("JOURNAL_STREAM"));

    // As syslog(3) counts.
    private enum Priority
    {
        Error = 3,
        Warning = 4,
        Information = 6,
    }

    /// <summary>Writes what became of an item.</summary>
    public void Write(RestoredItem item)
    {
        string message = $"{item.Name} {item.Result}{(item.Reason.Length > 0 ? $": {item.Reason}" : "")}";
        Priority priority = item.Result switch
        {
            RestoreResult.Failed => Priority.Error,
            RestoreResult.Lost or RestoreResult.Expired => Priority.Warning,
            _ => Priority.Information,
        };
        Write(priority, message, [("kind", $"{item.Kind}"), ("name", item.Name), ("network", item.Network), ("result", $"{item.Result}"), ("reason", item.Reason)]);
    }

    /// <summary>Writes a warning.</summary>
    public void WriteWarning(string text) => Write(Priority.Warning, text, [("kind", "Warning"), ("reason", text)]);

    private void Write(Priority priority, string message, (string Key, string Value)[] fields)
    {
        (string Key, string Value)[] said = [.. fields.Where(static f => f.Value.Length > 0).Select(static f => (f.Key, PrintableText.Clean(f.Value)))];
        // What is written reaches it too.
        if (_isJournal && TrySend(priority, PrintableText.Clean(message), said)) return;
        line(string.Join(' ', said.Select(static f => $"{f.Key}={Quote(f.Value)}")));
    }

    private static bool TrySend(Priority priority, string message, (string Key, string Value)[] fields)
    {
        StringBuilder entry = new(string.Create(CultureInfo.InvariantCulture, $"MESSAGE={message}\nPRIORITY={(int)priority}\nSYSLOG_IDENTIFIER=macipvlan\n"));
        // Cleaned values have no line ends.
        foreach ((string key, string value) in fields) entry.Append(CultureInfo.InvariantCulture, $"MACIPVLAN_{key.ToUpperInvariant()}={value}\n");
        return ServiceSocket.TrySend(s_journal, entry.ToString());
    }

    // DEVICE:INODE of the socket that the service manager has made its output. A process further down can have another output.
    private static bool IsJournal(string? stream) =>
        stream?.Split(':') is [_, string inode] && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
        && (InodeOf(1) == number || InodeOf(2) == number);

    private static ulong? InodeOf(int descriptor)
    {
        try
        {
            return FileStatus.Of(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}"), follow: true)?.Inode;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Quote(string value) =>
        value.AsSpan().ContainsAny(" =\"\\") ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : value;
}
