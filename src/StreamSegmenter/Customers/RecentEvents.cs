using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>The events that were folded since the record's baseline, in their order, so that a late one can be put among them. One
/// section:
/// <code>
/// section := count u16 · start of the last entry u16 · entries
/// entry   := EntryHeader · type name · session id · cart id · order id · product id · category · properties · lines
/// </code>
/// Of the properties only those that the definitions read. Bound: <see cref="EntriesMax"/> events and <see cref="BytesMax"/>
/// bytes.</summary>
internal sealed class RecentEvents(IReadOnlyList<byte[]> propertyNames)
{
    public const int EntriesMax = 64;
    public const int BytesMax = 8 * 1024;

    private const int HeadBytes = 4;
    private const int TextCount = 8;
    private static readonly int EntryBytes = Unsafe.SizeOf<EntryHeader>();
    private byte[] _properties = new byte[256];

    [InlineArray(TextCount)]
    private struct TextLengths
    {
        private ushort _first;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct EntryHeader
    {
        public long EventTimeMs;
        public long PriceMinor;
        public long TotalMinor;
        public ulong TieKey;
        public int Quantity;
        public Currency Currency;
        public ushort TieIndex;
        public byte TieRank;
        public bool TieHasId;
        public EventFields Fields;
        public byte Reserved;
        public TextLengths Lengths;
    }

    /// <summary>Whether the event comes before the last one that was folded.</summary>
    public static bool IsBehind(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var section = record.Section(SectionKind.RecentEvents, 0);
        if (section.IsEmpty)
        {
            return false;
        }

        ref readonly var last = ref MemoryMarshal.AsRef<EntryHeader>(section[LastStart(section)..][..EntryBytes]);
        return e.EventTimeMs < last.EventTimeMs || (e.EventTimeMs == last.EventTimeMs && EventOrder.TieOf(in e, batch).CompareTo(TieOf(in last)) < 0);
    }

    public static int CountOf(CustomerRecord record)
    {
        var section = record.Section(SectionKind.RecentEvents, 0);
        return section.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(section);
    }

    public static void Clear(CustomerRecord record) => record.ResizeSection(SectionKind.RecentEvents, 0, 0);

    /// <summary>Appends an event behind the last one; false when there is no room.</summary>
    public bool TryAppend(CustomerRecord record, in StorefrontEvent e, EventBatch batch, TieBreak tie)
    {
        var section = record.Section(SectionKind.RecentEvents, 0);
        var at = Math.Max(section.Length, HeadBytes);
        var properties = Needed(in e, batch);
        var name = EventTypes.Utf8NameOf(e.Type);
        var length = EntryBytes + name.Length + e.SessionId.Length + e.CartId.Length + e.OrderId.Length + e.ProductId.Length
            + e.Category.Length + properties.Length + e.Lines.Length;
        var count = section.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(section);
        if (count == EntriesMax || at + length > BytesMax)
        {
            return false;
        }

        section = record.ResizeSection(SectionKind.RecentEvents, 0, at + length);
        BinaryPrimitives.WriteUInt16LittleEndian(section, (ushort)(count + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(section[2..], (ushort)at);
        ref var entry = ref MemoryMarshal.AsRef<EntryHeader>(section.Slice(at, EntryBytes));
        entry.EventTimeMs = e.EventTimeMs;
        entry.PriceMinor = e.PriceMinor;
        entry.TotalMinor = e.TotalMinor;
        entry.Quantity = e.Quantity;
        entry.Currency = e.Currency;
        entry.Fields = e.Fields;
        (entry.TieRank, entry.TieHasId, entry.TieKey, entry.TieIndex) = tie;
        var to = section[(at + EntryBytes)..];
        entry.Lengths[0] = Put(name, ref to);
        entry.Lengths[1] = Put(batch.Text(in e, e.SessionId), ref to);
        entry.Lengths[2] = Put(batch.Text(in e, e.CartId), ref to);
        entry.Lengths[3] = Put(batch.Text(in e, e.OrderId), ref to);
        entry.Lengths[4] = Put(batch.Text(in e, e.ProductId), ref to);
        entry.Lengths[5] = Put(batch.Text(in e, e.Category), ref to);
        entry.Lengths[6] = Put(properties, ref to);
        entry.Lengths[7] = Put(batch.Text(in e, e.Lines), ref to);
        return true;
    }

    /// <summary>Reads all events into a batch and their places among ties into a list, both cleared before.</summary>
    public static void Read(CustomerRecord record, ReadOnlySpan<byte> customerKey, EventBatch batch, List<TieBreak> ties)
    {
        batch.Clear();
        ties.Clear();
        ReadOnlySpan<byte> section = record.Section(SectionKind.RecentEvents, 0);
        for (var at = HeadBytes; at < section.Length;)
        {
            ref readonly var entry = ref MemoryMarshal.AsRef<EntryHeader>(section.Slice(at, EntryBytes));
            var from = section[(at + EntryBytes)..];
            ref var e = ref batch.BeginEvent(0, 0, -1, 0);
            e.EventTimeMs = entry.EventTimeMs;
            e.PriceMinor = entry.PriceMinor;
            e.TotalMinor = entry.TotalMinor;
            e.Quantity = entry.Quantity;
            e.Currency = entry.Currency;
            e.Fields = entry.Fields;
            e.Type = EventTypes.Intern(Next(ref from, entry.Lengths[0]));
            e.CustomerId = batch.Append(customerKey);
            e.SessionId = batch.Append(Next(ref from, entry.Lengths[1]));
            e.CartId = batch.Append(Next(ref from, entry.Lengths[2]));
            e.OrderId = batch.Append(Next(ref from, entry.Lengths[3]));
            e.ProductId = batch.Append(Next(ref from, entry.Lengths[4]));
            e.Category = batch.Append(Next(ref from, entry.Lengths[5]));
            batch.AddStored(Next(ref from, entry.Lengths[6]), Next(ref from, entry.Lengths[7]));
            batch.CompleteEvent();
            ties.Add(TieOf(in entry));
            at = section.Length - from.Length;
        }
    }

    private static TieBreak TieOf(in EntryHeader entry) => new(entry.TieRank, entry.TieHasId, entry.TieKey, entry.TieIndex);

    private static int LastStart(ReadOnlySpan<byte> section) => BinaryPrimitives.ReadUInt16LittleEndian(section[2..]);

    private static ushort Put(scoped ReadOnlySpan<byte> text, scoped ref Span<byte> to)
    {
        text.CopyTo(to);
        to = to[text.Length..];
        return (ushort)text.Length;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> from, int length)
    {
        var text = from[..length];
        from = from[length..];
        return text;
    }

    /// <summary>The properties that the definitions read.</summary>
    private ReadOnlySpan<byte> Needed(in StorefrontEvent e, EventBatch batch)
    {
        if (propertyNames.Count == 0 || e.Properties.IsEmpty)
        {
            return default;
        }

        if (_properties.Length < e.Properties.Length)
        {
            _properties = new byte[e.Properties.Length];
        }

        var used = 0;
        var properties = batch.Properties(in e);
        while (properties.Read())
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
