namespace MacIpvlan.Tests.Definitions;

/// <summary>Parents as they are named.</summary>
public sealed class ParentReferenceTests
{
    [Theory]
    [InlineData("eth0", "eth0", null)]
    // A name with a dot may be a link's own name, so it is not split before that was looked up.
    [InlineData("eth0.50", "eth0.50", null)]
    [InlineData("eth0:50", "eth0", 50)]
    [InlineData("eth0.10:20", "eth0.10", 20)]
    [InlineData("br0.5:4094", "br0.5", 4094)]
    [InlineData("a:b:1", "a:b", 1)]
    public void Parse_SplitsAtAColon(string text, string link, int? vlanId)
    {
        ParentReference parent = ParentReference.Parse(text);

        Assert.Equal((link, vlanId), (parent.Link, parent.VlanId));
    }

    [Theory]
    [InlineData("eth0.50", "eth0", 50)]
    [InlineData("eth0.1", "eth0", 1)]
    [InlineData("eth0.4094", "eth0", 4094)]
    [InlineData("br0.5.7", "br0.5", 7)]
    [InlineData("eth0.10.20", "eth0.10", 20)]
    public void SplitVlanName_SplitsAtTheLastDot(string name, string link, int vlanId)
    {
        ParentReference? parent = ParentReference.SplitVlanName(name);

        Assert.Equal((link, vlanId), (parent?.Link, parent?.VlanId));
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData(".50")]
    [InlineData("")]
    public void SplitVlanName_FindsNoVlanInOtherNames(string name) => Assert.Null(ParentReference.SplitVlanName(name));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00")]
    [InlineData("050")]
    [InlineData("4095")]
    [InlineData("65586")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x32")]
    [InlineData("abc")]
    [InlineData("5a")]
    [InlineData("٥")]
    public void WrongVlanId_IsRefusedInEitherNotation(string id)
    {
        NetworkAssert.Refused(
            NetworkError.InvalidVlanId, () => ParentReference.Parse($"eth0:{id}"), $"'{id}'", $"'eth0:{id}'",
            "1 to 4094");
        NetworkAssert.Refused(
            NetworkError.InvalidVlanId, () => ParentReference.SplitVlanName($"eth0.{id}"), $"'eth0.{id}'");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4095)]
    [InlineData(int.MaxValue)]
    public void OfVlan_RefusesAWrongVlanId(int id) =>
        NetworkAssert.Refused(NetworkError.InvalidVlanId, () => ParentReference.OfVlan("eth0", id), "1 to 4094");

    [Fact]
    public void Text_IsTheNameThatTheVlanWouldGet()
    {
        Assert.Equal("eth0.50", ParentReference.OfVlan("eth0", 50).ToString());
        Assert.Equal("eth0", ParentReference.Parse("eth0").ToString());
    }
}
