namespace StreamSegmenter.Events;

/// <summary>An ISO 4217 currency code, three letters packed into a number; <c>default</c> is "not said".</summary>
public readonly record struct Currency(uint Packed)
{
    public bool IsNone => Packed == 0;

    /// <summary>Digits after the decimal point of the currency's major unit (ISO 4217, 2 where not listed).</summary>
    public int MinorDigits => ToString() switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "UYI"
            or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        "CLF" or "UYW" => 4,
        _ => 2,
    };

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

    public override string ToString() => IsNone
        ? ""
        : string.Create(3, Packed, static (chars, packed) =>
        {
            chars[0] = (char)((packed >> 16) & 0xFF);
            chars[1] = (char)((packed >> 8) & 0xFF);
            chars[2] = (char)(packed & 0xFF);
        });
}
