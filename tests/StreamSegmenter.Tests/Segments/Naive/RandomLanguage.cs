namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>Draws expressions of the whole language.</summary>
internal sealed class RandomLanguage(Random random, DateOnly start)
{
    private static readonly string[] Types = ["product_viewed", "product_added", "order_completed", "page_viewed", "any"];
    private static readonly string[] Signs = ["=", "!=", "<", "<=", ">", ">="];
    private static readonly string[] Categories = ["shoes", "hats", "shoe trees"];
    private static readonly string[] Patterns = ["^sho", "s$", "h.t", "(shoes|hats)", "[aeiou]{2}"];

    public NaiveSegment Segment(int index) => new(
        Rule(index, depth: 2), random.Next(6) == 0 ? Hours(1, 30) : 0, random.Next(6) == 0 ? Hours(1, 40) : 0);

    private NaiveRule Rule(int index, int depth) => (depth == 0 ? 9 : random.Next(10)) switch
    {
        < 4 => new Both(Rule(index, depth - 1), Rule(index, depth - 1), random.Next(2) == 0),
        4 => new Negated(Rule(index, depth - 1)),
        _ => Leaf(index),
    };

    private NaiveRule Leaf(int index) => random.Next(15) switch
    {
        0 => new Did(Which(), Span(exact: true)),
        1 => new FirstTime(Which(), random.Next(2) == 0 ? new Last(Hours(1, 60)) : CalendarSpan()),
        2 => new Since(Which(), random.Next(2) == 0, Sign(), Hours(1, 60)),
        3 => new Kept(Which(), random.Next(2) == 0, Sign(), Category()),
        4 => new Compared(Aggregated(), Sign(), new Number(random.Next(-2, 7))),
        5 => new InRange(Aggregated(), random.Next(0, 3), random.Next(2, 6)),
        6 or 7 => Calculation(),
        8 => new Rhythm(
            Pick("active_in", "every", "streak"), Which(), random.Next(1, 4), random.Next(3, 6), Weeks: random.Next(4) == 0),
        9 or 10 => Sequence(),
        11 => new Clock(IsHour: true, Sign(), random.Next(24)),
        12 => random.Next(2) == 0 ? new Clock(IsHour: false, Sign(), random.Next(1, 8)) : new During(Dates()),
        13 => random.Next(4) == 0 ? new Anniversary(random.Next(0, 9)) : ProfileRule(),
        _ when index > 0 => new MemberOf(random.Next(index)),
        _ => new Did(Which(), CalendarSpan()),
    };

    private NaiveRule ProfileRule() => random.Next(12) switch
    {
        < 4 => Profile.Equal(Pick("DE", "AT")),
        < 7 => Profile.Above(random.Next(1, 5)),
        < 9 => Profile.True,
        9 => Profile.Pattern(Pick("^D", "T$")),
        _ => Profile.There,
    };

    private Compared Calculation()
    {
        var left = new Calculated(Aggregated(), "+-*/"[random.Next(4)], random.Next(2) == 0 ? Aggregated() : new Number(random.Next(0, 4)));
        var right = random.Next(3) == 0 ? (NaiveValue)Aggregated() : new Number(random.Next(-1, 6));
        var isFit = (left.Left.IsMoney, left.Right.IsMoney, left.Sign) switch
        {
            (true, true, '*') or (false, true, '/') => false,
            (true, false, '+' or '-') or (false, true, '+' or '-') => false,
            _ => left.IsMoney is not { } one || right.IsMoney is not { } other || one == other,
        };
        return isFit ? new Compared(left, Sign(), right) : Calculation();
    }

    private Aggregated Aggregated()
    {
        var function = Pick("count", "count", "sum", "avg", "min", "max", "distinct");
        var span = random.Next(3) switch { 0 => CalendarSpan(), 1 => PaneSpan(), _ => new Ever() };
        if (function is "sum" or "avg" && random.Next(4) == 0)
        {
            return new Aggregated(function, new Which("order_completed", Where.Nothing), "net", span);
        }

        return new Aggregated(function, Which(), random.Next(2) == 0 ? "quantity" : "total", span);
    }

    private Sequence Sequence()
    {
        var steps = new List<(bool, Which)> { (false, Which()) };
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            steps.Add((random.Next(3) == 0, Which()));
        }

        if (steps.Count(step => !step.Item1) == 1 && !steps[^1].Item1)
        {
            steps.Add((true, Which()));
        }

        return new Sequence(
            steps, Hours(1, 30), random.Next(3) switch { 0 => "cart_id", 1 => Pick("product_id", "order_id"), _ => null },
            random.Next(2) == 0 ? Hours(2, 60) : null);
    }

    private Which Which() => new(
        Types[random.Next(Types.Length)],
        random.Next(64) switch
        {
            < 8 => Where.Category(Category()),

            // Seldom: to compile a regular expression takes as long as all the rest of a case.
            8 => Where.Pattern(Patterns[random.Next(Patterns.Length)]),
            < 18 => Where.Weekend,
            < 26 => Where.Between(random.Next(0, 12), random.Next(12, 24)),
            _ => Where.Nothing,
        });

    private Span Span(bool exact) => random.Next(3) switch
    {
        0 => new Ever(),
        1 => exact ? new Last(Hours(1, 60)) : PaneSpan(),
        _ => CalendarSpan(),
    };

    private Span CalendarSpan() => random.Next(5) == 0 ? Dates() : new Period(Pick("today", "yesterday", "this_week", "this_month"));

    private Span PaneSpan()
    {
        var (window, pane) = random.Next(6) switch { 0 => (6, 1), 1 => (24, 6), 2 => (24, 1), 3 => (48, 12), 4 => (72, 24), _ => (8, 8) };
        return new Panes(window * NaiveCase.HourMs, pane * NaiveCase.HourMs);
    }

    private Dates Dates()
    {
        var from = start.AddDays(random.Next(0, 5));
        return new Dates(from, from.AddDays(random.Next(0, 3)));
    }

    private long Hours(int min, int max) => random.Next(min, max) * NaiveCase.HourMs;

    private string Sign() => Signs[random.Next(Signs.Length)];

    private string Category() => Categories[random.Next(Categories.Length)];

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
