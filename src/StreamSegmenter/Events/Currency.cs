using System.Collections.Frozen;

namespace StreamSegmenter.Events;

/// <summary>An ISO 4217 currency code, three letters packed into a number; <c>default</c> is "not given".</summary>
internal readonly record struct Currency(uint Packed)
{
    public bool IsNone => Packed == 0;

    // A table and not a switch over the code's text, since every price needs it.
    private static readonly FrozenDictionary<uint, int> DigitsByCode = new[]
    {
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    }.SelectMany(row => row.Item2.Split(' '), (row, code) => KeyValuePair.Create(PackedOf(code), row.Item1)).ToFrozenDictionary();

    /// <summary>Digits after the decimal point of the currency's major unit (ISO 4217, 2 where not listed).</summary>
    public int MinorDigits => DigitsByCode.GetValueOrDefault(Packed, 2);

    /// <summary>Reads three ASCII letters in either case; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Currency currency)
    {
        currency = default;
        if (text.Length != 3)
        {
            return false;
        }

        uint packed = 0;
        foreach (var letter in text)
        {
            var upper = letter & ~0x20;
            if (upper is < 'A' or > 'Z')
            {
                return false;
            }

            packed = (packed << 8) | (uint)upper;
        }

        currency = new Currency(packed);
        return true;
    }

    public static bool TryParse(string text, out Currency currency) =>
        TryParse(System.Text.Encoding.UTF8.GetBytes(text), out currency);

    private static uint PackedOf(string code) => ((uint)code[0] << 16) | ((uint)code[1] << 8) | code[2];

    public override string ToString() => IsNone
        ? ""
        : string.Create(3, Packed, static (chars, packed) =>
        {
            chars[0] = (char)((packed >> 16) & 0xFF);
            chars[1] = (char)((packed >> 8) & 0xFF);
            chars[2] = (char)(packed & 0xFF);
        });
}
