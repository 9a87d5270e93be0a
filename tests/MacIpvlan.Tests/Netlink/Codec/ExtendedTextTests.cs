using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>Code and words of refusals, as Linux 6.18 sends them.</summary>
public sealed class ExtendedTextTests
{
    public static TheoryData<string, int, string?> Answers => new()
    {
        // ip link add link eth0 name m1 mtu 99999 type macvlan, with NETLINK_CAP_ACK: the request's header alone.
        {
            "48000000 02000003 04030201 28a097b4 eaffffff 54000000 10000506 04030201 00000000 24000100 6d747520"
            + "67726561 74657220 7468616e 20646576 69636520 6d617869 6d756d00",
            Errno.EINVAL, "mtu greater than device maximum"
        },
        // The same without: all of the request.
        {
            "8c000000 02000002 04030201 9e600000 eaffffff 54000000 10000506 04030201 00000000 00000000 00000000"
            + "00000000 00000000 07000300 6d310000 08000500 07000000 08000400 9f860100 1c001200 0c000100 6d616376"
            + "6c616e00 0c000200 08000100 04000000 24000100 6d747520 67726561 74657220 7468616e 20646576 69636520"
            + "6d617869 6d756d00",
            Errno.EINVAL, "mtu greater than device maximum"
        },
        // IFLA_MACVLAN_MODE in 16 bits: words, then where, then the policy.
        {
            "78000000 02000003 04030201 28a097b4 deffffff 4c000000 10000506 04030201 00000000 27000100 41747472"
            + "69627574 65206661 696c6564 20706f6c 69637920 76616c69 64617469 6f6e0000 08000200 44000000 24000480"
            + "0c000400 00000000 00000000 0c000500 ffffffff 00000000 08000100 04000000",
            34, "Attribute failed policy validation"
        },
        // ip link add link lo name m1 type macvlan: no words.
        { "24000000 02000001 04030201 28a097b4 eaffffff 4c000000 10000506 04030201 00000000", Errno.EINVAL, null },
        // An acknowledgement.
        { "24000000 02000001 04030201 28a097b4 00000000 4c000000 10000506 04030201 00000000", 0, null },
        // ip route show table 99, where there is none: the end of a dump.
        {
            "38000000 03002202 07000000 28a097b4 feffffff 23000100 69707634 3a204649 42207461 626c6520 646f6573"
            + "206e6f74 20657869 73740000",
            Errno.ENOENT, "ipv4: FIB table does not exist"
        },
        // ip address show of a link that is not there: the end of a dump, without words.
        { "14000000 03002200 06000000 28a097b4 edffffff", Errno.ENODEV, null },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Refusal_TellsCodeAndWords(string hex, int errno, string? text)
    {
        MessageReader reader = new(Convert.FromHexString(hex.Replace(" ", "")));

        Assert.True(reader.TryRead(out Message message));

        Assert.Equal(errno, -message.Code);
        Assert.Equal(text, message.ExtendedText());
    }

    [Theory]
    // No room for the code; for the request's header; for the whole request that it says it quotes; for its own words.
    [InlineData("12000000 02000003 01000000 00000000 eaff0000")]
    [InlineData("18000000 02000003 01000000 00000000 eaffffff 54000000")]
    [InlineData("24000000 02000002 01000000 00000000 eaffffff 54000000 10000506 01000000 00000000")]
    [InlineData("24000000 02000002 01000000 00000000 eaffffff ffffffff 10000506 01000000 00000000")]
    [InlineData("24000000 02000002 01000000 00000000 eaffffff f0ffffff 10000506 01000000 00000000")]
    [InlineData("28000000 02000003 01000000 00000000 eaffffff 10000000 10000506 01000000 00000000 09000100")]
    // A request shorter than its own header; a code above zero, and one that has no positive counterpart.
    [InlineData("24000000 02000002 01000000 00000000 eaffffff 00000000 10000506 01000000 00000000")]
    [InlineData("14000000 03000200 01000000 00000000 01000000")]
    [InlineData("14000000 03000200 01000000 00000000 00000080")]
    [InlineData("16000000 03000202 01000000 00000000 feffffff 01000000")]
    public void Refusal_ThatDoesNotHoldTogether_IsMalformed(string hex)
    {
        NetlinkException e = Assert.Throws<NetlinkException>(() =>
        {
            MessageReader reader = new(Convert.FromHexString(hex.Replace(" ", "")));
            Assert.True(reader.TryRead(out Message message));
            _ = message.Code;
            _ = message.ExtendedText();
        });

        Assert.Equal(Errno.EBADMSG, e.Errno);
    }
}
