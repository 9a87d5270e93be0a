using System.Diagnostics;
using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Linux;

/// <summary>Which folders and links of a path are trusted, and that what is held stays what it is.</summary>
public sealed class HeldFolderTests : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("a//b/./", "a/b")]
    [InlineData("a/../a/b", "a/b")]
    [InlineData("link/b", "a/b")]
    [InlineData("a/up/a/b", "a/b")]
    [InlineData("all/b", "a/b")]
    public void Path_LeadsWhereTheKernelWouldGo(string path, string expected)
    {
        Directory.CreateDirectory(Path.Join(_folder, "a/b"));
        Directory.CreateSymbolicLink(Path.Join(_folder, "link"), "a");
        Directory.CreateSymbolicLink(Path.Join(_folder, "a/up"), "..");
        Directory.CreateSymbolicLink(Path.Join(_folder, "all"), Path.Join(_folder, "link"));

        using HeldFolder folder = HeldFolder.Open(Path.Join(_folder, path));

        Assert.Equal(Path.Join(_folder, expected), folder.Path);
    }

    [Fact]
    public void Folder_StaysTheOneThatWasOpened()
    {
        string path = Directory.CreateDirectory(Path.Join(_folder, "a")).FullName;
        using HeldFolder folder = HeldFolder.Open(path);
        Directory.Move(path, path + "-moved");
        Directory.CreateDirectory(path);

        using (FileStream file = folder.Create("x", UnixFileMode.UserRead)) file.WriteByte(1);
        Assert.True(folder.Rename("x", "y", replaces: false));

        Assert.Empty(Directory.GetFileSystemEntries(path));
        Assert.Equal([Path.Join(path + "-moved", "y")], Directory.GetFileSystemEntries(path + "-moved"));
    }

    [Fact]
    public void Link_InAFolderThatOthersCanWriteToIsNotFollowed()
    {
        string open = Directory.CreateDirectory(Path.Join(_folder, "open")).FullName;
        Directory.CreateSymbolicLink(Path.Join(open, "link"), _folder);
        File.SetUnixFileMode(open, Open);

        foreach (UnixFileMode sticky in (UnixFileMode[])[default, UnixFileMode.StickyBit])
        {
            File.SetUnixFileMode(open, Open | sticky);
            UntrustedPathException e = Assert.Throws<UntrustedPathException>(() => HeldFolder.Open(Path.Join(open, "link")));
            Assert.Contains(Path.Join(open, "link"), e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("link", "symbolic links")]
    [InlineData("file", "isn't a folder")]
    [InlineData("file/x", "isn't a folder")]
    [InlineData("nowhere/x", "doesn't exist")]
    public void Path_ThatLeadsNowhereIsAnErrorThatSaysWhy(string path, string reason)
    {
        File.CreateSymbolicLink(Path.Join(_folder, "link"), "link");
        File.WriteAllText(Path.Join(_folder, "file"), "");

        IOException e = Assert.ThrowsAny<IOException>(() => HeldFolder.Open(Path.Join(_folder, path)));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Open, false)]
    [InlineData(Open & ~UnixFileMode.OtherWrite, false)]
    [InlineData(Open & ~UnixFileMode.GroupWrite, false)]
    // What this user owns in a sticky folder, no other user can exchange.
    [InlineData(Open | UnixFileMode.StickyBit, true)]
    [InlineData(Open & ~(UnixFileMode.OtherWrite | UnixFileMode.GroupWrite), true)]
    public void Folders_AreTrustedUnlessOthersCanExchangeWhatIsInThem(UnixFileMode mode, bool isTrusted)
    {
        string above = Directory.CreateDirectory(Path.Join(_folder, "above")).FullName;
        Directory.CreateDirectory(Path.Join(above, "state"));
        File.SetUnixFileMode(above, mode);

        foreach (string path in (string[])["above/state", "above/new/new", "above/state/../state/new"])
        {
            if (isTrusted)
            {
                HeldFolder.Ensure(Path.Join(_folder, path)).Dispose();
                continue;
            }

            UntrustedPathException e = Assert.Throws<UntrustedPathException>(() => HeldFolder.Ensure(Path.Join(_folder, path)));
            Assert.StartsWith(above + " ", e.Message, StringComparison.Ordinal);
            Assert.Contains("chmod go-w " + above, e.RecommendedAction, StringComparison.Ordinal);
            Assert.Equal([Path.Join(above, "state")], Directory.GetFileSystemEntries(above));
        }
    }

    [Fact]
    public void Name_ThatExistsIsNeitherOpenedNorReplacedUnasked()
    {
        File.WriteAllText(Path.Join(_folder, "new"), "new");
        File.WriteAllText(Path.Join(_folder, "old"), "old");
        File.CreateSymbolicLink(Path.Join(_folder, "link"), Path.Join(_folder, "nowhere"));
        using HeldFolder folder = HeldFolder.Open(_folder);

        Assert.Throws<IOException>(() => folder.Create("link", UnixFileMode.UserRead));
        Assert.False(folder.Rename("new", "old", replaces: false));
        Assert.Equal("old", File.ReadAllText(Path.Join(_folder, "old")));
        Assert.True(folder.Rename("new", "link", replaces: true));

        Assert.Equal("new", File.ReadAllText(Path.Join(_folder, "link")));
        Assert.Equal(["link", "old"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void File_BehindALinkOfTheKernelIsRead()
    {
        string name = Path.Join(_folder, "x");
        File.WriteAllText(name, "text");
        using FileStream file = File.OpenRead(name);
        File.Delete(name);

        using HeldFile held = HeldFile.Open($"/dev/fd/{file.SafeFileHandle.DangerousGetHandle()}");

        Assert.Equal("text"u8.ToArray(), held.Read(4, static () => { }));
        Assert.Null(held.Read(3, static () => { }));
    }

    [Fact]
    public async Task Pipe_IsReadUntilItsLastWriterIsDone()
    {
        string pipe = Path.Join(_folder, "pipe");
        using (Process make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using HeldFile held = HeldFile.Open(pipe);
        int pauses = 0;
        // Written only when the reader has found nobody to wait for twice.
        Task<byte[]?> reading = Task.Run(() => held.Read(100, () => pauses++), TestContext.Current.CancellationToken);
        while (Volatile.Read(ref pauses) < 3) await Task.Delay(10, TestContext.Current.CancellationToken);

        await using (FileStream writer = new(pipe, FileMode.Open, FileAccess.Write))
        {
            await writer.WriteAsync("one "u8.ToArray(), TestContext.Current.CancellationToken);
            await writer.FlushAsync(TestContext.Current.CancellationToken);
            await writer.WriteAsync("two"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        Assert.Equal("one two"u8.ToArray(), await reading);
    }

    [Fact]
    public async Task Pipe_ThatNobodyWritesToIsGivenUpWhenAsked()
    {
        string pipe = Path.Join(_folder, "pipe");
        using (Process make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using HeldFile held = HeldFile.Open(pipe);
        int pauses = 0;

        Assert.Throws<OperationCanceledException>(() => held.Read(100, () =>
        {
            if (++pauses == 3) throw new OperationCanceledException();
        }));
    }
}
