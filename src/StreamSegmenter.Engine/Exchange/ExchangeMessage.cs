using System.Buffers.Binary;

namespace StreamSegmenter.Engine.Exchange;

/// <summary>One shard's words to another. Layout, little-endian:
/// <c>version u8 · flags u8 · sender i32 · sequence i64 · previous i64 · part i32 · told i64 · entries</c>, an entry being
/// <c>kind u8 · name length u16, name · value length i32, value</c>; kinds are those of <see cref="State.StateKey"/>.
/// <para>An entry is the state of something as of this commit of the sender, not a change of it. So a message that comes twice, or whose
/// commit was done again with more or fewer events in it, counts nothing twice.</para></summary>
internal readonly ref struct ExchangeMessage
{
    public const int HeadBytes = 34;
    private const byte Version = 1;
    private const byte SilentFlag = 1;
    private const byte LastFlag = 2;

    public int Sender { get; init; }

    /// <summary>Counts the sender's commits that told anything.</summary>
    public long Sequence { get; init; }

    /// <summary>The sequence of the sender's last message to this receiver before; 0: there was none.</summary>
    public long Previous { get; init; }

    /// <summary>Which message of its sequence this is, from 0.</summary>
    public int Part { get; init; }

    /// <summary>Up to which event time the sender has told everything, once this message, the last of its sequence, is heard.</summary>
    public long ToldMs { get; init; }

    /// <summary>The sender never had an event, and was proved to have none.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Whether no more messages of this sequence follow.</summary>
    public bool IsLast { get; init; }

    public ReadOnlySpan<byte> Entries { get; private init; }

    public void WriteHead(Span<byte> to)
    {
        to[0] = Version;
        to[1] = (byte)((IsSilent ? SilentFlag : 0) | (IsLast ? LastFlag : 0));
        BinaryPrimitives.WriteInt32LittleEndian(to[2..], Sender);
        BinaryPrimitives.WriteInt64LittleEndian(to[6..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(to[14..], Previous);
        BinaryPrimitives.WriteInt32LittleEndian(to[22..], Part);
        BinaryPrimitives.WriteInt64LittleEndian(to[26..], ToldMs);
    }

    /// <exception cref="InvalidDataException">Written by another version, or damaged.</exception>
    public static ExchangeMessage Read(ReadOnlySpan<byte> record, int shards)
    {
        if (record.Length < HeadBytes || record[0] != Version)
        {
            throw new InvalidDataException(
                $"it has version {(record.IsEmpty ? -1 : record[0])}, and this program reads version {Version}. Is the topic another program's?");
        }

        var message = new ExchangeMessage
        {
            IsSilent = (record[1] & SilentFlag) != 0,
            IsLast = (record[1] & LastFlag) != 0,
            Sender = BinaryPrimitives.ReadInt32LittleEndian(record[2..]),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(record[6..]),
            Previous = BinaryPrimitives.ReadInt64LittleEndian(record[14..]),
            Part = BinaryPrimitives.ReadInt32LittleEndian(record[22..]),
            ToldMs = BinaryPrimitives.ReadInt64LittleEndian(record[26..]),
            Entries = record[HeadBytes..],
        };
        return (uint)message.Sender < (uint)shards
            ? message
            : throw new InvalidDataException($"it comes from shard {message.Sender}, and there are {shards}");
    }

    /// <summary>Takes the entry at the front and moves the span behind it; false at the end.</summary>
    /// <exception cref="InvalidDataException">It is cut off.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> entries, out byte kind, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        kind = 0;
        name = value = default;
        if (entries.IsEmpty)
        {
            return false;
        }

        kind = entries[0];
        entries = entries[1..];
        name = Take(ref entries, sizeof(ushort), entries.Length < sizeof(ushort) ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(entries));
        value = Take(ref entries, sizeof(int), entries.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(entries));
        return true;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> entries, int lengthBytes, int length)
    {
        if (length < 0 || length > entries.Length - lengthBytes)
        {
            throw new InvalidDataException("it is cut off");
        }

        var taken = entries.Slice(lengthBytes, length);
        entries = entries[(lengthBytes + length)..];
        return taken;
    }
}
