using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Pipeline;

/// <summary>The engine's table of contents: what happens to the records that a lane polls, in this order. Batches flow, not
/// events; every step runs on the lane's thread before the next poll, which is the back-pressure.
/// <para>The source has decoded the records (<see cref="RecordIntake"/>); the results gather in the lane's outbox and
/// working set until a commit (<c>LaneCommit</c>) makes outputs, changelog and offsets durable together.</para></summary>
internal static class Topology
{
    public static IObservable<ShardBatch> Compose(IObservable<PolledRecords> polled, LaneContext lane) => polled
        .RefuseRecords(lane)    // unreadable, or ahead of the clock       → dead letters
        .AdmitEvents(lane)      // to its shard's buffer, or beyond grace  → late events
        .ReleaseInOrder(lane)   // the watermark passes: in event-time order
        .LoadCustomers()        // committed state                         → working set
        .FoldEvents(lane)       // session, conversions, carts, segments   → outbox
        .FireTimers(lane);      // what only the passing of time changes   → outbox
}
