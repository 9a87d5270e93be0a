using System.Diagnostics;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Connects the NICs that labels of running containers ask for, as far as their networks allow that, and disconnects them when no
/// container with those labels is left.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
internal sealed class LabelKeeper(NetworkSession session, Func<string, string, bool> confirm)
{
    // Whoever replaces a container removes it first: its successor gets the NIC.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);
    private readonly ConnectSteps _connector = new(session);
    private readonly Dictionary<string, HashSet<string>> _told = [];
    private readonly Dictionary<string, long> _awaited = [];

    /// <summary>
    /// Whether these are annotations of a container whose runtime waits. The container's name isn't known then, so its NICs belong
    /// to its id. What can't be connected is a failure and not a warning, unless a network doesn't allow it.
    /// </summary>
    public bool IsBeforeStart { get; init; }

    /// <summary>How long the caller can wait before the next <see cref="Work"/>.</summary>
    public TimeSpan Wait => _awaited.Count == 0 ? TimeSpan.MaxValue
        : s_grace - Stopwatch.GetElapsedTime(_awaited.Values.Min()) is { Ticks: > 0 } left ? left
        : TimeSpan.Zero;

    /// <summary>
    /// Disconnects NICs of a container whose place another one has taken, if that one's labels don't ask for them. A container's own
    /// labels don't change, so it keeps its NICs, even if a network has another name by now.
    /// </summary>
    /// <param name="listing">The container that has taken the place.</param>
    /// <param name="nics">The NICs of both.</param>
    public IEnumerable<RestoredItem> Disconnect(ContainerListing listing, IReadOnlyList<ContainerNic> nics)
    {
        ContainerNic[] former = [.. nics.Where(n => n.Record.IsByLabel && n.ContainerId != listing.Container.Id)];
        if (IsBeforeStart || !listing.IsRunning || former.Length == 0) yield break;
        IReadOnlyList<LabelledNic> wanted = LabelledNic.Read(listing.Labels, static _ => { });
        foreach (ContainerNic nic in former.Where(n => !wanted.Any(w => IsFor(w, n) && w.IsMet(n))))
        {
            yield return Disconnect(nic, $"The labels of {listing.Container} don't ask for it.");
        }
    }

    /// <summary>
    /// Has NICs of a container that was renamed belong to its new name: what its labels ask for isn't another container's.
    /// </summary>
    public void Rename(ContainerListing listing, IReadOnlyList<ContainerNic> nics)
    {
        if (IsBeforeStart) return;
        foreach (NicRecord nic in nics.Select(static n => n.Record).Where(n => n.IsByLabel && n.Container!.Id == listing.Container.Id
            && n.Container.Name != listing.Container.Name && n.IsSettled))
        {
            if (!confirm(nic.NamespaceName, $"Record that its name is {listing.Container.Name}")) continue;
            Container renamed = listing.Container with { Cgroup = nic.Container!.Cgroup };
            session.State.UpdateNic(nic with { Container = renamed, NamespaceName = renamed.Name }, from: nic.State);
        }
    }

    /// <summary>Connects NICs that the labels of a running container ask for.</summary>
    /// <param name="runtime">The runtime that has reported it.</param>
    /// <param name="listing">The container.</param>
    /// <param name="nics">The NICs that it has.</param>
    public IEnumerable<RestoredItem> Connect(IContainerRuntime runtime, ContainerListing listing, IReadOnlyList<ContainerNic> nics)
    {
        if (!listing.IsRunning || listing.Labels.Count == 0) yield break;
        Container container = listing.Container;
        IReadOnlyList<LabelledNic> wanted = LabelledNic.Read(
            listing.Labels, label => Tell(container, $"The label {PrintableText.Clean(label)} of the container {container} isn't known."));
        foreach (LabelledNic nic in wanted.Where(w => !nics.Any(n => IsFor(w, n))))
        {
            ContainerNetwork? network = new ContainerNetworks(session).Find(nic.Network);
            string? mistake = network is null ? "there is no network of that name" : nic.Problem;
            if ((mistake ?? Refusal(nic, network!)) is string reason)
            {
                string message = $"The container {container} isn't connected to '{PrintableText.Clean(nic.Network)}': {reason}.";
                if (!IsBeforeStart || mistake is null) Tell(container, message);
                else yield return new(RestoredKind.Nic, container.Name, PrintableText.Clean(nic.Network), RestoreResult.Failed) { Reason = message };
            }
            else if (Connect(runtime, container, nic, network!) is RestoredItem item)
            {
                yield return item;
            }
        }
    }

    /// <summary>Begins to wait for the successors of removed containers that had NICs by their labels.</summary>
    public void Await(IEnumerable<ContainerNic> nics)
    {
        foreach (ContainerNic nic in nics.Where(static n => n.Record.IsByLabel))
        {
            if (IsAwaited(nic.Record)) _awaited.TryAdd(nic.Id, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Forgets what was told about a container that is gone.</summary>
    public void Forget(string containerId) => _told.Remove(containerId);

    /// <summary>Disconnects the NICs of containers for which no successor has come.</summary>
    public IEnumerable<RestoredItem> Work()
    {
        if (Wait > TimeSpan.Zero) yield break;
        HashSet<string> due = [.. _awaited.Where(static a => Stopwatch.GetElapsedTime(a.Value) >= s_grace).Select(static a => a.Key)];
        foreach (string id in due) _awaited.Remove(id);
        session.Containers.Forget();
        foreach (ContainerNic nic in new ContainerNics(session).GetAll().Where(n => due.Contains(n.Id) && IsAwaited(n.Record)))
        {
            yield return Disconnect(nic, "Its container has been removed.");
        }
    }

    private static bool IsFor(LabelledNic wanted, ContainerNic nic) => nic.Network.Equals(wanted.Network, StringComparison.OrdinalIgnoreCase);

    private bool IsAwaited(NicRecord nic)
    {
        using ContainerSighting? sighting = session.Containers.TryLook(nic.Container!, byName: true);
        return sighting?.State == ContainerState.Awaited;
    }

    // Null if the network allows it.
    private static string? Refusal(LabelledNic nic, ContainerNetwork network)
    {
        LabelSetting[] refused = [.. nic.Settings.Except(network.Record.AllowedLabels)];
        if (refused.Contains(LabelSetting.Network)) return "the network doesn't allow labels; New-*Network -AllowLabel does";
        if (refused.Length > 0) return $"the network doesn't allow labels to choose {string.Join(", ", refused)}";
        AddressValue? withheld = nic.Addresses.FirstOrDefault(a => network.Record.Pools.SelectMany(static s => s.Withheld).Any(r => r.Contains(a)));
        return withheld is null ? null : $"the address {withheld} is the gateway's or excluded, which only a command can give to a container";
    }

    // Null if the container is gone, or can't have NICs.
    private RestoredItem? Connect(IContainerRuntime runtime, Container container, LabelledNic nic, ContainerNetwork network)
    {
        RestoredItem item = new(RestoredKind.Nic, container.Name, network.Name, RestoreResult.Connected);
        if (!confirm(container.Name, $"Connect a NIC to {network.Kind} network {network.Name}, as its labels ask for")) return item with { Result = RestoreResult.Skipped };
        try
        {
            if (session.Containers.TryOpen(runtime, container) is not ContainerTarget target) return null;
            using NamespaceHandle place = target.Namespace;
            ContainerNic made = _connector.Connect(new NicRequest
            {
                Network = network,
                Target = place,
                Container = target.Container,
                BelongsToName = !IsBeforeStart,
                IsByLabel = !IsBeforeStart,
                InterfaceName = nic.InterfaceName,
                Addresses = nic.Addresses,
                AddressesWithLength = nic.AddressesWithLength,
                MacAddress = nic.MacAddress,
                Mtu = nic.Mtu,
                DefaultRoute = nic.DefaultRoute,
                // Who watches keeps leases, and no other container waits for the server's answer.
                AsksLater = !IsBeforeStart,
            });
            return item with { Name = $"{made}" };
        }
        catch (NetworkException e) when (e.Error is NetworkError.HostNamespace or NetworkError.NamespaceShared)
        {
            Tell(container, $"The container {container} isn't connected to '{network.Name}': {e.Message}");
            return null;
        }
        catch (NetworkException e) when (e.Error == NetworkError.ContainerNotRunning)
        {
            return null;
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            // Another process can have been faster.
            bool isConnected = new ContainerNics(session).GetAll().Any(n => IsFor(nic, n) && n.ContainerId == container.Id);
            return isConnected ? null : item with { Result = RestoreResult.Failed, Reason = e.Message };
        }
    }

    private RestoredItem Disconnect(ContainerNic nic, string reason)
    {
        RestoredItem item = new(RestoredKind.Nic, nic.ToString(), nic.Network, RestoreResult.Released) { Reason = reason };
        if (!confirm(nic.ToString(), $"Disconnect the NIC of network {nic.Network}: {reason}")) return item with { Result = RestoreResult.Skipped };
        try
        {
            DisconnectPipeline.All(session, [nic]);
            return item;
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            return item with { Result = RestoreResult.Failed, Reason = e.Message };
        }
    }

    // Once for each container, which starts again and again.
    private void Tell(Container container, string message)
    {
        if (!_told.TryGetValue(container.Id, out HashSet<string>? told)) _told[container.Id] = told = [];
        if (told.Add(message)) session.Warn(message);
    }
}

