using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>
/// Rows with values that the module never writes, in each column of each table: every reader reads them or refuses the
/// state, and names the table and the row.
/// </summary>
public sealed class NonsenseTests : StateTest
{
    // SQL of the values, as the module and others could have written them, or a bit of the disk that has turned.
    private static readonly string[] s_nonsense =
    [
        "NULL", "-1", "4611686018427387904", "9e999", "'x'", "''", "'7'", "'a:b 1:2:3'", "'10.0.0.9-10.0.0.1'", "'fd00::/8'",
        "'Bridge, Vepa'", "char(27) || '[31m'", "char(0)", "x'00'", "randomblob(16)", "printf('%.1000000c', 'x')",
    ];

    [Fact]
    public void Readers_RefuseNonsenseOrReadIt()
    {
        NicRecord nic = Fill();
        Store.Dispose();
        List<string> wrong = [];
        int refused = 0;
        foreach ((string table, string column) in Columns())
        {
            foreach (string nonsense in s_nonsense)
            {
                using TemporaryState copy = Copy();
                if (!TryWrite(copy.Path, table, column, nonsense)) continue;
                using SqliteStateStore store = copy.Open();
                foreach ((string name, Action<SqliteStateStore> call) in Calls(nic))
                {
                    try
                    {
                        call(store);
                    }
                    catch (NetworkException e) when (e.Error == NetworkError.StateUnavailable)
                    {
                        refused++;
                        // The row that is at fault, unless the database refuses the value itself.
                        if (e.Message.Contains("invalid value", StringComparison.Ordinal)
                            && (!e.Message.Contains("rowid ", StringComparison.Ordinal) || e.Message.Contains("table ?", StringComparison.Ordinal)))
                        {
                            wrong.Add($"{table}.{column} = {nonsense}, {name}: names no row: {e.Message}");
                        }
                    }
                    catch (NetworkException) when (name.StartsWith('!'))
                    {
                        // A command that changes something can have another reason.
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        wrong.Add($"{table}.{column} = {nonsense}, {name}: {e.GetType().Name} {e.Message}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.True(refused > 1000);
    }

    [Theory]
    [InlineData("networks", "mtu", "4611686018427387904", "networks, rowid 1, column mtu: 4611686018427387904 isn't from 0 to 2147483647.")]
    [InlineData("nics", "state", "'7'", "nics, rowid 1, column state: '7' isn't a NicRecordState.")]
    [InlineData("nics", "network_id", "'x'", "nics, rowid 1, column network_id: there is no such network.")]
    [InlineData("leases", "address", "x'00'", "leases, rowid 1, column address: it doesn't have the 4 or 16 bytes of an address.")]
    [InlineData("parent_links", "parent", "NULL", "parent_links, rowid 1, column parent: it isn't a text.")]
    [InlineData("subnets", "gateway", "'fd00::1'", "subnets, rowid 1, column gateway: fd00::1 can't be the gateway of 10.0.0.0/24.")]
    public void Error_NamesTheTableTheRowAndTheValue(string table, string column, string nonsense, string text)
    {
        Fill();
        Store.Dispose();
        Assert.True(TryWrite(State.Path, table, column, nonsense));

        NetworkException e = NetworkAssert.Refused(
            NetworkError.StateUnavailable,
            () =>
            {
                using SqliteStateStore store = State.Open();
                store.GetNetworks();
                store.GetNics();
                store.GetParentLinks();
            },
            State.Path);

        Assert.EndsWith(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("Restore a copy", e.RecommendedAction, StringComparison.Ordinal);
    }

    private NicRecord Fill()
    {
        NetworkRecord lan = Add(Network("lan", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.10-10.0.0.20", "10.0.0.12"), Subnet("fd00::/64")) with
        {
            NicKind = new MacvlanLink(MacvlanMode.Source)
            {
                AllowedMacAddresses = [PhysicalAddress.Parse("02-00-00-00-00-01")], BroadcastQueueLength = 1, BroadcastCutoff = 1,
            },
            Mtu = 1400,
            RouteMetric = 5,
            Routes = [NetworkRoute.Parse("10.9.0.0/16 via 10.0.0.1")],
            Probe = new ProbeSettings(),
            Dhcp = new() { VendorClass = "x", RequestedOptions = [66], Fallback = DhcpFallback.Parse("10.3.0.0/24") },
        });
        Add(Network("ipv", Subnet("10.1.0.0/24")) with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Private), Parent = "eth1" });
        Store.SetParentLink(new()
        {
            Name = "eth0.7", Parent = "eth0", Mtu = 1400, RemovedWithLastNetwork = true,
            Kind = new VlanLink(7, VlanProtocol.Ieee8021Q) { Gvrp = true, IngressPriorityMap = [(1, 2)], EgressPriorityMap = [(3, 4)] },
        });
        NicRecord nic = Reserve(lan, IPv4, IPv6);
        Store.UpdateNic(nic with { State = NicRecordState.Attached });
        using SqliteStateStore dying = State.Open();
        NicRecord of = Nic(lan) with
        {
            ProcessId = 7, ProcessStart = 8, MacAddress = PhysicalAddress.Parse("02-00-00-00-00-02"),
            Container = new(new string('a', 64), "web1", ContainerRuntime.Docker, "image", "/run/docker.sock"),
        };
        dying.ReserveNic(of, lan, [IPv4]);
        dying.AddFormerLink(nic with { InterfaceName = "eth0", InterfaceIndex = 7, ParentIndex = 8, MacAddress = PhysicalAddress.Parse("02-00-00-00-00-04") });
        dying.ReserveNic(Nic(lan) with { IsHost = true }, lan, [IPv4]);
        NicRecord conflict = Reserve(lan, IPv4);
        Store.ReleaseNic(conflict.Id, [new(conflict.Leases[0].Address.Value, PhysicalAddress.Parse("02-00-00-00-00-03"), DateTimeOffset.UtcNow.AddHours(1))]);
        return nic;
    }

    private IEnumerable<(string Name, Action<SqliteStateStore> Call)> Calls(NicRecord nic)
    {
        NetworkRecord network = Network("lan");
        yield return ("GetNetworks", static s => s.GetNetworks());
        yield return ("GetNetworks of a name", static s => s.GetNetworks("LAN"));
        yield return ("GetUsage", static s => s.GetUsage());
        yield return ("GetUsage of one", s => s.GetUsage(network.Id));
        yield return ("GetParentLinks", static s => s.GetParentLinks());
        yield return ("GetNics", static s => s.GetNics());
        yield return ("GetNics of one", s => s.GetNics(network.Id));
        yield return ("GetHostNic", s => s.GetHostNic(network.Id));
        yield return ("NeedsRecovery", static s => s.NeedsRecovery());
        yield return ("GetAbandonedNics", static s => s.GetAbandonedNics());
        yield return ("TakeAbandonedNics", static s => s.TakeAbandonedNics());
        yield return ("GetNicsOfContainer", static s => s.GetNicsOfContainer(new('a', 64)));
        yield return ("GetFormerLinks", s => s.GetFormerLinks(nic.Id));
        yield return ("TakeAbandonedFormerLinks", static s => s.TakeAbandonedFormerLinks());
        yield return ("!ReserveNic", s => s.ReserveNic(Nic(network) with { Id = "new" }, network, [IPv4, IPv6]));
        yield return ("!ReserveNic of a static address", s => s.ReserveNic(Nic(network) with { Id = "new2" }, network, [Static("10.0.0.200")]));
        yield return ("!TakeNic", s => s.TakeNic(nic.Id, NicRecordState.Detaching));
        yield return ("!ReleaseNic", s => s.ReleaseNic(nic.Id));
        yield return ("!AddNetwork", s => s.AddNetwork(Network("third", Subnet("10.0.0.0/24", "10.0.0.200"))));
        yield return ("!RemoveNetwork", s => s.RemoveNetwork(network.Id));
    }

    private List<(string Table, string Column)> Columns() => State.Query(
        """
        SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'
        """,
        static r => (r.GetString(0), r.GetString(1)));

    private TemporaryState Copy()
    {
        TemporaryState copy = new();
        File.Copy(State.Path, copy.Path);
        File.SetUnixFileMode(copy.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return copy;
    }

    // Whether the value can be there at all.
    private static bool TryWrite(string path, string table, string column, string nonsense)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The SQL is the test's own.
        command.CommandText =
            $"PRAGMA foreign_keys = OFF; UPDATE {table} SET {column} = {nonsense} WHERE rowid = (SELECT MIN(rowid) FROM {table})";
#pragma warning restore CA2100
        try
        {
            return command.ExecuteNonQuery() > 0;
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
