using System.Globalization;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>A number that an expression calculates with; null when it is missing.</summary>
internal abstract record NaiveValue
{
    public abstract decimal? At(NaivePast past, long nowMs);

    public abstract string Text { get; }

    /// <summary>Null for constants.</summary>
    public abstract bool? IsMoney { get; }
}

internal sealed record Number(decimal Value) : NaiveValue
{
    public override decimal? At(NaivePast past, long nowMs) => Value;

    public override string Text => Value.ToString(CultureInfo.InvariantCulture);

    public override bool? IsMoney => null;
}

/// <summary>count, sum, avg, min, max and distinct.</summary>
internal sealed record Aggregated(string Function, Which Which, string Field, Span Span) : NaiveValue
{
    public override bool? IsMoney => Field is "total" or "net" && Function is not ("distinct" or "count");

    public override decimal? At(NaivePast past, long nowMs)
    {
        var facts = past.Facts.Where(fact => Which.Has(fact) && Span.Holds(past, fact.TimeMs, fact.Day, nowMs)).ToArray();
        if (Function == "count")
        {
            return facts.Length;
        }

        if (Function == "distinct")
        {
            return facts.Select(fact => fact.Fact.Category).Where(category => category.Length > 0).Distinct().Count();
        }

        var values = facts.Select(fact => Field == "quantity" ? fact.Fact.Quantity : fact.Fact.TotalMinor / 100m).OfType<decimal>().ToArray();
        var refunded = Field != "net" ? 0
            : past.Refunds.Where(refund => Span.Holds(past, refund.TimeMs, refund.Day, nowMs)).Sum(refund => refund.Minor) / 100m;
        return Function switch
        {
            "sum" => values.Sum() - refunded,
            _ when values.Length == 0 => null,
            "avg" => (values.Sum() - refunded) / values.Length,
            "min" => values.Min(),
            _ => values.Max(),
        };
    }

    public override string Text => $"{Function}({Which.Text(Function == "count" ? "" : "." + (Function == "distinct" ? "category" : Field))}{Span.Text})";
}

internal sealed record Calculated(NaiveValue Left, char Sign, NaiveValue Right) : NaiveValue
{
    public override bool? IsMoney => Sign switch
    {
        '/' => Right.IsMoney == true ? (Left.IsMoney is null ? null : false) : Left.IsMoney,
        _ => Left.IsMoney == true || Right.IsMoney == true ? true : Left.IsMoney ?? Right.IsMoney,
    };

    public override decimal? At(NaivePast past, long nowMs)
    {
        var (left, right) = (Left.At(past, nowMs), Right.At(past, nowMs));
        return Sign switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => right == 0 ? null : left / right,
        };
    }

    public override string Text => $"({Left.Text} {Sign} {Right.Text})";
}

internal sealed record Compared(NaiveValue Left, string Sign, NaiveValue Right) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) =>
        Left.At(past, nowMs) is { } left && Right.At(past, nowMs) is { } right && Compare(left, Sign, right);

    public override string Text => $"{Left.Text} {Sign} {Right.Text}";
}

internal sealed record InRange(NaiveValue Value, int Low, int High) : NaiveRule
{
    public override bool Holds(NaivePast past, long nowMs, bool[] members) => Value.At(past, nowMs) is { } value && value >= Low && value <= High;

    public override string Text => string.Create(CultureInfo.InvariantCulture, $"{Value.Text} between {Low} and {High}");
}
