using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Engine.State;

/// <summary>The shard's own line in the changelog: its watermark, the consumer group that serves it, and where each input
/// stands. Layout, little-endian:
/// <c>version u8 · watermark i64 · group length i32, UTF-8 · inputs i32 · per input: position i64, runs i32, per run: offset i64, index i32, count i32
/// · definitions: id length i32, UTF-8, effective i64, layout hash i32, aggregates i32, per young aggregate: hash i32, since i64
/// · shards i32 · with shards: position i64, sequence i64, told i64, silent u8, per shard: sequence i64, part i32, told i64, silent u8, sent i64</c>.</summary>
internal sealed record ShardRecord(long WatermarkMs, IReadOnlyList<InputPosition> Inputs)
{
    /// <summary>1: other hashes in the customers' records, see <see cref="Customers.CustomerRecord.FormatVersion"/>. 2: without the version of
    /// the definitions; 3: without the exchange. Both are still read.</summary>
    private const byte Version = 4;
    private const byte VersionWithoutExchange = 3;
    private const byte VersionWithoutDefinitions = 2;
    private const int RunBytes = 16;
    private const int YoungBytes = 12;
    private const int HeardBytes = 29;

    /// <summary>The group whose commit wrote this line; empty: it is not known.</summary>
    public string Group { get; init; } = "";

    /// <summary>The definitions under which the shard stands; null: it is not known.</summary>
    public AppliedVersion? Definitions { get; init; }

    /// <summary>Null: the shard has never taken part in an exchange.</summary>
    public ExchangeState? Exchange { get; init; }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write([Version]);
        Write(buffer, WatermarkMs);
        Write(buffer, Group);
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

        var definitions = Definitions ?? new AppliedVersion("", long.MinValue, 0);
        Write(buffer, definitions.Id);
        Write(buffer, definitions.EffectiveMs);
        Write(buffer, unchecked((int)definitions.LayoutHash));
        Write(buffer, definitions.Young.Count);
        foreach (var young in definitions.Young)
        {
            Write(buffer, unchecked((int)young.MeaningHash));
            Write(buffer, young.SinceMs);
        }

        WriteExchange(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">Written by another version, or damaged.</exception>
    public static ShardRecord Decode(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < 13 || stored[0] is not (Version or VersionWithoutExchange or VersionWithoutDefinitions))
        {
            throw new InvalidDataException(
                $"The shard's record in the changelog has version {(stored.IsEmpty ? -1 : stored[0])}; this program reads "
                + $"version {Version}. Run the version that wrote it, or start with a new changelog topic.");
        }

        var rest = stored[1..];
        var watermarkMs = ReadInt64(ref rest);
        var group = ReadText(ref rest);
        var inputs = new InputPosition[ReadCount(ref rest, 12)];
        for (var i = 0; i < inputs.Length; i++)
        {
            var position = ReadInt64(ref rest);
            var held = new HeldRange[ReadCount(ref rest, RunBytes)];
            for (var run = 0; run < held.Length; run++)
            {
                held[run] = new HeldRange(ReadInt64(ref rest), ReadInt32(ref rest), ReadInt32(ref rest));
            }

            inputs[i] = new InputPosition(position, held);
        }

        var definitions = stored[0] >= VersionWithoutExchange ? ReadDefinitions(ref rest) : null;
        var exchange = stored[0] >= Version ? ReadExchange(ref rest) : null;
        return rest.IsEmpty
            ? new ShardRecord(watermarkMs, inputs) { Group = group, Definitions = definitions, Exchange = exchange }
            : throw Damaged("it is longer than its own length field");
    }

    private static AppliedVersion? ReadDefinitions(ref ReadOnlySpan<byte> rest)
    {
        var id = ReadText(ref rest);
        var effectiveMs = ReadInt64(ref rest);
        var layoutHash = unchecked((uint)ReadInt32(ref rest));
        var young = new YoungAggregate[ReadCount(ref rest, YoungBytes)];
        for (var i = 0; i < young.Length; i++)
        {
            young[i] = new YoungAggregate(unchecked((uint)ReadInt32(ref rest)), ReadInt64(ref rest));
        }

        return id.Length == 0 ? null : new AppliedVersion(id, effectiveMs, layoutHash) { Young = young };
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text)
    {
        Write(buffer, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
    }

    private void WriteExchange(ArrayBufferWriter<byte> buffer)
    {
        Write(buffer, Exchange?.Heard.Count ?? 0);
        if (Exchange is null)
        {
            return;
        }

        Write(buffer, Exchange.Position);
        Write(buffer, Exchange.Sequence);
        Write(buffer, Exchange.ToldMs);
        buffer.Write([Exchange.SaysSilent ? (byte)1 : (byte)0]);
        for (var shard = 0; shard < Exchange.Heard.Count; shard++)
        {
            var heard = Exchange.Heard[shard];
            Write(buffer, heard.Sequence);
            Write(buffer, heard.Part);
            Write(buffer, heard.ToldMs);
            buffer.Write([heard.IsSilent ? (byte)1 : (byte)0]);
            Write(buffer, Exchange.Sent[shard]);
        }
    }

    private static ExchangeState? ReadExchange(ref ReadOnlySpan<byte> rest)
    {
        var heard = new HeardShard[ReadCount(ref rest, HeardBytes)];
        if (heard.Length == 0)
        {
            return null;
        }

        var sent = new long[heard.Length];
        var (position, sequence, toldMs, saysSilent) = (ReadInt64(ref rest), ReadInt64(ref rest), ReadInt64(ref rest), ReadFlag(ref rest));
        for (var shard = 0; shard < heard.Length; shard++)
        {
            heard[shard] = new HeardShard(ReadInt64(ref rest), ReadInt32(ref rest), ReadInt64(ref rest), ReadFlag(ref rest));
            sent[shard] = ReadInt64(ref rest);
        }

        return new ExchangeState(position, sequence, toldMs, saysSilent, heard, sent);
    }

    private static bool ReadFlag(ref ReadOnlySpan<byte> rest)
    {
        var flag = rest.IsEmpty ? throw Damaged("it is cut off") : rest[0];
        rest = rest[1..];
        return flag != 0;
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

    private static string ReadText(ref ReadOnlySpan<byte> rest)
    {
        var length = ReadCount(ref rest, 1);
        var text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return text;
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
