using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Random subnets, ranges and exclusions: the pool is what counting address by address finds.</summary>
public sealed class AddressPoolPropertyTests
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Allocatable_IsWhatANaiveModelFinds(AddressFamily family)
    {
        Random random = new((int)family);
        int cut = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int hostBits = random.Next(9);
            UInt128 net = family == AddressFamily.InterNetwork ? 0x0a000000u : (UInt128)0xfd18 << 112;
            IPPrefix subnet = IPPrefix.Containing(
                AddressNumbers.Address(family, net + (UInt128)(random.Next(1024) << hostBits)), BitsOf(family) - hostBits);
            AddressRange[] ranges = RandomRanges(subnet, random, random.Next(4));
            AddressRange[] withheld = RandomRanges(subnet, random, random.Next(6));

            IReadOnlyList<AddressRange> pool = AddressPool.Allocatable(subnet, ranges, withheld);

            List<UInt128> expected = Model(subnet, ranges, withheld);
            Assert.Equal(expected, pool.SelectMany(Numbers));
            Assert.All(pool, r => Assert.True(r.First.Number() <= r.Last.Number() && r.Last.Family == family));
            if (expected.Count < (int)subnet.Size) cut++;
        }

        Assert.InRange(cut, Rounds / 2, Rounds - 1);
    }

    [Fact]
    public void Containing_HasTheAddressAndNoneOfTheNeighbouringSubnets()
    {
        Random random = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            AddressFamily family = random.Next(2) == 0 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            byte[] bytes = new byte[BitsOf(family) / 8];
            random.NextBytes(bytes);
            AddressValue address = AddressValue.FromBytes(bytes);
            IPPrefix subnet = IPPrefix.Containing(address, random.Next(1, BitsOf(family) + 1));

            Assert.True(subnet.Contains(address));
            Assert.Equal(subnet, IPPrefix.Parse(subnet.ToString()));
            Assert.Equal(subnet.Size - 1, (System.Numerics.BigInteger)(subnet.Last.Number() - subnet.First.Number()));
            // The neighbour differs in the last bit of the prefix alone.
            AddressValue other =
                AddressNumbers.Address(family, address.Number() ^ (UInt128.One << (BitsOf(family) - subnet.PrefixLength)));
            Assert.False(subnet.Contains(other));
            Assert.False(subnet.Overlaps(IPPrefix.Containing(other, subnet.PrefixLength)));
        }
    }

    private static List<UInt128> Model(IPPrefix subnet, AddressRange[] ranges, AddressRange[] withheld)
    {
        UInt128 first = subnet.First.Number(), last = subnet.Last.Number();
        bool hasEnds = last - first >= 3;
        List<UInt128> numbers = [];
        for (UInt128 number = first; number <= last; number++)
        {
            AddressValue address = AddressNumbers.Address(subnet.Family, number);
            bool isEnd = hasEnds && (
                number == first || (number == last && subnet.Family == AddressFamily.InterNetwork));
            bool isWanted = ranges.Length == 0 || ranges.Any(r => r.Contains(address));
            if (!isEnd && isWanted && !withheld.Any(w => w.Contains(address))) numbers.Add(number);
        }

        return numbers;
    }

    private static AddressRange[] RandomRanges(IPPrefix subnet, Random random, int count)
    {
        AddressRange[] ranges = new AddressRange[count];
        for (int i = 0; i < count; i++)
        {
            int one = random.Next((int)subnet.Size), other = random.Next((int)subnet.Size);
            ranges[i] = new(At(subnet, Math.Min(one, other)), At(subnet, Math.Max(one, other)));
        }

        return ranges;
    }

    private static IEnumerable<UInt128> Numbers(AddressRange range)
    {
        for (UInt128 number = range.First.Number(); number <= range.Last.Number(); number++) yield return number;
    }

    private static AddressValue At(IPPrefix subnet, int offset) =>
        subnet.First.Plus((UInt128)offset);

    private static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;
}
