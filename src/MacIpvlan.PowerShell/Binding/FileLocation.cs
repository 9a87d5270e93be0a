using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Resolves file paths as users specify them: relative to PowerShell's location, on its drives, with wildcards.
/// </summary>
internal static class FileLocation
{
    private const string FileSystem = "FileSystem";

    /// <summary>Returns the files that a path or wildcard pattern matches.</summary>
    /// <exception cref="NetworkException">FileUnusable: the path isn't in the file system.</exception>
    public static IReadOnlyList<string> Find(SessionState state, string path)
    {
        Collection<string> found = state.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        return provider.Name == FileSystem ? found : throw NoFile(path);
    }

    /// <summary>Returns the file that a path means, whether it exists or not.</summary>
    /// <exception cref="NetworkException">FileUnusable: the path isn't in the file system.</exception>
    public static string Of(SessionState state, string path)
    {
        string found = state.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == FileSystem ? found : throw NoFile(path);
    }

    private static NetworkException NoFile(string path) =>
        new(NetworkError.FileUnusable, $"{path} isn't a path in the file system.", "Specify the path of a file.");
}
