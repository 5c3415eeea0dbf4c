using System.Globalization;
using System.Text.Json.Nodes;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

internal sealed class IntegerShape(long min, long max) : ScalarShape
{
    public override string Expectation => $"a whole number from {min} to {max}";

    public static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public override JsonObject ToSchema() => new()
    {
        ["type"] = new JsonArray("integer", "string"),
        ["minimum"] = min,
        ["maximum"] = max,
        ["pattern"] = $"^{ReferencePattern}$",
    };

    protected override string? Complaint(string text) =>
        TryParse(text, out var value) && value >= min && value <= max ? null : "";
}

internal sealed class BooleanShape : ScalarShape
{
    private const string True = "true";

    public override string Expectation => "true or false";

    public static bool IsTrue(string text) => text == True;

    public override JsonObject ToSchema() => new() { ["type"] = "boolean" };

    protected override string? Complaint(string text) => text is True or "false" ? null : "";
}

/// <summary>One of a few words, each of which stands for a value.</summary>
internal sealed class ChoiceShape<T>(params (string Word, T Value)[] choices) : ScalarShape
{
    private readonly string[] _words = [.. choices.Select(choice => choice.Word)];

    public override string Expectation => _words.Length == 1
        ? $"'{_words[0]}'"
        : $"{string.Join(", ", _words[..^1].Select(word => $"'{word}'"))} or '{_words[^1]}'";

    /// <summary>The value of a word.</summary>
    /// <exception cref="ArgumentException">It is none of the words: neither a checked value nor a default of the table.</exception>
    public T ValueOf(string word) => Array.IndexOf(_words, word) is >= 0 and var index
        ? choices[index].Value
        : throw new ArgumentException($"'{word}' is none of {string.Join(", ", _words)}.", nameof(word));

    public override JsonObject ToSchema() => new()
    {
        ["enum"] = new JsonArray([.. _words.Select(word => (JsonNode)word)]),
    };

    protected override string? Complaint(string text)
    {
        if (_words.Contains(text))
        {
            return null;
        }

        return NearestName.Hint(text, _words) is { Length: > 0 } hint ? $".{hint}" : "";
    }
}

/// <summary>Money in major units, exact: <c>20.00</c>.</summary>
internal sealed class AmountShape : ScalarShape
{
    public override string Expectation => "an amount such as 20.00";

    public override JsonObject ToSchema() => new()
    {
        ["type"] = new JsonArray("number", "string"),
        ["minimum"] = 0,
        ["pattern"] = $@"^([0-9]+(\.[0-9]+)?|{ReferencePattern})$",
    };

    protected override string? Complaint(string text)
    {
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "0" : text[(point + 1)..];
        var isNumber = whole.Length is > 0 and <= 15 && fraction.Length is > 0 and <= 4
            && whole.All(char.IsAsciiDigit) && fraction.All(char.IsAsciiDigit);
        return isNumber ? null : "";
    }
}

/// <summary>A text that a check of its own accepts.</summary>
/// <param name="what">What it is, after "expects".</param>
/// <param name="lengthMax">Longest text, in characters.</param>
/// <param name="complaint">Null when the text is valid, else what the message adds; without it, any text is.</param>
internal sealed class TextShape(string what, int lengthMax = 4096, Func<string, string?>? complaint = null) : ScalarShape
{
    /// <summary>An identifier: of a rule, a segment, a consumer group.</summary>
    public static TextShape Name { get; } = new(
        "a name of letters, digits, '-', '_' and '.'", 128,
        text => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : "");

    public override string Expectation => what;

    /// <summary>Numbers and truth values are texts too: what YAML takes for a number need not be quoted.</summary>
    public bool AnyScalar { get; init; }

    public override JsonObject ToSchema() => new()
    {
        ["type"] = AnyScalar ? new JsonArray("string", "number", "boolean") : "string",
        ["minLength"] = 1,
    };

    protected override string? Complaint(string text)
    {
        if (text.Length == 0)
        {
            return "";
        }

        return text.Length > lengthMax ? $": longer than {lengthMax} characters" : complaint?.Invoke(text);
    }
}
