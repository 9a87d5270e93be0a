using MacIpvlan.State;
using MacIpvlan.State.Sqlite;
using MacIpvlan.Tests.State;

namespace MacIpvlan.Tests.Segments;

/// <summary>What this host has on record of a segment's addresses, whatever happens between it and the database.</summary>
public sealed class SegmentBookTests : StateTest
{
    private readonly FakeAddressDatabase _database = new();
    private readonly List<string> _warnings = [];
    private readonly NetworkRecord _network;
    private readonly NetworkRecord _lax;

    public SegmentBookTests()
    {
        Store.AddAddressDatabase(new() { Name = "fleet", HostId = Guid.NewGuid(), ConnectionString = "Host=db1;Username=node1" });
        _network = Add(Network("lan", Subnet("10.0.0.0/24")) with { Segment = new("fleet", "vlan50") { AwayPolicy = AwayPolicy.Refuse } });
        _lax = Add(Network("lax", Subnet("10.1.0.0/24")) with { Segment = new("fleet", "vlan51") { AwayPolicy = AwayPolicy.Reconcile } });
    }

    [Fact]
    public void Address_IsThatOfTheDatabaseAndOnRecordHere()
    {
        NicRecord nic = Take(_network, IPv4);

        Assert.Equal("10.0.0.1/24", $"{nic.Leases[0].Address}");
        Assert.Equal(Describe.Lines(nic), Describe.Lines(Assert.Single(Store.GetNics())));
        Assert.True(nic.Leases[0].Epoch > 0);
        Assert.Equal([$"10.0.0.1 {nic.Id}"], _database.Held);
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Nic_IsOnRecordBeforeTheDatabaseIsAsked()
    {
        int known = 0;
        _database.Asked = () => known = Store.GetNics().Count;

        Take(_network, IPv4);

        Assert.Equal(1, known);
    }

    [Fact]
    public void Refusal_LeavesNothingOnRecord()
    {
        _database.TakeAway("10.0.0.7");

        NetworkException refusal = NetworkAssert.Refused(NetworkError.AddressInUse, () => Take(_network, Static("10.0.0.7")));

        Assert.Equal("The address 10.0.0.7 is taken by other on host node2.", refusal.Message);
        Assert.Empty(Store.GetNics());
    }

    [Fact]
    public void Refusal_OfOneNicLeavesTheOthers()
    {
        _database.TakeAway("10.0.0.7");
        IReadOnlyList<NicGrant> grants = Use(_network, b => b.ReserveNics(
            [new(Nic(_network), _network, [IPv4]), new(Nic(_network), _network, [Static("10.0.0.7")]), new(Nic(_network), _network, [IPv4])]));

        Assert.Equal(["10.0.0.1/24", "", "10.0.0.2/24"], grants.Select(static g => g.Nic is null ? "" : $"{g.Nic.Leases[0].Address}"));
        Assert.Equal(2, Store.GetNics().Count);
    }

    [Fact]
    public void Away_RefusesWhatOnlyTheDatabaseKnows()
    {
        _database.IsAway = true;

        NetworkAssert.Refused(NetworkError.AddressDatabaseUnavailable, () => Take(_network, IPv4));
        NetworkAssert.Refused(NetworkError.AddressDatabaseUnavailable, () => Take(_network, Static("10.0.0.7")));
        NetworkAssert.Refused(NetworkError.AddressDatabaseUnavailable, () => Take(_lax, IPv4));
        Assert.Empty(Store.GetNics());
    }

    [Fact]
    public void Away_TakesARequestedAddressThatIsConfirmedLater()
    {
        _database.IsAway = true;
        NicRecord nic = Attach(Take(_lax, Static("10.1.0.7")));
        NetworkAssert.Refused(NetworkError.AddressInUse, () => Take(_lax, Static("10.1.0.7")));
        Assert.Equal(0, nic.Leases[0].Epoch);
        Assert.Contains("10.1.0.7", Assert.Single(_warnings), StringComparison.Ordinal);

        _database.IsAway = false;
        using NetworkSession session = Session();
        Assert.Null(new SegmentBook(session, _lax.Segment!).Regain(nic, nic.Leases[0]));

        Assert.Equal([$"10.1.0.7 {nic.Id}"], _database.Held);
        Assert.True(Assert.Single(Store.GetNics()).Leases[0].Epoch > 0);
    }

    [Fact]
    public void LostAnswer_LeavesNothingInTheDatabase()
    {
        _database.LosesAnswers = true;
        NetworkAssert.Refused(NetworkError.AddressDatabaseUnavailable, () => Take(_network, IPv4));
        Assert.Single(_database.Held);

        _database.LosesAnswers = false;
        NicRecord next = Take(_network, IPv4);

        Assert.Equal([$"10.0.0.1 {next.Id}"], _database.Held);
        Assert.Empty(Store.GetNotices("fleet"));
    }

    [Fact]
    public void Release_WhileAwayIsToldLater()
    {
        NicRecord nic = Take(_network, IPv4);
        _database.IsAway = true;
        Store.ReleaseNic(nic.Id);
        using (NetworkSession session = Session()) NoticeQueue.TellAll(session);
        Assert.Contains("isn't told yet", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Single(_database.Held);

        _database.IsAway = false;
        using (NetworkSession session = Session()) NoticeQueue.TellAll(session);

        Assert.Empty(_database.Held);
        Assert.Empty(Store.GetNotices("fleet"));
    }

    [Fact]
    public void Release_LeavesWhatHasBeenGrantedSince()
    {
        NicRecord nic = Attach(Take(_network, IPv4));
        AddressRelease late = new(nic.Id, nic.Leases[0].Epoch!.Value, nic.Leases[0].Address.Value, null);
        _database.Lose("10.0.0.1");
        using NetworkSession session = Session();
        Assert.Null(new SegmentBook(session, _network.Segment!).Regain(nic, nic.Leases[0]));

        _database.Release([late]);

        Assert.Single(_database.Held);
    }

    [Fact]
    public void Regained_AddressesKeepTheirOwnNumbers()
    {
        NicRecord nic = Attach(Take(_network, IPv4, Static("10.0.0.9")));
        _database.Lose("10.0.0.1");
        _database.Lose("10.0.0.9");
        using NetworkSession session = Session();
        SegmentBook book = new(session, _network.Segment!);

        // Both as they were read before.
        Assert.Null(book.Regain(nic, nic.Leases[0]));
        Assert.Null(book.Regain(nic, nic.Leases[1]));

        Assert.All(Assert.Single(Store.GetNics()).Leases, l => Assert.True(l.Epoch > nic.Leases[1].Epoch));
    }

    [Fact]
    public void Lost_AddressIsReplacedByAnother()
    {
        NicRecord nic = Attach(Take(_network, IPv4, Static("10.0.0.9")));
        _database.TakeAway("10.0.0.1");
        using NetworkSession session = Session();
        SegmentBook book = new(session, _network.Segment!);
        Assert.Equal(NetworkError.AddressInUse, book.Regain(nic, nic.Leases[0])!.Error);
        Store.LoseLease(nic.Id, nic.Leases[0].Address.Value);
        NicRecord without = Assert.Single(Store.GetNics());
        Assert.Equal(["10.0.0.9/24"], without.Leases.Select(static l => $"{l.Address}"));
        Assert.Equal(["10.0.0.1/24"], without.LostLeases.Select(static l => $"{l.Address}"));

        book.ReplaceLost(without, _network, []);

        NicRecord now = Assert.Single(Store.GetNics());
        Assert.Equal(["10.0.0.2/24", "10.0.0.9/24"], now.Leases.Select(static l => $"{l.Address}"));
        Assert.Empty(now.LostLeases);
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Nic_ReleasedWhileTheDatabaseIsAskedHoldsNothing()
    {
        _database.Asked = () => Store.ReleaseNic(Assert.Single(Store.GetNics()).Id);

        NetworkAssert.Refused(NetworkError.NicNotFound, () => Take(_network, IPv4));

        Assert.Empty(_database.Held);
    }

    [Fact]
    public void Grant_OfAnAddressOutsideIsRefused()
    {
        NetworkRecord narrow = Add(Network("narrow", Subnet("10.9.0.0/24")) with { Segment = new("fleet", "vlan52") { AwayPolicy = AwayPolicy.Refuse } });

        NetworkAssert.Refused(NetworkError.SegmentDiffers, () => Take(narrow, IPv4));

        Assert.Empty(Store.GetNics());
    }

    [Fact]
    public void Removal_OfTheNetworkIsToldToo()
    {
        Store.RemoveNetwork(_lax.Id);

        Assert.Equal(_lax.Id, Assert.IsType<NetworkLeave>(Assert.Single(Store.GetNotices("FLEET"))).NetworkId);
        NetworkAssert.Refused(NetworkError.AddressDatabaseInUse, () => Store.RemoveAddressDatabase("Fleet"));
        Store.RemoveNetwork(_network.Id);
        Store.RemoveAddressDatabase("Fleet");
        Assert.Empty(Store.GetAddressDatabases());
        Assert.Empty(Store.GetNotices("fleet"));
    }

    private NetworkSession Session() => new(_ => new SqliteStateStore(State.Path, "host1"))
    {
        OpenDatabase = _ => _database,
        Recovering = static _ => { },
        Warn = _warnings.Add,
    };

    private T Use<T>(NetworkRecord network, Func<SegmentBook, T> work)
    {
        using NetworkSession session = Session();
        return work(new(session, network.Segment!));
    }

    private NicRecord Take(NetworkRecord network, params AddressDemand[] demands) => Use(network, b => b.ReserveNic(Nic(network), network, demands));

    private NicRecord Attach(NicRecord nic)
    {
        Store.UpdateNic(nic with { State = NicRecordState.Attached });
        return nic with { State = NicRecordState.Attached };
    }
}
