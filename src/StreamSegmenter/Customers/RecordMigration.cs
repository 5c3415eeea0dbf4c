using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Customers;

/// <summary>Carries a record over to new definitions when it is next loaded. Header, carts and attributes say the same under any
/// definitions. Of what the definitions dictate, memberships come along by the segment's id and aggregates by their meaning; an aggregate
/// that is new begins with nothing. The segments are due at once: customers who no longer qualify get an exit then, also from
/// segments that are no longer defined.</summary>
internal static class RecordMigration
{
    private const int SectionHeaderBytes = 8;
    private static readonly int HeaderBytes = Unsafe.SizeOf<CustomerHeader>();

    public static void Carry(ReadOnlySpan<byte> stored, CustomerRecord record, RecordLayouts layouts)
    {
        var now = layouts.Current;
        var header = MemoryMarshal.Read<CustomerHeader>(stored);
        var old = layouts.Find(header.LayoutHash);
        var area = stored.Slice(HeaderBytes, header.AggregateBytes);
        record.Initialize(now);
        record.Header = header;
        record.Header.LayoutHash = now.Hash;
        record.Header.AggregateBytes = now.AggregateBytes;
        record.Header.Flags |= CustomerFlags.DefinitionsChanged;
        record.Header.SegmentsDueMs = Math.Max(header.ClockMs, layouts.EffectiveMs);
        record.Header.NextDueMs = Math.Min(header.NextDueMs, record.Header.SegmentsDueMs);
        record.Header.WheelDueMs = Math.Min(header.WheelDueMs, record.Header.NextDueMs);

        // Without the history: it was folded under the old definitions, so nothing of it can be folded anew.
        record.Header.HistoryBytes = 0;
        CarrySections(stored[(HeaderBytes + header.AggregateBytes)..^header.HistoryBytes], old, record, now);
        if (old is not null)
        {
            CarryMemberships(area, old, record, now);
            CarrySlots(area, old, record, now);
        }
    }

    /// <summary>Since when; the instant at which the answer can change is left at "never evaluated".</summary>
    private static void CarryMemberships(ReadOnlySpan<byte> area, RecordLayout old, CustomerRecord record, RecordLayout now)
    {
        for (var from = 0; from < old.Segments.Count; from++)
        {
            var sinceMs = BinaryPrimitives.ReadInt64LittleEndian(area[(from * RecordLayout.MembershipBytes)..]);
            if (sinceMs == 0)
            {
                continue;
            }

            var to = IndexOf(now.Segments, old.Segments[from]);
            if (to >= 0)
            {
                BinaryPrimitives.WriteInt64LittleEndian(record.Aggregates[(to * RecordLayout.MembershipBytes)..], sinceMs);
            }
            else
            {
                LeftSegments.Add(record, old.Segments[from], sinceMs);
            }
        }
    }

    private static void CarrySlots(ReadOnlySpan<byte> area, RecordLayout old, CustomerRecord record, RecordLayout now)
    {
        var at = now.Segments.Count * RecordLayout.MembershipBytes;
        foreach (var aggregate in now.Aggregates)
        {
            var from = old.Segments.Count * RecordLayout.MembershipBytes;
            foreach (var other in old.Aggregates)
            {
                if (other == aggregate)
                {
                    area.Slice(from, aggregate.Bytes).CopyTo(record.Aggregates[at..]);
                }

                from += other.Bytes;
            }

            at += aggregate.Bytes;
        }
    }

    private static void CarrySections(ReadOnlySpan<byte> rest, RecordLayout? old, CustomerRecord record, RecordLayout now)
    {
        while (!rest.IsEmpty)
        {
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            int id = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (kind is SectionKind.Panes or SectionKind.Aggregate)
            {
                id = old is null ? -1 : IndexOf(now.Aggregates, old.Aggregates[id]);
            }

            if (id >= 0)
            {
                rest.Slice(SectionHeaderBytes, length).CopyTo(record.ResizeSection(kind, (ushort)id, length));
            }

            rest = rest[(SectionHeaderBytes + length)..];
        }
    }

    private static int IndexOf(IReadOnlyList<AggregateLayout> places, AggregateLayout wanted)
    {
        for (var i = 0; i < places.Count; i++)
        {
            if (places[i] == wanted)
            {
                return i;
            }
        }

        return -1;
    }

    private static int IndexOf(IReadOnlyList<SegmentLayout> places, SegmentLayout wanted)
    {
        for (var i = 0; i < places.Count; i++)
        {
            if (places[i].Id == wanted.Id)
            {
                return i;
            }
        }

        return -1;
    }
}
