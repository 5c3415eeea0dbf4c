using System.Reactive.Subjects;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Pipeline;

/// <summary>The engine's table of contents: consumers, pipeline, windowed aggregators, outputs. Batches flow, not events; every step
/// runs on the lane's thread before the next poll, which is the back-pressure.
/// <para>The windows that <c>FoldEvents</c> feeds, event by event, for the event's customer:</para>
/// <list type="table">
/// <item><term><see cref="Sessions"/></term><description>a session window, which ends <c>session.gap</c> after its last event</description></item>
/// <item><term><see cref="ConversionProgram"/></term><description>tumbling windows of <c>conversions.windows</c> → the shard's parts of conversion panes, which
/// the commit tells the panes' owners (<c>Lanes/PaneGathering.cs</c>)</description></item>
/// <item><term><see cref="CartAbandonmentProgram"/></term><description>a cart's time without activity → triggers</description></item>
/// <item><term><see cref="SegmentProgram"/></term><description>sliding windows, <c>count(order_completed, 90d)</c> → membership changes</description></item>
/// </list>
/// <para>Outputs gather in the lane's <see cref="Outbox"/> and appear in <see cref="EngineOutputs"/> once a commit has made them durable
/// together with the changelog and the offsets.</para></summary>
internal sealed class Topology : IDisposable
{
    private readonly Subject<PolledRecords> _consumed = new();
    private readonly IDisposable _running;

    public Topology(LaneContext lane) => _running = Compose(_consumed, lane).Subscribe(batch => batch.Shard.ReportGauges());

    /// <summary>Sends what was polled through all steps. An exception of a step comes out here and ends the topology.</summary>
    public void Process(PolledRecords polled) => _consumed.OnNext(polled);

    public void Dispose()
    {
        _running.Dispose();
        _consumed.Dispose();
    }

    private static IObservable<ShardBatch> Compose(IObservable<PolledRecords> consumed, LaneContext lane)
    {
        // Consumers: the records of a poll, decoded.
        var events = consumed
            .RefuseRecords(lane)    // unreadable, or ahead of the clock       → dead letters
            .AdmitEvents(lane)      // to its shard's buffer, or beyond grace  → late events
            .HearOtherShards(lane); // parts of panes, and how far others are  → whole panes

        // Pipeline: a batch for each shard, in the order of event time, as far as its watermark has come.
        var ordered = events
            .ReleaseInOrder(lane)
            .LoadCustomers();       // committed state                         → working set

        // Windowed aggregators: sessions, conversions, carts, segments        → outbox
        return ordered
            .FoldEvents(lane)       // an event enters the windows of its customer
            .FireTimers(lane);      // windows and deadlines that end without an event
    }
}
