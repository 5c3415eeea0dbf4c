using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Exchange;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>What a commit does with conversion panes. A shard tells its parts to the panes' owners, one of which it may be itself; of the
/// panes that it owns, it closes those that all shards are through with, and emits those that changed.</summary>
internal sealed class PaneGathering(LaneContext lane)
{
    private readonly byte[] _value = new byte[PaneCountsCodec.BytesMax];

    public void Gather(Shard shard, List<ExchangeRecord> messages)
    {
        if (shard.Exchange is not { } exchange)
        {
            HandOut(shard);
            return;
        }

        foreach (var part in shard.Panes.Entries)
        {
            if (part.IsDirty)
            {
                Tell(shard, exchange, part);
            }
        }

        var nowMs = lane.NowMs();
        var silentUntilMs = shard.Buffer.Count == 0 ? shard.Watermark.SilentUntilMs : null;
        var reachedMs = exchange.Reached(shard.Panes.FiredUntilMs, silentUntilMs, nowMs);
        exchange.Gather(reachedMs, shard.IsSilent, nowMs, messages);

        // Also when nobody is further than before: a part may be the first of a pane that is over.
        shard.ClosedMs = Math.Max(shard.ClosedMs, exchange.Others.WholeMs(exchange.ToldMs));
        shard.WholePanes.Close(exchange.Others.WholeMs(exchange.ToldMs));

        foreach (var pane in shard.WholePanes.Entries)
        {
            if (pane.IsDirty)
            {
                lane.Outbox.ConversionPanes.Add(shard.WholePanes.Describe(pane, lane.Definitions.Conversions, lane.Definitions.Currency));
            }
        }
    }

    private void Tell(Shard shard, ShardExchange exchange, WorkingPane part)
    {
        var shards = lane.Options.Exchange!.Shards;
        var owner = shards == 1 ? shard.Partition : PaneName.OwnerOf(part.Name, shards);
        if (owner == shard.Partition)
        {
            lane.Counters.PanesClosed += shard.WholePanes.TryTake(owner, part.Name, in part.Counts, shard.ClosedMs) ? 0 : 1;
            return;
        }

        Span<byte> rest = _value;
        PaneCountsCodec.Write(ref rest, in part.Counts);
        exchange.Tell(owner, StateKey.Pane, part.Name, _value.AsSpan(0, _value.Length - rest.Length));
    }

    private void HandOut(Shard shard)
    {
        foreach (var part in shard.Panes.Entries)
        {
            if (part.IsDirty)
            {
                lane.Outbox.PaneParts.Add(new PanePart(shard.Partition, part.Name.ToArray(), part.Counts));
            }
        }
    }
}
