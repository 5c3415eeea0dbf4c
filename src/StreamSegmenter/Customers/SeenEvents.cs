using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>Drops events that were delivered twice. The ids seen within the window are kept in the customer's own record, as
/// 64-bit hashes in one section, so they are as durable as everything else: what a commit saw, a restart remembers.
/// An event without an id has only its place in the topic, which is never read twice.
/// <para>Bound: the last <see cref="EntriesMax"/> ids of a customer; one who sends more than that within the window is
/// remembered for less.</para></summary>
internal sealed class SeenEvents(long windowMs)
{
    public const int EntriesMax = 256;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Entry
    {
        public ulong Hash;

        /// <summary>Seconds since 1970: enough to forget by.</summary>
        public uint SeenAtS;
    }

    /// <summary>True for an event whose id was seen; else remembers it.</summary>
    public bool IsDuplicate(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (windowMs <= 0 || e.EventId.IsEmpty)
        {
            return false;
        }

        var hash = KeyHash.Of(batch.Text(in e, e.EventId));
        if (e.Has(EventFields.SharedId))
        {
            // The id is that of a record with several events: each is its place in it.
            hash = unchecked(hash + ((ulong)e.IndexInRecord * 0x9E37_79B9_7F4A_7C15));
        }

        var section = record.Section(SectionKind.SeenEvents, 0);
        var entries = MemoryMarshal.Cast<byte, Entry>(section);
        var forgottenBeforeS = Seconds(Math.Max(record.Header.ClockMs, e.EventTimeMs) - windowMs);
        foreach (ref readonly var entry in entries)
        {
            if (entry.Hash == hash && entry.SeenAtS >= forgottenBeforeS)
            {
                return true;
            }
        }

        Remember(record, hash, e.EventTimeMs, entries);
        return false;
    }

    private void Remember(CustomerRecord record, ulong hash, long eventTimeMs, Span<Entry> entries)
    {
        // Oldest first, as they came: forgetting cuts off the front.
        var clockMs = Math.Max(record.Header.ClockMs, eventTimeMs);
        var forgotten = 0;
        while (forgotten < entries.Length
            && (entries[forgotten].SeenAtS < Seconds(clockMs - windowMs) || entries.Length - forgotten >= EntriesMax))
        {
            forgotten++;
        }

        entries[forgotten..].CopyTo(entries);
        var kept = entries.Length - forgotten;
        var size = Unsafe.SizeOf<Entry>();
        var section = record.ResizeSection(SectionKind.SeenEvents, 0, (kept + 1) * size);
        MemoryMarshal.Cast<byte, Entry>(section)[kept] = new Entry { Hash = hash, SeenAtS = Seconds(clockMs) };
    }

    private static uint Seconds(long timeMs) => (uint)Math.Clamp(timeMs / 1000, 0, uint.MaxValue);
}
