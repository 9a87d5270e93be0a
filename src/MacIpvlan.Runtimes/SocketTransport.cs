using System.Net.Sockets;
using Docker.DotNet.Handler.Abstractions;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using Microsoft.Extensions.Logging;
using Socket = System.Net.Sockets.Socket;

namespace MacIpvlan.Runtimes;

/// <summary>
/// Connects the client to a runtime's socket. Each connection finds the socket anew, because a runtime that restarts makes
/// another one, and is to the socket that was checked. Answers have a size limit.
/// </summary>
internal sealed class SocketTransport : IDockerHandlerFactory<RuntimeSocket>
{
    /// <summary>Not used, because connections are to the socket. Without one, the client would look for it in files.</summary>
    public static Uri Endpoint { get; } = new("http://localhost");

    /// <inheritdoc/>
    public ResolvedTransport CreateHandler(ResolvedClientOptions clientOptions, ILogger logger) =>
        throw new NotSupportedException("The transport needs a socket");

    /// <inheritdoc/>
    public ResolvedTransport CreateHandler(RuntimeSocket transportOptions, ResolvedClientOptions clientOptions, ILogger logger) => new(
        new BoundedAnswers(new SocketsHttpHandler
        {
            ConnectCallback = async (_, stopping) => await Connect(transportOptions, stopping).ConfigureAwait(false),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        }),
        Endpoint);

    /// <inheritdoc/>
    public Task<WriteClosableStream> HijackStreamAsync(HttpContent content) =>
        throw new NotSupportedException("Streams to containers aren't used");

    private static async Task<NetworkStream> Connect(RuntimeSocket socket, CancellationToken stopping)
    {
        using HeldFile file = socket.Hold();
        Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(file.Path), stopping).ConfigureAwait(false);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
