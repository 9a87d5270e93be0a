using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>Layout: header, alignment, nests, batches.</summary>
public sealed class MessageWriterTests
{
    private const ushort Type = 0x0102;
    private readonly MessageWriter _writer = new();

    public static TheoryData<string, string> Texts => new()
    {
        { "", "05000300 00000000" },
        { "a", "06000300 61000000" },
        { "abc", "08000300 61626300" },
        { "abcd", "09000300 61626364 00000000" },
        { "é", "07000300 c3a90000" },
    };

    [Fact]
    public void End_StampsLengthSequenceAndFlags()
    {
        _writer.Begin(Type, Uapi.NLM_F_CREATE | Uapi.NLM_F_EXCL, 0x0a0b0c0du);
        _writer.End(0x01020304, acknowledge: true);

        Assert.Equal("14000000 02010506 04030201 00000000 0d0c0b0a", Hex(_writer.Written));
    }

    [Fact]
    public void End_AsksForNoAcknowledgementUnlessWanted()
    {
        _writer.Begin(Type, 0, 0u);
        _writer.End(1, acknowledge: false);

        Assert.Equal("14000000 02010100 01000000 00000000 00000000", Hex(_writer.Written));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_EndsInAZeroByteAndIsPadded(string text, string attribute)
    {
        _writer.Text(3, text);

        Assert.Equal(attribute, Hex(_writer.Written));
    }

    [Fact]
    public void Number_IsAsWideAsItsType()
    {
        _writer.Attribute(1, (byte)1);
        _writer.Attribute(2, (ushort)0x0102);
        _writer.Attribute(3, 0x01020304);

        Assert.Equal("05000100 01000000 06000200 02010000 08000300 04030201", Hex(_writer.Written));
    }

    [Fact]
    public void Nest_IsAsLongAsWhatItHoldsWithPadding()
    {
        int outer = _writer.BeginNest(18);
        _writer.Text(1, "vlan");
        int inner = _writer.BeginNest(2);
        _writer.Attribute(1, (ushort)50);
        _writer.EndNest(inner);
        _writer.EndNest(outer);

        Assert.Equal("1c001200 09000100 766c616e 00000000 0c000200 06000100 32000000", Hex(_writer.Written));
    }

    [Fact]
    public void Batch_HasOneMessageBehindTheOther()
    {
        _writer.Begin(Type, 0, (byte)0xaa);
        _writer.End(1, acknowledge: false);
        _writer.Begin(Type, 0, 0u);
        _writer.End(2, acknowledge: true);

        Assert.Equal(
            "14000000 02010100 01000000 00000000 aa000000 14000000 02010500 02000000 00000000 00000000",
            Hex(_writer.Written));
    }

    [Fact]
    public void Clear_LeavesNothingOfTheLastBatch()
    {
        _writer.Attribute(1, 0xffffffff);
        _writer.Clear();
        _writer.Attribute(2, (byte)1);

        Assert.Equal("05000200 01000000", Hex(_writer.Written));
    }

    [Fact]
    public void Buffer_GrowsAndKeepsWhatItHas()
    {
        for (int i = 0; i < 1000; i++) _writer.Attribute(7, i);

        _writer.Attribute(8, new byte[20_000]);

        Assert.Equal(8000 + 20_004, _writer.Written.Length);
        Assert.Equal("08000700 00000000", Hex(_writer.Written[..8]));
        Assert.Equal("08000700 e7030000", Hex(_writer.Written[7992..8000]));
        Assert.Equal("244e0800 00000000", Hex(_writer.Written[8000..8008]));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) =>
        string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(8).Select(static c => new string(c)));
}
