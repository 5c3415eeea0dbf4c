using System.Runtime.CompilerServices;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments;

internal enum Opcode : byte
{
    And,
    Or,
    Not,
    True,
    False,

    /// <summary>The value of the left aggregate against the constant.</summary>
    Compare,

    /// <summary>The earliest or latest value against the constant.</summary>
    CompareKept,

    /// <summary>The earliest or latest text.</summary>
    TestKept,

    /// <summary>The time since the left aggregate's event against the constant.</summary>
    CompareElapsed,

    /// <summary>The values of two aggregates.</summary>
    CompareTwo,

    /// <summary>The times since two aggregates' events.</summary>
    CompareTwoElapsed,

    /// <summary>Whether the left aggregate's event happened within its window.</summary>
    Did,

    /// <summary>Whether the customer is in the segment whose index is the constant.</summary>
    InSegment,

    /// <summary>A condition with an evaluation of its own.</summary>
    Test,
}

internal readonly record struct Instruction(
    Opcode Op, Comparison Comparison = default, AggregateRead Left = default, AggregateRead Right = default, long Constant = 0,
    TextTest? Text = null, Condition? Condition = null);

/// <summary>A segment's expression in postfix order, run over a stack of results: no tree to walk, no allocation.</summary>
internal sealed class SegmentCode
{
    private readonly Instruction[] _instructions;
    private readonly int _stackMax;

    public SegmentCode(Instruction[] instructions)
    {
        _instructions = instructions;
        var depth = 0;
        foreach (var instruction in instructions)
        {
            depth += instruction.Op switch { Opcode.And or Opcode.Or => -1, Opcode.Not => 0, _ => 1 };
            _stackMax = Math.Max(_stackMax, depth);
        }
    }

    public IReadOnlyList<Instruction> Instructions => _instructions;

    /// <summary>Whether time alone can change the answer, other than through the segments that it refers to.</summary>
    public bool ChangesByTime => Array.Exists(_instructions, static instruction => instruction.Op switch
    {
        Opcode.CompareElapsed => true,
        Opcode.Compare => instruction.Left.Aggregate.IsWindowed,
        Opcode.CompareTwo or Opcode.CompareTwoElapsed =>
            ForgetsByTime(instruction.Left) || ForgetsByTime(instruction.Right),
        Opcode.Test => instruction.Condition!.ChangesByTime,
        Opcode.Did or Opcode.CompareKept or Opcode.TestKept => ForgetsByTime(instruction.Left),
        _ => false,
    });

    /// <summary>Answers the expression for an instant, for which the segments that it refers to were brought up to date
    /// before.</summary>
    [SkipLocalsInit]
    public ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        Span<ConditionResult> stack = stackalloc ConditionResult[_stackMax];
        var top = -1;
        foreach (ref readonly var instruction in _instructions.AsSpan())
        {
            switch (instruction.Op)
            {
                case Opcode.And:
                    top--;
                    stack[top] = stack[top].And(stack[top + 1]);
                    break;
                case Opcode.Or:
                    top--;
                    stack[top] = stack[top].Or(stack[top + 1]);
                    break;
                case Opcode.Not:
                    stack[top] = stack[top].Not();
                    break;
                default:
                    stack[++top] = Test(in instruction, record, nowMs);
                    break;
            }
        }

        return stack[0];
    }

    private static bool ForgetsByTime(AggregateRead read) => read.Aggregate.IsWindowed || read.WindowMs != long.MaxValue;

    private static ConditionResult Test(in Instruction instruction, CustomerRecord record, long nowMs)
    {
        var left = instruction.Left;
        switch (instruction.Op)
        {
            case Opcode.Compare:
                return AggregateReader.Compare(left.Aggregate, record, instruction.Comparison, instruction.Constant, nowMs);
            case Opcode.CompareKept:
                return AggregateReader.CompareKept(
                    left.Aggregate, record, instruction.Comparison, instruction.Constant, left.WindowMs, nowMs);
            case Opcode.TestKept:
                return AggregateReader.TestKept(left.Aggregate, record, instruction.Text!, left.WindowMs, nowMs);
            case Opcode.CompareElapsed:
                return AggregateReader.CompareElapsed(
                    left.Aggregate, record, instruction.Comparison, instruction.Constant, left.WindowMs, nowMs);
            case Opcode.Did:
                return AggregateReader.Did(left.Aggregate, record, left.WindowMs, nowMs);
            case Opcode.InSegment:
                ref var slot = ref MembershipSlot.Of(record, (int)instruction.Constant);
                return new ConditionResult(slot.IsMember, slot.DueMs);
            case Opcode.Test:
                return instruction.Condition!.Evaluate(record, nowMs);
            case Opcode.CompareTwo:
                return CompareTwo(in instruction, record, nowMs);
            case Opcode.CompareTwoElapsed:
                return CompareTwoElapsed(in instruction, record, nowMs);
            default:
                return ConditionResult.Constant(instruction.Op == Opcode.True);
        }
    }

    private static ConditionResult CompareTwo(in Instruction instruction, CustomerRecord record, long nowMs)
    {
        var left = instruction.Left.Aggregate;
        var right = instruction.Right.Aggregate;
        var present = AggregateReader.TryRead(instruction.Left, record, nowMs, out var leftValue, out var leftNextMs)
            & AggregateReader.TryRead(instruction.Right, record, nowMs, out var rightValue, out var rightNextMs);
        var order = ((Int128)leftValue * ScaleTo(left, right)).CompareTo((Int128)rightValue * ScaleTo(right, left));
        return new ConditionResult(present && instruction.Comparison.Holds(order), Math.Min(leftNextMs, rightNextMs));
    }

    // A whole number is compared with millionths in millionths.
    private static long ScaleTo(Aggregate aggregate, Aggregate other) =>
        aggregate.Spec.Type == AggregateType.Integer && other.Spec.Type == AggregateType.Micro ? AggregateTypes.MicrosPerUnit : 1;

    private static ConditionResult CompareTwoElapsed(in Instruction instruction, CustomerRecord record, long nowMs)
    {
        var left = AggregateReader.Did(instruction.Left.Aggregate, record, instruction.Left.WindowMs, nowMs);
        var right = AggregateReader.Did(instruction.Right.Aggregate, record, instruction.Right.WindowMs, nowMs);

        // Both grow at the same pace: the smaller one is that of the later event, for as long as both are known.
        var order = instruction.Right.Aggregate.Slot(record)[0].CompareTo(instruction.Left.Aggregate.Slot(record)[0]);
        return left.And(right).And(ConditionResult.Constant(instruction.Comparison.Holds(order)));
    }
}
