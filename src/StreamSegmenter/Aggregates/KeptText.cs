using System.Buffers.Binary;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Aggregates;

/// <summary>The text of the earliest or of the latest event that has one, in a section of the customer's record:
/// <code>
/// event time i64 (epoch milliseconds) · text, UTF-8
/// </code></summary>
internal static class KeptText
{
    /// <summary>What is longer is cut, between two characters.</summary>
    public const int BytesMax = 256;

    /// <summary>Of equally early events the first that came stays, of equally late ones the last.</summary>
    public static bool Replaces(long timeMs, long keptTimeMs, bool earliest) =>
        keptTimeMs == 0 || (earliest ? timeMs < keptTimeMs : timeMs >= keptTimeMs);

    /// <summary>Keeps the text if it is earlier, or later, than the one that is kept.</summary>
    public static bool Fold(CustomerRecord record, ushort id, ReadOnlySpan<byte> text, long timeMs, bool earliest)
    {
        Read(record, id, out var keptTimeMs);
        if (text.IsEmpty || !Replaces(timeMs, keptTimeMs, earliest))
        {
            return false;
        }

        var length = text.Length;
        if (length > BytesMax)
        {
            for (length = BytesMax; length > 0 && (text[length] & 0xC0) == 0x80; length--)
            {
            }
        }

        var section = record.ResizeSection(SectionKind.Aggregate, id, sizeof(long) + length);
        BinaryPrimitives.WriteInt64LittleEndian(section, timeMs);
        text[..length].CopyTo(section[sizeof(long)..]);
        return true;
    }

    /// <summary>The text that is kept, empty when there is none, and the time of its event, then 0.</summary>
    public static ReadOnlySpan<byte> Read(CustomerRecord record, ushort id, out long timeMs)
    {
        var section = record.Section(SectionKind.Aggregate, id);
        timeMs = section.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(section);
        return section.IsEmpty ? default : section[sizeof(long)..];
    }
}
