using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>An expression as the naive interpreter sees it: text for the compiler, and an answer from nothing but all facts.</summary>
internal abstract record NaiveRule
{
    public abstract bool Holds(NaivePast past, long nowMs, bool[] members);

    public abstract string Text { get; }

    public static bool Compare(decimal left, string sign, decimal right) => Oracle.Compare(left, sign, right);

    public static string Hours(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms}ms");
}

internal sealed record Both(NaiveRule One, NaiveRule Other, bool IsAnd) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) => IsAnd
        ? One.Holds(past, nowMs, members) && Other.Holds(past, nowMs, members)
        : One.Holds(past, nowMs, members) || Other.Holds(past, nowMs, members);

    public override string Text => $"({One.Text} {(IsAnd ? "and" : "or")} {Other.Text})";
}

internal sealed record Negated(NaiveRule Rule) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) => !Rule.Holds(past, nowMs, members);

    public override string Text => $"not ({Rule.Text})";
}

internal sealed record MemberOf(int Segment) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) => members[Segment];

    public override string Text => $"in_segment(s{Segment})";
}

/// <summary>A condition behind <c>where</c>.</summary>
internal sealed record Where(string Text, Func<Arrived, bool> Holds)
{
    public static readonly Where Nothing = new("", _ => true);

    public static Where Category(string category) => new($" where category = '{category}'", fact => fact.Fact.Category == category);

    public static Where Pattern(string pattern) => new(
        $" where category matches '{pattern}'", fact => fact.Fact.Category.Length > 0 && Regex.IsMatch(fact.Fact.Category, pattern));

    public static Where Weekend { get; } = new(
        " where weekday in ('saturday', 'sunday')", fact => fact.Local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);

    public static Where Between(int from, int to) => new(
        string.Create(CultureInfo.InvariantCulture, $" where hour between {from} and {to}"), fact => fact.Local.Hour >= from && fact.Local.Hour <= to);
}

/// <summary>Which facts a rule is about.</summary>
internal sealed record Which(string Type, Where Where)
{
    public bool Has(Arrived fact) => (Type == "any" || fact.Type == Type) && Where.Holds(fact);

    public string Text(string field = "") => Type + field + Where.Text;
}

/// <summary>Which facts a window holds at an instant.</summary>
internal abstract record Span
{
    public abstract bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs);

    public abstract string Text { get; }
}

internal sealed record Ever : Span
{
    public override bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs) => true;

    public override string Text => "";
}

/// <summary>Exact.</summary>
internal sealed record Last(long Ms) : Span
{
    public override bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs) => nowMs - timeMs < Ms;

    public override string Text => ", " + NaiveRule.Hours(Ms);
}

/// <summary>Cut into panes: pane k is ((k − 1)·p, k·p], and stays while k·p + W > now.</summary>
internal sealed record Panes(long Ms, long PaneMs) : Span
{
    public override bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs) => Oracle.IsInWindow((Ms, PaneMs), timeMs, nowMs);

    public override string Text => $", {NaiveRule.Hours(Ms)}, pane: {NaiveRule.Hours(PaneMs)}";
}

internal sealed record Period(string Name) : Span
{
    public override bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs)
    {
        var today = past.TodayAt(nowMs);
        return Name switch
        {
            "today" => day >= today,
            "yesterday" => day == today.AddDays(-1),
            "this_week" => day >= Monday(today),
            _ => day >= new DateOnly(today.Year, today.Month, 1),
        };
    }

    public override string Text => ", " + Name;

    public static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}

internal sealed record Dates(DateOnly From, DateOnly To) : Span
{
    public override bool Holds(NaivePast past, long timeMs, DateOnly day, long nowMs) => day >= From && day <= To;

    public override string Text => ", " + Range;

    public string Range => string.Create(CultureInfo.InvariantCulture, $"date '{From:yyyy-MM-dd}' … date '{To:yyyy-MM-dd}'");
}

internal sealed record Did(Which Which, Span Span) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) =>
        past.Facts.Any(fact => Which.Has(fact) && Span.Holds(past, fact.TimeMs, fact.Day, nowMs));

    public override string Text => $"did({Which.Text()}{Span.Text})";
}

internal sealed record FirstTime(Which Which, Span Span) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var first = past.Facts.Where(Which.Has).Select(fact => fact.TimeMs).DefaultIfEmpty(-1).Min();
        return first >= 0 && Span.Holds(past, first, DateOnly.FromDateTime(past.LocalAt(first)), nowMs);
    }

    public override string Text => $"first_time({Which.Text()}{Span.Text})";
}

internal sealed record Since(Which Which, bool First, string Sign, long Ms) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var times = past.Facts.Where(Which.Has).Select(fact => fact.TimeMs).ToArray();
        return times.Length > 0 && Compare(nowMs - (First ? times.Min() : times.Max()), Sign, Ms);
    }

    public override string Text => $"since_{(First ? "first" : "last")}({Which.Text()}) {Sign} {Hours(Ms)}";
}

internal sealed record Kept(Which Which, bool First, string Sign, string Category) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members)
    {
        var having = past.Facts.Where(fact => Which.Has(fact) && fact.Fact.Category.Length > 0);
        var kept = First ? having.MinBy(fact => fact.TimeMs) : having.Reverse().MaxBy(fact => fact.TimeMs);
        return kept is not null && Compare(string.CompareOrdinal(kept.Fact.Category, Category), Sign, 0);
    }

    public override string Text => $"{(First ? "first" : "last")}({Which.Text(".category")}) {Sign} '{Category}'";
}
