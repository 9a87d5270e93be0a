using System.Buffers.Binary;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Codec;

/// <summary>Each request reads as the ip command that asks the same, and is in bytes what that command sends.</summary>
public sealed class RequestTests
{
    private static readonly RouteRequest[] s_dumps = [new NeighborGet(), new AddressGet(null)];

    public static TheoryData<string> Dumps => [.. s_dumps.Select(static d => d.ToString())];

    public static TheoryData<string> Commands => [.. IpRequests.All.Select(static r => r.Command)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Text_IsTheIpCommand(string command) => Assert.Equal(command, Find(command).Request.ToString());

    [Theory]
    [MemberData(nameof(Commands))]
    public void Bytes_AreThoseOfIp(string command)
    {
        IpRequest row = Find(command);

        byte[] ours = Bytes(row.Request, acknowledge: row.Request is not LinkGet);

        Assert.Equal(row.Differences, WireText.Differences(Captures.Requests[command], ours));
    }

    [Fact]
    public void LinkGetByIndex_HasTheBytesOfIpsOwnLookUp()
    {
        byte[] ours = Bytes(new LinkGet { Index = 7 }, acknowledge: false);

        Assert.Equal(
            ["- link 29: 09000000", "+ link 29: 08000000"], WireText.Differences(
                Captures.Requests["ip route show"], ours));
    }

    [Theory]
    // For IPv4, ip also asks for the table that the route is in.
    [InlineData("10.1.0.2", false, "ip route get fibmatch 10.1.0.2", 0x1000)]
    [InlineData("10.1.0.2", true, "ip route get fibmatch 10.1.0.2 oif eth0", 0x1000)]
    [InlineData("fd18::2", true, "ip route get fibmatch fd18::2 oif eth0", 0)]
    public void RouteLookup_HasTheBytesOfIp(string destination, bool isBound, string command, int tableFlag)
    {
        RouteLookup lookup = new(AddressValue.Parse(destination), isBound ? IpRequests.Eth0 : null);

        byte[] ours = Bytes(lookup, acknowledge: false);

        Assert.Equal(command, lookup.ToString());
        Span<byte> flags = ours.AsSpan(24);
        BinaryPrimitives.WriteInt32LittleEndian(flags, BinaryPrimitives.ReadInt32LittleEndian(flags) | tableFlag);
        Assert.Empty(WireText.Differences(Captures.Requests[command], ours));
    }

    [Fact]
    public void NamespaceIdGet_HasTheBytesOfIp()
    {
        byte[] ours = Bytes(new NamespaceIdGet(IpRequests.Web1), acknowledge: false);

        Assert.Empty(WireText.Differences(Captures.Requests["ip netns list"], ours));
        Assert.Equal(IpRequests.Web1.Descriptor, BinaryPrimitives.ReadInt32LittleEndian(ours.AsSpan(^4)));
    }

    [Fact]
    public void NamespaceIdSet_HasTheBytesOfIp()
    {
        NamespaceIdSet request = new(IpRequests.Web1);

        Assert.Empty(WireText.Differences(Captures.Requests[request.ToString()], Bytes(request, acknowledge: true)));
    }

    [Theory]
    [MemberData(nameof(Dumps))]
    public void Dumps_HaveTheBytesOfIp(string command) => Assert.Empty(WireText.Differences(
        Captures.Requests[command], Bytes(s_dumps.Single(d => d.ToString() == command), acknowledge: false)));

    [Theory]
    // ip netns set web1 77; and a namespace that nothing here refers to.
    [InlineData("1c00000058000000a7d3046bea6603f600000000080001004d000000", 77)]
    [InlineData("1c00000058000000a7d3046be31555ba0000000008000100ffffffff", -1)]
    [InlineData("1400000058000000a7d3046be31555ba00000000", -1)]
    public void NamespaceIdGet_ReadsTheNumber(string hex, int id)
    {
        MessageReader reader = new(Convert.FromHexString(hex.Replace(" ", "")));

        Assert.True(reader.TryRead(out Message message));
        Assert.Equal(id, NamespaceIdGet.Parse(message));
    }

    [Fact]
    public void LinkGetByIndex_ReadsAsACommandThatIpTakes() =>
        // 'ip link show index 7': Error: either "dev" is duplicate, or "7" is a garbage.
        // 'ip link show dev if7' is looked up as a name: No such device. The address command shows the link, too.
        Assert.Equal("ip address show dev if7", new LinkGet { Index = 7 }.ToString());

    [Fact]
    public void LinkGet_AsksByAlternativeNameForMoreThanFifteenBytes()
    {
        // Eight characters, sixteen bytes: as IFLA_IFNAME the kernel answers ERANGE.
        byte[] ours = Bytes(new LinkGet { Name = "éééééééé" }, acknowledge: false);

        Assert.Contains("link 53: c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a900", WireText.Lines(ours));
    }

    [Fact]
    public void LinkAdd_HasTheBroadcastCutoffAsASignedNumber()
    {
        // ip knows bclim from 6.4 on. Linux 6.18 takes these bytes, and tells them back: see the capture.
        LinkAdd request = new("mvc", new MacvlanLink(MacvlanMode.Bridge) { BroadcastCutoff = -1 });

        Assert.Equal("ip link add name mvc type macvlan mode bridge bclim -1", request.ToString());
        Assert.Contains("link 18 2 9: ffffffff", WireText.Lines(Bytes(request, acknowledge: true)));
    }

    [Fact]
    public void LinkAdd_GivesTheNamespacesDescriptor()
    {
        LinkAdd request = new("eth0", new DummyLink()) { Namespace = IpRequests.Web1 };

        byte[] ours = Bytes(request, acknowledge: true);

        // IFLA_NET_NS_FD: length 8, type 28.
        int attribute = ours.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 0, 28, 0]);
        Assert.Equal(IpRequests.Web1.Descriptor, BinaryPrimitives.ReadInt32LittleEndian(ours.AsSpan(attribute + 4)));
    }

    [Fact]
    public void IPv4SettingSet_SetsTheSettingOfThatNumber()
    {
        IPv4SettingSet request = new(7, "eth0.5", IPv4Setting.ArpNotify, 1);

        Assert.Equal("sysctl -w net.ipv4.conf.eth0/5.arp_notify=1", request.ToString());
        // ip has no word for it. IFLA_AF_SPEC 26, AF_INET 2, IFLA_INET_CONF 1, IPV4_DEVCONF_ARP_NOTIFY 22: 1.
        Assert.Equal(
            "14001a00" + "10000200" + "0c000100" + "08001600" + "01000000",
            Convert.ToHexStringLower(Bytes(request, acknowledge: true).AsSpan(32)));
    }

    private static IpRequest Find(string command) => IpRequests.All.Single(r => r.Command == command);

    private static byte[] Bytes(RouteRequest request, bool acknowledge)
    {
        MessageWriter writer = new();
        request.Write(writer);
        writer.End(sequence: 1, acknowledge);
        return writer.Written.ToArray();
    }
}
