using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan.Fleet;

/// <summary>Files with passwords and keys, which nobody but their owner may read.</summary>
internal static class SecretFile
{
    private const int MaxPasswordLength = 4096;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Opens a file that only root or this user can read or exchange.</summary>
    /// <exception cref="NetworkException">AddressDatabaseUnsuitable.</exception>
    public static HeldFile Open(string path, string what)
    {
        HeldFile? file = null;
        try
        {
            file = HeldFile.Open(path);
            file.CheckExchange();
            string? reason = file.Status.Type != FileType.File ? "isn't a file"
                : !file.Status.IsTrusted ? "belongs to another user"
                : (file.Status.Rights & OfOthers) != 0 ? "can be read or changed by others"
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
        "Make it a file that only root can read: chown root FILE; chmod 600 FILE.");
}
