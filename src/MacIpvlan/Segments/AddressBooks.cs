using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Says which book the addresses of a network are in.</summary>
internal static class AddressBooks
{
    /// <summary>The book of a network.</summary>
    public static IAddressBook Of(NetworkSession session, NetworkRecord network) =>
        network.Segment is NetworkSegment segment ? new SegmentBook(session, segment) : session.State;
}
