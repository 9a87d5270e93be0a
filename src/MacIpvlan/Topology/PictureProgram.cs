using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan.Topology;

/// <summary>
/// Runs a program that turns an SVG picture into a PNG picture, without a shell. The program ends when the command must
/// stop, or when the time is over.
/// </summary>
/// <param name="path">The program.</param>
/// <param name="patience">How long it can take.</param>
/// <param name="stopping">Canceled when the command must stop.</param>
internal sealed class PictureProgram(string path, TimeSpan patience, CancellationToken stopping)
{
    private const int MostBytes = 64 << 20;
    private const int MostErrorBytes = 4096;
    private const int MostErrorLetters = 300;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Returns the path of the first program that the search path has; null if it has none of them.</summary>
    /// <param name="searchPath">
    /// Folders, as in PATH. Relative ones are ignored, because anyone could have written to the current folder.
    /// </param>
    /// <param name="names">The programs.</param>
    public static string? Find(string? searchPath, params string[] names) =>
        names.SelectMany(name => (searchPath ?? "").Split(':').Where(static f => f.StartsWith('/')).Select(f => Path.Combine(f, name)))
            .FirstOrDefault(IsProgram);

    /// <summary>Returns the PNG picture.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="input">What the program reads from its standard input.</param>
    /// <param name="file">The file that the program writes; null if it writes to its standard output.</param>
    /// <exception cref="NetworkException">RendererUnavailable.</exception>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    public byte[] Draw(IEnumerable<string> arguments, string input = "", string? file = null)
    {
        try
        {
            // Cmdlets are synchronous, and their thread has no synchronization context, so blocking can't deadlock.
            return Run(arguments, input, file).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw Failed(e.Message);
        }
    }

    private async Task<byte[]> Run(IEnumerable<string> arguments, string input, string? file)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        ending.CancelAfter(patience);
        using Process process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<byte[]> output = Read(process.StandardOutput.BaseStream, MostBytes + 1);
            Task<byte[]> errors = Read(process.StandardError.BaseStream, MostErrorBytes);
            Task end = process.WaitForExitAsync(CancellationToken.None);
            // The wait ends in time even if another process keeps the pipes open.
            await Task.WhenAll(Write(process.StandardInput, input), output, errors, end).WaitAsync(ending.Token).ConfigureAwait(false);
            byte[] picture = file is null ? await output.ConfigureAwait(false) : ReadFile(file);
            if (process.ExitCode == 0 && picture.Length <= MostBytes && picture.AsSpan().StartsWith(Signature)) return picture;
            throw Failed(Describe(await errors.ConfigureAwait(false), process.ExitCode));
        }
        catch (OperationCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"it didn't finish within {patience.TotalSeconds:0.#} seconds"));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(1));
        }
    }

    private static bool IsProgram(string path)
    {
        try
        {
            return FileStatus.Of(path, follow: true) is { Type: FileType.File, IsTrusted: true } status && (status.Rights & Executable) != 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task Write(StreamWriter writer, string input)
    {
        try
        {
            await writer.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input)).ConfigureAwait(false);
            writer.Close();
        }
        catch (IOException)
        {
            // A program that fails doesn't read all of its input. It says why.
        }
    }

    // Keeps the first bytes, and reads the rest too, because otherwise the program would wait.
    private static async Task<byte[]> Read(Stream stream, int most)
    {
        using MemoryStream kept = new();
        byte[] buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is int count and > 0)
        {
            kept.Write(buffer, 0, (int)Math.Min(count, most - kept.Length));
        }

        return kept.ToArray();
    }

    private static byte[] ReadFile(string file) =>
        new FileInfo(file) is { Exists: true, Length: <= MostBytes } ? File.ReadAllBytes(file) : [];

    private static string Describe(byte[] errors, int exitCode)
    {
        string[] lines = Encoding.UTF8.GetString(errors).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string text = ScreenText.Fit(string.Join("; ", lines.Select(PrintableText.Clean)), MostErrorLetters);
        return text.Length > 0 ? text : $"it wrote no picture, and its exit code was {exitCode}";
    }

    private NetworkException Failed(string reason) => new(
        NetworkError.RendererUnavailable,
        $"{path} couldn't draw the picture: {reason.TrimEnd('.')}.",
        "Correct what it reports, draw fewer networks, or write an SVG picture, which needs no other program.");
}
