using System.Globalization;

namespace StreamSegmenter.ConsolePages.Texts;

/// <summary>The console's words in one language. The key is the English text; a text that has no translation is shown in English.</summary>
public sealed class Text
{
    private static readonly Text English = new("en", new Dictionary<string, string>());
    private static readonly Text Korean = new("ko", KoreanTexts.All);

    private readonly IReadOnlyDictionary<string, string> _texts;

    private Text(string language, IReadOnlyDictionary<string, string> texts)
    {
        Language = language;
        _texts = texts;
    }

    public string Language { get; }

    public string this[string english] => _texts.GetValueOrDefault(english, english);

    public static Text In(string language) => language == "ko" ? Korean : English;

    /// <summary>A text with places for values.</summary>
    public string Of(string english, params object?[] values) => string.Format(CultureInfo.InvariantCulture, this[english], values);

    public string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public string Number(double number) => number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.#", CultureInfo.InvariantCulture);

    public string Percent(double? share) => share is { } known ? known.ToString("0.0 %", CultureInfo.InvariantCulture) : "–";

    /// <summary>Money, with as many digits as its currency has.</summary>
    public string Money(long? minor, string? currency)
    {
        if (minor is not { } amount)
        {
            return "–";
        }

        var digits = CurrencyDigits.Of(currency);
        return $"{(amount / Math.Pow(10, digits)).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)} {currency}".TrimEnd();
    }

    public string Clock(DateTime time) => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>With the day, where it is not that of now.</summary>
    public string Instant(DateTime time, DateTime now) => time.ToString(time.Date == now.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A length of time, in its two largest units.</summary>
    public string Length(TimeSpan length)
    {
        (long Count, string Unit)[] parts =
        [
            (length.Days, this["d"]), (length.Hours, this["h"]), (length.Minutes, this["min"]), (length.Seconds, this["s"]),
        ];
        var shown = parts.SkipWhile(part => part.Count == 0).Take(2).Where(part => part.Count > 0).Select(part => Counted(part.Count, part.Unit)).ToArray();
        return shown.Length == 0 ? Counted(0, this["s"]) : string.Join(' ', shown);
    }

    // Korean writes the unit without a space.
    private string Counted(long count, string unit) => Language == "ko" ? $"{count}{unit}" : $"{count} {unit}";

    public string Length(long ms) => ms < 1_000 ? $"{ms} ms" : Length(TimeSpan.FromMilliseconds(ms));

    /// <summary>How far ahead an instant is, or how long ago it was.</summary>
    public string Ahead(DateTime time, DateTime now) => time >= now ? Of("in {0}", Length(time - now)) : Of("{0} ago", Length(now - time));

    /// <summary>What happened, by the API's name for it.</summary>
    public string Kind(string kind) => this[kind switch
    {
        "trigger" or "emitted" => "sent",
        "retracted" => "retracted",
        "recovered" => "recovered",
        "suppressed" => "not sent",
        "entered" => "entered",
        "exited" => "left",
        "deferred" => "waits",
        "forgotten" => "forgotten",
        _ => kind,
    }];

    /// <summary>The reason of a suppressed trigger.</summary>
    public string Reason(string? reason) => reason is null ? "" : this[reason switch
    {
        "totalTooLow" => "cart worth too little",
        "totalTooHigh" => "cart worth too much",
        "tooFewItems" => "too few items",
        "tooManyItems" => "too many items",
        "itemsTooCheap" => "items too cheap",
        "notInSegment" => "not in the segment",
        "inExcludedSegment" => "in an excluded segment",
        "quietHours" => "quiet hours",
        "frequencyCap" => "enough sent already",
        "holdout" => "held out to compare",
        "stale" => "too late",
        "reentry" => "fired before",
        "totalUnknown" => "cart without a total",
        _ => reason,
    }];
}
