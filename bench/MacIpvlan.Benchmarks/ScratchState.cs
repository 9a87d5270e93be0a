using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Benchmarks;

/// <summary>A state with one network of a /16, in a folder that goes with it.</summary>
internal sealed class ScratchState : IDisposable
{
    private static readonly AddressDemand s_anyAddress = new(System.Net.Sockets.AddressFamily.InterNetwork, null);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("macipvlan-bench-");
    private readonly SqliteStateStore _store;
    private readonly NetworkRecord _network = new()
    {
        Id = new string('0', 64),
        Name = "bench",
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Subnets = [new(IPPrefix.Parse("10.0.0.0/16"), AddressValue.Parse("10.0.0.1"), [], [])],
    };

    private int _nics;

    /// <summary>Makes the state.</summary>
    /// <param name="taken">How many addresses are taken.</param>
    public ScratchState(int taken)
    {
        _store = Open();
        _store.AddNetwork(_network);
        for (int i = 0; i < taken; i++) Reserve();
    }

    /// <summary>Opens the database, again, as each command does.</summary>
    public SqliteStateStore Open() => new(Path.Combine(_folder.FullName, "state.db"), "host");

    /// <summary>Takes the lowest free address for a NIC.</summary>
    /// <returns>The NIC's id.</returns>
    public string Reserve() => _store.ReserveNic(
        new NicRecord
        {
            Id = $"{++_nics:x16}",
            NetworkId = _network.Id,
            State = NicRecordState.Reserved,
            NamespaceName = "web1",
            NamespacePath = "/run/netns/web1",
            Namespace = new NamespaceIdentity(4, 4026531840),
            NamespaceBirth = new NamespaceBirth("boot", 1),
        },
        _network,
        [s_anyAddress]).Id;

    /// <summary>Gives a NIC's address back.</summary>
    public void Release(string id) => _store.ReleaseNic(id);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }
}
