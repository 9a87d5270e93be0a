using MacIpvlan.Formats;

namespace MacIpvlan.PowerShell;

/// <summary>Where exported networks are written: one file, or a folder with one file a network.</summary>
/// <param name="path">The file or the folder.</param>
/// <param name="format">The format.</param>
internal sealed class DefinitionFiles(string path, ExportFormat format)
{
    private readonly List<(string Network, string Text)> _texts = [];

    /// <summary>Whether each network gets a file of its own.</summary>
    public bool IsFolder { get; } = Directory.Exists(path);

    /// <summary>Adds the text of a network, or of all; nothing is written yet.</summary>
    public void Add(string network, string text) => _texts.Add((network, text + "\n"));

    /// <summary>Writes what was added.</summary>
    /// <param name="replaces">Whether files that are there are replaced.</param>
    /// <returns>The files.</returns>
    /// <exception cref="NetworkException">FileExists, FileUnusable; InvalidParameter: a file of CNI has one network.</exception>
    public IEnumerable<FileInfo> Write(bool replaces)
    {
        if (IsFolder) return _texts.Select(t => OutputFile.Write(Path.Combine(path, t.Network + Extension), t.Text, replaces));

        if (format == ExportFormat.Cni && _texts.Count > 1)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"A file of CNI has one network, and these are {_texts.Count}.",
                "Name a folder that is there, for one file a network.");
        }

        return _texts.Count == 0 ? [] : [OutputFile.Write(path, string.Concat(_texts.Select(static t => t.Text)), replaces)];
    }

    private string Extension => format switch
    {
        ExportFormat.DockerCommand => ".sh",
        ExportFormat.Cni => ".conflist",
        _ => ".json",
    };
}
