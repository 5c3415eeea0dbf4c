using StreamSegmenter.Aggregates;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments;

/// <summary>Whether a condition leaves anything open.</summary>
internal enum Outcome : byte
{
    Open,
    Never,
    Always,
}

/// <summary>Finds conditions that can never hold or always hold: <c>count(x) &gt; 3 and count(x) &lt; 2</c>, <c>count(x) &gt;= 0</c>. What stands
/// joined by <c>and</c> about one aggregate is intersected as a range; what is not found stays open, so there is no false alarm.</summary>
internal sealed class Satisfiability(IReadOnlyList<Outcome> segments)
{
    private readonly record struct Literal(Instruction Test, bool IsNegated);

    /// <param name="All">What must all hold, as far as it is known.</param>
    private sealed record Term(Outcome Outcome, IReadOnlyList<Literal> All, Aggregate? Culprit);

    /// <summary>The outcome, and what is asked too much of, where that is one aggregate.</summary>
    public (Outcome Outcome, Aggregate? Culprit) Of(IReadOnlyList<Instruction> postfix)
    {
        var stack = new Stack<Term>();
        foreach (var instruction in postfix)
        {
            if (instruction.Op is Opcode.And or Opcode.Or)
            {
                var right = stack.Pop();
                stack.Push(instruction.Op == Opcode.And ? And(stack.Pop(), right) : Or(stack.Pop(), right));
            }
            else
            {
                stack.Push(instruction.Op == Opcode.Not ? Not(stack.Pop()) : Atom(instruction));
            }
        }

        var term = stack.Pop();
        return (term.Outcome, term.Culprit);
    }

    private Term Atom(Instruction test)
    {
        var outcome = test.Op switch
        {
            Opcode.True => Outcome.Always,
            Opcode.False => Outcome.Never,
            Opcode.InSegment => segments[(int)test.Constant],
            _ => Outcome.Open,
        };
        var literal = new Literal(test, false);
        return outcome != Outcome.Open ? new Term(outcome, [], null)
            : IsEmpty([literal]) ? new Term(Outcome.Never, [literal], test.Left.Aggregate)
            : CanBeMissing(test) || !IsEmpty([literal with { IsNegated = true }]) ? new Term(Outcome.Open, [literal], null)
            : new Term(Outcome.Always, [literal], test.Left.Aggregate);
    }

    private static Term And(Term left, Term right)
    {
        if (left.Outcome == Outcome.Never || right.Outcome == Outcome.Never)
        {
            return left.Outcome == Outcome.Never ? left : right;
        }

        Literal[] all = [.. left.All, .. right.All];
        var culprit = all.GroupBy(literal => KeyOf(literal.Test)).FirstOrDefault(about => about.Key is not null && IsEmpty([.. about]));
        return culprit is not null ? new Term(Outcome.Never, all, culprit.First().Test.Left.Aggregate)
            : left.Outcome == Outcome.Always && right.Outcome == Outcome.Always ? left
            : new Term(Outcome.Open, all, null);
    }

    private static Term Or(Term left, Term right) =>
        left.Outcome == Outcome.Always || right.Outcome == Outcome.Always ? (left.Outcome == Outcome.Always ? left : right)
        : left.Outcome == Outcome.Never && right.Outcome == Outcome.Never ? left
        : new Term(Outcome.Open, [], null);

    private static Term Not(Term term) => term.Outcome switch
    {
        Outcome.Never => new Term(Outcome.Always, [], term.Culprit),
        Outcome.Always => new Term(Outcome.Never, [], term.Culprit),
        _ when term.All is [var literal] => new Term(Outcome.Open, [literal with { IsNegated = !literal.IsNegated }], null),
        _ => new Term(Outcome.Open, [], null),
    };

    /// <summary>What a test is about: tests with equal keys are about one number.</summary>
    private static object? KeyOf(in Instruction test) => test.Op switch
    {
        Opcode.Compare or Opcode.CompareKept or Opcode.CompareElapsed or Opcode.Did => test.Left.Aggregate,
        Opcode.Test when test.Condition is ClockCondition clock => clock.IsHour,
        _ => null,
    };

    private static bool CanBeMissing(in Instruction test) =>
        test.Op is Opcode.CompareElapsed or Opcode.Did or Opcode.CompareKept || (test.Op == Opcode.Compare && test.Left.Aggregate.Words > 1);

    /// <summary>Whether no number is all that is asked of it; all are about one number.</summary>
    private static bool IsEmpty(IReadOnlyList<Literal> all)
    {
        if (KeyOf(all[0].Test) is null)
        {
            return false;
        }

        var isThere = all.Any(literal => !literal.IsNegated) || !CanBeMissing(all[0].Test);
        var (low, high) = all[0].Test switch
        {
            { Op: Opcode.CompareElapsed or Opcode.Did } => (0L, long.MaxValue),
            { Condition: ClockCondition clock } => clock.IsHour ? (0L, 23L) : (1L, 7L),
            { Left.Aggregate.Kind: AggregateKind.Count or AggregateKind.Distinct or AggregateKind.DistinctMany } => (0L, long.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        foreach (var (test, isNegated) in all)
        {
            var (from, to) = RangeOf(test, isNegated);
            (low, high) = (Math.Max(low, from), Math.Min(high, to));
        }

        return isThere && low > high;
    }

    private static (long From, long To) RangeOf(in Instruction test, bool isNegated)
    {
        var (comparison, constant) = test.Condition is ClockCondition clock ? (clock.Comparison, clock.Constant) : (test.Comparison, test.Constant);
        if (test.Op == Opcode.Did)
        {
            return isNegated ? (test.Left.WindowMs, long.MaxValue) : (0, test.Left.WindowMs - 1);
        }

        // An average may lie between two whole numbers.
        var step = test.Op == Opcode.Compare && test.Left.Aggregate.Kind == AggregateKind.Average ? 0 : 1;
        var windowEnd = test.Op == Opcode.CompareElapsed && test.Left.WindowMs != long.MaxValue && !isNegated ? test.Left.WindowMs - 1 : long.MaxValue;
        var range = (comparison, isNegated) switch
        {
            (Comparison.Equal, false) or (Comparison.NotEqual, true) => (constant, constant),
            (Comparison.Less, false) or (Comparison.GreaterOrEqual, true) => (long.MinValue, constant - step),
            (Comparison.LessOrEqual, false) or (Comparison.Greater, true) => (long.MinValue, constant),
            (Comparison.Greater, false) or (Comparison.LessOrEqual, true) => (constant + step, long.MaxValue),
            (Comparison.GreaterOrEqual, false) or (Comparison.Less, true) => (constant, long.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };

        // Of a comparison within a window the negation says nothing: the event may lie before the window.
        return isNegated && test.Op == Opcode.CompareElapsed && test.Left.WindowMs != long.MaxValue
            ? (long.MinValue, long.MaxValue)
            : (range.Item1, Math.Min(range.Item2, windowEnd));
    }
}
