using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using MacIpvlan.Containers;
using Container = MacIpvlan.Containers.Container;
using ContainerStatus = MacIpvlan.Containers.ContainerStatus;

namespace MacIpvlan.Runtimes;

/// <summary>A daemon with the Docker Engine API on a socket: Docker's daemon or Podman's service.</summary>
/// <param name="socket">The socket.</param>
/// <param name="patience">How long an answer can take in all; by default 30 seconds.</param>
public sealed class DockerRuntime(RuntimeSocket socket, TimeSpan? patience = null) : IContainerRuntime
{
    private const int MaxImageLength = 255;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(30);
    private const string Start = "start";
    private static readonly string[] s_changes = [Start, "die", "destroy", "remove", "rename"];
    private readonly Lazy<DockerClient> _client = new(() => new DockerClientBuilder()
        .WithEndpoint(SocketTransport.Endpoint).WithTimeout(s_patience).WithTransportOptions(new SocketTransport(), socket).Build());
    private ContainerRuntime? _kind;

    /// <inheritdoc/>
    public string Address => socket.Address;

    /// <inheritdoc/>
    public bool IsPresent => socket.IsUsable();

    /// <inheritdoc/>
    public IReadOnlyList<ContainerListing> List(CancellationToken stopping) => Ask(async stopping =>
    {
        ContainerRuntime kind = _kind ??= await AskKind(stopping).ConfigureAwait(false);
        IList<ContainerListResponse> all = await _client.Value.Containers.ListContainersAsync(
            new ContainersListParameters { All = true }, stopping).ConfigureAwait(false);
        return (IReadOnlyList<ContainerListing>)[.. all.Where(static c => Container.IsId(c.ID)).Select(c => new ContainerListing(
            new(c.ID, NameOf(c.Names, c.ID), kind, Printable(c.Image), Address) { Instance = ComposeInstance.Find(c.Labels) },
            c.State is "running" or "paused") { Labels = ContainerLabels.Select(c.Labels) })];
    }, stopping);

    /// <inheritdoc/>
    public ContainerStatus? Inspect(string id, CancellationToken stopping) => Ask<ContainerStatus?>(async stopping =>
    {
        try
        {
            ContainerRuntime kind = _kind ??= await AskKind(stopping).ConfigureAwait(false);
            ContainerInspectResponse container = await _client.Value.Containers.InspectContainerAsync(id, stopping).ConfigureAwait(false);
            bool isSame = container.ID == id;
            int processId = isSame && container.State is { Running: true, Pid: > 0 and <= int.MaxValue and long pid } ? (int)pid : 0;
            IDictionary<string, string>? labels = isSame ? container.Config?.Labels : null;
            Container known = new(id, NameOf(isSame ? [container.Name ?? ""] : [], id), kind, Printable(container.Config?.Image), Address)
            {
                Instance = ComposeInstance.Find(labels),
            };
            return new(processId, container.State?.StartedAt ?? "", container.HostConfig?.NetworkMode ?? "",
                new(known, processId > 0) { Labels = ContainerLabels.Select(labels) });
        }
        catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }, stopping);

    /// <inheritdoc/>
    public async Task Follow(Action connected, Action<string, bool> changed, CancellationToken stopping)
    {
        try
        {
            // The daemon also reports events since this time, so none are missed before it starts to stream events.
            string since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            await _client.Value.System.PingAsync(stopping).ConfigureAwait(false);
            connected();
            ContainerEventsParameters parameters = new()
            {
                Since = since,
                Filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["type"] = new Dictionary<string, bool> { ["container"] = true },
                },
            };
            await _client.Value.System.MonitorEventsAsync(parameters, new Listener(changed), stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfRuntime(e))
        {
            stopping.ThrowIfCancellationRequested();
            throw Unavailable(e);
        }

        throw Unavailable(new IOException("The runtime has stopped"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
    }

    private async Task<ContainerRuntime> AskKind(CancellationToken stopping)
    {
        // Podman starts two programs to report its version, which takes longer than any other request.
        if (Path.GetFileName(Address) == "podman.sock") return ContainerRuntime.Podman;
        VersionResponse version = await _client.Value.System.GetVersionAsync(stopping).ConfigureAwait(false);
        return version.Components?.Any(static c => c.Name == "Podman Engine") == true ? ContainerRuntime.Podman : ContainerRuntime.Docker;
    }

    // Cmdlets are synchronous, and their thread has no synchronization context, so blocking can't deadlock.
    private T Ask<T>(Func<CancellationToken, Task<T>> ask, CancellationToken stopping)
    {
        // The client's own time limit ends with the headers of the answer.
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(_patience);
        try
        {
            return ask(patience.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (IsOfRuntime(e))
        {
            stopping.ThrowIfCancellationRequested();
            throw Unavailable(e);
        }
    }

    private static bool IsOfRuntime(Exception e) => e is DockerApiException or HttpRequestException or SocketException or IOException
        or JsonException or TimeoutException or OperationCanceledException or UriFormatException or InvalidOperationException
        or NotSupportedException or FormatException;

    private NetworkException Unavailable(Exception reason)
    {
        string text = Address.StartsWith('/') switch
        {
            false => "Only sockets of this host (unix:///PATH) are supported.",
            _ when reason is OperationCanceledException or TimeoutException => "The runtime doesn't answer.",
            _ => Printable(reason.GetBaseException().Message).TrimEnd('.') + ".",
        };
        return new(NetworkError.RuntimeUnavailable, $"{Address}: {text}", "Start the runtime, or correct DOCKER_HOST or CONTAINER_HOST.");
    }

    // The names also contain links to other containers, prefixed with those containers' names.
    private static string NameOf(IEnumerable<string>? names, string id) =>
        names?.Select(static n => n.TrimStart('/')).FirstOrDefault(Container.CanBeName) ?? id[..Container.ShortIdLength];

    private static string Printable(string? text) =>
        PrintableText.Clean(new([.. (text ?? "").Take(MaxImageLength)]));

    private sealed class Listener(Action<string, bool> changed) : IProgress<Message>
    {
        public void Report(Message value)
        {
            if (s_changes.Contains(value.Action) && value.Actor?.ID is string id && Container.IsId(id)) changed(id, value.Action == Start);
        }
    }
}
