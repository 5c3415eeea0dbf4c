using System.Buffers.Binary;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Aggregates;

/// <summary>The values of one attribute of the customer's profile, those of the latest event that names it, in a section of the record:
/// <code>
/// event time i64 (epoch milliseconds) · entries as <see cref="PropertyReader"/> reads them, without their name
/// </code>
/// A list has several entries. An attribute that is null has none: it is not set, since that event.</summary>
internal static class ProfileValues
{
    /// <summary>Values beyond this are left out; a text is cut to what is left.</summary>
    public const int BytesMax = 512;

    /// <summary>Takes the event's values; false when it has none, or later ones are known.</summary>
    public static bool Fold(CustomerRecord record, ushort id, EventField field, in StorefrontEvent e, EventBatch batch, long timeMs)
    {
        var stored = record.Section(SectionKind.Aggregate, id);
        if (!stored.IsEmpty && BinaryPrimitives.ReadInt64LittleEndian(stored) > timeMs)
        {
            return false;
        }

        Span<byte> values = stackalloc byte[sizeof(long) + BytesMax];
        BinaryPrimitives.WriteInt64LittleEndian(values, timeMs);
        var length = sizeof(long);
        var isNamed = false;
        var properties = batch.Properties(in e);
        while (properties.ReadWithNulls())
        {
            if (!field.IsNamed(properties.Name))
            {
                continue;
            }

            isNamed = true;
            if (properties.Kind != PropertyKind.Null && properties.Entry.Length - properties.Name.Length <= values.Length - length)
            {
                values[length] = (byte)properties.Kind;
                values[length + 1] = 0;
                var value = properties.Entry[(2 + properties.Name.Length)..];
                value.CopyTo(values[(length + 2)..]);
                length += 2 + value.Length;
            }
        }

        if (!isNamed)
        {
            return false;
        }

        values[..length].CopyTo(record.ResizeSection(SectionKind.Aggregate, id, length));
        return true;
    }

    /// <summary>Walks the values.</summary>
    public static PropertyReader Read(CustomerRecord record, ushort id)
    {
        var section = record.Section(SectionKind.Aggregate, id);
        return new PropertyReader(section.IsEmpty ? default : section[sizeof(long)..]);
    }
}
