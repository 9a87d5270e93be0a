namespace MacIpvlan.Tests.Architecture;

/// <summary>The repository that the tests were built from.</summary>
internal static class SourceTree
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files under a folder of the repository, by their path from there on.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        string path = Path.Combine(Root, folder);
        return Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(path, file))
            .Where(static f => f.Split('/')[0] is not ("obj" or "bin"))
            .ToDictionary(static f => f, f => File.ReadAllText(Path.Combine(path, f)));
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MacIpvlan.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No repository is above {AppContext.BaseDirectory}.");
    }
}
