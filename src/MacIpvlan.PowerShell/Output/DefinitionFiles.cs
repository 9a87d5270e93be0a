using MacIpvlan.Formats;

namespace MacIpvlan.PowerShell;

/// <summary>Writes exported networks to one file, or to a folder with one file per network.</summary>
/// <param name="path">The file or the folder.</param>
/// <param name="format">The format.</param>
internal sealed class DefinitionFiles(string path, ExportFormat format)
{
    private readonly List<(string Network, string Text)> _texts = [];

    /// <summary>Whether each network gets its own file.</summary>
    public bool IsFolder { get; } = Directory.Exists(path);

    /// <summary>Adds the text of one network or of all networks; nothing is written yet.</summary>
    public void Add(string network, string text) => _texts.Add((network, text + "\n"));

    /// <summary>Writes the added texts.</summary>
    /// <param name="replaces">Whether to replace existing files.</param>
    /// <returns>The files.</returns>
    /// <exception cref="NetworkException">
    /// FileExists, FileUnusable; InvalidParameter: a CNI file can hold only one network.
    /// </exception>
    public IEnumerable<FileInfo> Write(bool replaces)
    {
        if (IsFolder) return _texts.Select(t => OutputFile.Write(Path.Combine(path, t.Network + Extension), t.Text, replaces));

        if (format == ExportFormat.Cni && _texts.Count > 1)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"A CNI file can hold only one network, but {_texts.Count} networks were selected.",
                "Specify an existing folder to write one file per network.");
        }

        return _texts.Count == 0 ? [] : [OutputFile.Write(path, string.Concat(_texts.Select(static t => t.Text)), replaces)];
    }

    private string Extension => format switch
    {
        ExportFormat.DockerCommand => ".sh",
        ExportFormat.Cni => ".conflist",
        ExportFormat.Compose => ".yaml",
        _ => ".json",
    };
}
