using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan.Fleet;

/// <summary>
/// Files that a connection depends on. Others must not exchange or change them; those with passwords and keys, not read them,
/// either.
/// </summary>
internal static class ConnectionFile
{
    private const int MaxPasswordLength = 4096;
    private const UnixFileMode ReadByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Opens a file, which stays the same until it is closed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="isSecret">Whether others must not read it.</param>
    /// <exception cref="NetworkException">AddressDatabaseUnsuitable.</exception>
    public static HeldFile Open(string path, string what, bool isSecret = true)
    {
        HeldFile? file = null;
        try
        {
            file = HeldFile.Open(path);
            file.CheckExchange();
            string? reason = file.Status.Type != FileType.File ? "isn't a file"
                : !file.Status.IsTrusted ? "belongs to another user"
                : file.Status.IsWritableByOthers ? "can be changed by others"
                : isSecret && (file.Status.Rights & ReadByOthers) != 0 ? "can be read by others"
                : null;
            return reason is null ? file : throw Unusable(what, path, reason);
        }
        catch (Exception e) when (e is IOException or UntrustedPathException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw Unusable(what, path, $"can't be used: {e.Message.TrimEnd('.')}");
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that has nothing but a password.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnsuitable.</exception>
    public static string ReadPassword(string path)
    {
        const string What = "password file";
        using HeldFile file = Open(path, What);
        byte[] bytes = file.Read(MaxPasswordLength, static () => { }) ?? throw Unusable(What, path, $"is longer than {MaxPasswordLength} bytes");
        return Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
    }

    private static NetworkException Unusable(string what, string path, string reason) => new(
        NetworkError.AddressDatabaseUnsuitable,
        $"The {what} {path} {reason}.",
        "Make it a file of root, in a folder of root, that nobody else can change, or read if it is secret: chown root FILE; chmod 600 FILE.");
}
