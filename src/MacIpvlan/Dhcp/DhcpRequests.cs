using System.Text;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>Builds a client's messages with the options that RFC 2131 4.4 (table 5) has for each.</summary>
internal sealed class DhcpRequests(DhcpClientSettings settings)
{
    private const int MinMaxMessageSize = 576;
    private const int MaxOptionSize = 255;

    // Servers that can't send all options prefer the first ones. Option 121 comes before 3 and 33 (RFC 3442).
    private static readonly byte[] s_requested =
    [
        DhcpOptionCode.SubnetMask, DhcpOptionCode.ClasslessStaticRoute, DhcpOptionCode.Router, DhcpOptionCode.StaticRoute,
        DhcpOptionCode.LeaseTime, DhcpOptionCode.ServerIdentifier, DhcpOptionCode.RenewalTime, DhcpOptionCode.RebindingTime,
        DhcpOptionCode.InterfaceMtu, DhcpOptionCode.DomainNameServer, DhcpOptionCode.DomainName, DhcpOptionCode.DomainSearch,
        DhcpOptionCode.HostName, DhcpOptionCode.BroadcastAddress, DhcpOptionCode.NtpServers,
    ];

    // Those of the protocol itself, which nobody needs to request.
    private static readonly byte[] s_own =
    [
        DhcpOptionCode.Pad, DhcpOptionCode.RequestedAddress, DhcpOptionCode.Overload, DhcpOptionCode.MessageType,
        DhcpOptionCode.ParameterRequestList, DhcpOptionCode.MaxMessageSize, DhcpOptionCode.ClientIdentifier, DhcpOptionCode.End,
    ];

    private readonly byte[] _clientIdentifier = [.. settings.ClientIdentifier];

    /// <summary>The options that are requested beside the usual ones.</summary>
    public IReadOnlyCollection<byte> OtherOptions { get; } = OthersOf(settings);

    /// <summary>Whether a reply has no client identifier, or the client's own (RFC 6842 3).</summary>
    public bool IsFor(DhcpMessage reply) => reply.HardwareAddress.Equals(settings.HardwareAddress)
        && (!reply.Options.Contains(DhcpOptionCode.ClientIdentifier)
            || reply.Options[DhcpOptionCode.ClientIdentifier].SequenceEqual(_clientIdentifier));

    public DhcpMessage Discover(uint id, ushort seconds) => Asking(DhcpMessageType.Discover, id, seconds, new());

    /// <summary>A request for an offered address, or without a server for one that the client had before.</summary>
    public DhcpMessage Request(uint id, ushort seconds, AddressValue address, AddressValue? server)
    {
        DhcpOptions options = new();
        options.Add(DhcpOptionCode.RequestedAddress, address.ToBytes());
        if (server is not null) options.Add(DhcpOptionCode.ServerIdentifier, server.ToBytes());
        return Asking(DhcpMessageType.Request, id, seconds, options);
    }

    /// <summary>A request to renew the lease of an address that the client has.</summary>
    public DhcpMessage Renew(uint id, ushort seconds, AddressValue address) =>
        Asking(DhcpMessageType.Request, id, seconds, new(), address);

    public DhcpMessage Decline(uint id, DhcpLease lease)
    {
        DhcpOptions options = new();
        options.Add(DhcpOptionCode.RequestedAddress, lease.Address.Value.ToBytes());
        options.Add(DhcpOptionCode.Message, "Another station has the address."u8);
        return Ending(DhcpMessageType.Decline, id, lease, DhcpPacket.AnyAddress, options);
    }

    public DhcpMessage Release(uint id, DhcpLease lease)
    {
        DhcpOptions options = new();
        options.Add(DhcpOptionCode.Message, "The interface was disconnected."u8);
        return Ending(DhcpMessageType.Release, id, lease, lease.Address.Value, options);
    }

    private DhcpMessage Asking(
        DhcpMessageType type, uint id, ushort seconds, DhcpOptions options, AddressValue? address = null)
    {
        options.Add(DhcpOptionCode.ClientIdentifier, _clientIdentifier);
        int size = Math.Clamp(settings.MaxMessageSize, MinMaxMessageSize, ushort.MaxValue);
        options.Add(DhcpOptionCode.MaxMessageSize, [(byte)(size >> 8), (byte)size]);
        if (settings.VendorClass is { Length: > 0 } vendor) options.Add(DhcpOptionCode.VendorClass, Truncate(Encoding.UTF8.GetBytes(vendor)));
        if (settings.HostName is string name && DhcpNames.IsHostName(name)) options.Add(DhcpOptionCode.HostName, Encoding.ASCII.GetBytes(name));
        options.Add(DhcpOptionCode.ParameterRequestList, [.. s_requested, .. OtherOptions]);
        return new()
        {
            Type = type,
            TransactionId = id,
            Seconds = seconds,
            // A client with an address receives unicast.
            IsBroadcast = settings.NeedsBroadcast && address is null,
            ClientAddress = address ?? DhcpPacket.AnyAddress,
            HardwareAddress = settings.HardwareAddress,
            Options = options,
        };
    }

    private DhcpMessage Ending(DhcpMessageType type, uint id, DhcpLease lease, AddressValue address, DhcpOptions options)
    {
        options.Add(DhcpOptionCode.ServerIdentifier, lease.Server.ToBytes());
        options.Add(DhcpOptionCode.ClientIdentifier, _clientIdentifier);
        return new()
        {
            Type = type,
            TransactionId = id,
            ClientAddress = address,
            HardwareAddress = settings.HardwareAddress,
            Options = options,
        };
    }

    private static ReadOnlySpan<byte> Truncate(ReadOnlySpan<byte> value) => value[..Math.Min(value.Length, MaxOptionSize)];

    private static List<byte> OthersOf(DhcpClientSettings settings)
    {
        List<byte> others = [];
        foreach (byte code in settings.OtherOptions)
        {
            if (!s_requested.Contains(code) && !s_own.Contains(code) && !others.Contains(code)) others.Add(code);
        }

        return others;
    }
}
