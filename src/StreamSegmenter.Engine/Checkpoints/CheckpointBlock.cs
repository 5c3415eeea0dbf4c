using System.Buffers.Binary;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>Some records on their way from the lane's thread to the disk. Reused; keeps its buffer.</summary>
internal sealed class CheckpointBlock
{
    private byte[] _bytes = new byte[CheckpointFormat.BlockBytes + 4096];
    private int _length;

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(0, _length);

    public int Records { get; private set; }

    public bool IsFull => _length >= CheckpointFormat.BlockBytes;

    /// <param name="value">Empty: the key is deleted.</param>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var needed = _length + CheckpointFormat.RecordHeadBytes + key.Length + value.Length;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, needed);
        }

        var record = _bytes.AsSpan(_length);
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[2..], value.Length);
        key.CopyTo(record[CheckpointFormat.RecordHeadBytes..]);
        value.CopyTo(record[(CheckpointFormat.RecordHeadBytes + key.Length)..]);
        _length = needed;
        Records++;
    }

    public void Clear()
    {
        _length = 0;
        Records = 0;
    }
}
