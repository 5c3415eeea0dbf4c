using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>active_in, every and streak.</summary>
internal sealed record Rhythm(string Function, Which Which, int Count, int Of, bool Weeks) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var today = Unit(past.TodayAt(nowMs));
        var active = past.Facts.Where(Which.Has).Select(fact => Unit(fact.Day)).ToHashSet();
        if (Function != "streak")
        {
            return active.Count(unit => unit > today - (Function == "every" ? Count : Of)) >= Count;
        }

        var newest = active.Count == 0 ? int.MinValue : active.Max();
        return newest >= today - 1 && Enumerable.Range(0, Count).All(back => active.Contains(newest - back));
    }

    public override string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Function}({Which.Text()}, {(Function == "active_in" ? $"{Count} of {Of}" : $"{Count}")} {(Weeks ? "weeks" : "days")})");

    private int Unit(DateOnly day) => Weeks ? Period.Monday(day).DayNumber / 7 : day.DayNumber;
}

/// <summary>A sequence, by looking at every choice of facts.</summary>
internal sealed record Sequence(IReadOnlyList<(bool IsAbsent, Which Which)> Steps, long WithinMs, string? Same, long? WindowMs) : NaiveRule
{
    private (NaivePast? Past, int Facts, List<long> Completions) _known = (null, 0, []);

    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        if (_known.Past != past || _known.Facts != past.Facts.Count)
        {
            var completions = new List<long>();
            for (var first = 0; first < past.Facts.Count; first++)
            {
                if (Steps[0].Which.Has(past.Facts[first]) && KeyOf(past.Facts[first]) is { } key)
                {
                    Complete(past.Facts, 1, first, past.Facts[first].ClockMs, key, completions);
                }
            }

            _known = (past, past.Facts.Count, completions);
        }

        return _known.Completions.Exists(atMs => atMs <= nowMs && (WindowMs is null || nowMs - atMs < WindowMs));
    }

    public override string Text => "sequence("
        + string.Join(" then ", Steps.Select(step => (step.IsAbsent ? "not " : "") + step.Which.Text()))
        + $" within {Hours(WithinMs)}{(Same is null ? "" : $", same: {Same}")}{(WindowMs is null ? "" : ", " + Hours(WindowMs.Value))})";

    private void Complete(List<Arrived> facts, int step, int last, long startMs, string key, List<long> completions)
    {
        var absent = new List<Which>();
        for (; step < Steps.Count && Steps[step].IsAbsent; step++)
        {
            absent.Add(Steps[step].Which);
        }

        var endMs = startMs + WithinMs;
        for (var next = last + 1; next < facts.Count && facts[next].ClockMs < endMs; next++)
        {
            if (KeyOf(facts[next]) != key)
            {
                continue;
            }

            if (step < Steps.Count && Steps[step].Which.Has(facts[next]))
            {
                if (step + 1 == Steps.Count)
                {
                    completions.Add(facts[next].ClockMs);
                }
                else
                {
                    Complete(facts, step + 1, next, startMs, key, completions);
                }
            }

            if (absent.Exists(which => which.Has(facts[next])))
            {
                return;
            }
        }

        if (step == Steps.Count)
        {
            completions.Add(endMs);
        }
    }

    private string? KeyOf(Arrived fact) => Same switch
    {
        null => "",
        "cart_id" => fact.Fact.CartId.Length == 0 ? null : fact.Fact.CartId,
        "product_id" => fact.Fact.ProductId.Length == 0 ? null : fact.Fact.ProductId,
        _ => fact.Fact.OrderId.Length == 0 ? null : fact.Fact.OrderId,
    };
}

/// <summary>What the customer's clocks show.</summary>
internal sealed record Clock(bool IsHour, string Sign, int Shown) : NaiveRule
{
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var local = past.LocalAt(nowMs);
        return Compare(IsHour ? local.Hour : (((int)local.DayOfWeek + 6) % 7) + 1, Sign, Shown);
    }

    public override string Text => IsHour
        ? string.Create(CultureInfo.InvariantCulture, $"hour {Sign} {Shown}")
        : $"weekday {Sign} '{Days[Shown - 1]}'";
}

internal sealed record During(Dates Dates) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var today = past.TodayAt(nowMs);
        return today >= Dates.From && today <= Dates.To;
    }

    public override string Text => Dates.Range;
}

internal sealed record Anniversary(int WithinDays) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var text = past.Facts.Where(fact => fact.Type == "identify" && fact.Fact.Birthday is not null).Reverse().MaxBy(fact => fact.TimeMs)?.Fact.Birthday;
        if (text is null || !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born))
        {
            return false;
        }

        var today = past.TodayAt(nowMs);
        return Enumerable.Range(0, WithinDays + 1).Select(today.AddDays).Any(day =>
            (day.Month == born.Month && day.Day == born.Day)
            || (born is { Month: 2, Day: 29 } && day is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(day.Year)));
    }

    public override string Text => string.Create(CultureInfo.InvariantCulture, $"anniversary(identify.birthday) within {WithinDays}d");
}

/// <summary>The latest values that an identify named.</summary>
internal sealed record Profile(string Condition, Func<object, bool> Passes) : NaiveRule
{
    public static Profile Equal(string text) => new($"profile.country = '{text}'", value => value is string country && country == text);

    public static Profile Above(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"profile.country > {number}"), value => value is int found && found > number);

    public static Profile True { get; } = new("profile.country = true", value => value is true);

    public static Profile There { get; } = new("exists(profile.country)", _ => true);

    public static Profile Pattern(string pattern) => new(
        $"profile.country matches '{pattern}'", value => value is string { Length: > 0 } text && Regex.IsMatch(text, pattern));

    public override bool Holds(NaivePast past, long nowMs, bool[] members) =>
        past.Facts.Where(fact => fact.Type == "identify" && fact.Fact.Country is { Count: > 0 }).Reverse().MaxBy(fact => fact.TimeMs)
            ?.Fact.Country!.OfType<object>().Any(Passes) == true;

    public override string Text => Condition;
}
