using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Subnets and ranges found by search are those that a look at each of them finds.</summary>
public sealed class IndexTests
{
    private static readonly Random s_random = new(20);

    [Fact]
    public void Subnets_AreFoundAsByLookingAtEach()
    {
        for (int i = 0; i < 2000; i++)
        {
            IPPrefix[] prefixes = [.. Enumerable.Range(0, s_random.Next(8)).Select(static _ => Prefix())];
            PrefixIndex index = new(prefixes);

            bool overlaps = prefixes.Where((p, n) => prefixes.Take(n).Any(p.Overlaps)).Any();
            Assert.Equal(overlaps, index.Overlap is not null);
            if (index.Overlap is (IPPrefix first, IPPrefix second))
            {
                Assert.True(first.Overlaps(second));
                Assert.True(first == second || Array.IndexOf(prefixes, first) < Array.LastIndexOf(prefixes, second));
            }

            AddressValue address = Prefix().First;
            IPPrefix? found = index.Containing(address);
            Assert.Equal(prefixes.Any(p => p.Contains(address)), found is not null);
            Assert.True(found is null || found.Contains(address));
            AddressRange range = Range();
            Assert.Equal(prefixes.Any(p => range.IsWithin(p)), index.Containing(range) is not null);
        }
    }

    [Fact]
    public void Ranges_AreFoundAsByLookingAtEach()
    {
        for (int i = 0; i < 2000; i++)
        {
            AddressRange[] ranges = [.. Enumerable.Range(0, s_random.Next(8)).Select(static _ => Range(isIPv6: false))];
            RangeIndex index = new(ranges);
            AddressRange wanted = Range(isIPv6: false);

            AddressValue[] expected = [.. Addresses(wanted).Where(a => ranges.Any(r => r.Contains(a)))];
            Assert.Equal(expected, index.Within(wanted).SelectMany(Addresses));
            Assert.Equal(ranges.Any(r => r.Contains(wanted.First)), index.Contains(wanted.First));
        }
    }

    private static IEnumerable<AddressValue> Addresses(AddressRange range)
    {
        for (UInt128 number = range.First.Number(); number <= range.Last.Number(); number++) yield return AddressNumbers.Address(range.First.Family, number);
    }

    private static IPPrefix Prefix() => IPPrefix.Parse(s_random.Next(4) == 0
        ? IPPrefix.Containing(AddressValue.Parse($"::{s_random.Next(16):x}"), s_random.Next(124, 129)).ToString()
        : IPPrefix.Containing(AddressValue.Parse($"0.0.0.{s_random.Next(64)}"), s_random.Next(26, 33)).ToString());

    private static AddressRange Range(bool? isIPv6 = null)
    {
        string before = isIPv6 ?? (s_random.Next(4) == 0) ? "::" : "0.0.0.";
        int first = s_random.Next(10);
        return AddressRange.Parse($"{before}{first}-{before}{s_random.Next(first, 10)}");
    }
}
