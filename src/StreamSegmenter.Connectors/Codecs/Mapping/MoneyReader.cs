using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads amounts and quantities within bounds that no honest record passes: their product, the value of a cart's line,
/// always fits 64 bits.</summary>
internal static class MoneyReader
{
    /// <summary>Largest amount either way, in minor units: ten thousand million of a currency with two digits.</summary>
    public const long AmountMinorMax = 1_000_000_000_000;

    /// <summary>Largest quantity either way.</summary>
    public const int QuantityMax = 1_000_000;

    private const int QuantityFractionDigits = 6;

    /// <param name="exact">True: digits beyond those given are an error instead of being rounded.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, int digits, bool exact, out long minor)
    {
        text = text.Trim((byte)' ');
        return DecimalText.TryParseMinor(text, digits, out minor) && minor is >= -AmountMinorMax and <= AmountMinorMax
            && (!exact || IsWhole(text, minor));
    }

    public static bool TryReadQuantity(ReadOnlySpan<byte> text, out int quantity)
    {
        quantity = 0;
        text = text.Trim((byte)' ');
        if (!DecimalText.TryParseMinor(text, 0, out var whole) || whole is < -QuantityMax or > QuantityMax || !IsWhole(text, whole))
        {
            return false;
        }

        quantity = (int)whole;
        return true;
    }

    // "2.0" is two; "2.5" would have been rounded, which a finer reading shows.
    private static bool IsWhole(ReadOnlySpan<byte> text, long whole) =>
        text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0
        || (DecimalText.TryParseMinor(text, QuantityFractionDigits, out var fine) && fine == whole * 1_000_000);
}
