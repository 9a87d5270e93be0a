namespace MacIpvlan.Tests.Exchange;

/// <summary>Files of definitions: read whole, if they are not too long and text.</summary>
public sealed class DefinitionFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan-files.").FullName;

    private string Name => Path.Combine(_folder, "x.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
