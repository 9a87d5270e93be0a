using System.Net.Sockets;
using System.Text;
using MacIpvlan.Containers;
using MacIpvlan.Runtimes;
using MacIpvlan.Tests.Architecture;

namespace MacIpvlan.Tests.Containers;

/// <summary>A daemon on a socket of its own that answers what the test says, in the way of HTTP.</summary>
internal sealed class FakeDaemon : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan").FullName;
    private readonly System.Net.Sockets.Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<string, (int Status, string Body)?> _answer;
    private readonly Func<string, string?> _endless;
    private readonly Task _serving;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Gives status and body for a path; null to answer nothing, ever.</param>
    /// <param name="endless">Gives what follows for a path, again and again; null for an answer that ends.</param>
    /// <param name="patience">How long an answer can take; by default as long as in the module.</param>
    public FakeDaemon(Func<string, (int Status, string Body)?> answer, Func<string, string?>? endless = null, TimeSpan? patience = null)
    {
        _answer = answer;
        _endless = endless ?? (static _ => null);
        _listener.Bind(new UnixDomainSocketEndPoint(Address));
        _listener.Listen();
        _serving = Serve();
        Runtime = new DockerRuntime(new RuntimeSocket(Address, IsNamed: true), patience);
    }

    public string Address => Path.Combine(_folder, "docker.sock");

    public DockerRuntime Runtime { get; }

    /// <summary>The paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What a real daemon once answered.</summary>
    public static string Capture(string name) =>
        File.ReadAllText(Path.Combine(SourceTree.Root, "tests/MacIpvlan.Tests/Containers/Captures", name + ".json"));

    /// <summary>A daemon with one container, which its list and its inspection report.</summary>
    public static FakeDaemon Of(string id, string name, Func<string> inspection) => new(path => path switch
    {
        "/version" => (200, Capture("docker-version")),
        _ when path.StartsWith("/containers/json", StringComparison.Ordinal) => (200, $"[{Listing(id, name)}]"),
        _ when path == $"/containers/{id}/json" => (200, inspection()),
        _ => (404, Capture("docker-none")),
    });

    public static string Listing(string id, string name, string state = "running") =>
        $$"""{"Id":"{{id}}","Names":["/{{name}}"],"Image":"busybox:test","State":"{{state}}"}""";

    public static string Inspection(string id, long pid, string mode = "none", string startedAt = "2026-11-24T12:37:16Z") =>
        $$$"""
        {"Id":"{{{id}}}","State":{"Running":{{{(pid == 0 ? "false" : "true")}}},"Pid":{{{pid}}},"StartedAt":"{{{startedAt}}}"},
         "HostConfig":{"NetworkMode":"{{{mode}}}"}}
        """;

    public void Dispose()
    {
        Runtime.Dispose();
        _listener.Dispose();
        _serving.GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task Serve()
    {
        List<System.Net.Sockets.Socket> hanging = [];
        try
        {
            while (true)
            {
                System.Net.Sockets.Socket client = await _listener.AcceptAsync();
                if (!await Answer(client)) hanging.Add(client);
                else client.Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            hanging.ForEach(static c => c.Dispose());
        }
    }

    // A short part is followed by a pause, so that it doesn't reach a limit of the size.
    private static async Task SendEndlessly(System.Net.Sockets.Socket client, byte[] part)
    {
        try
        {
            while (true)
            {
                await client.SendAsync(part);
                if (part.Length < 1000) await Task.Delay(10);
            }
        }
        catch (SocketException)
        {
            // The client has enough.
        }
    }

    private async Task<bool> Answer(System.Net.Sockets.Socket client)
    {
        byte[] buffer = new byte[8192];
        int length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await client.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0) return true;
            length += read;
        }

        string path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[1];
        lock (Asked) Asked.Add(path);
        if (_answer(path) is not (int status, string body)) return false;
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        string head = $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        string chunk = bytes.Length == 0 ? "" : $"{bytes.Length:x}\r\n{body}\r\n";
        if (_endless(path) is string more)
        {
            await client.SendAsync(Encoding.UTF8.GetBytes(head + chunk));
            await SendEndlessly(client, Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(more):x}\r\n{more}\r\n"));
            return true;
        }

        await client.SendAsync(Encoding.UTF8.GetBytes($"{head}{chunk}0\r\n\r\n"));
        client.Shutdown(SocketShutdown.Send);
        return true;
    }
}
