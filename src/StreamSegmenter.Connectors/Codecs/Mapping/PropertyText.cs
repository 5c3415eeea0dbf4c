using System.Buffers.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Gives a property its type: see <see cref="DraftKind"/>.</summary>
internal static class PropertyText
{
    // Fifteen decimal digits survive a double and back; a longer number is an identifier, and stays the text it is.
    private const int NumberDigitsMax = 15;

    public static void Write(EventBatch batch, ReadOnlySpan<byte> name, DraftKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case DraftKind.True:
                batch.AddProperty(name, true);
                break;
            case DraftKind.False:
                batch.AddProperty(name, false);
                break;
            case DraftKind.Number when TryReadNumber(value, out var number):
                batch.AddProperty(name, number);
                break;
            case DraftKind.Null:
                batch.AddNull(name);
                break;
            case DraftKind.Untyped:
                WriteUntyped(batch, name, value);
                break;
            default:
                batch.AddProperty(name, value);
                break;
        }
    }

    private static void WriteUntyped(EventBatch batch, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsPlainNumber(value) && TryReadNumber(value, out var number))
        {
            batch.AddProperty(name, number);
        }
        else if (value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8))
        {
            batch.AddProperty(name, value.Length == 4);
        }
        else
        {
            batch.AddProperty(name, value);
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> value, out double number) =>
        Utf8Parser.TryParse(value, out number, out var used) && used == value.Length && double.IsFinite(number);

    private static bool IsPlainNumber(ReadOnlySpan<byte> value)
    {
        value = value.StartsWith("-"u8) ? value[1..] : value;
        var point = value.IndexOf((byte)'.');
        var whole = point < 0 ? value : value[..point];
        var fraction = point < 0 ? default : value[(point + 1)..];
        return whole.Length > 0 && (whole.Length == 1 || whole[0] != '0') && whole.Length + fraction.Length <= NumberDigitsMax
            && (point < 0 || fraction.Length > 0)
            && !whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') && !fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
