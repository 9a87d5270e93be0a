using System.Buffers.Binary;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>Messages of a datagram, and each place of a real one where a length can be wrong.</summary>
public sealed class MessageReaderTests
{
    private const int HeaderSize = 16;
    private const int FixedSize = 16;
    private static readonly byte[] s_vlan = Captures.Links["ip link add link eth0 name eth0.50 type vlan id 50"];
    private static readonly byte[] s_named =
        Captures.Links["ip link property add dev eth5 altname enp0s31f6 altname a-name-of-more-than-fifteen-bytes"];

    public static TheoryData<string> MalformedDatagrams =>
    [
        // Less than a header.
        "14", "14000000 02000000 01000000 000000",
        // A length below the header's own; beyond the end; one that is negative as a signed number.
        "0f000000 02000000 01000000 00000000", "11000000 02000000 01000000 00000000",
        "ffffffff 02000000 01000000 00000000", "00000080 02000000 01000000 00000000",
        "00000000 02000000 01000000 00000000",
        // The same behind a sound one.
        "10000000 02000000 01000000 00000000 00000000", "10000000 02000000 01000000 00000000 1400",
    ];

    [Theory]
    [MemberData(nameof(MalformedDatagrams))]
    public void TryRead_RefusesALengthThatDoesNotFit(string hex) =>
        AssertMalformed(() => ReadAll(Convert.FromHexString(hex.Replace(" ", "")), static _ => { }));

    [Fact]
    public void TryRead_TakesALastMessageWithoutPadding()
    {
        int read = 0;

        ReadAll(Convert.FromHexString("1100000003000200010000000000000000"), m => read += m.Header.nlmsg_type);

        Assert.Equal(3, read);
    }

    [Fact]
    public void TryRead_TakesEachMessageOfADatagram()
    {
        List<string> names = [];

        ReadAll([.. s_vlan, .. s_named], m => names.Add(Link.Parse(m).Name));

        Assert.Equal(["eth0.50", "eth5"], names);
    }

    [Fact]
    public void Parse_RefusesAMessageShorterThanItsFixedPart()
    {
        for (int length = HeaderSize; length < HeaderSize + FixedSize; length++)
        {
            byte[] message = s_vlan[..length];
            BinaryPrimitives.WriteInt32LittleEndian(message, length);

            AssertMalformed(() => ReadAll(message, static m => Link.Parse(m)));
        }
    }

    [Fact]
    public void Parse_RefusesAWrongLengthOfEachAttributeThatItWalks()
    {
        int places = 0;
        foreach (byte[] original in (byte[][])[s_vlan, s_named])
        {
            foreach ((int at, int room) in LengthSlots(original, HeaderSize + FixedSize, original.Length, depth: 0))
            {
                places++;
                foreach (int wrong in (int[])[0, 1, 2, 3, room + 1, room + 4, 0xffff])
                {
                    byte[] message = [.. original];
                    BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), (ushort)wrong);

                    AssertMalformed(() => ReadAll(message, static m => Link.Parse(m)));
                }
            }
        }

        Assert.True(places > 60, $"{places} places are too few to be all.");
    }

    // Where the lengths of attributes are, and how much room each has at most: all at the top, and in the nests read.
    private static List<(int At, int Room)> LengthSlots(byte[] message, int from, int to, int depth)
    {
        List<(int At, int Room)> slots = [];
        while (from < to)
        {
            slots.Add((from, to - from));
            int length = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(from));
            int type = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(from + 2)) & 0x3fff;
            bool isNest = depth switch
            {
                0 => type is Uapi.IFLA_LINKINFO or Uapi.IFLA_PROP_LIST,
                1 => type == Uapi.IFLA_INFO_DATA,
                _ => false,
            };
            if (isNest) slots.AddRange(LengthSlots(message, from + 4, from + length, depth + 1));
            from += (length + 3) & ~3;
        }

        return slots;
    }

    private static void AssertMalformed(Action read) =>
        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(read).Errno);

    private delegate void Use(Message message);

    private static void ReadAll(byte[] datagram, Use use)
    {
        MessageReader reader = new(datagram);
        while (reader.TryRead(out Message message)) use(message);
    }
}
