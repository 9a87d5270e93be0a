namespace MacIpvlan.Tests.Netlink;

/// <summary>Names: of interfaces as the kernel takes them, of networks, of namespaces.</summary>
public sealed class LinkNameTests
{
    [Theory]
    [InlineData("e")]
    [InlineData("eth0")]
    [InlineData("eth0.50")]
    [InlineData("fifteen-bytes-0")]
    [InlineData("...")]
    [InlineData("-x")]
    [InlineData("ééééééé")]
    public void Check_TakesWhatTheKernelTakes(string name) => LinkName.Check(name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "folder")]
    [InlineData("..", "folder")]
    [InlineData("a-name-of-sixteen", "17 bytes")]
    [InlineData("sixteen-bytes-00", "16 bytes")]
    [InlineData("éééééééé", "16 bytes")]
    [InlineData("a/b", "character")]
    [InlineData("a:b", "character")]
    [InlineData("eth%d", "character")]
    [InlineData("a b", "character")]
    [InlineData("a\tb", "character")]
    [InlineData("a\n", "character")]
    [InlineData("a\u001fb", "character")]
    [InlineData("a\u00a0b", "character")]
    [InlineData("a\u001b[2J", "character")]
    [InlineData("a\u202eb", "character")]
    public void Check_RefusesWhatTheKernelRefuses(string name, string reason) =>
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.Check(name), $"'{PrintableText.Clean(name)}'", reason);

    [Theory]
    // ip link add name all type dummy: EINVAL. These would be folders of /proc/sys/net/ipv4/conf twice
    // (sysctl_dev_name_is_allowed of include/linux/inetdevice.h).
    [InlineData("all")]
    [InlineData("default")]
    // ip link add name à type dummy: EINVAL. The kernel looks at bytes, and takes 0xa0 for white space (lib/ctype.c).
    [InlineData("à")]
    public void Check_RefusesTheRestOfWhatTheKernelRefuses(string name) =>
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.Check(name), $"'{name}'");

    [Theory]
    [InlineData("a", true)]
    [InlineData("a name with spaces", true)]
    [InlineData("", false)]
    [InlineData("a\nb", false)]
    public void CanExist_IsAboutAlternativeNamesToo(string name, bool canExist) =>
        Assert.Equal(canExist, LinkName.CanExist(name));

    [Fact]
    public void CanExist_EndsAt127Bytes()
    {
        Assert.True(LinkName.CanExist(new string('a', 127)));
        Assert.False(LinkName.CanExist(new string('a', 128)));
        Assert.True(LinkName.CanExist(new string('é', 63)));
        Assert.False(LinkName.CanExist(new string('é', 64)));
    }

    [Theory]
    [InlineData("macnet100")]
    [InlineData("0")]
    [InlineData("A_b.c-9")]
    public void CheckNetwork_TakesLettersDigitsAndThreeSigns(string name) => LinkName.CheckNetwork(name);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("_a")]
    [InlineData("a b")]
    [InlineData("a*")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("٣")]
    public void CheckNetwork_RefusesOthers(string name) =>
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.CheckNetwork(name), $"'{PrintableText.Clean(name)}'");

    [Fact]
    public void CheckNetwork_EndsAt64Characters()
    {
        LinkName.CheckNetwork(new string('a', 64));
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.CheckNetwork(new string('a', 65)), "64");
    }

    [Theory]
    [InlineData("web1")]
    [InlineData("a b")]
    [InlineData("...")]
    public void CheckNamespace_TakesWhatCanBeAFile(string name) => LinkName.CheckNamespace(name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../etc")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void CheckNamespace_RefusesOthers(string name) =>
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.CheckNamespace(name));

    [Fact]
    public void CheckNamespace_EndsAtTheLengthOfAFilesName()
    {
        LinkName.CheckNamespace(new string('a', 255));
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.CheckNamespace(new string('a', 256)));
        // 128 characters, 256 bytes: ENAMETOOLONG.
        NetworkAssert.Refused(NetworkError.InvalidName, () => LinkName.CheckNamespace(new string('é', 128)));
    }
}
