using System.Globalization;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The cells of the tables in MacIpvlan.Format.ps1xml that are more than a property. Each returns a text, with line breaks so
/// that PowerShell breaks no word. A longer script in that file would be compiled each time a process shows its first table;
/// those of NICs are shown most often, and need none (MacIpvlan.Loader.NicCells).
/// </summary>
public static partial class TableCells
{
    private const int ContainerIdLength = 12;
    private const int StateWidth = 10;
    private const int AddressWidth = 18;
    private const int RangeWidth = 39;
    private const int DifferenceWidth = 40;

    /// <summary>The parent, with its state below it if that keeps the network from working.</summary>
    public static string Parent(ContainerNetwork network) => Parent(network.Parent, network.State.ToString());

    /// <summary>The state, with its last word on a line of its own, and a long word on two.</summary>
    public static string State(ContainerNic nic) => State(nic.State.ToString());

    /// <summary>
    /// The addresses, with the MAC address and the runtime beside the first one, and those from router advertisements.
    /// </summary>
    // A column of its own would be squeezed to a letter where there is no room.
    public static string Addresses(ContainerNic nic) => Addresses(
        Lines(nic.IPAddress), $"{nic.MacAddress} {nic.Runtime}", nic.RouterAddress.Select(static a => a.ToString()));

    /// <summary>The addresses from router advertisements, one a line, with how long they last.</summary>
    public static string RouterAddresses(ContainerNic nic) => string.Join('\n', nic.RouterAddress.Select(static a =>
        RouterAddress(a.ToString(), a.State.ToString(), $"{a.ValidLifetime}", $"{a.PreferredLifetime}")));

    /// <summary>The addresses, with the MAC address beside the first one.</summary>
    public static string Addresses(HostAccess access) => Addresses(Lines(access.IPAddress), access.MacAddress);

    /// <summary>The first digits of the container's id.</summary>
    public static string ContainerId(ContainerNic nic) => ContainerId(nic.ContainerId);

    /// <summary>The address or the range, on two lines if it is long.</summary>
    public static string Range(NetworkAddress address) => Range(address.IPAddress.ToString());

    /// <summary>The kind of address, and whether it is also the gateway.</summary>
    public static string AddressKind(NetworkAddress address) => AddressKind(address.Kind.ToString(), address.IsGateway);

    /// <summary>The holder, with its host on a segment, and its network if that is another one.</summary>
    public static string? Holder(NetworkAddress address) => Holder(address.Holder, address.Host, address.HolderNetwork, address.Network);

    /// <summary>The server that answered and how long that took, or why none did.</summary>
    public static string Server(AddressDatabaseTest test) => Server(test.Server, test.ServerVersion, test.RoundtripMilliseconds, test.Reason);

    /// <summary>The interface, with its state below it unless it is up.</summary>
    public static string Interface(HostAccess access) => Interface(access.InterfaceName, access.State.ToString());

    /// <summary>The settings in which a network differs, one a line if there is room.</summary>
    public static string Differences(ImportedNetwork network) =>
        string.Join('\n', network.Differences.Select(static d => Difference(d.ToString(), d.Name, d.Actual, d.Expected)));

    /// <summary>The setting that is expected, one item a line.</summary>
    public static string Expected(SettingDifference difference) => Lines(difference.Expected, "\n");

    /// <summary>The setting that is there, one item a line.</summary>
    public static string Actual(SettingDifference difference) => Lines(difference.Actual, "\n");

    /// <summary>The kind of difference, with what has been done about it.</summary>
    public static string DifferenceKind(NetworkDifference difference) =>
        DifferenceKind(difference.Kind.ToString(), difference.IsRepaired, difference.IsForeign);

    /// <summary>What is expected, and below it what is there.</summary>
    public static string Texts(NetworkDifference difference) => $"{difference.Expected}\n{difference.Actual}";

    /// <summary>The destination, and below it the address that was tried.</summary>
    public static string Destination(NicTestResult result) => Destination(result.Destination, result.DestinationAddress?.ToString());

    /// <summary>The round-trip time in milliseconds; empty if there is none.</summary>
    public static string RoundtripTime(NicTestResult result) => RoundtripTime(result.RoundtripTime);

    /// <summary>The result, and below it the reason.</summary>
    public static string Status(NicTestResult result) => Filled(result.Status.ToString(), result.Reason);

    /// <summary>What a NIC received in bytes, and below it in bits in a second if that was measured.</summary>
    public static string Received(ContainerNicStatistics nic) => Traffic(nic.ReceivedBytes, nic.ReceivedBitsPerSecond);

    /// <summary>What a NIC sent in bytes, and below it in bits in a second if that was measured.</summary>
    public static string Sent(ContainerNicStatistics nic) => Traffic(nic.SentBytes, nic.SentBitsPerSecond);

    /// <summary>The packets of a NIC that were discarded, coming in and going out.</summary>
    public static string Discarded(ContainerNicStatistics nic) => InOut(nic.ReceivedDiscardedPackets, nic.OutboundDiscardedPackets);

    /// <summary>The time of day of an event.</summary>
    public static string TimeOfDay(NetworkEvent change) => change.Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The namespace and the interface of an event.</summary>
    public static string Place(NetworkEvent change) => Filled(change.Namespace, change.Interface, '/');

    private static string Parent(string? parent, string state) => state switch
    {
        nameof(NetworkState.ParentDown) => $"{parent}\n(down)",
        nameof(NetworkState.ParentMissing) => $"{parent}\n(missing)",
        _ => parent ?? "",
    };

    private static string State(string state)
    {
        int last = state.Length - 1;
        while (last > 0 && !char.IsAsciiLetterUpper(state[last])) last--;
        return last > 0 ? $"{state[..last]}\n{state[last..]}"
            : state.Length > StateWidth ? $"{state[..(state.Length / 2)]}-\n{state[(state.Length / 2)..]}"
            : state;
    }

    private static string[] Lines(ValueList<AddressText> addresses) => [.. addresses.Select(static a => a.ToString())];

    private static string Addresses(IReadOnlyList<string> addresses, string? beside, IEnumerable<string>? fromRouters = null)
    {
        string first = addresses.Count == 0 ? "" : addresses[0];
        // The word of ip route. A longer one leaves no room for the address.
        return string.Join('\n', [$"{first.PadRight(AddressWidth)} {beside}".TrimEnd(), .. addresses.Skip(1), .. (fromRouters ?? []).Select(static a => $"{a} ra")]);
    }

    private static string RouterAddress(string address, string state, string valid, string preferred) =>
        $"{address}{(state == nameof(AddressState.Preferred) ? "" : $" {state}")}\n  valid {Lifetime(valid)}, preferred {Lifetime(preferred)}";

    private static string Lifetime(string lifetime) => lifetime.Length == 0 ? "forever" : lifetime;

    private static string ContainerId(string? id) => id is { Length: > ContainerIdLength } ? id[..ContainerIdLength] : id ?? "";

    private static string Range(string range) =>
        range.Length <= RangeWidth ? range : range.Replace("-", "-\n", StringComparison.Ordinal);

    private static string AddressKind(string kind, bool isGateway) =>
        isGateway && kind != nameof(NetworkAddressKind.Gateway) ? $"{kind}, gateway" : kind;

    // Each host names the networks of a segment as it likes.
    private static string? Holder(string? holder, string? host, string? holderNetwork, string? network) =>
        host is not null ? $"{holder} on host {host}"
        : holderNetwork is not null && holderNetwork != network ? $"{holder} on network {holderNetwork}"
        : holder;

    private static string Server(string? server, string? version, double? milliseconds, string? reason) => string.IsNullOrEmpty(server)
        ? reason ?? ""
        : string.Create(CultureInfo.InvariantCulture, $"{server}, PostgreSQL {version}, {milliseconds:0.0} ms");

    private static string Interface(string? name, string state) => state == nameof(NicState.Up) ? name ?? "" : $"{name}\n({state})";

    private static string Difference(string text, string name, string actual, string expected) =>
        text.Length <= DifferenceWidth ? text : $"{name}:\n  {Lines(actual, "\n  ")}\n-> {Lines(expected, "\n   ")}";

    private static string DifferenceKind(string kind, bool isRepaired, bool isForeign) =>
        isRepaired ? $"{kind}\n(repaired)" : isForeign ? $"{kind}\n(of others)" : kind;

    private static string Destination(string? destination, string? address) =>
        Filled(destination, address != destination ? address : null);

    private static string RoundtripTime(double? milliseconds) => milliseconds?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";

    private static string Traffic(double? bytes, double? bits) =>
        bytes is null ? "" : ScaledNumber.Format(bytes.Value, "B") + (bits is null ? "" : $"\n{ScaledNumber.Format(bits.Value, "bit/s")}");

    private static string InOut(double? received, double? sent) =>
        received is null || sent is null ? "" : $"{ScaledNumber.Format(received.Value, "")} / {ScaledNumber.Format(sent.Value, "")}";

    private static string Filled(string? first, string? second, char between = '\n') =>
        string.IsNullOrEmpty(second) ? first ?? "" : string.IsNullOrEmpty(first) ? second : $"{first}{between}{second}";

    private static string Lines(string list, string separator) => list.Replace(", ", "," + separator, StringComparison.Ordinal);
}
