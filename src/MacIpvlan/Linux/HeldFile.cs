using System.Globalization;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>A file of any type that is held by its descriptor, so that nothing else can take its place.</summary>
public sealed class HeldFile : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly PathWalk _walk;

    private HeldFile(PathWalk walk) => _walk = walk;

    /// <summary>Its type, owner and permissions.</summary>
    public FileStatus Status => _walk.Result.Status;

    /// <summary>A path that leads to the held file, whatever happens to its own path.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_walk.Result.Descriptor}");

    /// <summary>Finds a file. Links are followed only if they can be trusted.</summary>
    /// <exception cref="IOException">It doesn't exist, or can't be opened.</exception>
    /// <exception cref="UntrustedPathException">The path leads through a link that can't be trusted.</exception>
    public static HeldFile Open(string path) => new(PathWalk.To(path));

    /// <summary>Finds out whether other users can make the path lead to another file.</summary>
    /// <param name="owner">A user who is trusted in addition to root and this user.</param>
    /// <exception cref="UntrustedPathException">They can.</exception>
    public void CheckExchange(uint? owner = null) => _walk.CheckExchange(owner);

    /// <summary>Reads all that a regular file has, or that writers send through a pipe until the last one closes it.</summary>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="pausing">Called while it waits for a pipe; it throws to give up.</param>
    /// <returns>The bytes; null if there are more than the limit.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public byte[]? Read(int maxBytes, Action pausing)
    {
        // Opening a pipe without this flag would wait for its writer, beyond the reach of Ctrl+C.
        using FileDescriptor file = FileDescriptor.TryOpen(Path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY, out int errno)
            ?? throw PathWalk.Failure(_walk.Result.Path, errno);
        if (Status.Type == FileType.Folder) throw new IOException($"{_walk.Result.Path} is a folder");
        using MemoryStream bytes = new();
        byte[] part = new byte[64 << 10];
        while (true)
        {
            pausing();
            // A pipe that no writer has opened yet reads as if it were at its end, so it must be waited for first.
            if (Status.Type != FileType.File && !file.WaitReadable(s_pause)) continue;
            int length = file.Read(part, out errno);
            if (length == 0) return bytes.ToArray();
            if (length < 0)
            {
                if (errno is Errno.EAGAIN or Errno.EINTR) continue;
                throw PathWalk.Failure(_walk.Result.Path, errno);
            }

            bytes.Write(part, 0, length);
            if (bytes.Length > maxBytes) return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _walk.Dispose();
}
