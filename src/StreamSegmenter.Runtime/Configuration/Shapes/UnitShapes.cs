using System.Globalization;
using System.Text.Json.Nodes;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A whole number with a unit behind it.</summary>
internal abstract class UnitShape(string what, long min, long max, (string Name, long Factor)[] units) : ScalarShape
{
    public override string Expectation => $"{what} from {Format(min)} to {Format(max)}";

    protected abstract string Hint { get; }

    public virtual bool TryParse(string text, out long value)
    {
        value = 0;
        var digits = text.AsSpan().TrimEnd(' ');
        var unit = digits.TrimStart("0123456789");
        digits = digits[..^unit.Length];
        foreach (var (name, factor) in units)
        {
            if (unit.Trim().Equals(name, StringComparison.Ordinal)
                && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= long.MaxValue / factor)
            {
                value = number * factor;
                return true;
            }
        }

        return false;
    }

    /// <summary>The text is a value within the bounds.</summary>
    public bool Accepts(string text) => Complaint(text) is null;

    /// <summary>The value in its largest whole unit.</summary>
    public virtual string Format(long value)
    {
        var best = units[0];
        foreach (var unit in units)
        {
            if (value % unit.Factor == 0 && unit.Factor > best.Factor && value != 0)
            {
                best = unit;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value / best.Factor}{best.Name}");
    }

    public override JsonObject ToSchema() => new()
    {
        ["type"] = "string",
        ["pattern"] = $"^([0-9]+ ?({string.Join('|', units.Select(u => u.Name))})|{ReferencePattern})$",
    };

    protected override string? Complaint(string text)
    {
        if (TryParse(text, out var value))
        {
            return value < min || value > max ? "" : null;
        }

        return text.All(char.IsAsciiDigit) ? $" without a unit: {Hint}" : $": {Hint}";
    }
}

/// <summary>A length of time in milliseconds, written as segments write it.</summary>
internal sealed class DurationShape(long minMs, long maxMs)
    : UnitShape("a duration", minMs, maxMs, [.. DurationText.Units])
{
    public const long SecondMs = 1000;
    public const long MinuteMs = 60 * SecondMs;
    public const long HourMs = 60 * MinuteMs;
    public const long DayMs = 24 * HourMs;

    protected override string Hint => DurationText.UnitsHint;

    /// <summary>A duration as people write it, for summaries.</summary>
    public static string Show(long ms) => DurationText.Format(ms);

    public override bool TryParse(string text, out long value) => DurationText.TryParse(text, out value);

    public override string Format(long value) => DurationText.Format(value);
}

/// <summary>An amount of memory in bytes.</summary>
internal sealed class SizeShape(long minBytes, long maxBytes) : UnitShape("a size", minBytes, maxBytes, Units)
{
    public const long MiB = 1024 * 1024;
    public const long GiB = 1024 * MiB;

    private static readonly (string, long)[] Units =
        [("B", 1), ("KiB", 1024), ("MiB", MiB), ("GiB", GiB), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)];

    protected override string Hint => "write a whole number and KiB, MiB or GiB, such as '256MiB'";

    public static string Show(long bytes) => new SizeShape(0, long.MaxValue).Format(bytes);
}
