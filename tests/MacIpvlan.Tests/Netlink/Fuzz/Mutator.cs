using System.Buffers.Binary;

namespace MacIpvlan.Tests.Fuzz;

/// <summary>Changes datagrams at random, with a liking for the places that say how long something is, or what.</summary>
internal sealed class Mutator(Random random)
{
    public const int MostBytes = 64 * 1024;
    private const int MostChanges = 4;
    private static readonly int[] s_lengths = [0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 32, 0x7fff, 0x8000, 0xffff];

    public byte[] Mutate(byte[] datagram, byte[] other)
    {
        byte[] mutated = [.. datagram];
        for (int changes = random.Next(1, MostChanges + 1); changes > 0 && mutated.Length > 0; changes--)
        {
            mutated = Change(mutated, other);
        }

        return mutated.Length > MostBytes ? mutated[..MostBytes] : mutated;
    }

    private byte[] Change(byte[] bytes, byte[] other)
    {
        switch (random.Next(10))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                SetLength(bytes, FindAttribute(bytes));
                return bytes;
            case 3:
                SetMessageHeader(bytes);
                return bytes;
            case 4:
                return Truncate(bytes);
            case 5:
                return [.. bytes[..Place(bytes)], .. other[Place(other)..]];
            case 6:
                int from = Place(bytes), to = random.Next(from, bytes.Length + 1);
                return [.. bytes[..to], .. bytes[from..]];
            case 7:
                SwapTypes(bytes, FindAttribute(bytes), FindAttribute(bytes));
                return bytes;
            case 8:
                return CutInAttribute(bytes, FindAttribute(bytes));
            default:
                int at = Place(bytes);
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + (4 * random.Next(8)))..]];
        }
    }

    private int Place(byte[] bytes) => random.Next(bytes.Length / 4 + 1) * 4;

    // A place where the first two bytes may be the length of an attribute, nested or not: most such are.
    private int FindAttribute(byte[] bytes)
    {
        int at = 0;
        for (int attempt = 0; attempt < 16; attempt++)
        {
            at = Place(bytes);
            if (at + 4 > bytes.Length) continue;
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
            if (length >= 4 && at + length <= bytes.Length) return at;
        }

        return Math.Min(at, Math.Max(0, bytes.Length - 4));
    }

    private void SetLength(byte[] bytes, int at)
    {
        if (bytes.Length < 4) return;
        Span<byte> place = bytes.AsSpan(at);
        int length = random.Next(3) == 0
            ? s_lengths[random.Next(s_lengths.Length)]
            : BinaryPrimitives.ReadUInt16LittleEndian(place) + random.Next(-8, 9);
        BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)length);
    }

    private void SetMessageHeader(byte[] bytes)
    {
        if (bytes.Length < 16) return;
        // Length, type, flags, sequence, or the code of an error behind them.
        switch (random.Next(5))
        {
            case 0: BinaryPrimitives.WriteInt32LittleEndian(bytes, random.Next(2) == 0 ? random.Next(64) : random.Next()); break;
            case 1: BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)random.Next(32)); break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)random.Next(0x800)); break;
            case 3: bytes[8] += (byte)random.Next(-2, 3); break;
            default: BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Math.Min(16, bytes.Length - 4)), -random.Next(-5, 140)); break;
        }
    }

    private byte[] Truncate(byte[] bytes)
    {
        byte[] rest = bytes[..random.Next(bytes.Length)];
        bool isTold = rest.Length >= 4 && random.Next(2) == 0;
        if (isTold) BinaryPrimitives.WriteInt32LittleEndian(rest, rest.Length);
        return rest;
    }

    // The attribute becomes the last, and shorter, and its message says so: whoever takes its old length for
    // granted reads beyond the end.
    private byte[] CutInAttribute(byte[] bytes, int at)
    {
        if (bytes.Length < at + 4) return bytes;
        int length = random.Next(4, 13);
        if (at + length > bytes.Length) return bytes;
        byte[] rest = bytes[..(at + length)];
        BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(at), (ushort)length);
        int message = 0;
        while (true)
        {
            int next = message + ((BinaryPrimitives.ReadInt32LittleEndian(rest.AsSpan(message)) + 3) & ~3);
            if (next <= message || next > at) break;
            message = next;
        }

        BinaryPrimitives.WriteInt32LittleEndian(rest.AsSpan(message), rest.Length - message);
        return rest;
    }

    private static void SwapTypes(byte[] bytes, int one, int two)
    {
        if (bytes.Length < 4) return;
        (bytes[one + 2], bytes[two + 2]) = (bytes[two + 2], bytes[one + 2]);
        (bytes[one + 3], bytes[two + 3]) = (bytes[two + 3], bytes[one + 3]);
    }
}
