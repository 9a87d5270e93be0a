using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Segments;

/// <summary>An address database in memory, with one IPv4 subnet, that can be away or lose its answers.</summary>
internal sealed class FakeAddressDatabase : IAddressDatabase
{
    private readonly Dictionary<AddressValue, (string Nic, int Ordinal, long Epoch)> _held = [];
    private long _epoch;

    /// <summary>Whether it does nothing.</summary>
    public bool IsAway { get; set; }

    /// <summary>Whether it does what it is asked, and its answer is lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Called while it is asked for addresses.</summary>
    public Action Asked { get; set; } = static () => { };

    public bool AsksOnce { get; set; }

    public void Disconnect()
    {
    }

    /// <summary>ADDRESS NIC of each address, by number.</summary>
    public IReadOnlyList<string> Held => [.. _held.OrderBy(static h => h.Key).Select(static h => $"{h.Key} {h.Value.Nic}")];

    /// <summary>Gives an address to another host.</summary>
    public void TakeAway(string address) => _held[AddressValue.Parse(address)] = ("other", 0, ++_epoch);

    /// <summary>Forgets who has an address.</summary>
    public void Lose(string address) => _held.Remove(AddressValue.Parse(address));

    public DatabaseContact Attend(bool isHeartbeat) => Answer(() => new DatabaseContact(1, "fake/1") { Address = "fake", Version = "1", IsEncrypted = true, Role = "host" });

    public SegmentDefinition? FindSegment(string name) => Answer(static () => (SegmentDefinition?)null);

    public void Join(NetworkRecord network, SegmentDefinition definition) => Answer(static () => 0);

    public void Leave(string networkId) => Answer(static () => 0);

    public IReadOnlyList<SegmentGrant> Allocate(string segment, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<SegmentClaim> claims) => Answer(() =>
    {
        Asked();
        return claims.Select(Grant).ToArray();
    });

    public void Release(IReadOnlyList<AddressRelease> releases) => Answer(() =>
    {
        foreach (AddressRelease release in releases)
        {
            foreach (AddressValue address in _held.Where(h => h.Value.Nic == release.NicId && h.Value.Epoch <= release.Epoch
                && (release.Address is null || h.Key == release.Address)).Select(static h => h.Key).ToArray())
            {
                _held.Remove(address);
            }
        }

        return 0;
    });

    public HeldAddresses GetHeld() => Answer(() => new HeldAddresses(
        new HashSet<string>(), [.. _held.Where(static h => h.Value.Nic != "other").Select(static h => new HeldAddress("", h.Value.Nic, h.Key, h.Value.Epoch))]));

    public IReadOnlyList<AddressHolder> GetHolders(string segment) => Answer(() =>
        _held.Select(static h => new AddressHolder(h.Key, HolderKind.Nic, h.Value.Nic) { Host = "node2" }).ToArray());

    public int Reclaim(string host, string? segment) => 0;

    public string FindMissingSchema() => "";

    public void Initialize()
    {
    }

    public void Dispose()
    {
    }

    private SegmentGrant Grant(SegmentClaim claim)
    {
        List<GrantedAddress> granted = [];
        foreach (SegmentDemand demand in claim.Demands)
        {
            AddressValue? address = demand.Static ?? _held.Where(h => h.Value.Nic == claim.NicId && h.Value.Ordinal == demand.Ordinal).Select(static h => h.Key).FirstOrDefault();
            if (address is null)
            {
                address = AddressValue.Parse("10.0.0.1");
                while (_held.ContainsKey(address)) address = address.Next()!;
            }

            if (_held.TryGetValue(address, out (string Nic, int Ordinal, long Epoch) holder) && holder.Nic != claim.NicId)
            {
                return new([], new(NetworkError.AddressInUse, address, $"{holder.Nic} on host node2"));
            }

            _held[address] = (claim.NicId, demand.Ordinal, ++_epoch);
            granted.Add(new(demand.Ordinal, new(address, 24), _epoch));
        }

        return new(granted, null);
    }

    private T Answer<T>(Func<T> answer)
    {
        NetworkException away = new(NetworkError.AddressDatabaseUnavailable, "The address database 'fleet' can't be reached: it is away.", "Wait.");
        if (IsAway) throw away;
        T result = answer();
        return LosesAnswers ? throw away : result;
    }
}
