using System.Globalization;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>The latest values of the event properties that rules ask for, one section each, found by the name's hash.
/// Numbers and booleans are kept as their text.</summary>
public sealed class RuleAttributes(StorefrontDefinitions definitions)
{
    private const int ValueBytesMax = 512;
    private readonly byte[][] _names = [.. definitions.CartAbandonment
        .SelectMany(rule => rule.Attributes).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    /// <summary>Remembers the attributes that this event carries.</summary>
    public void Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
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
                    Set(record, name, properties.Text);
                    break;
                case PropertyKind.Number:
                    Set(record, name, Encoding.UTF8.GetBytes(properties.Number.ToString("R", CultureInfo.InvariantCulture)));
                    break;
                default:
                    Set(record, name, properties.Boolean ? "true"u8 : "false"u8);
                    break;
            }
        }
    }

    /// <summary>The known values among the names asked for.</summary>
    public static IReadOnlyDictionary<string, string> Read(CustomerRecord record, IReadOnlyList<string> names)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var value = record.Section(SectionKind.Attribute, SectionId(Encoding.UTF8.GetBytes(name)));
            if (!value.IsEmpty)
            {
                values[name] = Encoding.UTF8.GetString(value);
            }
        }

        return values;
    }

    private static void Set(CustomerRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, ValueBytesMax)];
        value.CopyTo(record.ResizeSection(SectionKind.Attribute, SectionId(name), value.Length));
    }

    private static ushort SectionId(ReadOnlySpan<byte> name) => unchecked((ushort)KeyHash.Of(name));
}
