namespace MacIpvlan.Tests.Networks;

/// <summary>Files of definitions: whole or not at all, and nothing that is no file.</summary>
public sealed class DefinitionFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan-files.").FullName;

    private string Name => Path.Combine(_folder, "x.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Text_ComesBackAndIsWrittenOver()
    {
        DefinitionFile.Write(Name, "first, and longer\n");
        DefinitionFile.Write(Name, "é\n");

        Assert.Equal("é\n", DefinitionFile.Read(Name, 100));
        Assert.Equal([Name], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("there")]
    [InlineData("not there")]
    public void Link_IsNotFollowed(string target)
    {
        File.WriteAllText(Path.Combine(_folder, "there"), "mine");
        File.CreateSymbolicLink(Name, Path.Combine(_folder, target));

        NetworkAssert.Refused(NetworkError.FileUnusable, () => DefinitionFile.Write(Name, "text"), Name);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, "there")));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/")]
    [InlineData("/nowhere/x")]
    public void WhatIsNoFile_IsNotWritten(string path) =>
        NetworkAssert.Refused(NetworkError.FileUnusable, () => DefinitionFile.Write(path, "text"), path);

    [Fact]
    public void Length_IsBoundedAlsoWhereItIsNotTold()
    {
        File.WriteAllText(Name, "1234");

        Assert.Equal("1234", DefinitionFile.Read(Name, 4));
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => DefinitionFile.Read(Name, 3), Name);
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => DefinitionFile.Read("/dev/zero", 1000));
    }

    [Fact]
    public void WhatIsNoText_IsRefused()
    {
        File.WriteAllBytes(Name, [0x7b, 0xff, 0x7d]);

        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => DefinitionFile.Read(Name, 100), "UTF-8");
        NetworkAssert.Refused(NetworkError.FileUnusable, () => DefinitionFile.Read(_folder, 100), _folder);
        NetworkAssert.Refused(NetworkError.FileUnusable, () => DefinitionFile.Read(Name + "x", 100), Name);
    }
}
