namespace StreamSegmenter.Tests.Segments;

/// <summary>A fact of a made-up history, in the order of arrival; a late one has a time before that of its
/// predecessors.</summary>
internal sealed record Fact(string Type, long TimeMs, int Quantity, string Category, long? TotalMinor);

/// <summary>A segment's expression as the oracle sees it: text for the compiler, and an answer from nothing but all
/// facts.</summary>
internal abstract record Rule
{
    /// <summary>The answer at an instant, given everything that arrived and the memberships of the segments before.</summary>
    public abstract bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members);

    public abstract string Text { get; }
}

internal sealed record AllOf(IReadOnlyList<Rule> Rules) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members) =>
        Rules.All(rule => rule.Holds(facts, nowMs, members));

    public override string Text => "(" + string.Join(" and ", Rules.Select(rule => rule.Text)) + ")";
}

internal sealed record AnyOf(IReadOnlyList<Rule> Rules) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members) =>
        Rules.Any(rule => rule.Holds(facts, nowMs, members));

    public override string Text => "(" + string.Join(" or ", Rules.Select(rule => rule.Text)) + ")";
}

internal sealed record NotRule(Rule Rule) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members) => !Rule.Holds(facts, nowMs, members);

    public override string Text => "not " + Rule.Text;
}

internal sealed record InOther(int Segment) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members) => members[Segment];

    public override string Text => $"in_segment(s{Segment})";
}

/// <summary>Which facts a rule is about.</summary>
internal sealed record Selection(string Type, string? Category)
{
    public bool Has(Fact fact) => (Type == "any" || fact.Type == Type) && (Category is null || fact.Category == Category);

    public string Where => Category is null ? "" : $" where category = '{Category}'";
}

internal sealed record DidRule(Selection Selection, long? WindowMs) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members) =>
        facts.Any(fact => Selection.Has(fact) && (WindowMs is null || fact.TimeMs > nowMs - WindowMs));

    public override string Text =>
        $"did({Selection.Type}{Selection.Where}{(WindowMs is null ? "" : $", {WindowMs}ms")})";
}

internal sealed record SinceRule(Selection Selection, bool First, long? WindowMs, string Sign, long AgeMs) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members)
    {
        var times = facts.Where(Selection.Has).Select(fact => fact.TimeMs).DefaultIfEmpty(-1);
        var timeMs = First ? times.Min() : times.Max();
        return timeMs >= 0 && (WindowMs is null || timeMs > nowMs - WindowMs)
            && Oracle.Compare(nowMs - timeMs, Sign, AgeMs);
    }

    public override string Text => $"since_{(First ? "first" : "last")}({Selection.Type}{Selection.Where}"
        + $"{(WindowMs is null ? "" : $", {WindowMs}ms")}) {Sign} {AgeMs}ms";
}

/// <summary>count, sum, avg, min and max, over a window of panes or the whole history.</summary>
internal sealed record ValueRule(
    string Function, Selection Selection, string? Field, (long LengthMs, long PaneMs)? Window, string Sign, long Constant,
    ValueRule? Other = null) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members)
    {
        var left = Value(facts, nowMs);
        var right = Other is null ? Constant * Unit : Other.Value(facts, nowMs);
        return left is not null && right is not null && Oracle.Compare(left.Value, Sign, right.Value);
    }

    public override string Text => $"{Function}({Selection.Type}{(Field is null ? "" : "." + Field)}{Selection.Where}"
        + (Window is { } window ? $", {window.LengthMs}ms, pane: {window.PaneMs}ms)" : ")")
        + $" {Sign} " + (Other is null ? $"{Constant}" : Other.Text[..Other.Text.LastIndexOf(" >= 0", StringComparison.Ordinal)]);

    private int Unit => Field == "total" ? 100 : 1;

    private decimal? Value(IReadOnlyList<Fact> facts, long nowMs)
    {
        var values = facts
            .Where(fact => Selection.Has(fact) && Oracle.IsInWindow(Window, fact.TimeMs, nowMs))
            .Select(fact => Field switch { null => 1, "total" => fact.TotalMinor, _ => (decimal?)fact.Quantity })
            .OfType<decimal>().ToArray();
        return Function switch
        {
            "count" or "sum" => values.Sum(),
            _ when values.Length == 0 => null,
            "avg" => values.Average(),
            "min" => values.Min(),
            _ => values.Max(),
        };
    }
}

/// <summary>distinct: different values over a window of panes or the whole history.</summary>
internal sealed record DistinctRule(
    Selection Selection, string Field, (long LengthMs, long PaneMs)? Window, string Sign, int Constant) : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members)
    {
        var values = facts.Where(fact => Selection.Has(fact) && Oracle.IsInWindow(Window, fact.TimeMs, nowMs))
            .Select(fact => Field == "category" ? (object)fact.Category : fact.Quantity);
        return Oracle.Compare(values.Distinct().Count(), Sign, Constant);
    }

    public override string Text => $"distinct({Selection.Type}.{Field}{Selection.Where}"
        + (Window is { } window ? $", {window.LengthMs}ms, pane: {window.PaneMs}ms)" : ")") + $" {Sign} {Constant}";
}

/// <summary>first and last: of a number, or of a text when the constant is one.</summary>
internal sealed record KeptRule(Selection Selection, bool First, long? WindowMs, string Sign, int? Number, string? Category)
    : Rule
{
    public override bool Holds(IReadOnlyList<Fact> facts, long nowMs, bool[] members)
    {
        // Of equally early facts the one that came first, of equally late ones the one that came last.
        var selected = facts.Where(Selection.Has);
        var fact = First ? selected.MinBy(fact => fact.TimeMs) : selected.Reverse().MaxBy(fact => fact.TimeMs);
        return fact is not null && (WindowMs is null || fact.TimeMs > nowMs - WindowMs)
            && (Number is null
                ? Oracle.Compare(string.CompareOrdinal(fact.Category, Category), Sign, 0)
                : Oracle.Compare(fact.Quantity, Sign, Number.Value));
    }

    public override string Text => $"{(First ? "first" : "last")}({Selection.Type}.{(Number is null ? "category" : "quantity")}"
        + $"{Selection.Where}{(WindowMs is null ? "" : $", {WindowMs}ms")}) {Sign} {Number?.ToString() ?? $"'{Category}'"}";
}

/// <summary>Definitions and a history.</summary>
internal sealed record Scenario(IReadOnlyList<Rule> Rules, IReadOnlyList<Fact> Facts, bool Reversed)
{
    public override string ToString() =>
        string.Join('\n', Rules.Select((rule, i) => $"s{i}: {rule.Text}")) + '\n' + string.Join('\n', Facts);
}

internal static class Oracle
{
    /// <summary>Every membership change of a scenario, by recomputing every segment from all facts at every millisecond and
    /// after every arrival: "17 s1 entered".</summary>
    public static IReadOnlyList<string> Story(Scenario scenario, long endMs)
    {
        var story = new List<string>();
        var arrived = new List<Fact>();
        var members = new bool[scenario.Rules.Count];
        var seen = false;
        var clockMs = scenario.Facts.Count == 0 ? 0 : scenario.Facts[0].TimeMs;
        foreach (var fact in scenario.Facts)
        {
            while (seen && clockMs < fact.TimeMs)
            {
                Recompute(++clockMs);
            }

            clockMs = Math.Max(clockMs, fact.TimeMs);
            arrived.Add(fact);
            seen = true;
            Recompute(clockMs);
        }

        while (seen && clockMs < endMs)
        {
            Recompute(++clockMs);
        }

        return story;

        void Recompute(long nowMs)
        {
            for (var i = 0; i < members.Length; i++)
            {
                var holds = scenario.Rules[i].Holds(arrived, nowMs, members);
                if (holds != members[i])
                {
                    members[i] = holds;
                    story.Add($"{nowMs} s{i} {(holds ? "entered" : "exited")}");
                }
            }
        }
    }

    /// <summary>By the definition of the window: pane k is ((k − 1)·p, k·p], and stays while k·p + W > now.</summary>
    public static bool IsInWindow((long LengthMs, long PaneMs)? window, long timeMs, long nowMs) =>
        window is not { } cut || ((timeMs + cut.PaneMs - 1) / cut.PaneMs * cut.PaneMs) + cut.LengthMs > nowMs;

    public static bool Compare(decimal left, string sign, decimal right) => sign switch
    {
        "=" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    };
}
