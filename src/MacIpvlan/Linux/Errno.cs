using System.Runtime.InteropServices;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>Names and descriptions of the kernel's error numbers.</summary>
internal static class Errno
{
    // The numbers of asm-generic/errno.h, equal on x64 and arm64. LibC's properties aren't constants.
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int E2BIG = 7;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int ENOTTY = 25;
    public const int ERANGE = 34;
    public const int EBADMSG = 74;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int EHOSTUNREACH = 113;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;

    private static readonly Dictionary<int, string> s_names = new()
    {
        [EPERM] = nameof(EPERM), [ENOENT] = nameof(ENOENT), [ESRCH] = nameof(ESRCH), [EINTR] = nameof(EINTR),
        [E2BIG] = nameof(E2BIG), [EBADF] = nameof(EBADF), [EAGAIN] = nameof(EAGAIN), [12] = "ENOMEM", [EACCES] = nameof(EACCES),
        [EBUSY] = nameof(EBUSY), [EEXIST] = nameof(EEXIST), [ENODEV] = nameof(ENODEV), [ENOTDIR] = nameof(ENOTDIR),
        [EINVAL] = nameof(EINVAL), [23] = "ENFILE", [EMFILE] = nameof(EMFILE), [ENOTTY] = nameof(ENOTTY), [28] = "ENOSPC",
        [30] = "EROFS", [ERANGE] = nameof(ERANGE), [40] = "ELOOP", [EBADMSG] = nameof(EBADMSG), [90] = "EMSGSIZE",
        [EOPNOTSUPP] = nameof(EOPNOTSUPP), [EAFNOSUPPORT] = nameof(EAFNOSUPPORT), [EADDRINUSE] = nameof(EADDRINUSE),
        [EADDRNOTAVAIL] = nameof(EADDRNOTAVAIL), [ENETDOWN] = nameof(ENETDOWN), [ENETUNREACH] = nameof(ENETUNREACH),
        [ENOBUFS] = nameof(ENOBUFS), [107] = "ENOTCONN", [ETIMEDOUT] = nameof(ETIMEDOUT), [EHOSTUNREACH] = nameof(EHOSTUNREACH),
    };

    /// <summary>The errno of the last libc call on this thread.</summary>
    public static int Last => LibC.errno;

    /// <summary>
    /// The symbolic name, such as EBUSY; E and the number for an error that the network stack doesn't use.
    /// </summary>
    public static string Name(int errno) => s_names.TryGetValue(errno, out string? name) ? name : $"E{errno}";

    /// <summary>The C library's description of the number.</summary>
    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
