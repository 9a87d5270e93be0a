using System.Buffers.Binary;
using System.Globalization;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Tests.Codec;
using MacIpvlan.Tests.Socket;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Fuzz;

/// <summary>
/// Real answers, mutated: they are read or refused by a NetlinkException, and nothing else happens. No byte beyond the
/// buffer is read, and everything ends.
/// </summary>
/// <remarks>
/// Runs 50,000 mutations, or as many as the environment variable MACIPVLAN_FUZZ_COUNT says. Each depends on its number
/// alone, which a failure tells.
/// </remarks>
public sealed class FuzzTests
{
    private const string CountVariable = "MACIPVLAN_FUZZ_COUNT";
    private const int DefaultCount = 50_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);
    private static readonly RouteRequest[] s_changes =
        [new LinkSet(7, "mv0") { Up = true }, new LinkDelete(7, "mv0"), new LinkSet(8, "mv1") { Up = true }];

    // Answers of the real kernel, each of one or more datagrams.
    private static readonly byte[][][] s_answers =
    [
        .. Captures.Answers.GroupBy(static a => a.Key.Split(", datagram ")[0], static a => a.Value).Select(static g => g.ToArray()),
        .. Captures.Links.Values.Concat(Captures.Notices.Values).Select(static datagram => (byte[][])[datagram]),
    ];

    private int _read;
    private int _refused;

    [Fact]
    public void MutatedAnswers_AreReadOrRefused()
    {
        int count = int.Parse(
            Environment.GetEnvironmentVariable(CountVariable) ?? DefaultCount.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        int current = 0;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                // Not freed by anyone else: a run that does not end still uses them.
                using GuardedMemory memory = new(Mutator.MostBytes);
                using NamespaceHandle target = NamespaceHandle.OpenOwn();
                for (; current < count; current++) Run(current, memory, target);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }) { IsBackground = true };
        thread.Start();
        for (int before = -1; !thread.Join(s_longest); before = current)
        {
            Assert.True(current != before, $"Mutation {current} does not end.");
        }

        Assert.True(failure is null, $"Mutation {current}: {failure}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} mutations: {_read} readings, {_refused} refusals.");
        // Both ways out are taken, or the mutations are too tame or too wild to show anything.
        Assert.True(_read > count / 10, $"Only {_read} were read.");
        Assert.True(_refused > count / 10, $"Only {_refused} were refused.");
    }

    private void Run(int number, GuardedMemory memory, NamespaceHandle target)
    {
        Random random = new(number);
        byte[][] answer = s_answers[random.Next(s_answers.Length)];
        switch (random.Next(6))
        {
            case 0: Try(() => Socket(answer, number).Dump(new LinkGet(), Link.Parse)); break;
            case 1: Try(() => Socket(answer, number).Get(new LinkGet { Name = "mv0" }, Link.Parse)); break;
            case 2: Try(() => Socket(answer, number).Get(new NamespaceIdGet(target), NamespaceIdGet.Parse)); break;
            case 3: Try(() => Socket(answer, number).Execute(s_changes.AsSpan(0, random.Next(1, s_changes.Length + 1)))); break;
            default: Read(Mutate(answer[random.Next(answer.Length)], random), memory); break;
        }
    }

    private static byte[] Mutate(byte[] datagram, Random random)
    {
        byte[][] other = s_answers[random.Next(s_answers.Length)];
        return new Mutator(random).Mutate(datagram, other[random.Next(other.Length)]);
    }

    // Some datagrams stay as they are, some come to an overrun; and it is the same each time that it is asked for.
    private static NetlinkSocket Socket(byte[][] answer, int number) => new(new HostileKernel(sequence =>
    {
        Random random = new(number);
        return answer.Select(datagram => random.Next(16) switch
        {
            0 => [],
            < 6 => Address(datagram, sequence),
            _ => Mutate(Address(datagram, sequence), random),
        }).ToList();
    }));

    // As the answer to the request of this number.
    private static byte[] Address(byte[] datagram, uint sequence)
    {
        byte[] addressed = [.. datagram];
        for (int at = 0; at + 16 <= addressed.Length;)
        {
            Span<byte> message = addressed.AsSpan(at);
            BinaryPrimitives.WriteUInt32LittleEndian(message[8..], sequence);
            BinaryPrimitives.WriteUInt32LittleEndian(message[12..], FakeKernel.Port);
            at += (BinaryPrimitives.ReadInt32LittleEndian(message) + 3) & ~3;
        }

        return addressed;
    }

    // Every reader on every message, whatever it is.
    private void Read(byte[] datagram, GuardedMemory memory)
    {
        Try(() =>
        {
            MessageReader messages = new(memory.Hold(datagram));
            int left = datagram.Length;
            while (messages.TryRead(out Message message))
            {
                left -= (int)message.Header.nlmsg_len;
                Assert.True(left >= 0, "The messages are longer than their datagram.");
                Read(message);
            }
        });
    }

    private void Read(Message message)
    {
        TryParse(message, Link.Parse);
        TryParse(message, NamespaceIdGet.Parse);
        TryParse(message, AddressGet.Parse);
        TryParse(message, RouteGet.Parse);
        TryParse(message, NeighborGet.Parse);
        TryParse(message, QdiscGet.Parse);
        TryParse(message, FilterGet.Parse);
        TryParse(message, ReadNotice);
        TryParse(message, static m => (object)m.Code);
        TryParse(message, static m => m.ExtendedText());
        TryParse(message, static m => (object)CountAttributes(m.Attributes<ifinfomsg>()));
    }

    private static string ReadNotice(Message message)
    {
        RouteNotice notice = new(message, null);
        string text = $"{notice.EndedNamespaceId} {notice.LinkIndex} {notice.IsLocalRoute} {notice.Replaces}";
        return notice.Kind switch
        {
            NetworkEventKind.Link => LinkChange.Describe(notice.ReadLink()) + text,
            NetworkEventKind.Address => notice.ReadAddress() + text,
            NetworkEventKind.Route => notice.ReadRoute().Text + text,
            NetworkEventKind.Neighbor => notice.ReadNeighbor() + text,
            _ => text,
        };
    }

    private void TryParse<T>(Message message, MessageParser<T> parse)
    {
        try
        {
            parse(message);
            _read++;
        }
        catch (NetlinkException e)
        {
            Refused(e);
        }
    }

    private static int CountAttributes(AttributeReader attributes)
    {
        int count = 0;
        while (attributes.TryRead(out _, out _)) count++;
        return count;
    }

    private void Try(Action use)
    {
        try
        {
            use();
            _read++;
        }
        catch (NetlinkException e)
        {
            Refused(e);
        }
    }

    private void Refused(NetlinkException e)
    {
        Assert.True(e.Errno > 0, e.Message);
        _refused++;
    }
}
