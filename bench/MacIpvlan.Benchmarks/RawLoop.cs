using System.Diagnostics;
using System.Globalization;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Benchmarks;

/// <summary>
/// What floor.c does, for where there is no compiler for it: its requests on the module's own sockets, without state
/// and without checks. A milder floor, by what .NET costs and by a look at each link for its index.
/// </summary>
internal static class RawLoop
{
    private const int Threads = 32;
    private const int InSubnet = 200;

    // Else the most of what is measured would be the compiler at work.
    private const int WarmUp = 40;

    /// <summary>Makes eth0 in each of the namespaces PREFIX1 to PREFIXCOUNT.</summary>
    public static TimeSpan Create(string parentName, string prefix, int count)
    {
        using RouteSocket host = RouteSocket.Open();
        using NamespaceThreads threads = new(1);
        Link parent = host.FindLink(parentName)!;
        for (int i = 0; i < WarmUp; i++)
        {
            CreateOne(host, threads, parent, prefix, 1);
            DeleteOne(threads, prefix, 1).GetAwaiter().GetResult();
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i <= count; i++) CreateOne(host, threads, parent, prefix, i);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Deletes them, 32 at a time.</summary>
    public static TimeSpan Delete(string prefix, int count)
    {
        long start = Stopwatch.GetTimestamp();
        using NamespaceThreads threads = new(Threads);
        Task.WaitAll([.. Enumerable.Range(1, count).Select(i => DeleteOne(threads, prefix, i))]);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Reads all links of these namespaces.</summary>
    public static TimeSpan Dump(string prefix, int count)
    {
        long start = Stopwatch.GetTimestamp();
        using NamespaceThreads threads = new(1);
        for (int i = 1; i <= count; i++)
        {
            using NamespaceHandle target = OpenNamespace(prefix, i);
            threads.Run(target, () =>
            {
                using RouteSocket inside = RouteSocket.Open();
                return inside.GetLinks();
            });
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static void CreateOne(RouteSocket host, NamespaceThreads threads, Link parent, string prefix, int number)
    {
        using NamespaceHandle target = OpenNamespace(prefix, number);
        host.Execute(new LinkAdd("eth0", new MacvlanLink(MacvlanMode.Bridge))
        {
            Parent = parent,
            Mtu = 1500,
            Namespace = target,
        });
        AddressValue At(int host) => AddressValue.Parse(string.Create(CultureInfo.InvariantCulture, $"10.99.{number / InSubnet}.{host}"));
        AddressValue address = At((number % InSubnet) + 2);
        threads.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open();
            Link link = inside.FindLink("eth0")!;
            inside.Execute(
                new AddressAdd(link, new(address, 24)),
                new LinkSet(link.Index, link.Name) { Up = true },
                new RouteAdd(link, IPPrefix.Parse("0.0.0.0/0"))
                {
                    Gateway = At(1),
                });
            return link;
        });
    }

    private static async Task DeleteOne(NamespaceThreads threads, string prefix, int number)
    {
        using NamespaceHandle target = OpenNamespace(prefix, number);
        await threads.Start(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open();
            Link link = inside.FindLink("eth0")!;
            inside.Execute(new LinkDelete(link.Index, link.Name));
            return link;
        }).ConfigureAwait(false);
    }

    private static NamespaceHandle OpenNamespace(string prefix, int number)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
        return NamespaceHandle.Open(name, $"/run/netns/{name}");
    }
}
