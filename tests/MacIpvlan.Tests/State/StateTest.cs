using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>
/// A store on a database of its own, each test its own, and records with as little said as there is to say.
/// </summary>
public abstract class StateTest : IDisposable
{
    private int _nics;

    private protected StateTest() => Store = State.Open();

    private protected static AddressDemand IPv4 { get; } = new(AddressFamily.InterNetwork, null);

    private protected static AddressDemand IPv6 { get; } = new(AddressFamily.InterNetworkV6, null);

    private protected TemporaryState State { get; } = new();

    private protected SqliteStateStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static AddressDemand Static(string address)
    {
        AddressValue value = AddressValue.Parse(address);
        return new(value.Family, value);
    }

    private protected static NetworkRecord Network(string name, params SubnetRecord[] subnets) => new()
    {
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))),
        Name = name,
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Subnets = subnets,
    };

    private protected static SubnetRecord Subnet(
        string prefix, string? gateway = null, string ranges = "", string excluded = "") => new(
        IPPrefix.Parse(prefix), gateway is null ? null : AddressValue.Parse(gateway), Ranges(ranges), Ranges(excluded));

    private protected NetworkRecord Add(NetworkRecord network)
    {
        Store.AddNetwork(network);
        return network;
    }

    private protected NicRecord Nic(NetworkRecord network, string namespaceName = "web1") => new()
    {
        Id = $"{++_nics:x16}",
        NetworkId = network.Id,
        State = NicRecordState.Reserved,
        NamespaceName = namespaceName,
        NamespacePath = $"/run/netns/{namespaceName}",
        Namespace = new NamespaceIdentity(4, 4026531840),
        NamespaceBirth = new NamespaceBirth("9d2f3f2a-0b0e-4c39-8a53-3c1cf4a1d8e3", ulong.MaxValue),
    };

    private protected NicRecord Reserve(NetworkRecord network, params AddressDemand[] demands) =>
        Store.ReserveNic(Nic(network), network, demands);

    /// <summary>The addresses that a new NIC gets.</summary>
    private protected string Addresses(NetworkRecord network, params AddressDemand[] demands) =>
        string.Join(' ', Reserve(network, demands).Leases.Select(static l => l.Address));

    private protected void AssertRunsAreTheLeases()
    {
        (List<string> runs, List<string> fromLeases) = State.RunsAndLeases();
        Assert.Equal(fromLeases, runs);
    }

    private static AddressRange[] Ranges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse)];
}
