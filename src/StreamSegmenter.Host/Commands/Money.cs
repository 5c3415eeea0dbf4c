using System.Globalization;
using StreamSegmenter.Events;

namespace StreamSegmenter.Host.Commands;

/// <summary>Shows money for people: <c>19.90 EUR</c>.</summary>
internal static class Money
{
    /// <summary>The currency of that code; the shop's where there is none.</summary>
    public static Currency CurrencyOf(string? code, Currency shop) =>
        code is not null && Currency.TryParse(code, out var own) ? own : shop;

    public static string Show(long minor, Currency currency)
    {
        var unit = 1L;
        for (var i = 0; i < currency.MinorDigits; i++)
        {
            unit *= 10;
        }

        var (whole, rest) = Math.DivRem(Math.Abs(minor), unit);
        var fraction = currency.MinorDigits == 0
            ? ""
            : "." + rest.ToString(CultureInfo.InvariantCulture).PadLeft(currency.MinorDigits, '0');
        return $"{(minor < 0 ? "-" : "")}{whole.ToString("N0", CultureInfo.InvariantCulture)}{fraction} {currency}".TrimEnd();
    }
}
