using System.Buffers.Binary;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>How the list of a customer's recent events lies in its bytes:
/// <code>
/// list  := count u16 · start of the last entry u16 · first event time i64 · for each kind of text, start of the last one u16 · entries
/// entry := event time, from the first · type · fields u8 · texts present u16 · place among ties · price · total · quantity · texts
/// type  := id of a well-known type + 1, u8; or 0 · length · name
/// text  := length · bytes
/// </code>
/// Other numbers are <see cref="Varint"/>s. What an event does not have takes no byte, nor does a text that equals the last one of its
/// kind.</summary>
internal static class RecentEventLayout
{
    public const int HeadBytes = TextsAt + (TextKinds * sizeof(ushort));
    public const int TextKinds = 8;

    // Two bits of every event mean nothing here, that it has a time and that it was late, and are used for its place among ties.
    public const EventFields HasEventId = EventFields.EventTime;
    public const EventFields HasIndex = EventFields.Late;

    private const int LastAt = 2;
    private const int FirstTimeAt = 4;
    private const int TextsAt = 12;

    public static int CountOf(ReadOnlySpan<byte> list) => list.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(list);

    /// <summary>Where the last entry starts.</summary>
    public static int LastOf(ReadOnlySpan<byte> list) => BinaryPrimitives.ReadUInt16LittleEndian(list[LastAt..]);

    public static long FirstTimeOf(ReadOnlySpan<byte> list) => BinaryPrimitives.ReadInt64LittleEndian(list[FirstTimeAt..]);

    /// <summary>Where the last text of a kind is noted.</summary>
    public static Span<byte> TextPlace(Span<byte> list, RecentText kind) => list.Slice(TextsAt + ((int)kind * sizeof(ushort)), sizeof(ushort));

    public static void Begin(Span<byte> head, long firstTimeMs)
    {
        head.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(head[FirstTimeAt..], firstTimeMs);
    }

    /// <summary>What is written from here on names all its texts, so that the entries before may be dropped.</summary>
    public static void ForgetTexts(Span<byte> list) => list[TextsAt..HeadBytes].Clear();

    /// <summary>Drops so many entries at the front, up to a place where texts were forgotten; returns the length that is left.</summary>
    public static int DropFirst(Span<byte> list, int count, int length)
    {
        var shift = length - HeadBytes;
        Added(list, CountOf(list) - count, LastOf(list) - shift);
        for (var kind = 0; kind < TextKinds; kind++)
        {
            var place = TextPlace(list, (RecentText)kind);
            var at = BinaryPrimitives.ReadUInt16LittleEndian(place);
            BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(at > 0 ? at - shift : 0));
        }

        list[length..].CopyTo(list[HeadBytes..]);
        return list.Length - shift;
    }

    /// <summary>Notes that an entry was added.</summary>
    public static void Added(Span<byte> list, int count, int start)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(list, (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(list[LastAt..], (ushort)start);
    }
}

/// <summary>The kinds of text that an entry may have. Stored: numbers are never reused.</summary>
internal enum RecentText
{
    Session,
    Cart,
    Order,
    Product,
    Category,
    Properties,
    Lines,
    Currency,
}
