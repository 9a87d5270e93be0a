using System.Text;
using MacIpvlan.Formats;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>The folder of a Compose project, and the variables of its files: those of this process, and then those of .env.</summary>
public static class ComposeProject
{
    private const int MaxBytes = 1 << 20;

    // What Compose looks for if it isn't given files.
    private static readonly string?[] s_names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly string[] s_overrides =
        ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

    /// <summary>Describes a project. Nothing is read before a Compose file needs it.</summary>
    /// <param name="folder">The path of its folder.</param>
    /// <param name="file">The path of the Compose file, whose owner can also own .env; null if it isn't a file.</param>
    /// <param name="openYaml">Opens the reader of YAML.</param>
    /// <param name="warn">Called if the variables of .env can't be used.</param>
    public static ComposeEnvironment Open(string folder, string? file, Func<IYamlReader> openYaml, Action<string> warn)
    {
        Lazy<Dictionary<string, string>> variables = new(() => ReadVariables(Path.Combine(folder, ".env"), file, warn));
        return new(openYaml, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), Find)
        {
            OverrideFile = s_names.Contains(Path.GetFileName(file)) ? s_overrides.FirstOrDefault(o => File.Exists(Path.Combine(folder, o))) : null,
        };

        string? Find(string name) => Environment.GetEnvironmentVariable(name) ?? variables.Value.GetValueOrDefault(name);
    }

    private static Dictionary<string, string> ReadVariables(string path, string? file, Action<string> warn)
    {
        try
        {
            return ComposeVariableFile.Read(ReadText(path, file), Environment.GetEnvironmentVariable);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or DecoderFallbackException)
        {
            string reason = e is DecoderFallbackException ? "it isn't UTF-8 text" : e.Message.TrimEnd('.');
            warn($"The variables of {path} aren't used: {PrintableText.Clean(reason)}.");
            return [];
        }
    }

    // In a folder that others can write to, they could make this file beside a Compose file of ours.
    private static string ReadText(string path, string? file)
    {
        if (FileStatus.Of(path) is null) throw new FileNotFoundException();
        using HeldFile held = HeldFile.Open(path);
        if (held.Status.Type != FileType.File) throw new IOException("it isn't a regular file");
        if (!held.Status.IsTrusted && held.Status.Owner != (file is null ? null : FileStatus.Of(file, follow: true)?.Owner))
        {
            throw new IOException($"another user (id {held.Status.Owner}) owns it");
        }

        byte[] bytes = held.Read(MaxBytes, static () => { }) ?? throw new IOException($"it's longer than {MaxBytes} bytes");
        using StreamReader reader = new(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }
}
