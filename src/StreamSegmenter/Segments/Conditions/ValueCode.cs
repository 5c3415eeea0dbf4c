using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Conditions;

internal enum ValueOp : byte
{
    Constant,
    Read,
    Add,
    Subtract,
    Multiply,
    Divide,
}

internal readonly record struct ValueStep(ValueOp Op, AggregateRead Read = default, decimal Constant = 0);

/// <summary>Arithmetic over aggregates and constants, in postfix order. Numbers are decimal, money in major units: exact but for the 28th
/// digit of a quotient. A value that is missing makes the result missing; so does a division by nothing, and a result too large for
/// 28 digits.</summary>
internal sealed class ValueCode
{
    private readonly ValueStep[] _steps;
    private readonly decimal _minorUnits;
    private readonly int _stackMax;

    public ValueCode(ValueStep[] steps, Currency currency)
    {
        _steps = steps;
        _minorUnits = AggregateTypes.UnitsOf(AggregateType.Money, currency);
        var depth = 0;
        foreach (var step in steps)
        {
            depth += step.Op is ValueOp.Constant or ValueOp.Read ? 1 : -1;
            _stackMax = Math.Max(_stackMax, depth);
        }
    }

    public bool ChangesByTime => Array.Exists(
        _steps, static step => step.Op == ValueOp.Read && (step.Read.Aggregate.IsWindowed || step.Read.WindowMs != long.MaxValue));

    /// <summary>The value at an instant; false when it is missing. It stays until <paramref name="nextMs"/>.</summary>
    public bool TryEvaluate(CustomerRecord record, long nowMs, out decimal value, out long nextMs)
    {
        Span<decimal> stack = stackalloc decimal[_stackMax];
        var top = -1;
        var isThere = true;
        nextMs = long.MaxValue;
        value = 0;
        try
        {
            foreach (ref readonly var step in _steps.AsSpan())
            {
                if (step.Op == ValueOp.Constant)
                {
                    stack[++top] = step.Constant;
                }
                else if (step.Op == ValueOp.Read)
                {
                    isThere &= TryRead(step.Read, record, nowMs, out stack[++top], out var stepNextMs);
                    nextMs = Math.Min(nextMs, stepNextMs);
                }
                else
                {
                    top--;
                    isThere &= step.Op != ValueOp.Divide || stack[top + 1] != 0;
                    stack[top] = isThere ? Calculate(step.Op, stack[top], stack[top + 1]) : 0;
                }
            }
        }
        catch (OverflowException)
        {
            // The reads behind it were not looked at: the answer stands until it is asked for again after an event.
            return TryNext(record, nowMs, out nextMs);
        }

        value = stack[0];
        return isThere;
    }

    private bool TryNext(CustomerRecord record, long nowMs, out long nextMs)
    {
        nextMs = long.MaxValue;
        foreach (var step in _steps)
        {
            if (step.Op == ValueOp.Read)
            {
                AggregateReader.TryRead(step.Read, record, nowMs, out _, out _, out var stepNextMs);
                nextMs = Math.Min(nextMs, stepNextMs);
            }
        }

        return false;
    }

    private static decimal Calculate(ValueOp op, decimal left, decimal right) => op switch
    {
        ValueOp.Add => left + right,
        ValueOp.Subtract => left - right,
        ValueOp.Multiply => left * right,
        _ => left / right,
    };

    private bool TryRead(AggregateRead read, CustomerRecord record, long nowMs, out decimal value, out long nextMs)
    {
        var aggregate = read.Aggregate;
        var isThere = AggregateReader.TryRead(read, record, nowMs, out var raw, out var count, out nextMs);
        value = raw;
        if (aggregate.Spec.Type == AggregateType.Money)
        {
            value /= _minorUnits;
        }
        else if (aggregate.Spec.Type == AggregateType.Micro && !(aggregate.Kind == AggregateKind.Average && aggregate.Spec.Field.Kind == FieldKind.Quantity))
        {
            value /= AggregateTypes.MicrosPerUnit;
        }

        if (aggregate.Kind == AggregateKind.Average && count > 0)
        {
            value /= count;
        }

        return isThere;
    }
}

/// <summary>Two calculated values.</summary>
internal sealed class CompareValues(ValueCode left, Comparison comparison, ValueCode right) : Condition
{
    public override bool ChangesByTime => left.ChangesByTime || right.ChangesByTime;

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        var isThere = left.TryEvaluate(record, nowMs, out var one, out var oneNextMs)
            & right.TryEvaluate(record, nowMs, out var other, out var otherNextMs);
        return new ConditionResult(isThere && comparison.Holds(one.CompareTo(other)), Math.Min(oneNextMs, otherNextMs));
    }
}
