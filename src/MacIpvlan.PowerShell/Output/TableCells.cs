using System.Globalization;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The cells of the tables in MacIpvlan.Format.ps1xml that are more than a property. Each returns a text, with line breaks so
/// that PowerShell breaks no word. A script in that file would be compiled each time a process shows its first table.
/// </summary>
public static class TableCells
{
    private const int StateWidth = 10;
    private const int AddressWidth = 18;
    private const int RangeWidth = 39;
    private const int DifferenceWidth = 40;

    /// <summary>The parent, with its state below it if that keeps the network from working.</summary>
    public static string Parent(ContainerNetwork network) => network.State switch
    {
        NetworkState.ParentDown => $"{network.Parent}\n(down)",
        NetworkState.ParentMissing => $"{network.Parent}\n(missing)",
        _ => network.Parent,
    };

    /// <summary>The state, with its last word on a line of its own, and a long word on two.</summary>
    public static string State(ContainerNic nic)
    {
        string state = nic.State.ToString();
        int last = state.Length - 1;
        while (last > 0 && !char.IsAsciiLetterUpper(state[last])) last--;
        return last > 0 ? $"{state[..last]}\n{state[last..]}"
            : state.Length > StateWidth ? $"{state[..(state.Length / 2)]}-\n{state[(state.Length / 2)..]}"
            : state;
    }

    /// <summary>The addresses, with the MAC address and the runtime beside the first one.</summary>
    // A column of its own would be squeezed to a letter where there is no room.
    public static string Addresses(ContainerNic nic) => Addresses(nic.IPAddress, $"{nic.MacAddress} {nic.Runtime}");

    /// <summary>The addresses, with the MAC address beside the first one.</summary>
    public static string Addresses(HostAccess access) => Addresses(access.IPAddress, access.MacAddress);

    /// <summary>The first digits of the container's id.</summary>
    public static string ContainerId(ContainerNic nic) => nic.ContainerId?[..12] ?? "";

    /// <summary>The address or the range, on two lines if it is long.</summary>
    public static string Range(NetworkAddress address)
    {
        string range = address.IPAddress.ToString();
        return range.Length <= RangeWidth ? range : range.Replace("-", "-\n", StringComparison.Ordinal);
    }

    /// <summary>The kind of address, and whether it is also the gateway.</summary>
    public static string Kind(NetworkAddress address) => address.IsGateway && address.Kind != NetworkAddressKind.Gateway
        ? $"{address.Kind}, gateway"
        : address.Kind.ToString();

    /// <summary>The holder, with its network if that is another one.</summary>
    public static string? Holder(NetworkAddress address) => address.HolderNetwork is string other && other != address.Network
        ? $"{address.Holder} on network {other}"
        : address.Holder;

    /// <summary>The interface, with its state below it unless it is up.</summary>
    public static string Interface(HostAccess access) =>
        access.State == NicState.Up ? access.InterfaceName : $"{access.InterfaceName}\n({access.State})";

    /// <summary>The settings in which a network differs, one a line if there is room.</summary>
    public static string Differences(ImportedNetwork network) => string.Join('\n', network.Differences.Select(static d =>
        d.ToString() is { Length: <= DifferenceWidth } text ? text
            : $"{d.Name}:\n  {Lines(d.Actual, "\n  ")}\n-> {Lines(d.Expected, "\n   ")}"));

    /// <summary>The setting that is expected, one item a line.</summary>
    public static string Expected(SettingDifference difference) => Lines(difference.Expected, "\n");

    /// <summary>The setting that is there, one item a line.</summary>
    public static string Actual(SettingDifference difference) => Lines(difference.Actual, "\n");

    /// <summary>The kind of difference, with what has been done about it.</summary>
    public static string Kind(NetworkDifference difference) =>
        difference.IsRepaired ? $"{difference.Kind}\n(repaired)"
        : difference.IsForeign ? $"{difference.Kind}\n(of others)"
        : difference.Kind.ToString();

    /// <summary>What is expected, and below it what is there.</summary>
    public static string Texts(NetworkDifference difference) => $"{difference.Expected}\n{difference.Actual}";

    /// <summary>The destination, and below it the address that was tried.</summary>
    public static string Destination(NicTestResult result) => Filled(
        result.Destination, result.DestinationAddress?.ToString() is string address && address != result.Destination ? address : null);

    /// <summary>The round-trip time in milliseconds; empty if there is none.</summary>
    public static string Time(NicTestResult result) => result.RoundtripTime?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The result, and below it the reason.</summary>
    public static string Status(NicTestResult result) => Filled(result.Status.ToString(), result.Reason);

    /// <summary>The time of day of an event.</summary>
    public static string Time(NetworkEvent change) => change.Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The namespace and the interface of an event.</summary>
    public static string Place(NetworkEvent change) => Filled(change.Namespace, change.Interface, '/');

    private static string Addresses(ValueList<AddressText> addresses, string beside)
    {
        List<string> lines = [$"{(addresses.Count == 0 ? "" : addresses[0].ToString()).PadRight(AddressWidth)} {beside}".TrimEnd()];
        for (int i = 1; i < addresses.Count; i++) lines.Add(addresses[i].ToString());
        return string.Join('\n', lines);
    }

    private static string Filled(string? first, string? second, char between = '\n') =>
        string.IsNullOrEmpty(second) ? first ?? "" : string.IsNullOrEmpty(first) ? second : $"{first}{between}{second}";

    private static string Lines(string list, string separator) => list.Replace(", ", "," + separator, StringComparison.Ordinal);
}
