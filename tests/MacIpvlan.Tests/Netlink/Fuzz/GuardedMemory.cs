using Tmds.Linux;

namespace MacIpvlan.Tests.Fuzz;

/// <summary>Memory that ends at a page that nobody may touch: who reads beyond the end dies of it.</summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int PageSize = 4096;
    private readonly int _size;
    private readonly byte* _memory;

    public GuardedMemory(int size)
    {
        _size = (size + PageSize - 1) / PageSize * PageSize;
        _memory = (byte*)LibC.mmap(
            null, _size + PageSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        Assert.NotEqual(-1, (nint)_memory);
        Assert.Equal(0, LibC.mprotect(_memory + _size, PageSize, LibC.PROT_NONE));
    }

    /// <summary>The bytes, directly before the forbidden page.</summary>
    public ReadOnlySpan<byte> Hold(ReadOnlySpan<byte> bytes)
    {
        Span<byte> held = new(_memory + _size - bytes.Length, bytes.Length);
        bytes.CopyTo(held);
        return held;
    }

    public void Dispose() => Assert.Equal(0, LibC.munmap(_memory, _size + PageSize));
}
