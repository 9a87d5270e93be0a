using System.Net.Sockets;
using MacIpvlan.Tests.Addressing;
using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan.Tests.State;

/// <summary>Random taking and giving back, against a set that is searched from its lowest element on.</summary>
public sealed class AllocationModelTests : StateTest
{
    private const int Steps = 400;

    [Theory]
    [InlineData(1, "10.0.0.0/27", "10.0.0.1", "", "")]
    [InlineData(
        2, "10.0.0.0/27", "10.0.0.16", "10.0.0.4-10.0.0.12 10.0.0.10-10.0.0.20", "10.0.0.7 10.0.0.18-10.0.0.19")]
    [InlineData(3, "10.0.0.0/31", null, "", "")]
    [InlineData(4, "fd18::/123", null, "fd18::8/125 fd18::18-fd18::1c", "fd18::a")]
    [InlineData(5, "10.0.255.224/27", "10.0.255.254", "10.0.255.248/29", "")]
    public void RandomRuns_AreThoseOfTheModel(int seed, string prefix, string? gateway, string ranges, string excluded)
    {
        SubnetRecord subnet = Subnet(prefix, gateway, ranges, excluded);
        NetworkRecord network = Add(Network("net1", subnet));
        List<AddressValue> pool = [.. All(subnet.Prefix).Where(a => IsAllocatable(subnet, a))];
        List<AddressValue> askable = [.. All(subnet.Prefix)];
        Dictionary<AddressValue, string> taken = [];
        Random random = new(seed);
        int exhausted = 0;
        for (int step = 0; step < Steps; step++)
        {
            // Fills and empties in turn, so that both ends are met.
            bool takes = random.Next(100) < (step / 60 % 2 == 0 ? 90 : 20);
            if (!takes && taken.Count > 0)
            {
                AddressValue address = taken.Keys.ElementAt(random.Next(taken.Count));
                Store.ReleaseNic(taken[address]);
                taken.Remove(address);
            }
            else if (random.Next(4) == 0)
            {
                TakeStatic(network, askable[random.Next(askable.Count)], taken);
            }
            else if (!TakeLowest(network, pool, taken))
            {
                exhausted++;
            }

            if (step % 5 == 0) AssertRunsAreTheLeases();
        }

        Assert.Equal(taken.Count, State.Count("leases"));
        Assert.True(exhausted > 0, "The pool was never used up.");
    }

    private bool TakeLowest(NetworkRecord network, List<AddressValue> pool, Dictionary<AddressValue, string> taken)
    {
        AddressDemand demand = new(network.Subnets[0].Prefix.Family, null);
        AddressValue[] free = [.. pool.Where(a => !taken.ContainsKey(a))];
        if (free.Length == 0)
        {
            Assert.Equal(
                NetworkError.AddressesExhausted, Assert.Throws<NetworkException>(() => Reserve(network, demand)).Error);
            return false;
        }

        NicRecord nic = Reserve(network, demand);
        Assert.Equal(free[0], nic.Leases[0].Address.Value);
        taken.Add(free[0], nic.Id);
        return true;
    }

    private void TakeStatic(NetworkRecord network, AddressValue address, Dictionary<AddressValue, string> taken)
    {
        AddressDemand demand = new(address.Family, address);
        if (taken.ContainsKey(address))
        {
            Assert.Equal(
                NetworkError.AddressInUse, Assert.Throws<NetworkException>(() => Reserve(network, demand)).Error);
            return;
        }

        taken.Add(address, Reserve(network, demand).Id);
    }

    private static bool IsAllocatable(SubnetRecord subnet, AddressValue address)
    {
        bool hasEnds = subnet.Prefix.Size >= 4;
        bool isEnd = address == subnet.Prefix.First
            || (address == subnet.Prefix.Last && address.Family == AddressFamily.InterNetwork);
        return !(hasEnds && isEnd) && !subnet.Withheld.Any(w => w.Contains(address))
            && (subnet.Ranges.Count == 0 || subnet.Ranges.Any(r => r.Contains(address)));
    }

    private static IEnumerable<AddressValue> All(IPPrefix prefix)
    {
        for (UInt128 n = prefix.First.Number(); n <= prefix.Last.Number(); n++) yield return AddressNumbers.Address(prefix.Family, n);
    }
}
