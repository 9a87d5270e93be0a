namespace MacIpvlan.Topology;

/// <summary>
/// Draws a topology as a PNG picture: the SVG picture, rendered by a program of the machine. A renderer in the module would
/// make it several times as large, and would have no fonts on a bare server.
/// </summary>
public static class PngPicture
{
    // librsvg renders no larger pictures.
    private const int MostPixels = 32767;
    private static readonly string[] s_browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns the bytes of a file, with rsvg-convert if PATH has it, or else with Chromium or Chrome.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="width">The width in pixels; null for twice the one that suits the picture.</param>
    /// <param name="stopping">Canceled when the command must stop.</param>
    /// <exception cref="NetworkException">RendererUnavailable.</exception>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    public static byte[] Draw(NetworkTopology topology, int? width, CancellationToken stopping) =>
        Draw(topology, width, Environment.GetEnvironmentVariable("PATH"), s_patience, stopping);

    /// <summary>Returns the bytes of a file, with a program of the search path, which can take the given time.</summary>
    internal static byte[] Draw(
        NetworkTopology topology, int? width, string? searchPath, TimeSpan patience, CancellationToken stopping)
    {
        TopologyPicture picture = TopologyPicture.Lay(topology, hasHeading: true, width);
        string svg = SvgPicture.Draw(topology, picture);
        // Twice as large if possible, because text then stays sharp on screens with many pixels.
        int scale = width is null && Math.Max(picture.Width, picture.Height) * 2 <= MostPixels ? 2 : 1;
        if (PictureProgram.Find(searchPath, "rsvg-convert") is string converter)
        {
            return new PictureProgram(converter, patience, stopping).Draw(["--format", "png", "--zoom", $"{scale}"], svg);
        }

        if (PictureProgram.Find(searchPath, s_browsers) is string browser)
        {
            return DrawWithBrowser(new PictureProgram(browser, patience, stopping), svg, picture, scale);
        }

        throw new NetworkException(
            NetworkError.RendererUnavailable,
            "PNG pictures need rsvg-convert, Chromium or Chrome, and PATH has none of them.",
            "Install the package librsvg2-bin (in Fedora, librsvg2-tools) or chromium, or write an SVG picture.");
    }

    // Browsers read no page from their standard input, and write a profile, so they get a folder that nobody else can enter.
    private static byte[] DrawWithBrowser(PictureProgram browser, string svg, TopologyPicture picture, int scale)
    {
        DirectoryInfo folder = CreateFolder();
        try
        {
            string page = Path.Combine(folder.FullName, "picture.svg");
            string file = Path.Combine(folder.FullName, "picture.png");
            File.WriteAllText(page, svg);
            List<string> arguments =
            [
                "--headless",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                $"--force-device-scale-factor={scale}",
                FormattableString.Invariant($"--window-size={picture.Width},{picture.Height}"),
                $"--user-data-dir={Path.Combine(folder.FullName, "profile")}",
                $"--screenshot={file}",
            ];
            // Its sandbox doesn't start for root. The picture has no scripts, and loads nothing.
            if (Environment.IsPrivilegedProcess) arguments.Add("--no-sandbox");
            return browser.Draw([.. arguments, page], file: file);
        }
        finally
        {
            Remove(folder);
        }
    }

    private static DirectoryInfo CreateFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("macipvlan-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"No folder can be created in {Path.GetTempPath()}: {e.Message.TrimEnd('.')}.",
                "Set TMPDIR to a folder that you can write to.");
        }
    }

    // Processes of a browser that was ended can still write for a moment.
    private static void Remove(DirectoryInfo folder)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                folder.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
        }
    }
}
