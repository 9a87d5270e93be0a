using MacIpvlan.Formats;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests;

/// <summary>What a Compose file depends on: the variables of the process and of .env, and the name of the folder.</summary>
public sealed class ComposeProjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan-compose").FullName;
    private readonly List<string> _warnings = [];

    private string Variables => Path.Combine(_folder, ".env");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void VariablesOfTheProcess_ComeBeforeThoseOfTheFile()
    {
        File.WriteAllText(Variables, "HERE=${PATH}x\nPATH=y\n");
        ComposeEnvironment environment = Open();

        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment.Variable("PATH"));
        Assert.Equal(Environment.GetEnvironmentVariable("PATH") + "x", environment.Variable("HERE"));
        Assert.Null(environment.Variable("MACIPVLAN_NONE"));
        Assert.Equal(Path.GetFileName(_folder), environment.Folder);
        Assert.Equal("shop", ComposeProject.Open("/srv/shop/", null, static () => new YamlReader(), _warnings.Add).Folder);
        Assert.Equal("", ComposeProject.Open("/", null, static () => new YamlReader(), _warnings.Add).Folder);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void FileThatIsNotThere_IsNoMistake()
    {
        Assert.Null(Open().Variable("HERE"));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("compose.yaml", "compose.override.yml", "compose.override.yml")]
    [InlineData("docker-compose.yml", "docker-compose.override.yaml", "docker-compose.override.yaml")]
    [InlineData("shop.yaml", "compose.override.yml", null)]
    [InlineData("compose.yaml", "other.yaml", null)]
    [InlineData(null, "compose.override.yml", null)]
    public void FileThatComposeMergesIntoTheDefaultOne_IsKnown(string? file, string beside, string? found)
    {
        File.WriteAllText(Path.Combine(_folder, beside), "");

        Assert.Equal(found, ComposeProject.Open(_folder, file is null ? null : Path.Combine(_folder, file), static () => new YamlReader(), _warnings.Add).OverrideFile);
    }

    [Theory]
    [InlineData("link", "can't be trusted")]
    [InlineData("folder", "isn't a regular file")]
    [InlineData("long", "longer than 1048576 bytes")]
    [InlineData("binary", "isn't UTF-8 text")]
    [InlineData("wrong", "line 2 isn't NAME=VALUE")]
    public void FileThatCannotBeUsed_IsNamedOnce(string kind, string words)
    {
        switch (kind)
        {
            case "link":
                File.WriteAllText(Path.Combine(_folder, "target"), "HERE=x");
                File.CreateSymbolicLink(Variables, "target");
                File.SetUnixFileMode(_folder, (UnixFileMode)0x1FF);
                words = "symbolic link";
                break;
            case "folder": Directory.CreateDirectory(Variables); break;
            case "long": File.WriteAllText(Variables, new string('#', (1 << 20) + 1)); break;
            case "binary": File.WriteAllBytes(Variables, [0x41, 0xff, 0xfd]); break;
            default: File.WriteAllText(Variables, "A=1\n!"); break;
        }

        ComposeEnvironment environment = Open();

        Assert.Null(environment.Variable("HERE"));
        Assert.Null(environment.Variable("THERE"));
        Assert.StartsWith($"The variables of {Variables} aren't used: ", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Contains(words, _warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain(_warnings[0], char.IsControl);
    }

    private ComposeEnvironment Open() => ComposeProject.Open(_folder, Path.Combine(_folder, "compose.yaml"), static () => new YamlReader(), _warnings.Add);
}
