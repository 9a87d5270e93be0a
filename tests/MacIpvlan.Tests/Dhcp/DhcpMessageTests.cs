using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>Messages byte by byte, and what is wrong with them.</summary>
public sealed class DhcpMessageTests
{
    private const int OptionsOffset = 240;
    private const string AckOption = "350105";

    [Fact]
    public void Discover_IsByteByByteWhatTheRfcHas()
    {
        DhcpOptions options = new();
        options.Add(DhcpOptionCode.ClientIdentifier, [0xff, 0, 0, 0, 1]);
        options.Add(DhcpOptionCode.ParameterRequestList, [1, 121, 3]);
        DhcpMessage message = new()
        {
            Type = DhcpMessageType.Discover,
            TransactionId = 0x01020304,
            Seconds = 0x0506,
            IsBroadcast = true,
            ClientAddress = AddressValue.Parse("10.0.0.9"),
            HardwareAddress = DhcpReply.Mac,
            Options = options,
        };

        byte[] bytes = message.Write();

        // op, htype, hlen, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr.
        Assert.Equal(
            "01010600" + "01020304" + "05068000" + "0a000009" + "00000000" + "00000000" + "00000000" + "020000000001",
            Convert.ToHexStringLower(bytes[..34]));
        Assert.DoesNotContain(bytes[34..236], static b => b != 0);
        Assert.Equal("63825363" + "350101" + "3d05ff00000001" + "3703017903" + "ff", Convert.ToHexStringLower(bytes[236..256]));
        Assert.DoesNotContain(bytes[256..], static b => b != 0);
        Assert.Equal(300, bytes.Length);
    }

    [Fact]
    public void Message_IsReadAsItWasWritten()
    {
        DhcpMessage message = new DhcpReply { TransactionId = 0xdeadbeef }.With(43, "0102ff").Message();

        Assert.Equal((DhcpMessageType.Ack, true, 0xdeadbeef), (message.Type, message.IsReply, message.TransactionId));
        Assert.Equal(DhcpReply.Mac, message.HardwareAddress);
        Assert.Equal("192.168.50.10", message.YourAddress.ToString());
        Assert.Equal("192.168.50.1", message.Server!.ToString());
        Assert.Equal([0x01, 0x02, 0xff], message.Options[43].ToArray());
        Assert.Equal([53, 54, 51, 1, 3, 43], message.Options.Codes);
    }

    public static TheoryData<string> Captured => [.. Captures.DhcpReplies.Keys];

    [Theory]
    [MemberData(nameof(Captured))]
    public void CapturedMessage_IsWrittenWithTheSameOptions(string name)
    {
        Assert.True(DhcpPacket.TryRead(Captures.DhcpReplies[name], hasChecksum: false, out ReadOnlySpan<byte> bytes));
        DhcpMessage message = DhcpMessage.Parse(bytes, out string reason)!;
        Assert.Equal("", reason);

        DhcpMessage again = DhcpMessage.Parse(message.Write(), out _)!;

        Assert.Equal(message.Options.Codes, again.Options.Codes);
        Assert.All(message.Options.Codes, c => Assert.Equal(message.Options[c].ToArray(), again.Options[c].ToArray()));
    }

    [Theory]
    [InlineData(0, "00", "it's neither a request nor a reply")]
    [InlineData(0, "03", "it's neither a request nor a reply")]
    [InlineData(1, "06", "it isn't for an Ethernet client")]
    [InlineData(2, "10", "it isn't for an Ethernet client")]
    [InlineData(236, "63825364", "it's BOOTP without DHCP's cookie")]
    [InlineData(OptionsOffset, "ff", "it has no message type")]
    [InlineData(OptionsOffset, "000000ff", "it has no message type")]
    [InlineData(OptionsOffset, "3500ff", "it has no message type")]
    [InlineData(OptionsOffset, "35020505ff", "it has no message type")]
    [InlineData(OptionsOffset, "350105350105ff", "it has no message type")]
    [InlineData(OptionsOffset, AckOption + "3603c0a832ff", "an address, mask or lease time isn't 4 bytes long")]
    [InlineData(OptionsOffset, AckOption + "3604c0a832013604c0a83201ff", "an address, mask or lease time isn't 4 bytes long")]
    [InlineData(OptionsOffset, AckOption + "3300ff", "an address, mask or lease time isn't 4 bytes long")]
    [InlineData(OptionsOffset, AckOption + "0105ffffff0000ff", "an address, mask or lease time isn't 4 bytes long")]
    [InlineData(OptionsOffset, AckOption + "340100ff", "the overload option isn't valid")]
    [InlineData(OptionsOffset, AckOption + "340104ff", "the overload option isn't valid")]
    [InlineData(OptionsOffset, AckOption + "34020101ff", "the overload option isn't valid")]
    [InlineData(OptionsOffset, AckOption + "340101340102ff", "the overload option isn't valid")]
    [InlineData(OptionsOffset, AckOption + "0cff61", "an option is longer than its field")]
    [InlineData(299, "0c", "an option has no length")]
    [InlineData(298, "0c01", "an option is longer than its field")]
    public void Message_WithAnythingWrongIsRefusedAsAWhole(int offset, string hex, string expected)
    {
        byte[] bytes = new byte[300];
        Convert.FromHexString("02010600").CopyTo(bytes, 0);
        Convert.FromHexString("63825363").CopyTo(bytes, 236);
        Convert.FromHexString(AckOption).CopyTo(bytes, OptionsOffset);
        Assert.NotNull(DhcpMessage.Parse(bytes, out _));
        Convert.FromHexString(hex).CopyTo(bytes, offset);

        Assert.Null(DhcpMessage.Parse(bytes, out string reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(239)]
    [InlineData(DhcpMessage.MaxSize + 1)]
    public void Message_OfAnImpossibleSizeIsRefused(int size)
    {
        byte[] bytes = [.. new DhcpReply().Message().Write(), .. new byte[DhcpMessage.MaxSize]];
        Assert.Null(DhcpMessage.Parse(bytes.AsSpan(0, size), out string reason));
        Assert.StartsWith("it's too", reason);
    }

    // RFC 3396 5: the options field, then 'file', then 'sname'.
    [Fact]
    public void OverloadedOptions_FollowInTheOrderOfTheRfc()
    {
        byte[] bytes = new DhcpReply().Message().Write();
        Overload(bytes, 3, options: "0f02" + Hex("ab"), file: "000f02" + Hex("cd") + "ff", serverName: "0f02" + Hex("ef") + "0c01" + Hex("h") + "ff");

        DhcpMessage message = DhcpMessage.Parse(bytes, out _)!;

        Assert.Equal("abcdef", Encoding.ASCII.GetString(message.Options[DhcpOptionCode.DomainName]));
        Assert.Equal("h", Encoding.ASCII.GetString(message.Options[DhcpOptionCode.HostName]));
        Assert.False(message.Options.Contains(DhcpOptionCode.Overload));
    }

    [Theory]
    [InlineData(1, "abcd")]
    [InlineData(2, "abef")]
    public void OverloadedOptions_AreReadOnlyFromTheNamedField(int overload, string domain)
    {
        byte[] bytes = new DhcpReply().Message().Write();
        // Each field names the other one, which counts only in the options field.
        Overload(bytes, overload, "0f02" + Hex("ab"), "0f02" + Hex("cd") + "340103ff", "0f02" + Hex("ef") + "340103ff");

        Assert.Equal(domain, Encoding.ASCII.GetString(DhcpMessage.Parse(bytes, out _)!.Options[DhcpOptionCode.DomainName]));
    }

    [Theory]
    [InlineData("0c7f")]
    [InlineData("0c")]
    public void OverloadedField_WithAnOptionBeyondItsEndIsRefused(string last)
    {
        byte[] bytes = new DhcpReply().Message().Write();
        string padding = new('0', (128 * 2) - last.Length);
        Overload(bytes, 1, "", padding + last, "");

        Assert.Null(DhcpMessage.Parse(bytes, out _));
    }

    [Fact]
    public void OverloadedMessage_ThatWouldBeTooLongWithoutItIsRefused()
    {
        byte[] bytes = [.. new DhcpReply().Message().Write(), .. new byte[DhcpMessage.MaxSize]];
        string filler = string.Concat(Enumerable.Range(0, 5).Select(static i => $"{200 + i:x2}e6" + new string('0', 2 * 0xe6)));
        Overload(bytes, 1, filler, "0c7d" + new string('0', 250) + "ff", "");

        Assert.Null(DhcpMessage.Parse(bytes.AsSpan(0, DhcpMessage.MaxSize), out string reason));
        Assert.Equal("it's too long", reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(600)]
    public void LongOption_IsWrittenInPiecesAndReadAsOne(int length)
    {
        byte[] value = [.. Enumerable.Range(0, length).Select(static i => (byte)i)];

        DhcpMessage message = new DhcpReply().With(224, value).Message();

        Assert.True(message.Options.Contains(224));
        Assert.Equal(value, message.Options[224].ToArray());
    }

    [Fact]
    public void Message_ThatWouldBeTooLongIsNotWritten()
    {
        DhcpMessage message = new() { Type = DhcpMessageType.Ack, TransactionId = 1, HardwareAddress = DhcpReply.Mac };
        message.Options.Add(224, new byte[DhcpMessage.MaxSize]);
        Assert.Throws<InvalidOperationException>(message.Write);
    }

    [Theory]
    [InlineData(DhcpOptionCode.Pad)]
    [InlineData(DhcpOptionCode.End)]
    public void Option_CannotHaveTheCodeOfPaddingOrTheEnd(byte code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DhcpOptions().Add(code, [1]));

    // What is missing at the end is missing as a whole.
    [Fact]
    public void Message_ThatIsCutOffHasNoPartOfAValue()
    {
        DhcpMessage whole = new DhcpReply().With(15, Encoding.ASCII.GetBytes("example.org")).Message();
        byte[] bytes = whole.Write();
        for (int length = 0; length < bytes.Length; length++)
        {
            if (DhcpMessage.Parse(bytes.AsSpan(0, length), out _) is not DhcpMessage part) continue;
            Assert.All(part.Options.Codes, c => Assert.Equal(whole.Options[c].ToArray(), part.Options[c].ToArray()));
        }
    }

    private static void Overload(byte[] bytes, int overload, string options, string file, string serverName)
    {
        bytes.AsSpan(OptionsOffset).Clear();
        Convert.FromHexString($"{AckOption}3401{overload:x2}{options}ff").CopyTo(bytes, OptionsOffset);
        Convert.FromHexString(file).CopyTo(bytes, 108);
        Convert.FromHexString(serverName).CopyTo(bytes, 44);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));
}
