using System.Buffers;
using System.Buffers.Binary;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>Reads a checkpoint's data from its first byte to its last, and believes nothing: every block is verified before its
/// records are given out. But only the end of the file proves that all were there, so the caller must be able to drop them.</summary>
internal sealed class CheckpointReader(Stream file, CheckpointManifest manifest)
{
    private long _offset;
    private long _blocks;
    private long _records;
    private uint _checksum;

    /// <param name="visit">Receives every record in order; an empty value: the key is deleted.</param>
    /// <exception cref="CheckpointDamagedException">They are not the bytes that the manifest is of. What was given out does not count.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void Read(StateVisitor visit)
    {
        if (file.Length != manifest.Bytes)
        {
            throw new CheckpointDamagedException(
                Math.Min(file.Length, manifest.Bytes), $"the file has {file.Length} bytes, the manifest has {manifest.Bytes}");
        }

        ReadHeader();
        var buffer = ArrayPool<byte>.Shared.Rent(CheckpointFormat.PayloadBytesMax);
        try
        {
            while (TryReadBlock(buffer, out var payload, out var records))
            {
                if (!TryVisit(payload, records, visit))
                {
                    throw new CheckpointDamagedException(_offset - payload.Length, "a record exceeds its block: written wrong");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        Take(header);
        if (!header.SequenceEqual(CheckpointFormat.Header(manifest.Partition, manifest.Position, manifest.CreatedMs)))
        {
            throw new CheckpointDamagedException(0, "the file's header is damaged, or of another checkpoint");
        }
    }

    /// <returns>False at the end, once the whole file has proved right.</returns>
    private bool TryReadBlock(byte[] buffer, out ReadOnlySpan<byte> payload, out int records)
    {
        Span<byte> head = stackalloc byte[CheckpointFormat.BlockHeadBytes];
        var start = _offset;
        var before = _checksum;
        Take(head);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        records = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        if (length == 0)
        {
            ReadFooter(head, start, before);
            payload = default;
            return false;
        }

        if (length > CheckpointFormat.PayloadBytesMax || length > manifest.Bytes - _offset)
        {
            throw new CheckpointDamagedException(start, "a block's length is damaged");
        }

        Take(buffer.AsSpan(0, (int)length));
        payload = buffer.AsSpan(0, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != CheckpointFormat.ChecksumOf(head, payload))
        {
            throw new CheckpointDamagedException(start, $"the block of {length} bytes does not match its checksum");
        }

        _blocks++;
        _records += records;
        return true;
    }

    private void ReadFooter(ReadOnlySpan<byte> begun, long start, uint checksum)
    {
        Span<byte> footer = stackalloc byte[CheckpointFormat.FooterBytes];
        begun.CopyTo(footer);
        Take(footer[begun.Length..]);
        if (!footer.SequenceEqual(CheckpointFormat.Footer(_blocks, _records, checksum)))
        {
            throw new CheckpointDamagedException(start, "the file's end is damaged, or does not match what lies before it");
        }

        if (_offset != manifest.Bytes || _checksum != manifest.Checksum || _records != manifest.Records)
        {
            throw new CheckpointDamagedException(start, "the file is not the one that the manifest is of");
        }
    }

    private static bool TryVisit(ReadOnlySpan<byte> payload, int records, StateVisitor visit)
    {
        for (; records > 0 && payload.Length > CheckpointFormat.RecordHeadBytes; records--)
        {
            int keyLength = BinaryPrimitives.ReadUInt16LittleEndian(payload);
            var valueLength = BinaryPrimitives.ReadInt32LittleEndian(payload[2..]);
            payload = payload[CheckpointFormat.RecordHeadBytes..];
            if (keyLength == 0 || valueLength < 0 || (long)keyLength + valueLength > payload.Length)
            {
                return false;
            }

            visit(payload[..keyLength], payload.Slice(keyLength, valueLength));
            payload = payload[(keyLength + valueLength)..];
        }

        return records == 0 && payload.IsEmpty;
    }

    private void Take(Span<byte> bytes)
    {
        var got = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
        {
            throw new CheckpointDamagedException(_offset + got, "the file is cut off");
        }

        _checksum = Crc32C.Append(_checksum, bytes);
        _offset += bytes.Length;
    }
}
