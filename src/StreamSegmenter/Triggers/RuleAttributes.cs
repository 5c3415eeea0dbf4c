using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Time;

namespace StreamSegmenter.Triggers;

/// <summary>The latest values of the event properties that rules ask for (attributes, the customer's time zone). One section
/// each: <c>name length (1 byte) · name · event time (8 bytes) · value</c>. Numbers and booleans are kept as their text.</summary>
internal sealed class RuleAttributes(IReadOnlyList<CartAbandonmentRule> rules)
{
    private const int ValueBytesMax = 512;
    private readonly byte[][] _names = [.. rules
        .SelectMany(rule => rule.Attributes.Append(rule.QuietHours?.TimeZoneProperty))
        .OfType<string>().Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    /// <summary>The event properties that the rules look at.</summary>
    public IEnumerable<string> Names => _names.Select(name => Encoding.UTF8.GetString(name));

    internal static IReadOnlyDictionary<string, string> None { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    private readonly HashSet<string> _zoneNames = [.. rules.Select(rule => rule.QuietHours?.TimeZoneProperty).OfType<string>()];

    /// <summary>Remembers the attributes that this event carries. A time zone that is not known is a problem of the event that brings
    /// it: quiet hours then are those of the rule's own zone.</summary>
    public void Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch, List<EventProblem> problems)
    {
        foreach (var name in _names)
        {
            var properties = batch.Properties(in e);
            if (!properties.Find(name))
            {
                continue;
            }

            switch (properties.Kind)
            {
                case PropertyKind.Text:
                    CheckZone(record, name, properties.Text, in e, batch, problems);
                    Set(record, name, e.EventTimeMs, properties.Text);
                    break;
                case PropertyKind.Number:
                    Set(record, name, e.EventTimeMs, Encoding.UTF8.GetBytes(properties.Number.ToString("R", CultureInfo.InvariantCulture)));
                    break;
                default:
                    Set(record, name, e.EventTimeMs, properties.Boolean ? "true"u8 : "false"u8);
                    break;
            }
        }
    }

    /// <summary>Forgets what no rule asks for any more: should one ask for it again, it would get an old value.</summary>
    public void Adopt(CustomerRecord record)
    {
        for (ushort slot = 0, slots = SlotsOf(record); slot < slots; slot++)
        {
            var section = record.Section(SectionKind.Attribute, slot);
            if (!section.IsEmpty && !IsAskedFor(section.Slice(1, section[0])))
            {
                record.ResizeSection(SectionKind.Attribute, slot, 0);
            }
        }
    }

    private bool IsAskedFor(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private void CheckZone(
        CustomerRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in StorefrontEvent e, EventBatch batch,
        List<EventProblem> problems)
    {
        if (_zoneNames.Count == 0 || Find(record, name).SequenceEqual(value) || !_zoneNames.Contains(Encoding.UTF8.GetString(name)))
        {
            return;
        }

        var zone = Encoding.UTF8.GetString(value);
        if (!TimeZones.TryFind(zone, out _))
        {
            problems.Add(EventProblem.Of(
                in e, batch, $"'{zone}' in '{Encoding.UTF8.GetString(name)}' is no time zone that is known here, so quiet hours are those of the rule's "
                + $"own zone; {TimeZones.Hint}"));
        }
    }

    /// <summary>The known values among the requested names.</summary>
    internal static IReadOnlyDictionary<string, string> Read(CustomerRecord record, IReadOnlyList<string> names)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var value = Find(record, Encoding.UTF8.GetBytes(name));
            if (!value.IsEmpty)
            {
                values[name] = Encoding.UTF8.GetString(value);
            }
        }

        return values;
    }

    /// <summary>The latest value; empty when no event carried one.</summary>
    internal static ReadOnlySpan<byte> Find(CustomerRecord record, ReadOnlySpan<byte> name) =>
        SlotOf(record, name, out var slot) ? record.Section(SectionKind.Attribute, slot)[(1 + name.Length + sizeof(long))..] : default;

    private static void Set(CustomerRecord record, ReadOnlySpan<byte> name, long eventTimeMs, ReadOnlySpan<byte> value)
    {
        if (name.Length > byte.MaxValue)
        {
            return;
        }

        value = value[..Math.Min(value.Length, ValueBytesMax)];
        var timeAt = 1 + name.Length;
        if (SlotOf(record, name, out var slot)
            && BinaryPrimitives.ReadInt64LittleEndian(record.Section(SectionKind.Attribute, slot)[timeAt..]) > eventTimeMs)
        {
            // It comes late, and what is known is newer.
            return;
        }

        var section = record.ResizeSection(SectionKind.Attribute, slot, timeAt + sizeof(long) + value.Length);
        section[0] = (byte)name.Length;
        name.CopyTo(section[1..]);
        BinaryPrimitives.WriteInt64LittleEndian(section[timeAt..], eventTimeMs);
        value.CopyTo(section[(timeAt + sizeof(long))..]);
    }

    private static ushort SlotsOf(CustomerRecord record) => SlotOf(record, default, out var slots) ? (ushort)(slots + 1) : slots;

    /// <summary>The slot of that name, or else the first that no name has.</summary>
    private static bool SlotOf(CustomerRecord record, ReadOnlySpan<byte> name, out ushort slot)
    {
        slot = 0;
        var cursor = 0;
        while (record.NextSection(SectionKind.Attribute, ref cursor, out var taken, out var section))
        {
            if (section.Slice(1, section[0]).SequenceEqual(name))
            {
                slot = taken;
                return true;
            }

            slot = Math.Max(slot, (ushort)(taken + 1));
        }

        return false;
    }
}
