using System.Buffers.Binary;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>Writes and reads the events that were folded since a record's baseline, in their order, so that a late one can be put among
/// them.
/// <code>
/// list  := count u16 · start of the last entry u16 · first event time i64 · for each kind of text, start of the last one u16 · entries
/// entry := event time, from the first · type · fields u8 · texts present u16 · place among ties · price · total · quantity · texts
/// type  := id of a well-known type + 1, u8; or 0 · length · name
/// text  := length · bytes
/// </code>
/// Other numbers are <see cref="Varint"/>s. What an event does not have takes no byte, nor does a text that equals the last one of its
/// kind. Of the properties only those that the definitions read. Bound: <see cref="EntriesMax"/> events and <see cref="BytesMax"/>
/// bytes.</summary>
internal sealed class RecentEvents(byte[][] propertyNames)
{
    public const int EntriesMax = 64;
    public const int BytesMax = 8 * 1024;

    private const int LastAt = 2;
    private const int FirstTimeAt = 4;
    private const int TextsAt = 12;
    private const int HeadBytes = TextsAt + (TextKinds * sizeof(ushort));
    private const int TextKinds = 8;

    /// <summary>All of an entry but the bytes of its type's name and of its texts is shorter.</summary>
    private const int NumbersMax = 96;

    // Two bits of every event mean nothing here, that it has a time and that it was late, and are used for its place among ties.
    private const EventFields HasEventId = EventFields.EventTime;
    private const EventFields HasIndex = EventFields.Late;

    private byte[] _entry = new byte[512];
    private byte[] _properties = new byte[256];

    private enum TextKind
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

    /// <summary>Whether the event comes before the last one of the list.</summary>
    public static bool IsBehind(RecentEventList list, in StorefrontEvent e, EventBatch batch)
    {
        if (list.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = list.Bytes;
        var last = bytes[BinaryPrimitives.ReadUInt16LittleEndian(bytes[LastAt..])..];
        var timeMs = ReadTime(bytes, ref last);
        return e.EventTimeMs < timeMs
            || (e.EventTimeMs == timeMs && EventOrder.TieOf(in e, batch).CompareTo(ReadPlace(ref last, out _, out _, out _)) < 0);
    }

    public static int CountOf(RecentEventList list) => list.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(list.Bytes);

    /// <summary>Appends an event behind the last one; false when there is no room.</summary>
    public bool TryAppend(RecentEventList list, in StorefrontEvent e, EventBatch batch, TieBreak tie)
    {
        var count = CountOf(list);
        var lengthMax = NumbersMax + EventTypes.Utf8NameOf(e.Type).Length + e.BytesLength;
        if (count == EntriesMax || Math.Max(list.Bytes.Length, HeadBytes) + lengthMax > BytesMax)
        {
            return false;
        }

        if (_entry.Length < lengthMax)
        {
            _entry = new byte[lengthMax];
        }

        var head = count > 0 ? list.Bytes : Begin(list, e.EventTimeMs);
        var start = head.Length;
        var to = _entry.AsSpan();
        Varint.Write(ref to, Varint.ZigZag(e.EventTimeMs - FirstTimeOf(head)));
        var present = WritePlace(ref to, in e, tie);
        WriteNumbers(ref to, in e);
        Span<byte> currency = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(currency, e.Currency.Packed);
        var texts = 0;
        WriteText(TextKind.Session, batch.Text(in e, e.SessionId), ref to, head, start, ref texts);
        WriteText(TextKind.Cart, batch.Text(in e, e.CartId), ref to, head, start, ref texts);
        WriteText(TextKind.Order, batch.Text(in e, e.OrderId), ref to, head, start, ref texts);
        WriteText(TextKind.Product, batch.Text(in e, e.ProductId), ref to, head, start, ref texts);
        WriteText(TextKind.Category, batch.Text(in e, e.Category), ref to, head, start, ref texts);
        WriteText(TextKind.Properties, Needed(in e, batch), ref to, head, start, ref texts);
        WriteText(TextKind.Lines, batch.Text(in e, e.Lines), ref to, head, start, ref texts);
        WriteText(TextKind.Currency, e.Currency.IsNone ? default : currency, ref to, head, start, ref texts);
        BinaryPrimitives.WriteUInt16LittleEndian(present, (ushort)texts);
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(count + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(head[LastAt..], (ushort)start);
        list.Append(_entry.AsSpan(0, _entry.Length - to.Length));
        return true;
    }

    /// <summary>Reads all events into a batch and their places among ties into a list, both cleared before.</summary>
    public static void Read(RecentEventList list, ReadOnlySpan<byte> customerKey, EventBatch batch, List<TieBreak> ties)
    {
        batch.Clear();
        ties.Clear();
        ReadOnlySpan<byte> bytes = list.Bytes;
        Span<int> last = stackalloc int[TextKinds];
        for (var from = list.IsEmpty ? default : bytes[HeadBytes..]; !from.IsEmpty;)
        {
            ref var e = ref batch.BeginEvent(0, 0, -1, 0);
            e.EventTimeMs = ReadTime(bytes, ref from);
            ties.Add(ReadPlace(ref from, out e.Type, out e.Fields, out var texts));
            ReadNumbers(ref from, ref e);
            e.CustomerId = batch.Append(customerKey);
            e.SessionId = batch.Append(ReadText(TextKind.Session, texts, bytes, ref from, last));
            e.CartId = batch.Append(ReadText(TextKind.Cart, texts, bytes, ref from, last));
            e.OrderId = batch.Append(ReadText(TextKind.Order, texts, bytes, ref from, last));
            e.ProductId = batch.Append(ReadText(TextKind.Product, texts, bytes, ref from, last));
            e.Category = batch.Append(ReadText(TextKind.Category, texts, bytes, ref from, last));
            var properties = ReadText(TextKind.Properties, texts, bytes, ref from, last);
            batch.AddStored(properties, ReadText(TextKind.Lines, texts, bytes, ref from, last));
            var currency = ReadText(TextKind.Currency, texts, bytes, ref from, last);
            e.Currency = currency.IsEmpty ? default : new Currency(BinaryPrimitives.ReadUInt32LittleEndian(currency));
            batch.CompleteEvent();
        }
    }

    private static Span<byte> Begin(RecentEventList list, long eventTimeMs)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(head[FirstTimeAt..], eventTimeMs);
        list.Append(head);
        return list.Bytes;
    }

    private static long FirstTimeOf(ReadOnlySpan<byte> list) => BinaryPrimitives.ReadInt64LittleEndian(list[FirstTimeAt..]);

    private static long ReadTime(ReadOnlySpan<byte> list, scoped ref ReadOnlySpan<byte> from) =>
        FirstTimeOf(list) + Varint.UnZigZag(Varint.Read(ref from));

    /// <summary>Writes type, fields and place among ties; returns where the texts that are present are noted.</summary>
    private static Span<byte> WritePlace(ref Span<byte> to, in StorefrontEvent e, TieBreak tie)
    {
        if (e.Type.Id <= EventTypes.WellKnown.Count)
        {
            Put(ref to, (byte)(e.Type.Id + 1));
        }
        else
        {
            var name = EventTypes.Utf8NameOf(e.Type);
            Put(ref to, 0);
            Varint.Write(ref to, (ulong)name.Length);
            name.CopyTo(to);
            to = to[name.Length..];
        }

        Put(ref to, (byte)((e.Fields & ~(HasEventId | HasIndex)) | (tie.HasId ? HasEventId : 0) | (tie.Index > 0 ? HasIndex : 0)));
        var texts = to[..sizeof(ushort)];
        to = to[sizeof(ushort)..];
        if (tie.HasId)
        {
            // A hash: no short form.
            BinaryPrimitives.WriteUInt64LittleEndian(to, tie.Key);
            to = to[sizeof(ulong)..];
        }
        else
        {
            Varint.Write(ref to, tie.Key);
        }

        if (tie.Index > 0)
        {
            Varint.Write(ref to, tie.Index);
        }

        return texts;
    }

    private static TieBreak ReadPlace(scoped ref ReadOnlySpan<byte> from, out EventType type, out EventFields fields, out int texts)
    {
        var code = from[0];
        from = from[1..];
        type = code > 0 ? new EventType((ushort)(code - 1)) : EventTypes.Intern(Next(ref from));
        var stored = (EventFields)from[0];
        texts = BinaryPrimitives.ReadUInt16LittleEndian(from[1..]);
        from = from[(1 + sizeof(ushort))..];
        fields = (stored & ~(HasEventId | HasIndex)) | EventFields.EventTime;
        var hasId = (stored & HasEventId) != 0;
        ulong key;
        if (hasId)
        {
            key = BinaryPrimitives.ReadUInt64LittleEndian(from);
            from = from[sizeof(ulong)..];
        }
        else
        {
            key = Varint.Read(ref from);
        }

        var index = (stored & HasIndex) != 0 ? (ushort)Varint.Read(ref from) : (ushort)0;
        return new TieBreak((byte)EventOrder.RankOf(type), hasId, key, index);
    }

    private static void WriteNumbers(ref Span<byte> to, in StorefrontEvent e)
    {
        if (e.Has(EventFields.Price))
        {
            Varint.Write(ref to, Varint.ZigZag(e.PriceMinor));
        }

        if (e.Has(EventFields.Total))
        {
            Varint.Write(ref to, Varint.ZigZag(e.TotalMinor));
        }

        if (e.Has(EventFields.Quantity))
        {
            Varint.Write(ref to, Varint.ZigZag(e.Quantity));
        }
    }

    private static void ReadNumbers(scoped ref ReadOnlySpan<byte> from, ref StorefrontEvent e)
    {
        e.PriceMinor = e.Has(EventFields.Price) ? Varint.UnZigZag(Varint.Read(ref from)) : 0;
        e.TotalMinor = e.Has(EventFields.Total) ? Varint.UnZigZag(Varint.Read(ref from)) : 0;
        e.Quantity = e.Has(EventFields.Quantity) ? (int)Varint.UnZigZag(Varint.Read(ref from)) : 0;
    }

    /// <param name="start">Of the entry, in the list.</param>
    /// <param name="present">Two bits for each kind: 1 the last one of the list, 2 written here.</param>
    private void WriteText(TextKind kind, scoped ReadOnlySpan<byte> text, scoped ref Span<byte> to, Span<byte> list, int start, ref int present)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var lastAt = list[(TextsAt + ((int)kind * sizeof(ushort)))..];
        var at = BinaryPrimitives.ReadUInt16LittleEndian(lastAt);
        if (at > 0)
        {
            ReadOnlySpan<byte> last = list[at..];
            if (Next(ref last).SequenceEqual(text))
            {
                present |= 1 << ((int)kind * 2);
                return;
            }
        }

        present |= 2 << ((int)kind * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(lastAt, (ushort)(start + _entry.Length - to.Length));
        Varint.Write(ref to, (ulong)text.Length);
        text.CopyTo(to);
        to = to[text.Length..];
    }

    /// <param name="last">For each kind, where the last one lies.</param>
    private static ReadOnlySpan<byte> ReadText(
        TextKind kind, int present, ReadOnlySpan<byte> list, scoped ref ReadOnlySpan<byte> from, scoped Span<int> last)
    {
        switch ((present >> ((int)kind * 2)) & 3)
        {
            case 1:
                var again = list[last[(int)kind]..];
                return Next(ref again);
            case 2:
                last[(int)kind] = list.Length - from.Length;
                return Next(ref from);
            default:
                return default;
        }
    }

    private static ReadOnlySpan<byte> Next(scoped ref ReadOnlySpan<byte> from)
    {
        var length = (int)Varint.Read(ref from);
        var text = from[..length];
        from = from[length..];
        return text;
    }

    private static void Put(ref Span<byte> to, byte value)
    {
        to[0] = value;
        to = to[1..];
    }

    /// <summary>The properties that the definitions read.</summary>
    private ReadOnlySpan<byte> Needed(in StorefrontEvent e, EventBatch batch)
    {
        if (propertyNames.Length == 0 || e.Properties.IsEmpty)
        {
            return default;
        }

        if (_properties.Length < e.Properties.Length)
        {
            _properties = new byte[e.Properties.Length];
        }

        var used = 0;
        var properties = batch.Properties(in e);
        while (properties.ReadWithNulls())
        {
            if (IsNeeded(properties.Name))
            {
                properties.Entry.CopyTo(_properties.AsSpan(used));
                used += properties.Entry.Length;
            }
        }

        return _properties.AsSpan(0, used);
    }

    private bool IsNeeded(ReadOnlySpan<byte> name)
    {
        foreach (var needed in propertyNames)
        {
            if (name.SequenceEqual(needed))
            {
                return true;
            }
        }

        return false;
    }
}
