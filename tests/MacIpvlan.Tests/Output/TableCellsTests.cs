using System.Management.Automation;
using System.Reflection;
using MacIpvlan.PowerShell;
using MacIpvlan.State;
using MacIpvlan.Tests.State;

namespace MacIpvlan.Tests.Output;

/// <summary>Cells of tables that are more than a property.</summary>
public sealed class TableCellsTests : StateTest
{
    private static readonly NetworkRecord s_network = Network("lan", Subnet("10.1.0.0/24"));

    [Theory]
    [InlineData(NicState.Up, "Up")]
    [InlineData(NicState.LowerLayerDown, "LowerLayer\nDown")]
    [InlineData(NicState.NamespaceReplaced, "Namespace\nReplaced")]
    [InlineData(NicState.Disconnected, "Discon-\nnected")]
    public void State_BreaksBeforeItsLastWord(NicState state, string text) => Assert.Equal(text, TableCells.State(Nic(state, "10.1.0.2/24")));

    [Fact]
    public void State_FitsItsColumn() => Assert.All(
        Enum.GetValues<NicState>(), s => Assert.All(TableCells.State(Nic(s, "10.1.0.2/24")).Split('\n'), static l => Assert.True(l.Length <= 10, l)));

    [Fact]
    public void Addresses_HaveTheMacAddressAndTheRuntimeBesideTheFirst()
    {
        ContainerNic nic = Nic(NicState.Up, "192.168.100.200/24", "2001:db8:1234:5678:abcd:ef12:3456:7890/64");

        string[] lines = TableCells.Addresses(nic).Split('\n');

        Assert.Equal(["192.168.100.200/24 02:00:00:00:00:01 Docker", "2001:db8:1234:5678:abcd:ef12:3456:7890/64"], lines);
        // What 80 columns leave beside the other three columns.
        Assert.All(lines, static l => Assert.True(l.Length <= 79 - (14 + 1 + 9 + 1 + 10 + 1)));
    }

    [Fact]
    public void Addresses_FromRouters_AreBelowTheOthersAndFit()
    {
        const string Address = "2001:db8:1234:5678:abcd:ef12:3456:7890/64";
        PSObject nic = new();
        nic.Properties.Add(new PSNoteProperty("MacAddress", "02:00:00:00:00:01"));
        nic.Properties.Add(new PSNoteProperty("RouterAddress", new[] { Address }));

        string[] lines = TableCells.Addresses(nic).Split('\n');

        Assert.Equal([new string(' ', 19) + "02:00:00:00:00:01", $"{Address} ra"], lines);
        Assert.All(lines, static l => Assert.True(l.Length <= 79 - (14 + 1 + 9 + 1 + 10 + 1) + 1));
    }

    [Fact]
    public void RouterAddresses_HaveTheirLifetimesBelow()
    {
        PSObject one = new(), other = new(), nic = new();
        foreach ((PSObject address, string state, TimeSpan? lifetime) in new[] { (one, "Preferred", (TimeSpan?)TimeSpan.FromSeconds(86400)), (other, "Deprecated", null) })
        {
            address.Properties.Add(new PSNoteProperty("IPAddress", "2001:db8::1/64"));
            address.Properties.Add(new PSNoteProperty("State", state));
            address.Properties.Add(new PSNoteProperty("ValidLifetime", lifetime));
            address.Properties.Add(new PSNoteProperty("PreferredLifetime", lifetime / 2));
        }

        nic.Properties.Add(new PSNoteProperty("RouterAddress", new object[] { one, other, "2001:db8::2/64" }));

        Assert.Equal(
            ["2001:db8::1/64", "  valid 1.00:00:00, preferred 12:00:00", "2001:db8::1/64 Deprecated", "  valid forever, preferred forever", "2001:db8::2/64"],
            TableCells.RouterAddresses(nic).Split('\n'));
    }

    [Fact]
    public void Addresses_WithoutOne_HaveTheMacAddress() => Assert.Equal("02:00:00:00:00:01 Docker", TableCells.Addresses(Nic(NicState.Up)).Trim());

    [Fact]
    public void Cells_AreAlsoThereForObjectsThatWereSerialized()
    {
        MethodInfo[] cells = typeof(TableCells).GetMethods(BindingFlags.Public | BindingFlags.Static);
        string[] remains = [.. cells.Where(static m => m.GetParameters()[0].ParameterType == typeof(PSObject)).Select(static m => m.Name)];

        Assert.NotEmpty(remains);
        Assert.Equal(cells.Select(static m => m.Name).Distinct().Order(), remains.Order());
    }

    private ContainerNic Nic(NicState state, params string[] addresses) => new(
        Nic(s_network) with
        {
            MacAddress = new([2, 0, 0, 0, 0, 1]),
            Container = new(new('a', 64), "nginx", ContainerRuntime.Docker, "nginx", ""),
            Leases = [.. addresses.Select(static a => new LeaseRecord(MacIpvlan.Addressing.InterfaceAddress.Parse(a), LeaseSource.Pool))],
        },
        s_network,
        state);
}
