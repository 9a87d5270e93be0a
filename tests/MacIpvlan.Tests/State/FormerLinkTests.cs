using System.Net.NetworkInformation;
using MacIpvlan.Linux;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Links that NICs had before they were made anew: who looks for them, and until when they're on record.</summary>
public sealed class FormerLinkTests : StateTest
{
    private readonly NicRecord _nic;

    public FormerLinkTests() => _nic = Reserve(Add(Network("lan", Subnet("10.0.0.0/24"))), IPv4);

    [Fact]
    public void Link_ComesBackAsTheNicWas_UntilItIsLookedFor()
    {
        NicRecord former = Former(1);
        Store.AddFormerLink(former);
        Store.AddFormerLink(former);
        Store.AddFormerLink(Former(2));

        Assert.Equal([Describe.Lines(former), Describe.Lines(Former(2))], Store.GetFormerLinks(_nic.Id).Select(Describe.Lines));
        Store.RemoveFormerLink(former);
        Assert.Equal(Describe.Lines(Former(2)), Describe.Lines(Assert.Single(Store.GetFormerLinks(_nic.Id))));
        Assert.Empty(Store.GetFormerLinks("another"));
        Store.ReleaseNic(_nic.Id);
        Assert.Equal(0, State.Count("former_links"));
    }

    [Fact]
    public void Link_IsSomebodyElsesOnlyWhenWhoAddedItIsDead()
    {
        Store.UpdateNic(_nic with { State = NicRecordState.Attached });
        using SqliteStateStore other = State.Open();
        SqliteStateStore dying = State.Open();
        dying.AddFormerLink(Former(1));

        Assert.Empty(other.TakeAbandonedFormerLinks());
        Assert.False(dying.NeedsRecovery());
        dying.Dispose();
        Assert.True(other.NeedsRecovery());
        Assert.Equal(Describe.Lines(Former(1)), Describe.Lines(Assert.Single(other.TakeAbandonedFormerLinks())));
        // It's the other's now.
        Assert.Empty(Store.TakeAbandonedFormerLinks());
        Assert.False(other.NeedsRecovery());
    }

    private NicRecord Former(ulong number) => Store.GetNics()[0] with
    {
        NamespaceName = $"web{number}",
        NamespacePath = $"/proc/{number}/ns/net",
        Namespace = new NamespaceIdentity(4, number),
        NamespaceBirth = new NamespaceBirth("9d2f3f2a-0b0e-4c39-8a53-3c1cf4a1d8e3", ulong.MaxValue - number),
        InterfaceName = $"eth{number}",
        InterfaceIndex = 1_000_001,
        ParentIndex = 7,
        MacAddress = PhysicalAddress.Parse("02-00-00-00-00-01"),
    };
}
