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
    /// <exception cref="NetworkException">FileUnusable; InvalidParameter: a file of CNI has one network.</exception>
    public void Write()
    {
        if (IsFolder)
        {
            foreach ((string network, string text) in _texts) DefinitionFile.Write(Path.Combine(path, network + Extension), text);
            return;
        }

        if (format == ExportFormat.Cni && _texts.Count > 1)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"A file of CNI has one network, and these are {_texts.Count}.",
                "Name a folder that is there, for one file a network.");
        }

        if (_texts.Count > 0) DefinitionFile.Write(path, string.Concat(_texts.Select(static t => t.Text)));
    }

    private string Extension => format switch
    {
        ExportFormat.DockerCommand => ".sh",
        ExportFormat.Cni => ".conflist",
        _ => ".json",
    };
}
