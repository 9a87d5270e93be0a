using System.Buffers.Binary;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>
/// Real messages with bytes changed at random: they are read, or refused as malformed, and nothing else happens.
/// </summary>
public sealed class MutationTests
{
    private const int Mutations = 20_000;
    private static readonly byte[] s_refusal = Convert.FromHexString(
        "48000000020000030403020128a097b4eaffffff5400000010000506040302010000000024000100"
        + "6d74752067726561746572207468616e20646576696365206d6178696d756d00");

    [Fact]
    public void MutatedMessages_AreReadOrRefusedAsMalformed()
    {
        Random random = new(20_000);
        byte[][] originals = [.. Captures.Links.Values, s_refusal];
        int read = 0, refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] message = Mutate(originals[random.Next(originals.Length)], random);
            try
            {
                Read(message);
                read++;
            }
            catch (NetlinkException e)
            {
                Assert.Equal(Errno.EBADMSG, e.Errno);
                refused++;
            }
        }

        // Both ways out are taken, or the mutations are too tame or too wild to show anything.
        Assert.InRange(read, Mutations / 10, Mutations * 9 / 10);
        Assert.InRange(refused, Mutations / 10, Mutations * 9 / 10);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] message = [.. original];
        switch (random.Next(4))
        {
            // A length or a type: they lie at even places.
            case 0:
                int at = random.Next(message.Length / 4) * 4;
                BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), (ushort)random.Next(64));
                break;
            // The end is missing, with the header told of it or not.
            case 1:
                message = message[..random.Next(message.Length)];
                bool isTold = message.Length >= 4 && random.Next(2) == 0;
                if (isTold) BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
                break;
            // Any bytes at all.
            default:
                int count = random.Next(1, 9);
                for (int i = 0; i < count; i++) message[random.Next(message.Length)] = (byte)random.Next(256);
                break;
        }

        return message;
    }

    private static void Read(byte[] datagram)
    {
        MessageReader reader = new(datagram);
        while (reader.TryRead(out Message message))
        {
            if (message.Header.nlmsg_type is Uapi.NLMSG_ERROR or Uapi.NLMSG_DONE)
            {
                _ = message.Code;
                _ = message.ExtendedText();
            }
            else
            {
                _ = Link.Parse(message);
            }
        }
    }
}
