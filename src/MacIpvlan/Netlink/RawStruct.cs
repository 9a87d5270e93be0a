using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MacIpvlan.Netlink;

/// <summary>The bytes of the kernel's structs.</summary>
// What MemoryMarshal has for this isn't compiled ahead of time for structs of our own.
internal static class RawStruct
{
    /// <summary>The bytes of a struct, for as long as the struct is there.</summary>
    public static ReadOnlySpan<byte> Bytes<T>(ref readonly T value) where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in value)), Unsafe.SizeOf<T>());

    /// <summary>Reads a struct from bytes, of which there must be enough.</summary>
    public static T Read<T>(ReadOnlySpan<byte> bytes) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, Unsafe.SizeOf<T>());
        return Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(bytes));
    }
}
