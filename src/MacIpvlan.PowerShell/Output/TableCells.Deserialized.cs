using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <content>
/// The same cells for objects that jobs or Export-Clixml have kept, of which only the properties are left: PowerShell shows
/// them with the same tables.
/// </content>
public static partial class TableCells
{
    /// <inheritdoc cref="Parent(ContainerNetwork)"/>
    public static string Parent(PSObject network) => Parent(Read(network, "Parent"), Text(network, "State"));

    /// <inheritdoc cref="State(ContainerNic)"/>
    public static string State(PSObject nic) => nic.BaseObject is ContainerNic live ? State(live) : State(Text(nic, "State"));

    /// <summary>The addresses of a NIC or of host access, with what else there is of it beside the first one.</summary>
    public static string Addresses(PSObject nic) => nic.BaseObject is ContainerNic live
        ? Addresses(live)
        : Addresses(
            ObjectRemains.ReadAll(nic, "IPAddress"),
            $"{Read(nic, "MacAddress")} {Read(nic, "Runtime")}",
            ObjectRemains.ReadAll(nic, "RouterAddress"));

    /// <inheritdoc cref="RouterAddresses(ContainerNic)"/>
    public static string RouterAddresses(PSObject nic) => string.Join('\n', Items(nic, "RouterAddress").Select(static a =>
        // Where the depth of the serialization ends, an address is a text.
        PSObject.AsPSObject(a) is PSObject address && address.Properties["State"] is not null
            ? RouterAddress(Text(address, "IPAddress"), Text(address, "State"), Text(address, "ValidLifetime"), Text(address, "PreferredLifetime"))
            : $"{a}"));

    /// <inheritdoc cref="ContainerId(ContainerNic)"/>
    public static string ContainerId(PSObject nic) => ContainerId(Read(nic, "ContainerId"));

    /// <inheritdoc cref="Range(NetworkAddress)"/>
    public static string Range(PSObject address) => Range(Text(address, "IPAddress"));

    /// <inheritdoc cref="AddressKind(NetworkAddress)"/>
    public static string AddressKind(PSObject address) => AddressKind(Text(address, "Kind"), Is(address, "IsGateway"));

    /// <inheritdoc cref="Holder(NetworkAddress)"/>
    public static string? Holder(PSObject address) =>
        Holder(Read(address, "Holder"), Read(address, "Host"), Read(address, "HolderNetwork"), Read(address, "Network"));

    /// <inheritdoc cref="Server(AddressDatabaseTest)"/>
    public static string Server(PSObject test) => Server(
        Read(test, "Server"), Read(test, "ServerVersion"), test.Properties["RoundtripMilliseconds"]?.Value as double?, Read(test, "Reason"));

    /// <inheritdoc cref="Interface(HostAccess)"/>
    public static string Interface(PSObject access) => Interface(Read(access, "InterfaceName"), Text(access, "State"));

    /// <inheritdoc cref="Differences(ImportedNetwork)"/>
    public static string Differences(PSObject network) => string.Join('\n', Items(network, "Differences").Select(static d =>
        // Where the depth of the serialization ends, a difference is a text.
        PSObject.AsPSObject(d) is PSObject difference && difference.Properties["Name"] is not null
            ? Difference(difference.ToString(), Text(difference, "Name"), Text(difference, "Actual"), Text(difference, "Expected"))
            : $"{d}"));

    /// <inheritdoc cref="Expected(SettingDifference)"/>
    public static string Expected(PSObject difference) => Lines(Text(difference, "Expected"), "\n");

    /// <inheritdoc cref="Actual(SettingDifference)"/>
    public static string Actual(PSObject difference) => Lines(Text(difference, "Actual"), "\n");

    /// <inheritdoc cref="DifferenceKind(NetworkDifference)"/>
    public static string DifferenceKind(PSObject difference) =>
        DifferenceKind(Text(difference, "Kind"), Is(difference, "IsRepaired"), Is(difference, "IsForeign"));

    /// <inheritdoc cref="Texts(NetworkDifference)"/>
    public static string Texts(PSObject difference) => $"{Read(difference, "Expected")}\n{Read(difference, "Actual")}";

    /// <inheritdoc cref="Destination(NicTestResult)"/>
    public static string Destination(PSObject result) => Destination(Read(result, "Destination"), Read(result, "DestinationAddress"));

    /// <inheritdoc cref="RoundtripTime(NicTestResult)"/>
    public static string RoundtripTime(PSObject result) => RoundtripTime(Number(result, "RoundtripTime"));

    /// <inheritdoc cref="Status(NicTestResult)"/>
    public static string Status(PSObject result) => Filled(Read(result, "Status"), Read(result, "Reason"));

    /// <inheritdoc cref="Received(ContainerNicStatistics)"/>
    public static string Received(PSObject nic) => Traffic(Number(nic, "ReceivedBytes"), Number(nic, "ReceivedBitsPerSecond"));

    /// <inheritdoc cref="Sent(ContainerNicStatistics)"/>
    public static string Sent(PSObject nic) => Traffic(Number(nic, "SentBytes"), Number(nic, "SentBitsPerSecond"));

    /// <inheritdoc cref="Discarded(ContainerNicStatistics)"/>
    public static string Discarded(PSObject nic) => InOut(Number(nic, "ReceivedDiscardedPackets"), Number(nic, "OutboundDiscardedPackets"));

    /// <inheritdoc cref="TimeOfDay(NetworkEvent)"/>
    public static string TimeOfDay(PSObject change) =>
        LanguagePrimitives.TryConvertTo(change.Properties["Time"]?.Value, CultureInfo.InvariantCulture, out DateTimeOffset time)
            ? time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : Text(change, "Time");

    /// <inheritdoc cref="Place(NetworkEvent)"/>
    public static string Place(PSObject change) => Filled(Read(change, "Namespace"), Read(change, "Interface"), '/');

    private static IEnumerable<object> Items(PSObject remains, string property) =>
        (LanguagePrimitives.GetEnumerable(remains.Properties[property]?.Value) ?? Array.Empty<object>()).Cast<object>();

    private static string? Read(PSObject remains, string property) => ObjectRemains.Read(remains, property);

    private static string Text(PSObject remains, string property) => Read(remains, property) ?? "";

    private static double? Number(PSObject remains, string property) =>
        Read(remains, property) is not null && LanguagePrimitives.TryConvertTo(remains.Properties[property].Value, out double number) ? number : null;

    private static bool Is(PSObject remains, string property) => LanguagePrimitives.IsTrue(remains.Properties[property]?.Value);
}
