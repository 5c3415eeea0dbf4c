using System.Buffers.Binary;

namespace StreamSegmenter.Customers;

/// <summary>Where a section lies in the bytes of a record: kind u16 · id u16 · length i32 · payload.</summary>
/// <param name="Start">Of its header.</param>
/// <param name="Length">Of its payload.</param>
internal readonly record struct RecordSection(ushort Kind, ushort Id, int Start, int Length)
{
    public const int HeaderBytes = 8;

    public int PayloadStart => Start + HeaderBytes;

    /// <summary>Behind it, where the next one starts.</summary>
    public int End => PayloadStart + Length;

    /// <summary>Kind and id, which no two sections of a record share.</summary>
    public uint Key => KeyOf(Kind, Id);

    public static uint KeyOf(ushort kind, ushort id) => kind | ((uint)id << 16);

    public static RecordSection At(ReadOnlySpan<byte> bytes, int start)
    {
        var key = BinaryPrimitives.ReadUInt32LittleEndian(bytes[start..]);
        return new RecordSection(unchecked((ushort)key), (ushort)(key >> 16), start, BinaryPrimitives.ReadInt32LittleEndian(bytes[(start + 4)..]));
    }

    public void WriteHeader(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[Start..], Key);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(Start + 4)..], Length);
    }

    public ReadOnlySpan<byte> PayloadIn(ReadOnlySpan<byte> bytes) => bytes.Slice(PayloadStart, Length);
}
