using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>The path of a file to write, as users give it: relative to PowerShell's place, or on a drive of its own.</summary>
internal static class OutputPath
{
    /// <summary>The path as the system knows it.</summary>
    /// <exception cref="NetworkException">FileUnwritable: it does not lead to a file system.</exception>
    public static string Resolve(SessionState session, string path)
    {
        string resolved = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? resolved : throw new NetworkException(
            NetworkError.FileUnwritable, $"'{path}' is not the path of a file.", "Give a path of the file system.");
    }
}
