using System.Buffers;
using System.Buffers.Binary;

namespace StreamSegmenter.Engine.State;

/// <summary>Events of one partition that were polled but not folded: <c>Count</c> consecutive offsets from
/// <c>Offset</c>, in each the event at <c>IndexInRecord</c>.</summary>
internal readonly record struct HeldRun(long Offset, int IndexInRecord, int Count);

/// <summary>Where one input of a shard stands: everything before <c>Position</c> is folded, but for the held runs.</summary>
/// <param name="Held">Sorted by (offset, index).</param>
internal sealed record InputStand(long Position, IReadOnlyList<HeldRun> Held)
{
    public static InputStand Unknown { get; } = new(-1, []);

    /// <summary>From which offset a restart reads: the oldest held event's, else the position.</summary>
    public long RestartOffset => Held.Count > 0 ? Math.Min(Held[0].Offset, Position) : Position;

    /// <summary>Whether the same events are folded. The ends alone do not tell: one of those between may have gone out since.</summary>
    public bool IsAt(InputStand other) => Position == other.Position && Held.SequenceEqual(other.Held);

    /// <summary>True for an event that was folded before the restart.</summary>
    public bool IsFolded(long offset, int indexInRecord)
    {
        if (offset >= Position)
        {
            return false;
        }

        foreach (var run in Held)
        {
            if (run.IndexInRecord == indexInRecord && offset >= run.Offset && offset < run.Offset + run.Count)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The shard's own line in the changelog: its watermark, and where each input stands. Layout, little-endian:
/// <c>version u8 · watermark i64 · inputs i32 · per input: position i64, runs i32, per run: offset i64, index i32, count i32</c>.</summary>
internal sealed record ShardRecord(long WatermarkMs, IReadOnlyList<InputStand> Inputs)
{
    private const byte Version = 1;
    private const int RunBytes = 16;

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write([Version]);
        Write(buffer, WatermarkMs);
        Write(buffer, Inputs.Count);
        foreach (var input in Inputs)
        {
            Write(buffer, input.Position);
            Write(buffer, input.Held.Count);
            foreach (var run in input.Held)
            {
                Write(buffer, run.Offset);
                Write(buffer, run.IndexInRecord);
                Write(buffer, run.Count);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">Written by a newer version, or damaged.</exception>
    public static ShardRecord Decode(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < 13 || stored[0] != Version)
        {
            throw new InvalidDataException(
                $"The shard's record in the changelog has version {(stored.IsEmpty ? -1 : stored[0])}; this program reads "
                + $"version {Version}. Run the version that wrote it, or start with a new changelog topic.");
        }

        var rest = stored[1..];
        var watermarkMs = ReadInt64(ref rest);
        var inputs = new InputStand[ReadCount(ref rest, 12)];
        for (var i = 0; i < inputs.Length; i++)
        {
            var position = ReadInt64(ref rest);
            var held = new HeldRun[ReadCount(ref rest, RunBytes)];
            for (var run = 0; run < held.Length; run++)
            {
                held[run] = new HeldRun(ReadInt64(ref rest), ReadInt32(ref rest), ReadInt32(ref rest));
            }

            inputs[i] = new InputStand(position, held);
        }

        return rest.IsEmpty ? new ShardRecord(watermarkMs, inputs) : throw Damaged("it is longer than it says");
    }

    private static void Write(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    private static void Write(ArrayBufferWriter<byte> buffer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    private static long ReadInt64(ref ReadOnlySpan<byte> rest)
    {
        if (!BinaryPrimitives.TryReadInt64LittleEndian(rest, out var value))
        {
            throw Damaged("it is cut off");
        }

        rest = rest[8..];
        return value;
    }

    private static int ReadInt32(ref ReadOnlySpan<byte> rest)
    {
        if (!BinaryPrimitives.TryReadInt32LittleEndian(rest, out var value))
        {
            throw Damaged("it is cut off");
        }

        rest = rest[4..];
        return value;
    }

    private static int ReadCount(ref ReadOnlySpan<byte> rest, int bytesEach)
    {
        var count = ReadInt32(ref rest);
        return count >= 0 && (long)count * bytesEach <= rest.Length
            ? count
            : throw Damaged("a count exceeds what is there");
    }

    private static InvalidDataException Damaged(string what) => new(
        $"The shard's record in the changelog is damaged: {what}. Restore the changelog topic, or start with a new one.");
}
