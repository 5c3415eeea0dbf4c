using System.Buffers.Binary;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>Reads what <see cref="RecentEventWriter"/> writes.</summary>
internal static class RecentEventReader
{
    /// <summary>Reads all events into a batch and their places among ties into a list, both cleared before.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> customerKey, EventBatch batch, List<TieBreak> ties)
    {
        batch.Clear();
        ties.Clear();
        Span<int> last = stackalloc int[RecentEventLayout.TextKinds];
        for (var from = bytes.IsEmpty ? default : bytes[RecentEventLayout.HeadBytes..]; !from.IsEmpty;)
        {
            ref var e = ref batch.BeginEvent(0, 0, -1, 0);
            e.EventTimeMs = ReadTime(bytes, ref from);
            ties.Add(ReadPlace(ref from, out e.Type, out e.Fields, out var texts));
            ReadNumbers(ref from, ref e);
            e.CustomerId = batch.Append(customerKey);
            e.SessionId = batch.Append(ReadText(RecentText.Session, texts, bytes, ref from, last));
            e.CartId = batch.Append(ReadText(RecentText.Cart, texts, bytes, ref from, last));
            e.OrderId = batch.Append(ReadText(RecentText.Order, texts, bytes, ref from, last));
            e.ProductId = batch.Append(ReadText(RecentText.Product, texts, bytes, ref from, last));
            e.Category = batch.Append(ReadText(RecentText.Category, texts, bytes, ref from, last));
            var properties = ReadText(RecentText.Properties, texts, bytes, ref from, last);
            batch.AddStored(properties, ReadText(RecentText.Lines, texts, bytes, ref from, last));
            var currency = ReadText(RecentText.Currency, texts, bytes, ref from, last);
            e.Currency = currency.IsEmpty ? default : new Currency(BinaryPrimitives.ReadUInt32LittleEndian(currency));
            batch.CompleteEvent();
        }
    }

    /// <summary>When the last event was, and its place among those of that instant.</summary>
    public static (long TimeMs, TieBreak Tie) Last(ReadOnlySpan<byte> list)
    {
        var last = list[RecentEventLayout.LastOf(list)..];
        var timeMs = ReadTime(list, ref last);
        return (timeMs, ReadPlace(ref last, out _, out _, out _));
    }

    private static long ReadTime(ReadOnlySpan<byte> list, scoped ref ReadOnlySpan<byte> from) =>
        RecentEventLayout.FirstTimeOf(list) + Varint.UnZigZag(Varint.Read(ref from));

    private static TieBreak ReadPlace(scoped ref ReadOnlySpan<byte> from, out EventType type, out EventFields fields, out int texts)
    {
        var code = from[0];
        from = from[1..];
        type = code > 0 ? new EventType((ushort)(code - 1)) : EventTypes.Intern(Next(ref from));
        var stored = (EventFields)from[0];
        texts = BinaryPrimitives.ReadUInt16LittleEndian(from[1..]);
        from = from[(1 + sizeof(ushort))..];
        fields = (stored & ~(RecentEventLayout.HasEventId | RecentEventLayout.HasIndex)) | EventFields.EventTime;
        var hasId = (stored & RecentEventLayout.HasEventId) != 0;
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

        var index = (stored & RecentEventLayout.HasIndex) != 0 ? (ushort)Varint.Read(ref from) : (ushort)0;
        return new TieBreak((byte)EventOrder.RankOf(type), hasId, key, index);
    }

    private static void ReadNumbers(scoped ref ReadOnlySpan<byte> from, ref StorefrontEvent e)
    {
        e.PriceMinor = e.Has(EventFields.Price) ? Varint.UnZigZag(Varint.Read(ref from)) : 0;
        e.TotalMinor = e.Has(EventFields.Total) ? Varint.UnZigZag(Varint.Read(ref from)) : 0;
        e.Quantity = e.Has(EventFields.Quantity) ? (int)Varint.UnZigZag(Varint.Read(ref from)) : 0;
    }

    /// <param name="last">For each kind, where the last one lies.</param>
    private static ReadOnlySpan<byte> ReadText(
        RecentText kind, int present, ReadOnlySpan<byte> list, scoped ref ReadOnlySpan<byte> from, scoped Span<int> last)
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
}
