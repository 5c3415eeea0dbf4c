using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Host.Commands;

/// <summary>Options whose text is read here, so that a wrong value ends in a sentence: the library's own conversions name .NET's types,
/// and its validators throw where a conversion failed.</summary>
internal static class CheckedOption
{
    private const int MillisDigitsMin = 9;

    /// <summary>Present or not; it takes no value.</summary>
    public static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>A name, a file or a folder; null where it is not given.</summary>
    public static Option<string?> Text(string name, string description, string helpName, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var text = TextOf(result);
            if (string.IsNullOrWhiteSpace(text))
            {
                result.AddError($"{name} expects a {helpName}, found '{text}'");
            }

            return text;
        },
    };

    /// <summary>A whole number within limits, which has a default.</summary>
    public static Option<T> Number<T>(string name, string description, T min, T max, T fallback)
        where T : struct, IBinaryInteger<T> =>
        new(name)
        {
            Description = description,
            HelpName = "n",
            CustomParser = result => Number(result, name, min, max) ?? fallback,
            DefaultValueFactory = _ => fallback,
        };

    /// <summary>A whole number within limits; null where it is not given.</summary>
    public static Option<T?> Number<T>(string name, string description, T min, T max)
        where T : struct, IBinaryInteger<T> =>
        new(name) { Description = description, HelpName = "n", CustomParser = result => Number(result, name, min, max) };

    /// <summary>A number from 0 to 1; 0 where it is not given.</summary>
    public static Option<double> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "share",
        CustomParser = result =>
        {
            var text = TextOf(result);
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1)
            {
                return share;
            }

            result.AddError($"{name} expects a share from 0 to 1, such as 0.05; found '{text}'");
            return 0;
        },
        DefaultValueFactory = _ => 0,
    };

    /// <summary>An instant in epoch milliseconds; null where it is not given.</summary>
    public static Option<long?> Instant(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
        {
            var text = TextOf(result);

            if (TryInstant(text, out var timeMs))
            {
                return timeMs;
            }

            result.AddError($"{name} expects a time such as 2026-01-31T12:00:00Z, or epoch milliseconds; found '{text}'");
            return null;
        },
    };

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public static bool TryInstant(string text, out long timeMs)
    {
        // A bare "2026" is the beginning of a date, not seconds since 1970.
        var format = text.Length >= MillisDigitsMin && text.All(char.IsAsciiDigit) ? TimeFormat.EpochMs : TimeFormat.Iso8601;
        return EventTimeText.TryParse(Encoding.UTF8.GetBytes(text), format, out timeMs);
    }

    /// <summary>One of several words.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result =>
            {
                var text = TextOf(result);
                if (!words.Contains(text))
                {
                    result.AddError($"{name} expects {string.Join(" or ", words)}, found '{text}'");
                }

                return text;
            },
            DefaultValueFactory = _ => words[0],
        };
        option.CompletionSources.Add(words);
        return option;
    }

    private static T? Number<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, IBinaryInteger<T>
    {
        var text = TextOf(result);
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} expects a whole number from {min:N0} to {max:N0}, found '{text}'"));
        return null;
    }

    private static string TextOf(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
