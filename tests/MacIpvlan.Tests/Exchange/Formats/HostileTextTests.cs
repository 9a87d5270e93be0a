using MacIpvlan.Formats;

namespace MacIpvlan.Tests.Formats;

/// <summary>Texts of no good will: refused in words that are safe to show, whatever their format.</summary>
public sealed class HostileTextTests : FormatTest
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData("no JSON")]
    [InlineData("{")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"format\":\"macipvlan\",\"version\":1} trailing")]
    [InlineData("{\"name\":\"\\ud800\",\"driver\":\"macvlan\"}")]
    [InlineData("{\"\\ud800\":1,\"driver\":\"macvlan\",\"name\":\"a\"}")]
    [InlineData("{\"name\":\"a\\u001b[31m\",\"driver\":\"macvlan\"}")]
    [InlineData("{\"name\":\"a\\nb\",\"type\":\"macvlan\"}")]
    [InlineData("{\"Name\":\"a\\u0000\",\"Driver\":\"macvlan\",\"IPAM\":{}}")]
    [InlineData("{\"Name\":{},\"Driver\":\"macvlan\",\"IPAM\":{}}")]
    [InlineData("{\"Name\":\"a\",\"Driver\":[],\"IPAM\":{}}")]
    [InlineData("{\"Name\":\"a\",\"Driver\":\"macvlan\",\"IPAM\":[]}")]
    [InlineData("{\"Name\":\"a\",\"Driver\":\"macvlan\",\"IPAM\":{\"Config\":{}}}")]
    [InlineData("{\"Name\":\"a\",\"Driver\":\"macvlan\",\"IPAM\":{\"Config\":[[]]}}")]
    [InlineData("{\"Name\":\"a\",\"Driver\":\"macvlan\",\"IPAM\":{},\"Options\":{\"parent\":7}}")]
    [InlineData("{\"name\":\"a\",\"plugins\":[{\"type\":\"macvlan\",\"master\":\"eth0\",\"ipam\":{\"type\":\"host-local\",\"ranges\":[{}]}}]}")]
    [InlineData("{\"name\":\"a\",\"plugins\":[{\"type\":\"macvlan\",\"master\":\"eth0\"}]}")]
    public void Text_IsRefused(string text)
    {
        NetworkException e = NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text));

        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Fact]
    public void Nesting_IsBounded() => NetworkAssert.Refused(
        NetworkError.InvalidDefinition, () => Read(new string('[', 100_000) + new string(']', 100_000)));

    [Fact]
    public void Length_IsBounded() => NetworkAssert.Refused(
        NetworkError.InvalidDefinition, () => Read(new string(' ', NetworkText.MaxBytes) + "{}"), $"{NetworkText.MaxBytes}");

    [Fact]
    public void SubInterfacesOnEachOther_AreBounded()
    {
        string vlans = string.Join(',', Enumerable.Range(1, 4000).Select(static i => $$"""{"name":"v{{i}}","parent":"v{{i + 1}}","vlanId":{{i}}}"""));
        NetworkRequest read = Assert.Single(Read(
            $$"""{"format":"macipvlan","version":1,"vlans":[{{vlans}}],"networks":[{"name":"a","kind":"macvlan","parent":"v1","subnet":"10.0.0.0/24"}]}"""));

        NetworkAssert.Refused(NetworkError.InvalidParameter, () => VlanDefinition.Check(read.Vlans), "are stacked");
    }

    [Fact]
    public void LongTextsAndNames_AreNotRepeated()
    {
        string name = new('x', 5000);
        NetworkException text = NetworkAssert.Refused(
            NetworkError.InvalidDefinition, () => Read($"{{\"name\":\"{name}\",\"driver\":\"macvlan\"}}"), "name is too long");
        NetworkException property = NetworkAssert.Refused(
            NetworkError.InvalidDefinition, () => Read($"{{\"format\":\"macipvlan\",\"version\":1,\"{name}\":1}}"), "isn't a known setting");

        Assert.InRange(text.Message.Length, 1, 200);
        Assert.InRange(property.Message.Length, 1, 200);
    }

    [Fact]
    public void NamesOfProperties_AreShownAsJsonWritesThem()
    {
        Read("{\"name\":\"a\",\"driver\":\"bridge\"}");
        NetworkException e = NetworkAssert.Refused(
            NetworkError.InvalidDefinition, () => Read("{\"format\":\"macipvlan\",\"version\":1,\"a\\u001b[31m\":1}"), @"a\u001B[31m");

        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Theory]
    [InlineData(ImportFormat.Json)]
    [InlineData(ImportFormat.Cni)]
    [InlineData(ImportFormat.DockerInspect)]
    [InlineData(ImportFormat.PodmanInspect)]
    public void Format_ThatIsNamedIsTheOneThatIsRead(ImportFormat format) => NetworkAssert.Refused(
        NetworkError.InvalidDefinition, () => Read("{}", format), "is ");

    [Fact]
    public void Version_MustBeTold() => NetworkAssert.Refused(
        NetworkError.InvalidDefinition, () => Read("""{"format":"macipvlan"}""", ImportFormat.Json), "version is missing");

    [Fact]
    public void Texts_MayFollowEachOther()
    {
        string one = Write(ExportFormat.Cni, Exported("10.1.0.0/24", "10.1.0.1"));
        string other = Write(ExportFormat.Json, Exported("10.2.0.0/24", "10.2.0.1", static n => n with { Name = "net2" }));

        Assert.Equal(["net1", "net2"], Read($"\ufeff{one}\n\n{other}\n").Select(static n => n.Name));
    }
}
