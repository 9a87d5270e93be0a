namespace MacIpvlan.Tests.Codec;

/// <summary>The comparer sees what it is there to see: a comparison that finds nothing is worth nothing.</summary>
public sealed class WireTextTests
{
    private static readonly byte[] s_macvlan = Captures.Requests[
        "ip link add link eth0 name mv0 type macvlan mode bridge"];

    [Fact]
    public void Lines_TellTypeFlagsFixedPartAndEachAttribute() => Assert.Equal(
        [
            "fixed 00000000000000000000000000000000",
            "flags 0605",
            "link 18 1: 6d6163766c616e",
            "link 18 2 1: 04000000",
            "link 18 2: nest",
            "link 18: nest",
            "link 3: 6d763000",
            "link 5: 07000000",
            "type 16",
        ],
        WireText.Lines(s_macvlan));

    [Fact]
    public void Differences_NamesAWrongWidth()
    {
        // IFLA_MACVLAN_MODE, the last attribute, in 16 bits.
        byte[] narrow = [.. s_macvlan];
        narrow[^8] = 6;

        Assert.Equal(["- link 18 2 1: 04000000", "+ link 18 2 1: 0400"], WireText.Differences(s_macvlan, narrow));
    }

    [Fact]
    public void Differences_NamesAWrongByteOrder()
    {
        byte[] ofIp = Captures.Requests["ip link add link eth0 name eth0.10 type vlan protocol 802.1ad id 10"];
        byte[] swapped = [.. ofIp];
        int protocol = ofIp.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x88, 0xa8]);
        (swapped[protocol], swapped[protocol + 1]) = (0xa8, 0x88);

        Assert.Equal(["- link 18 2 5: 88a8", "+ link 18 2 5: a888"], WireText.Differences(ofIp, swapped));
    }
}
