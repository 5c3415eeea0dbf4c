using System.Text;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;

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
    private readonly Dictionary<DefinitionVersion, CustomerFold> _folds = new(ReferenceEqualityComparer.Instance);

    internal LaneContext(DefinitionVersions versions, EngineOptions options, LaneCounters counters, TimeProvider clock)
    {
        Versions = versions;
        Definitions = versions.First.Definitions;
        Options = options;
        Counters = counters;
        _clock = clock;
        _hasClock = options.MaxClockSkewMs is not null;
        for (var input = options.Inputs.Count - 1; input >= 0; input--)
        {
            _inputsByName[options.Inputs[input].Name] = input;
        }
    }

    /// <summary>All versions of the segments and rules. Which of them holds is a shard's matter.</summary>
    public DefinitionVersions Versions { get; }

    /// <summary>What no version changes: grace, currency, conversions.</summary>
    public StorefrontDefinitions Definitions { get; }

    public EngineOptions Options { get; }

    public LaneCounters Counters { get; }

    /// <summary>Receives sentences for the operator.</summary>
    public Action<string>? Report { get; init; }

    public Outbox Outbox { get; } = new();

    internal SortedDictionary<int, Shard> Shards { get; } = [];

    /// <summary>Processing time: for pacing and silence only.</summary>
    internal long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The clock that event time is held against; null on a replay, which has none.</summary>
    internal long? ClockMs() => _hasClock ? NowMs() : null;

    /// <summary>The place of the version under which a shard goes on. Where its record names a configuration file's that is not known here,
    /// that is the present file's.</summary>
    /// <returns>-1: the record names a version that was published and is not known here, or not yet.</returns>
    internal int VersionIndexOf(ShardRecord? record) => record?.Definitions is not { } definitions
        ? 0
        : Versions.IndexOf(definitions.Id) is >= 0 and var known ? known
        : DefinitionVersion.IsFileId(definitions.Id) ? 0 : -1;

    /// <summary>Where a rule is counted.</summary>
    internal int PlaceOfRule(string id) =>
        _rules.TryGetValue(id, out var place) ? place : _rules[id] = Counters.PlaceOfRule(id);

    /// <summary>Where a segment is counted.</summary>
    internal int PlaceOfSegment(string id) =>
        _segments.TryGetValue(id, out var place) ? place : _segments[id] = Counters.PlaceOfSegment(id);

    /// <summary>A version, ready to fold on this lane's thread: shards of one version share it.</summary>
    internal CustomerFold FoldOf(DefinitionVersion version)
    {
        if (!_folds.TryGetValue(version, out var fold))
        {
            _folds[version] = fold = new CustomerFold(version.Definitions, version.Segments);
        }

        return fold;
    }

    /// <summary>Lets go of versions under which no shard of the lane stands any more.</summary>
    internal void ForgetFolds()
    {
        foreach (var version in _folds.Keys.Where(version => !Shards.Values.Any(shard => ReferenceEquals(shard.Version, version))).ToArray())
        {
            _folds.Remove(version);
        }
    }

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

    /// <summary>Some shard has more to do without another event: timers that did not fit into a commit, or a change of definitions.</summary>
    internal bool HasMoreToDo()
    {
        foreach (var shard in Shards.Values)
        {
            if (shard.HasTimersDue || shard.StandsBeforeChange || shard.WholePanes.HasMoreDue)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Some shard can tell the others only behind the next commit how far it is.</summary>
    internal bool HasUntold()
    {
        foreach (var shard in Shards.Values)
        {
            if (shard.Exchange is { } exchange && exchange.HasUntold(shard.Panes.FiredUntilMs))
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
