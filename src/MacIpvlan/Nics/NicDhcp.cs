using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>What a NIC on a DHCP network says of itself, and what its lease is in the kernel.</summary>
internal static class NicDhcp
{
    // A server that doesn't answer in this time isn't told that a lease has ended.
    private static readonly ProbeSettings s_question = new(Count: 2, TimeoutMilliseconds: 200);

    /// <summary>The NIC with the client identifier and the MAC address that it always has under its name.</summary>
    /// <param name="nic">The NIC, with the name of its interface.</param>
    /// <param name="network">Its network.</param>
    public static NicRecord Identify(NicRecord nic, NetworkRecord network)
    {
        if (nic.Dhcp is not { ClientIdentifier.Count: 0 } dhcp) return nic;
        byte[] id = DhcpClientIdentifier.For(Encoding.UTF8.GetBytes(HostIdentity.Read()), network.Name, NameOf(nic), nic.InterfaceName);
        bool hasOwnMac = network.NicKind is MacvlanLink && nic.MacAddress.GetAddressBytes().Length == 0;
        return nic with
        {
            Dhcp = dhcp with { ClientIdentifier = id },
            MacAddress = hasOwnMac ? DerivedMacAddress.From(network.Name, Convert.ToHexString(id)) : nic.MacAddress,
        };
    }

    /// <summary>The client of a NIC.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="probes">Whether addresses are probed before the NIC takes them.</param>
    /// <param name="held">The lease to go on with; null to begin with asking.</param>
    public static DhcpClient ClientOf(NicRecord nic, NetworkRecord network, bool probes, DhcpBinding? held)
    {
        DhcpClientSettings settings = new()
        {
            HardwareAddress = nic.MacAddress,
            ClientIdentifier = nic.Dhcp!.ClientIdentifier,
            NeedsBroadcast = network.NicKind is IpvlanLink,
            ProbesAddress = probes,
            // Names of containers can have underscores, which host names can't.
            HostName = nic.Dhcp.HostName ?? NameOf(nic).Replace('_', '-'),
            VendorClass = network.Dhcp!.VendorClass,
            OtherOptions = network.Dhcp.RequestedOptions,
        };
        return held is null ? new(settings, Random) : DhcpClient.Resume(settings, Random, held);
    }

    /// <summary>Traces what a program would do that exchanges messages with a server on a link.</summary>
    public static void Trace(NetworkSession session, RouteSocket inside, Link link) =>
        session.Trace?.Invoke(inside.InNamespace($"udhcpc -f -n -q -i {ShellWord.Quote(link.Name)}"));

    /// <summary>
    /// The request that gives a link an address of a NIC. The address of a lease ends with the lease, also if nobody renews
    /// it; a link that has it already gets its new end.
    /// </summary>
    public static AddressAdd Add(Link link, NicRecord nic, InterfaceAddress address)
    {
        if (nic.Dhcp?.Binding is not DhcpBinding binding || binding.Lease.Address != address) return new(link, address);
        return new(link, address) { Lifetime = binding.ExpiresAt is TimeSpan end ? Until(end) : null, Replaces = true };
    }

    /// <summary>The MTU of a NIC with a lease, if nobody has chosen one.</summary>
    /// <param name="binding">The lease.</param>
    /// <param name="network">The NIC's network.</param>
    /// <param name="parent">The link that the NIC sits on.</param>
    /// <returns>Null if it keeps the MTU that it has.</returns>
    public static int? Mtu(DhcpBinding binding, NetworkRecord network, Link parent) =>
        network.Mtu is null ? binding.Lease.MtuOn(parent.Mtu) : null;

    /// <summary>The router of a NIC's lease; null if it has none.</summary>
    public static AddressValue? RouterOf(NicRecord nic) =>
        nic.Dhcp?.Binding?.Lease.Routes.FirstOrDefault(static r => r.Destination.PrefixLength == 0)?.NextHop is IPAddress router
            ? AddressValue.From(router)
            : null;

    /// <summary>Gives the address of a NIC back to its server. Runs on a thread in its namespace, while it has the address.</summary>
    public static void Release(int linkIndex, NicRecord nic, NetworkRecord network)
    {
        foreach (DhcpAction action in LastActions(nic, network)) DhcpPort.SendLast(linkIndex, action);
    }

    /// <summary>
    /// Gives the address of a NIC whose namespace has gone back to its server, if the server is on the parent's wire. Runs on
    /// a thread in the parent's namespace.
    /// </summary>
    /// <param name="parent">The link that the NIC was on.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="pause">Waits for the given time, or throws to cancel.</param>
    public static void ReleaseFrom(Link parent, NicRecord nic, NetworkRecord network, Action<TimeSpan> pause)
    {
        if (nic.Dhcp?.Binding is not DhcpBinding binding || network.Dhcp is null || binding.IsExpired(BootClock.Now)) return;
        using AddressProbe question = new(parent, [binding.Lease.Server]);
        if (!question.Run(s_question, pause).TryGetValue(binding.Lease.Server, out PhysicalAddress? server)) return;
        foreach (DhcpAction action in LastActions(nic, network)) DhcpPort.SendLast(parent, server, action);
    }

    private static IReadOnlyList<DhcpAction> LastActions(NicRecord nic, NetworkRecord network) =>
        nic.Dhcp?.Binding is DhcpBinding binding && network.Dhcp is not null
            ? ClientOf(nic, network, probes: false, binding).Release(BootClock.Now)
            : [];

    // 32 bits that others can't predict.
    private static uint Random()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    // The highest number means forever.
    private static AddressLifetime Until(TimeSpan end)
    {
        uint seconds = (uint)Math.Clamp((end - BootClock.Now).TotalSeconds, 1, uint.MaxValue - 1);
        return new(seconds, seconds);
    }

    // A container made anew under its name is the same to servers.
    private static string NameOf(NicRecord nic) => nic.Container?.Name ?? nic.NamespaceName;
}
