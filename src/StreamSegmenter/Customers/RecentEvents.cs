using System.Buffers.Binary;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>Remembers the events that were folded since a record's baseline, in their order, so that a late one can be put among
/// them: what folding reads of them, of the properties only those that the definitions read. Bound: <see cref="EntriesMax"/> events and
/// <see cref="BytesMax"/> bytes.</summary>
internal sealed class RecentEvents(byte[][] propertyNames)
{
    public const int EntriesMax = 64;
    public const int BytesMax = 8 * 1024;

    private byte[] _entry = new byte[512];
    private byte[] _properties = new byte[256];

    /// <summary>Whether the event comes before the last one of the list.</summary>
    public static bool IsBehind(in RecentEventList list, in StorefrontEvent e, EventBatch batch)
    {
        if (list.IsEmpty)
        {
            return false;
        }

        var (timeMs, tie) = RecentEventReader.Last(list.Bytes);
        return e.EventTimeMs < timeMs || (e.EventTimeMs == timeMs && EventOrder.TieOf(in e, batch).CompareTo(tie) < 0);
    }

    public static int CountOf(in RecentEventList list) => RecentEventLayout.CountOf(list.Bytes);

    /// <summary>Appends an event behind the last one; false when there is no room.</summary>
    public bool TryAppend(ref RecentEventList list, in StorefrontEvent e, EventBatch batch, TieBreak tie)
    {
        var count = CountOf(in list);
        var nameLength = e.Type.Id <= EventTypes.WellKnown.Count ? 0 : EventTypes.Utf8NameOf(e.Type).Length;
        var lengthMax = RecentEventWriter.NumbersMax + nameLength + e.BytesLength;
        if (count == EntriesMax || Math.Max(list.Bytes.Length, RecentEventLayout.HeadBytes) + lengthMax > BytesMax)
        {
            return false;
        }

        if (_entry.Length < lengthMax)
        {
            _entry = new byte[lengthMax];
        }

        if (count == 0)
        {
            Begin(ref list, e.EventTimeMs);
        }

        var bytes = list.Bytes;
        var writer = new RecentEventWriter(_entry, bytes);
        writer.Place(in e, tie);
        writer.Amounts(in e);
        WriteTexts(ref writer, in e, batch);
        writer.Complete();
        RecentEventLayout.Added(bytes, count + 1, bytes.Length);
        list.Append(_entry.AsSpan(0, writer.Length));
        return true;
    }

    private void WriteTexts(ref RecentEventWriter writer, in StorefrontEvent e, EventBatch batch)
    {
        writer.Text(RecentText.Session, batch.Text(in e, e.SessionId));
        writer.Text(RecentText.Cart, batch.Text(in e, e.CartId));
        writer.Text(RecentText.Order, batch.Text(in e, e.OrderId));
        writer.Text(RecentText.Product, batch.Text(in e, e.ProductId));
        writer.Text(RecentText.Category, batch.Text(in e, e.Category));
        writer.Text(RecentText.Properties, Needed(in e, batch));
        writer.Text(RecentText.Lines, batch.Text(in e, e.Lines));
        if (!e.Currency.IsNone)
        {
            Span<byte> currency = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(currency, e.Currency.Packed);
            writer.Text(RecentText.Currency, currency);
        }
    }

    private static void Begin(ref RecentEventList list, long firstTimeMs)
    {
        Span<byte> head = stackalloc byte[RecentEventLayout.HeadBytes];
        RecentEventLayout.Begin(head, firstTimeMs);
        list.Append(head);
    }

    /// <summary>The properties that the definitions read.</summary>
    private ReadOnlySpan<byte> Needed(scoped in StorefrontEvent e, EventBatch batch)
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
