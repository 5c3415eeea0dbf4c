using System.Text;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Shards;

/// <summary>What the operators of one lane share: its definitions, its shards, its outbox, its clock. Touched by the lane's
/// thread only.</summary>
internal sealed class LaneContext
{
    private readonly bool _hasClock;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, int> _inputsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _segments = new(StringComparer.Ordinal);

    internal LaneContext(
        StorefrontDefinitions definitions, SegmentProgram segments, EngineOptions options, LaneCounters counters,
        TimeProvider clock)
    {
        Definitions = definitions;
        Segments = segments;
        Options = options;
        Counters = counters;
        _clock = clock;
        _hasClock = options.MaxClockSkewMs is not null;
        Fold = new CustomerFold(definitions, segments);
        for (var rule = 0; rule < definitions.CartAbandonment.Count; rule++)
        {
            _rules[definitions.CartAbandonment[rule].Id] = rule;
        }

        for (var segment = 0; segment < segments.SegmentIds.Count; segment++)
        {
            _segments[segments.SegmentIds[segment]] = segment;
        }

        for (var input = options.Inputs.Count - 1; input >= 0; input--)
        {
            _inputsByName[options.Inputs[input].Name] = input;
        }
    }

    public StorefrontDefinitions Definitions { get; }

    public SegmentProgram Segments { get; }

    public EngineOptions Options { get; }

    public LaneCounters Counters { get; }

    public CustomerFold Fold { get; }

    public Outbox Outbox { get; } = new();

    internal SortedDictionary<int, Shard> Shards { get; } = [];

    /// <summary>Processing time: for pacing and silence only.</summary>
    internal long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The clock that event time is held against; null on a replay, which has none.</summary>
    internal long? ClockMs() => _hasClock ? NowMs() : null;

    internal int RuleIndex(string id) => _rules[id];

    /// <summary>Null: no longer defined.</summary>
    internal int? SegmentIndex(string id) => _segments.TryGetValue(id, out var index) ? index : null;

    /// <summary>Memory of the working set, roughly.</summary>
    internal long WorkingSetBytes()
    {
        long bytes = 0;
        foreach (var shard in Shards.Values)
        {
            bytes += shard.Customers.Bytes;
        }

        return bytes;
    }

    internal bool HasTimersDue()
    {
        foreach (var shard in Shards.Values)
        {
            if (shard.HasTimersDue)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Copies what a shard's folds found into the outbox of the commit that is gathered.</summary>
    internal void CollectOutputs(FoldOutput output)
    {
        Outbox.CartAbandoned.AddRange(output.Carts.Triggers);
        Outbox.Suppressed.AddRange(output.Carts.Suppressed);
        Outbox.MembershipChanges.AddRange(output.MembershipChanges);
        AddDeadLetters(output.Carts.Problems);
    }

    /// <summary>What was wrong in applied events goes to the dead letters.</summary>
    private void AddDeadLetters(List<EventProblem> problems)
    {
        foreach (var problem in problems)
        {
            Outbox.DeadLetters.Add(new DeadLetter(
                Options.Inputs[problem.Input].Name, problem.Partition, problem.Offset, problem.Reason,
                Encoding.UTF8.GetBytes(problem.CustomerKey), Encoding.UTF8.GetBytes(problem.Description))
            {
                Kind = problem.IsRefusal ? DeadLetterKind.Refused : DeadLetterKind.Partial,
                CustomerId = problem.CustomerKey,
            });
        }
    }

    /// <summary>Puts a dead letter into the outbox, unless it was there before a restart or its shard is gone.</summary>
    internal bool TryAcceptLetter(DeadLetter letter, out int input)
    {
        input = _inputsByName[letter.Source];
        if (!Shards.TryGetValue(letter.Partition, out var shard) || shard.Positions.IsFolded(input, letter.Offset, 0))
        {
            return false;
        }

        Outbox.DeadLetters.Add(letter);
        return true;
    }
}
