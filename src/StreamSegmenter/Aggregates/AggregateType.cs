using System.Globalization;
using StreamSegmenter.Events;

namespace StreamSegmenter.Aggregates;

/// <summary>What the 64-bit integer that stands for an aggregate's value means. No value is a floating-point number, so
/// sums do not depend on the order of the events.</summary>
internal enum AggregateType : byte
{
    /// <summary>A whole number: a count, a sum of quantities.</summary>
    Integer,

    /// <summary>Millionths: what is made of numeric properties, and averages of whole numbers.</summary>
    Micro,

    /// <summary>Minor units of the shop's currency.</summary>
    Money,

    /// <summary>Milliseconds.</summary>
    Duration,

    /// <summary>1 or 0.</summary>
    Boolean,

    /// <summary>UTF-8, in a section of its own; the integer stands for nothing.</summary>
    Text,
}

internal static class AggregateTypes
{
    public const long MicrosPerUnit = 1_000_000;

    /// <summary>How many digits behind the decimal point the integer carries.</summary>
    public static int DigitsOf(AggregateType type, Currency currency) => type switch
    {
        AggregateType.Micro => 6,
        AggregateType.Money => currency.MinorDigits,
        _ => 0,
    };

    /// <summary>A number of the language as the type's integer, exactly; false when it has more digits than the type or is
    /// too large.</summary>
    public static bool TryScale(decimal number, int digits, out long scaled)
    {
        scaled = 0;
        for (; digits > 0 && Math.Abs(number) < 1e20m; digits--)
        {
            number *= 10;
        }

        if (number != decimal.Truncate(number) || Math.Abs(number) > long.MaxValue / 4)
        {
            return false;
        }

        scaled = (long)number;
        return true;
    }

    /// <summary>The property's number in millionths, rounded to the nearest; false for what is no number or too large.</summary>
    public static bool TryToMicros(double number, out long micros)
    {
        var scaled = Math.Round(number * MicrosPerUnit);
        micros = Math.Abs(scaled) < 4e18 ? (long)scaled : 0;
        return Math.Abs(scaled) < 4e18;
    }

    /// <summary>Adds, and stays at the end of the range where the sum would leave it.</summary>
    public static long AddSaturating(long one, long other)
    {
        var sum = unchecked(one + other);
        return ((one ^ sum) & (other ^ sum)) < 0 ? (one < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>The integer as a decimal number: 1234 of two digits is <c>12.34</c>; a fraction of zeros is left out for
    /// millionths only.</summary>
    public static string Format(long value, AggregateType type, Currency currency)
    {
        var digits = DigitsOf(type, currency);
        var number = value / UnitsOf(type, currency);
        return type == AggregateType.Money
            ? number.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : number.ToString("0.######", CultureInfo.InvariantCulture);
    }

    /// <summary>By what the integer is divided to give the number.</summary>
    public static decimal UnitsOf(AggregateType type, Currency currency)
    {
        var power = 1m;
        for (var digits = DigitsOf(type, currency); digits > 0; digits--)
        {
            power *= 10;
        }

        return power;
    }
}
