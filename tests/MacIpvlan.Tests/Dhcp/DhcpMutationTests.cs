using System.Globalization;
using MacIpvlan.Addressing;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Tests.Fuzz;

/// <summary>
/// Replies of real servers, mutated: each is read or refused without an exception, and whatever is granted is an address
/// that a host can have, in a reply to this client's request.
/// </summary>
/// <remarks>
/// Runs 50,000 mutations, or as many as the environment variable MACIPVLAN_FUZZ_COUNT says. Each depends on its number
/// alone, which a failure names.
/// </remarks>
public sealed class DhcpMutationTests
{
    private const string CountVariable = "MACIPVLAN_FUZZ_COUNT";
    private const int DefaultCount = 50_000;
    private static readonly IPPrefix[] s_impossible =
        [.. ((string[])["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"]).Select(IPPrefix.Parse)];

    private static readonly byte[][] s_packets = [.. Captures.DhcpReplies.Values];
    private static readonly DhcpMessage[] s_messages = [.. s_packets.Select(static p => DhcpMessage.Parse(p.AsSpan(28), out _)!)];

    [Fact]
    public void MutatedReplies_GrantNothingImpossible()
    {
        int count = int.Parse(
            Environment.GetEnvironmentVariable(CountVariable) ?? DefaultCount.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        int granted = 0, refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                if (Run(new Random(i))) granted++;
                else refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {i}: {e}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} mutations: {granted} leases, {refused} refusals.");
        // Both ways out are taken, or the mutations are too tame or too wild to show anything.
        Assert.True(granted > count / 20, $"Only {granted} were granted.");
        Assert.True(refused > count / 20, $"Only {refused} were refused.");
    }

    private static bool Run(Random random)
    {
        int number = random.Next(s_packets.Length);
        byte[] packet = Mutate(s_packets[number], s_packets[random.Next(s_packets.Length)], random);
        if (!DhcpPacket.TryRead(packet, hasChecksum: random.Next(8) == 0, out ReadOnlySpan<byte> bytes))
        {
            // The checks of the headers aren't a shelter for those behind.
            if (packet.Length < 28) return false;
            bytes = packet.AsSpan(28);
        }

        DhcpMessage request = s_messages[number];
        DhcpClientSettings settings = new()
        {
            HardwareAddress = request.HardwareAddress,
            ClientIdentifier = DhcpClientIdentifier.For("live"u8, "lan", "web1", "c0"),
            ProbesAddress = false,
        };
        bool isReboot = request.Type == DhcpMessageType.Ack;
        DhcpClient client = new(settings, () => request.TransactionId);
        client.Start(TimeSpan.Zero, isReboot ? new(DhcpLease.FromReply(request, [], out _)!, DhcpClientState.Bound, null, null, null) : null);
        if (DhcpMessage.Parse(bytes, out string reason) is not DhcpMessage message)
        {
            Assert.NotEqual("", reason);
            return false;
        }

        IReadOnlyList<DhcpAction> actions = client.Receive(message, TimeSpan.Zero);
        DhcpLease? lease = client.Binding?.Lease ?? (client.State == DhcpClientState.Requesting ? DhcpLease.FromReply(message, [], out _) : null);
        if (lease is null) return false;
        Assert.NotEmpty(actions);
        Assert.True(message.IsReply && message.TransactionId == request.TransactionId && message.HardwareAddress.Equals(request.HardwareAddress));
        Check(lease);
        return true;
    }

    private static void Check(DhcpLease lease)
    {
        IPPrefix subnet = lease.Address.Subnet;
        AddressValue address = lease.Address.Value;
        Assert.False(Array.Exists(s_impossible, p => p.Contains(address)));
        Assert.InRange(subnet.PrefixLength, 1, 32);
        Assert.True(subnet.PrefixLength > 30 || (address != subnet.First && address != subnet.Last));
        Assert.NotEqual(lease.Server, address);
        Assert.True(lease.Duration is null || (lease.RenewAfter < lease.RebindAfter && lease.RebindAfter < lease.Duration && lease.RenewAfter > TimeSpan.Zero));
        Assert.True(lease.Mtu is null or (>= 576 and <= 65535));
        foreach (NetworkRoute route in lease.Routes)
        {
            Assert.True(route.NextHop is null || !Array.Exists(s_impossible, p => p.Contains(route.NextHop)));
            Assert.NotEqual(lease.Address.Address, route.NextHop);
        }

        foreach (string name in (string[])[.. lease.SearchDomains, lease.DomainName ?? "a", lease.HostName ?? "a"])
        {
            Assert.True(name.Length is > 0 and < 254 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'));
        }

        Assert.Equal(lease, DhcpLease.FromBytes(lease.ToBytes(), []));
    }

    // Mostly in the options and the fields that are read, where it matters.
    private static byte[] Mutate(byte[] packet, byte[] other, Random random)
    {
        if (random.Next(16) == 0) return new Mutator(random).Mutate(packet, other);
        byte[] mutated = [.. packet];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(4) switch
            {
                0 => random.Next(28, 64),
                1 => random.Next(mutated.Length),
                _ => random.Next(28 + 236, mutated.Length),
            };
            mutated[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutated[at] ^ (1 << random.Next(8))),
                2 => other[Math.Min(at, other.Length - 1)],
                _ => (byte)(random.Next(2) == 0 ? 0 : 255),
            };
        }

        return random.Next(8) == 0 ? mutated[..random.Next(28 + 240, mutated.Length)] : mutated;
    }
}
