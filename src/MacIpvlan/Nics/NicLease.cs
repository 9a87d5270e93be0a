using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>The DHCP lease of a NIC, with its deadlines as times of day.</summary>
public sealed class NicLease
{
    private readonly DhcpLease _lease;

    internal NicLease(DhcpBinding binding, IReadOnlyList<byte> clientIdentifier)
    {
        (_lease, State, ClientIdentifier) = (binding.Lease, binding.State, Convert.ToHexStringLower([.. clientIdentifier]));
        (TimeSpan now, DateTimeOffset time) = (BootClock.Now, DateTimeOffset.Now);
        RenewTime = time + (binding.RenewAt - now);
        RebindTime = time + (binding.RebindAt - now);
        ExpiryTime = time + (binding.ExpiresAt - now);
        TimeLeft = binding.ExpiresAt - now is TimeSpan left ? left > TimeSpan.Zero ? TimeSpan.FromSeconds((long)left.TotalSeconds) : TimeSpan.Zero : null;
    }

    /// <summary>The address with the prefix length of its subnet.</summary>
    public AddressText IPAddress => new(_lease.Address);

    /// <summary>The server that granted the lease.</summary>
    public AddressText Server => new(_lease.Server);

    /// <summary>Bound, Renewing or Rebinding; or Rebooting if it has to be confirmed, because the host was started anew.</summary>
    public DhcpClientState State { get; }

    /// <summary>When the server is asked to renew the lease (T1), or asked again; null for a lease without an end.</summary>
    public DateTimeOffset? RenewTime { get; }

    /// <summary>When any server is asked to renew the lease (T2); null for a lease without an end.</summary>
    public DateTimeOffset? RebindTime { get; }

    /// <summary>When the lease ends; null for a lease without an end.</summary>
    public DateTimeOffset? ExpiryTime { get; }

    /// <summary>How much of the lease was left when this object was made, in whole seconds; null for a lease without an end.</summary>
    public TimeSpan? TimeLeft { get; }

    /// <summary>The routes of the lease, in the syntax of the ip command.</summary>
    public ValueList<string> Route => ValueList.OfTexts(_lease.Routes.Select(static r => r.Destination.PrefixLength == 0 ? $"default via {r.NextHop}" : $"{r}"));

    /// <summary>The MTU in bytes that the server recommends; null if it doesn't.</summary>
    public int? Mtu => _lease.Mtu;

    /// <summary>The DNS servers, the preferred one first.</summary>
    public ValueList<AddressText> DnsServer => ValueList.Of(_lease.DnsServers.Select(AddressValue.From));

    /// <summary>The domain; null if the server doesn't say.</summary>
    public string? DomainName => _lease.DomainName;

    /// <summary>The domains to search for names.</summary>
    public ValueList<string> SearchDomain => ValueList.OfTexts(_lease.SearchDomains);

    /// <summary>The NTP servers, the preferred one first.</summary>
    public ValueList<AddressText> NtpServer => ValueList.Of(_lease.NtpServers.Select(AddressValue.From));

    /// <summary>The broadcast address; null if the server doesn't say.</summary>
    public AddressText? BroadcastAddress => _lease.Broadcast is null ? null : new(_lease.Broadcast);

    /// <summary>The host name that the server has for the NIC; null if it doesn't say.</summary>
    public string? HostName => _lease.HostName;

    /// <summary>The other options that the network requests, by their code, with their value in hexadecimal digits.</summary>
    public ValueList<string> Option => ValueList.OfTexts(_lease.OtherOptions);

    /// <summary>The client identifier by which servers know the NIC, in hexadecimal digits, as in their configuration.</summary>
    public string ClientIdentifier { get; }

    /// <summary>The address, the server and the end, such as 192.168.1.20/24 from 192.168.1.1 until 2026-12-24 18:00:00.</summary>
    public override string ToString() => $"{IPAddress} from {Server} until {(ExpiryTime is DateTimeOffset end ? $"{end:yyyy-MM-dd HH:mm:ss}" : "forever")}";
}
