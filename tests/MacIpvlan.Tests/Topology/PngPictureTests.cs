using System.Diagnostics;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The programs that render PNG pictures: which one runs, what it gets, and how it ends. Scripts stand for them.</summary>
public sealed class PngPictureTests : IDisposable
{
    private const string Png = @"printf '\211PNG\r\n\032\nrest'";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("macipvlan-");

    [Fact]
    public void Converter_GetsTheSvgPictureAndGivesTheBytes()
    {
        Add("rsvg-convert", $"echo \"$@\" >{At("arguments")}; cat >{At("input")}; {Png}");
        Add("chromium", "exit 1");

        byte[] picture = Draw();

        Assert.Equal([0x89, .. "PNG\r\n\x1a\nrest"u8], picture);
        Assert.Equal("--format png --zoom 2\n", Read("arguments"));
        Assert.Equal(SvgPicture.Draw(Topologies.Small), Read("input"));
    }

    [Theory]
    [InlineData(1600, 1600)]
    [InlineData(300, 300)]
    public void Width_IsTheOneOfTheFile(int width, int expected)
    {
        Add("rsvg-convert", $"echo \"$@\" >{At("arguments")}; cat >{At("input")}; {Png}");

        Draw(width: width);

        Assert.Equal("--format png --zoom 1\n", Read("arguments"));
        Assert.Contains(FormattableString.Invariant($"width=\"{expected}\" height="), Read("input"), StringComparison.Ordinal);
    }

    [Fact]
    public void Browser_GetsAFolderThatOthersCannotEnterAndThatIsRemoved()
    {
        Add("google-chrome", $"""
            for last; do case $last in --screenshot=*) file=$last;; esac; done
            file={"${file#--screenshot=}"}
            echo "$@" >{At("arguments")}
            cat "$last" >{At("input")}
            stat -c %a "{"${file%/*}"}" >{At("rights")}
            echo "{"${file%/*}"}" >{At("folder")}
            {Png} >"$file"
            """);

        Assert.Equal(12, Draw().Length);

        Assert.Contains(" --force-device-scale-factor=2 --window-size=1498,904 ", Read("arguments"), StringComparison.Ordinal);
        Assert.Equal(Environment.IsPrivilegedProcess, Read("arguments").Contains(" --no-sandbox ", StringComparison.Ordinal));
        Assert.Equal(SvgPicture.Draw(Topologies.Small), Read("input"));
        Assert.Equal("700\n", Read("rights"));
        Assert.False(Directory.Exists(Read("folder").Trim()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere:/proc/1/fd:/etc/passwd")]
    [InlineData(".:programs:")]
    public void PathWithoutAProgram_IsRefused(string? searchPath)
    {
        NetworkException refused = Assert.Throws<NetworkException>(
            () => PngPicture.Draw(Topologies.Small, null, searchPath, s_patience, CancellationToken.None));

        Assert.Equal(NetworkError.RendererUnavailable, refused.Error);
        Assert.Contains("librsvg2-bin", refused.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatCannotRun_IsNoProgram()
    {
        File.WriteAllText(At("rsvg-convert"), "#!/bin/sh\n");
        Directory.CreateDirectory(At("chromium"));

        NetworkAssert.Refused(NetworkError.RendererUnavailable, () => Draw());
    }

    [Theory]
    [InlineData(@"printf 'no \033[31mfont\n\n at all.\n' >&2; exit 3", "no \uFFFD[31mfont; at all.")]
    [InlineData("exit 3", "it wrote no picture, and its exit code was 3.")]
    [InlineData("echo text", "it wrote no picture, and its exit code was 0.")]
    [InlineData(Png + "; exit 1", "it wrote no picture, and its exit code was 1.")]
    [InlineData("yes x | head -c 1000000 >&2; exit 1", "…")]
    public void ProgramThatFails_SaysWhy(string script, string reason)
    {
        Add("rsvg-convert", script);

        NetworkException failed = Assert.Throws<NetworkException>(() => Draw());

        Assert.Equal(NetworkError.RendererUnavailable, failed.Error);
        Assert.StartsWith($"{At("rsvg-convert")} couldn't draw the picture: ", failed.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
        Assert.InRange(failed.Message.Length, 1, 500);
    }

    [Theory]
    [InlineData("exec sleep 300")]
    [InlineData("sleep 300")]
    [InlineData("sleep 3 & exit")]
    [InlineData("while :; do echo x; done")]
    public void ProgramThatHangs_EndsWhenTheTimeIsOver(string script)
    {
        Add("rsvg-convert", $"echo $$ >\"$0.id\"; {script}");
        Stopwatch watch = Stopwatch.StartNew();

        NetworkException failed = Assert.Throws<NetworkException>(() => Draw(TimeSpan.FromSeconds(0.5)));

        Assert.EndsWith("it didn't finish within 0.5 seconds.", failed.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(15));
        Assert.False(Directory.Exists($"/proc/{Read("rsvg-convert.id").Trim()}"));
    }

    [Fact]
    public void CommandThatStops_EndsTheProgram()
    {
        Add("chromium", $"echo $$ >{At("id")}; echo \"$@\" >{At("arguments")}; exec sleep 300");
        using CancellationTokenSource stopping = new();
        stopping.CancelAfter(TimeSpan.FromSeconds(1));

        Assert.ThrowsAny<OperationCanceledException>(
            () => PngPicture.Draw(Topologies.Small, null, _folder.FullName, s_patience, stopping.Token));

        Assert.False(Directory.Exists($"/proc/{Read("id").Trim()}"));
        Assert.False(File.Exists(Read("arguments").Trim().Split(' ')[^1]));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string Read(string name) => File.ReadAllText(At(name));

    private byte[] Draw(TimeSpan? patience = null, int? width = null) =>
        PngPicture.Draw(Topologies.Small, width, $"programs:{_folder.FullName}", patience ?? s_patience, CancellationToken.None);

    private void Add(string name, string script)
    {
        File.WriteAllText(At(name), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
