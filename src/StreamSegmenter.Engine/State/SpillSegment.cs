using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>One file of the log and the checksum of every 4 KiB of it that was written; 0: never written.</summary>
internal sealed class SpillSegment(ISpillFile file, long sizeBytes)
{
    private readonly uint[] _checksums = new uint[sizeBytes / VerifyingDevice.BlockBytes];

    public ISpillFile File => file;

    /// <summary>Bytes of the file.</summary>
    public long Length { get; private set; }

    /// <returns>Bytes by which the file has become longer.</returns>
    public long Write(ReadOnlySpan<byte> bytes, long offset)
    {
        file.Write(bytes, offset);
        var block = offset / VerifyingDevice.BlockBytes;
        for (var at = 0; at < bytes.Length; at += VerifyingDevice.BlockBytes)
        {
            _checksums[block++] = ChecksumOf(bytes.Slice(at, VerifyingDevice.BlockBytes));
        }

        var grown = Math.Max(0, offset + bytes.Length - Length);
        Length += grown;
        return grown;
    }

    /// <returns>How much of this place was ever written, from its start on.</returns>
    public int WrittenBytes(long offset, int length)
    {
        var first = offset / VerifyingDevice.BlockBytes;
        var blocks = 0;
        while (blocks < length / VerifyingDevice.BlockBytes && first + blocks < _checksums.Length && _checksums[first + blocks] != 0)
        {
            blocks++;
        }

        return blocks * VerifyingDevice.BlockBytes;
    }

    /// <returns>The first byte of the first block that is not what was written; null: all are.</returns>
    public long? FindDamage(long offset, ReadOnlySpan<byte> bytes)
    {
        var block = offset / VerifyingDevice.BlockBytes;
        for (var at = 0; at < bytes.Length; at += VerifyingDevice.BlockBytes)
        {
            if (_checksums[block++] != ChecksumOf(bytes.Slice(at, VerifyingDevice.BlockBytes)))
            {
                return offset + at;
            }
        }

        return null;
    }

    // 0 is for what was never written: one block in four billion shares its checksum with another value.
    private static uint ChecksumOf(ReadOnlySpan<byte> block) => Math.Max(1, Crc32C.Of(block));
}

/// <summary>A read on its way; queued as it is, so that it costs one small object and no closure.</summary>
internal sealed class SpillRead(
    VerifyingDevice device, int segment, long source, IntPtr destination, int length, DeviceIOCompletionCallback callback, object context)
    : IThreadPoolWorkItem
{
    public int Segment => segment;

    public long Source => source;

    public IntPtr Destination => destination;

    public int Length => length;

    public DeviceIOCompletionCallback Callback => callback;

    public object Context => context;

    public void Execute() => device.Read(this);
}
