namespace MacIpvlan.Tests.Exchange;

/// <summary>Files written where users say.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("macipvlan-");

    private string File1 => Path.Combine(_folder.FullName, "topology.svg");

    [Fact]
    public void NewFile_HasTheTextAsUtf8WithoutMark()
    {
        FileInfo file = OutputFile.Write(File1, "ä\n", replaces: false);

        Assert.Equal(File1, file.FullName);
        Assert.Equal([0xc3, 0xa4, 0x0a], File.ReadAllBytes(File1));
        AssertNothingElseIsLeft();
    }

    [Fact]
    public void FileThatIsReplaced_KeepsItsRightsAndIsNotWrittenInto()
    {
        const UnixFileMode Rights = UnixFileMode.UserRead | UnixFileMode.GroupRead;
        File.WriteAllText(File1, "a longer text than the new one");
        File.SetUnixFileMode(File1, Rights);
        using FileStream reader = File.OpenRead(File1);

        OutputFile.Write(File1, "new", replaces: true);

        Assert.Equal("new", File.ReadAllText(File1));
        Assert.Equal(Rights, File.GetUnixFileMode(File1));
        Assert.Equal("a longer text than the new one", new StreamReader(reader).ReadToEnd());
        AssertNothingElseIsLeft();
    }

    // Another user has to read it, whatever the umask of this process.
    [Fact]
    public void NewFile_HasTheRightsThatAreWanted()
    {
        const UnixFileMode Rights = UnixFileMode.UserRead | UnixFileMode.OtherWrite | UnixFileMode.OtherRead;

        OutputFile.Write(File1, "new", replaces: true, Rights);

        Assert.Equal(Rights, File.GetUnixFileMode(File1));
        AssertNothingElseIsLeft();
    }

    [Fact]
    public void FileThatIsThere_IsLeftAloneIfWanted()
    {
        File.WriteAllText(File1, "old");

        NetworkAssert.Refused(NetworkError.FileExists, () => OutputFile.Write(File1, "new", replaces: false));

        Assert.Equal("old", File.ReadAllText(File1));
        AssertNothingElseIsLeft();
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("nowhere")]
    public void SymbolicLink_IsNeitherFollowedNorReplaced(string target)
    {
        string secret = Path.Combine(_folder.Parent!.FullName, $"{_folder.Name}-secret");
        File.WriteAllText(secret, "secret");
        try
        {
            File.CreateSymbolicLink(File1, target == "secret" ? secret : $"{secret}.not");

            NetworkAssert.Refused(NetworkError.FileUnusable, () => OutputFile.Write(File1, "new", replaces: true));

            Assert.Equal("secret", File.ReadAllText(secret));
            Assert.False(File.Exists($"{secret}.not"));
            AssertNothingElseIsLeft();
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/proc")]
    [InlineData("/nowhere/topology.svg")]
    [InlineData("/")]
    public void WhatIsNoFile_IsRefused(string path) =>
        NetworkAssert.Refused(NetworkError.FileUnusable, () => OutputFile.Write(path, "new", replaces: true));

    [Fact]
    public void Bytes_AreWrittenAsTheyAre()
    {
        OutputFile.Write(File1, (byte[])[0x89, 0x50, 0xff, 0x00], replaces: false);

        Assert.Equal([0x89, 0x50, 0xff, 0x00], File.ReadAllBytes(File1));
        AssertNothingElseIsLeft();
    }

    [Fact]
    public void Link_InAFolderThatOthersCanWriteToIsNotFollowed()
    {
        string secret = Directory.CreateDirectory(Path.Combine(_folder.FullName, "secret")).FullName;
        string home = Directory.CreateDirectory(Path.Combine(_folder.FullName, "home")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(home, "link"), secret);
        File.SetUnixFileMode(home, File.GetUnixFileMode(home) | UnixFileMode.OtherWrite);

        NetworkAssert.Refused(
            NetworkError.FileUnusable, () => OutputFile.Write(Path.Combine(home, "link", "x.svg"), "new", replaces: true),
            Path.Combine(home, "link"));

        Assert.Empty(Directory.GetFileSystemEntries(secret));
        File.Delete(Path.Combine(home, "link"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void AssertNothingElseIsLeft() => Assert.Equal([File1], Directory.GetFileSystemEntries(_folder.FullName));
}
