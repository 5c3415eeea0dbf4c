using System.Buffers.Binary;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>The layout of a checkpoint's data file, little-endian:
/// <code>
/// header  magic "SSCKPT01" · partition i32 · 0 i32 · changelog position i64 · created i64 · CRC-32C of these 32 bytes u32
/// block*  payload length u32, not 0 · records u32 · CRC-32C of the payload, begun with that of these 8 bytes u32 · payload
/// footer  0 u32 · magic "END1" · blocks i64 · records i64 · CRC-32C of every byte before it u32 · CRC-32C of these 28 bytes u32
/// record  key length u16 · value length u32 · key · value; a value of length 0: the key is deleted
/// </code>
/// The records are to be applied in order: of a key the last one counts. The first is the shard's own. There is no byte
/// that no checksum covers, and none behind the footer. The manifest names the file's size and checksum once more.</summary>
internal static class CheckpointFormat
{
    public const int HeaderBytes = 36;
    public const int BlockHeadBytes = 12;
    public const int FooterBytes = 32;
    public const int RecordHeadBytes = 6;

    /// <summary>A block is closed when it is fuller than this.</summary>
    public const int BlockBytes = 256 * 1024;

    /// <summary>A single record may be larger than a block; larger than FASTER's page it cannot be.</summary>
    public const int PayloadBytesMax = BlockBytes + (2 << 20);

    private static ReadOnlySpan<byte> Magic => "SSCKPT01"u8;

    private static ReadOnlySpan<byte> EndMagic => "END1"u8;

    public static byte[] Header(int partition, long position, long createdMs)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), partition);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), position);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), createdMs);
        Seal(header);
        return header;
    }

    public static byte[] BlockHead(ReadOnlySpan<byte> payload, int records)
    {
        var head = new byte[BlockHeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), records);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), ChecksumOf(head, payload));
        return head;
    }

    /// <summary>What the head of a block must have as its checksum.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload) =>
        Crc32C.Append(Crc32C.Of(head[..8]), payload);

    public static byte[] Footer(long blocks, long records, uint checksum)
    {
        var footer = new byte[FooterBytes];
        EndMagic.CopyTo(footer.AsSpan(4));
        BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(8), blocks);
        BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(16), records);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(24), checksum);
        Seal(footer);
        return footer;
    }

    /// <summary>The last four bytes are the checksum of those before.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> part) =>
        BinaryPrimitives.ReadUInt32LittleEndian(part[^4..]) == Crc32C.Of(part[..^4]);

    private static void Seal(Span<byte> part) => BinaryPrimitives.WriteUInt32LittleEndian(part[^4..], Crc32C.Of(part[..^4]));
}
