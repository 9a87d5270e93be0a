using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

/// <summary>Forwards TCP connections to a server, until a test cuts them or stops their bytes.</summary>
public sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    // Complete while bytes pass.
    private volatile TaskCompletionSource _gate = new();

    // How many bytes pass before all connections are cut.
    private long _remaining = long.MaxValue;

    /// <summary>Listens from now on.</summary>
    public TcpProxy(IPAddress address, int port, IPAddress targetAddress, int targetPort)
    {
        _target = new IPEndPoint(targetAddress, targetPort);
        _gate.SetResult();
        _listener = new TcpListener(address, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The number of connections that clients have now.</summary>
    public int Count => _sockets.Count / 2;

    /// <summary>Resets all connections, to both sides.</summary>
    public void Disconnect()
    {
        foreach (Socket socket in _sockets.Keys)
            Close(socket, 0);
    }

    /// <summary>Resets all connections as soon as they have passed on so many more bytes, in both directions together.</summary>
    public void DisconnectAfter(long bytes) => Interlocked.Exchange(ref _remaining, bytes);

    /// <summary>Still accepts connections, but passes no byte on, until <see cref="Resume"/>.</summary>
    public void Suspend() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what has arrived in between, and what comes.</summary>
    public void Resume() => _gate.TrySetResult();

    /// <summary>Refuses connections from now on, and resets those that exist.</summary>
    public void Dispose()
    {
        _listener.Stop();
        Disconnect();
        Resume();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        Socket server = new(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets[client] = _sockets[server] = true;
        try
        {
            await _gate.Task;
            await server.ConnectAsync(_target);
            await Task.WhenAll(ForwardAsync(client, server), ForwardAsync(server, client));
            // Both sides have ended in order, so what is on its way arrives.
            Close(client, 5);
            Close(server, 5);
        }
        catch (Exception cut) when (cut is SocketException or IOException or ObjectDisposedException)
        {
            Close(client, 0);
            Close(server, 0);
        }
    }

    private async Task ForwardAsync(Socket from, Socket to)
    {
        try
        {
            using NetworkStream source = new(from), target = new(to);
            byte[] bytes = new byte[65536];
            for (int count; (count = await source.ReadAsync(bytes)) > 0;)
            {
                await _gate.Task;
                long excess = -Interlocked.Add(ref _remaining, -count);
                await target.WriteAsync(bytes.AsMemory(0, (int)Math.Clamp(count - excess, 0, count)));
                if (excess >= 0)
                {
                    DisconnectAfter(long.MaxValue);
                    Disconnect();
                }
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction ends too.
            Close(from, 0);
            Close(to, 0);
            throw;
        }
    }

    // Without time for what is on its way, the other side gets a reset.
    private void Close(Socket socket, int seconds)
    {
        if (!_sockets.TryRemove(socket, out _))
            return;
        socket.LingerState = new LingerOption(true, seconds);
        socket.Dispose();
    }
}
