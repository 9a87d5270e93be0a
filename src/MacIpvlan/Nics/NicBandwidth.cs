using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The limits of a NIC, all in its own namespace. What it sends waits in a token bucket filter, its root qdisc. What it receives is
/// sent by a filter through an ifb link beside it, and waits there in the same way. Runs on a thread in that namespace.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="nic">The NIC.</param>
internal sealed class NicBandwidth(NetworkRecord network, NicRecord nic)
{
    // The letters mi. The kernel begins with 8000:, and people with 1:.
    private const uint Handle = 0x6d690000;

    // Before all others.
    private const ushort Priority = 1;
    private const int EthernetHeader = 14;
    private const int MillisecondsInSecond = 1000;

    // The timers of slow kernels are that late (tc-tbf(8): the rate divided by HZ).
    private const int BurstMilliseconds = 10;
    private const int LeastPacketsInBurst = 2;

    // Enough for TCP, which halves what is on its way when a packet is dropped, and little enough not to be noticed.
    private const int QueueMilliseconds = 50;
    private const int LeastPacketsInQueue = 12;
    private readonly BandwidthLimits _limits = Of(network, nic);

    /// <summary>The limits of a NIC: its own, or its network's. The host's access has none.</summary>
    public static BandwidthLimits Of(NetworkRecord network, NicRecord nic) => nic.IsHost ? BandwidthLimits.None : nic.Bandwidth.Or(network.Bandwidth);

    /// <summary>Sets the limits of a new link, before it is up.</summary>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="link">The link.</param>
    /// <param name="target">The namespace.</param>
    /// <exception cref="NetworkException">InvalidParameter, KernelTooOld or InterfaceExists.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetUp(RouteSocket inside, Link link, NamespaceHandle target)
    {
        CheckBurst(_limits, link.Mtu, link.Name);
        List<RouteRequest> requests = [];
        if (IsLimit(_limits.Out)) requests.Add(Replace(link, _limits.Out!, link.Mtu));
        // A former link of this NIC has left it.
        if (IsLimit(_limits.In)) requests.AddRange([.. DeleteIfb(inside, nic), .. MakeIn(inside, link, link.Mtu, hasQdisc: false)]);
        Execute(inside, requests, target);
    }

    /// <summary>Checks that the burst of limits has room for a packet.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="mtu">The MTU, in bytes.</param>
    /// <param name="name">Whose packets these are.</param>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckBurst(BandwidthLimits limits, int mtu, string name)
    {
        if (!IsTooSmall(limits, mtu)) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            $"A burst of {limits.Burst} bytes has no room for the packets of {name}, which have up to {mtu + EthernetHeader}.",
            "Specify more bytes, or omit -BandwidthBurst to have them follow from the rate and the MTU.");
    }

    /// <summary>Whether the burst of limits has no room for a packet.</summary>
    public static bool IsTooSmall(BandwidthLimits limits, int mtu) => limits.Burst < mtu + EthernetHeader && (IsLimit(limits.In) || IsLimit(limits.Out));

    /// <summary>The requests that change the limits to what they are with another MTU; none without limits.</summary>
    public IEnumerable<RouteRequest> ChangeMtu(RouteSocket inside, Link link, int mtu)
    {
        if (IsLimit(_limits.Out)) yield return Replace(link, _limits.Out!, mtu);
        if (IsLimit(_limits.In) && FindIfb(inside, nic) is Link ifb) yield return Replace(ifb, _limits.In!, mtu);
    }

    /// <summary>The request that deletes the ifb link of a NIC; none if it has none. Its own link takes the rest along.</summary>
    public static IEnumerable<RouteRequest> DeleteIfb(RouteSocket inside, NicRecord nic) => FindIfb(inside, nic) is Link ifb ? [new LinkDelete(ifb.Index, ifb.Name)] : [];

    /// <summary>What the link has instead, and what repairs it.</summary>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="link">The link.</param>
    /// <param name="target">The namespace.</param>
    public IEnumerable<BandwidthFinding> Compare(RouteSocket inside, Link link, NamespaceHandle target)
    {
        Link? ifb = FindIfb(inside, nic);
        TrafficFilter[] filters = [.. inside.GetFilters(link).Where(static f => f.IsActive)];
        // Only the first filter sees all packets. One whose link is gone drops them.
        bool isOurs = filters is [{ Priority: Priority, RedirectsTo: int index }, ..] && (index == 0 || index == LinkMark.IfbIndex(nic));
        if (_limits.IsEmpty && link.Qdisc != TokenBucket.KindName && ifb is null && !isOurs) yield break;
        IReadOnlyList<Qdisc> qdiscs = inside.GetQdiscs();
        if (CompareOut(link, qdiscs, target) is BandwidthFinding sending) yield return sending;
        if (CompareIn(link, ifb, filters, isOurs, qdiscs, target) is BandwidthFinding receiving) yield return receiving;
    }

    private BandwidthFinding? CompareOut(Link link, IReadOnlyList<Qdisc> qdiscs, NamespaceHandle target)
    {
        Qdisc? root = RootOf(link.Index, qdiscs);
        bool isOurs = root is { Handle: Handle, Bucket: not null };
        if (!IsLimit(_limits.Out))
        {
            // Others than ours are the container's.
            return isOurs ? new("out unlimited", Text("out", root), inside => inside.Execute(new QdiscDelete(link, IsClsact: false))) : null;
        }

        if (root?.Bucket is TokenBucketReport actual && BucketOf(_limits.Out!, nic.Mtu).IsSame(actual)) return null;
        return new(Text("out", _limits.Out!, nic.Mtu), Text("out", root), inside =>
        {
            // The kernel doesn't change one of another kind in place.
            if (!isOurs) inside.Execute(new QdiscDelete(link, IsClsact: false));
            Execute(inside, [Replace(link, _limits.Out!, nic.Mtu)], target);
        });
    }

    private BandwidthFinding? CompareIn(
        Link link, Link? ifb, TrafficFilter[] filters, bool isOurs, IReadOnlyList<Qdisc> qdiscs, NamespaceHandle target)
    {
        Qdisc? root = ifb is null ? null : RootOf(ifb.Index, qdiscs);
        if (!IsLimit(_limits.In))
        {
            if (ifb is null && !isOurs) return null;
            bool isShared = filters.Any(static f => f.Priority != Priority);
            return new("in unlimited", ifb is null ? "in blocked" : Text("in", root), inside => RemoveIn(inside, link, isOurs, isShared));
        }

        if (isOurs && ifb is { IsUp: true } && filters[0].RedirectsTo == ifb.Index)
        {
            if (root?.Bucket is TokenBucketReport actual && BucketOf(_limits.In!, nic.Mtu).IsSame(actual)) return null;
            return new(Text("in", _limits.In!, nic.Mtu), Text("in", root), inside =>
            {
                if (root is not { Handle: Handle, Bucket: not null }) inside.Execute(new QdiscDelete(ifb, IsClsact: false));
                Execute(inside, [Replace(ifb, _limits.In!, nic.Mtu)], target);
            });
        }

        // To a link that is down or gone, nothing gets through.
        bool hasQdisc = qdiscs.Any(q => q.LinkIndex == link.Index && q.IsForFilters);
        return new(Text("in", _limits.In!, nic.Mtu), isOurs ? "in blocked" : "in unlimited", inside => Execute(
            inside, [new FilterDelete(link, Priority), .. DeleteIfb(inside, nic), .. MakeIn(inside, link, nic.Mtu, hasQdisc)], target));
    }

    // The qdisc stays if the container has filters there.
    private void RemoveIn(RouteSocket inside, Link link, bool isOurs, bool isShared)
    {
        if (isOurs) inside.Execute(new FilterDelete(link, Priority));
        inside.Execute([.. DeleteIfb(inside, nic)]);
        if (isOurs && !isShared && !inside.GetFilters(link, isEgress: true).Any(static f => f.IsActive)) inside.Execute(new QdiscDelete(link, IsClsact: true));
    }

    // Up before anything is sent to it: what is sent to a link that is down is lost.
    private IEnumerable<RouteRequest> MakeIn(RouteSocket inside, Link link, int mtu, bool hasQdisc)
    {
        // With a small MTU, the link itself has no IPv6.
        bool hasIPv6 = (link.IPv6 ?? inside.FindLink("lo")?.IPv6) is not null;
        Link ifb = Ifb(nic);
        yield return new LinkAdd(ifb.Name, new IfbLink()) { Index = ifb.Index };
        yield return Replace(ifb, _limits.In!, mtu);
        // It has no addresses. In one request, it would get one before that.
        if (hasIPv6) yield return new LinkSet(ifb.Index, ifb.Name) { AddressGeneration = AddressGeneration.None };
        yield return new LinkSet(ifb.Index, ifb.Name) { Alias = LinkMark.Alias(network, nic), Up = true };
        if (!hasQdisc) yield return new ClsactAdd(link);
        yield return new RedirectAdd(link, Priority, ifb);
    }

    private QdiscReplace Replace(Link link, Bandwidth rate, int mtu) => new(link, Handle, BucketOf(rate, mtu));

    private TokenBucket BucketOf(Bandwidth rate, int mtu)
    {
        int packet = mtu + EthernetHeader;
        long burst = _limits.Burst ?? Math.Max(rate.BytesPerSecond * BurstMilliseconds / MillisecondsInSecond, LeastPacketsInBurst * packet);
        long queue = Math.Max(rate.BytesPerSecond * QueueMilliseconds / MillisecondsInSecond, LeastPacketsInQueue * packet);
        return new(rate, (int)Math.Min(burst, BandwidthLimits.MostBurst), (uint)Math.Min(burst + queue, uint.MaxValue));
    }

    private static Link Ifb(NicRecord nic) => new() { Index = LinkMark.IfbIndex(nic), Name = $"{IfbLink.KindName}{LinkMark.Index(nic)}" };

    private static Link? FindIfb(RouteSocket inside, NicRecord nic) => inside.FindLink(LinkMark.IfbIndex(nic)) is { Kind: IfbLink } ifb ? ifb : null;

    private static Qdisc? RootOf(int index, IReadOnlyList<Qdisc> qdiscs) => qdiscs.FirstOrDefault(q => q.LinkIndex == index && q.IsRoot);

    private static bool IsLimit(Bandwidth? rate) => rate is { BitsPerSecond: > 0 };

    private string Text(string way, Bandwidth rate, int mtu) => $"{way} {rate}, burst {BucketOf(rate, mtu).Burst}";

    private static string Text(string way, Qdisc? root) => root?.Bucket is TokenBucketReport bucket ? $"{way} {bucket}, other settings" : $"{way} unlimited";

    private static void Execute(RouteSocket inside, List<RouteRequest> requests, NamespaceHandle target)
    {
        try
        {
            inside.Execute([.. requests]);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EOPNOTSUPP)
        {
            throw new NetworkException(
                NetworkError.KernelTooOld,
                $"The kernel can't limit the bandwidth of NICs: {e.Message}",
                "Load its modules: modprobe -a sch_tbf sch_ingress cls_u32 act_mirred ifb. If it was built without them, omit the bandwidth.");
        }
        catch (NetlinkException e) when (e.Errno is Errno.EEXIST or Errno.EBUSY)
        {
            throw new NetworkException(
                NetworkError.InterfaceExists,
                $"{target.Name} has something else in the place of what limits a NIC's bandwidth: {e.Message}",
                "Delete it, and repeat the command.");
        }
    }
}

/// <summary>A difference of a NIC's limits.</summary>
/// <param name="Expected">What is recorded.</param>
/// <param name="Actual">What the link has.</param>
/// <param name="Fix">Repairs it on a thread in the NIC's namespace, with a socket there.</param>
internal sealed record BandwidthFinding(string Expected, string Actual, Action<RouteSocket> Fix);
