using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Files as users name them: relative to PowerShell's own location, on its drives, by patterns.</summary>
internal static class FileLocation
{
    private const string FileSystem = "FileSystem";

    /// <summary>The files that a name or pattern means.</summary>
    /// <exception cref="NetworkException">FileUnusable: it means no files.</exception>
    public static IReadOnlyList<string> Find(SessionState state, string path)
    {
        Collection<string> found = state.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        return provider.Name == FileSystem ? found : throw NoFile(path);
    }

    /// <summary>The file that a name means, whether it is there or not.</summary>
    /// <exception cref="NetworkException">FileUnusable: it means no file.</exception>
    public static string Of(SessionState state, string path)
    {
        string found = state.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == FileSystem ? found : throw NoFile(path);
    }

    private static NetworkException NoFile(string path) =>
        new(NetworkError.FileUnusable, $"{path} is not a place for files.", "Name a file.");
}
