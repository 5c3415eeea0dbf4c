namespace StreamSegmenter.Api;

/// <summary>How the instance that answers is, and what it has done since it started.</summary>
/// <param name="Now">The engine's clock.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Ready">Every lane is restored and connected.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Delivery"><c>exactly-once</c> or <c>at-least-once</c>.</param>
/// <param name="Inputs">Topics that are read.</param>
/// <param name="Partitions">Of each input, over all instances; 0 before they are known.</param>
/// <param name="Events">By what became of them: applied, late, tooLate, duplicate, deadLetter.</param>
/// <param name="LagRecords">Records between position and end, over all partitions of this instance.</param>
/// <param name="LagSeconds">Of the partition that is furthest behind.</param>
/// <param name="Watermark">Lowest event time up to which results are complete; null before the first event.</param>
/// <param name="Currency">The shop's.</param>
public sealed record EngineStatus(
    DateTime Now, DateTime StartedAt, string Version, bool Ready, string Group, string Delivery, IReadOnlyList<string> Inputs, int Partitions,
    long Records, EventCounts Events, long LagRecords, double LagSeconds, DateTime? Watermark, string Currency, long Customers,
    CommitCounts Commits, IReadOnlyList<LaneStatus> Lanes);

public sealed record EventCounts(long Applied, long Late, long TooLate, long Duplicate, long DeadLetter, long Partial);

/// <param name="MeanMs">Mean time of a commit since the start; null before the first.</param>
public sealed record CommitCounts(long Committed, long Aborted, long Fenced, long Failed, long InDoubt, double? MeanMs);

/// <param name="Reason">Why it is not ready; null when it is.</param>
/// <param name="SinceTurnMs">Since the lane's loop last made a turn.</param>
public sealed record LaneStatus(
    string Lane, bool Ready, string? Reason, double SinceTurnMs, IReadOnlyList<int> Shards, long WorkingSetCustomers, long WorkingSetBytes);

/// <summary>One partition of all inputs, with the lane that owns it.</summary>
/// <param name="LagRecords">Null while it is not known.</param>
/// <param name="ReorderEvents">Events that wait for the watermark.</param>
/// <param name="RestoreRemaining">Changelog records still to be read before it works; 0 once it works, null while the number is not known.</param>
/// <param name="CheckpointAt">When the newest checkpoint began; null: there is none.</param>
public sealed record ShardStatus(
    int Partition, string Lane, DateTime? Watermark, double? WatermarkLagSeconds, long Customers, long? LagRecords, double? LagSeconds,
    long ReorderEvents, long? RestoreRemaining, DateTime? CheckpointAt, long? CheckpointBytes, long SpillBytes, IReadOnlyList<string> Paused);
