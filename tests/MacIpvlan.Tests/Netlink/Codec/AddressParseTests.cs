using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>
/// Addresses as the kernel tells them (RTM_NEWADDR), after radvd has advertised 2001:db8:66:1::/64 with lifetimes of 86,400 and
/// 14,400 seconds, and use_tempaddr=1.
/// </summary>
public sealed class AddressParseTests
{
    private const string Header = "0a400000020000001400010020010db800660001401e88fffe6e764c1400060040380000805101002d030000d8050000";

    [Theory]
    // Linux 6.1: by autoconfiguration, temporary, link-local.
    [InlineData(Header + "080008000001000005000b0002000000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", true, AddressState.Preferred)]
    [InlineData("0a400100020000001400010020010db8006600017a05efab16c621b61400060040380000805101002d030000d80500000800080001000000",
        "2001:db8:66:1:7a05:efab:16c6:21b6/64", true, AddressState.Preferred)]
    [InlineData("0a4080fd0200000014000100fe80000000000000401e88fffe6e764c14000600ffffffffffffffff7f0100007f010000080008008000000005000b0003000000",
        "fe80::401e:88ff:fe6e:764c/64", false, AddressState.Preferred)]
    // Kernels before 5.18 don't tell the origin.
    [InlineData(Header + "0800080000010000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", true, AddressState.Preferred)]
    // One of a program, which expires, too; and one for good, which is to have temporary ones beside it.
    [InlineData(Header + "0800080000000000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", false, AddressState.Preferred)]
    [InlineData(Header + "0800080080010000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", false, AddressState.Preferred)]
    // IFA_F_DEPRECATED, IFA_F_TENTATIVE, and tentative but used already (IFA_F_OPTIMISTIC).
    [InlineData(Header + "0800080020010000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", true, AddressState.Deprecated)]
    [InlineData(Header + "0800080040010000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", true, AddressState.Tentative)]
    [InlineData(Header + "0800080044010000", "2001:db8:66:1:401e:88ff:fe6e:764c/64", true, AddressState.Preferred)]
    public void Parse_KnowsWhatComesFromARouter(string hex, string text, bool isFromRouter, AddressState state)
    {
        LinkAddress address = Parse(hex);

        Assert.Equal((text, isFromRouter, state), ($"{address.Address}", address.IsFromRouter, address.State));
    }

    [Fact]
    public void Lifetimes_AreShownAsDurations()
    {
        RouterAddress[] shown = RouterAddress.Among([Parse(Header + "0800080000010000"), Parse(Header.Replace("40380000", "ffffffff").Replace("80510100", "ffffffff") + "0800080000010000"), Parse(Header + "0800080000000000")]);

        Assert.Equal(
            [(TimeSpan.FromDays(1), TimeSpan.FromHours(4)), (null, null)],
            shown.Select(static a => ((TimeSpan?, TimeSpan?))(a.ValidLifetime, a.PreferredLifetime)));
        Assert.All(shown, static a => Assert.Equal(("2001:db8:66:1:401e:88ff:fe6e:764c/64", false), ($"{a}", a.IsTemporary)));
    }

    [Fact]
    public void Origin_OfAnotherWidthIsMalformed() => Assert.Throws<NetlinkException>(() => Parse(Header + "06000b0002000000"));

    private static LinkAddress Parse(string hex)
    {
        byte[] body = Convert.FromHexString(hex);
        // RTM_NEWADDR, 20.
        MessageReader reader = new([.. BitConverter.GetBytes(16 + body.Length), 20, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. body]);
        Assert.True(reader.TryRead(out Message message));
        return AddressGet.Parse(message);
    }
}
