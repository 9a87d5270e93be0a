using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

/// <summary>renameat(2), which Tmds.LibC doesn't have.</summary>
internal static unsafe partial class LibCRename
{
    /// <summary>The error number of the last call on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    public static partial int At(int oldFolder, byte* oldName, int newFolder, byte* newName);
}
