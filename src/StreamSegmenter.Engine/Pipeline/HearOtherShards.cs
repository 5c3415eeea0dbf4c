using System.Globalization;
using System.Reactive.Linq;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Exchange;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Pipeline;

internal static class HearOtherShardsOperator
{
    /// <summary>Takes what other shards tell: their parts of the panes that a shard of this lane owns, and how far they are in event time.</summary>
    public static IObservable<PolledRecords> HearOtherShards(this IObservable<PolledRecords> source, LaneContext lane) =>
        source.Do(polled =>
        {
            foreach (var record in polled.Exchange)
            {
                // Without a shard: taken away while the poll was under way, its new owner reads it again.
                if (lane.Shards.TryGetValue(record.Partition, out var shard) && shard.Exchange is { } exchange)
                {
                    Hear(lane, shard, exchange, record);
                }
            }
        });

    private static void Hear(LaneContext lane, Shard shard, ShardExchange exchange, ExchangeRecord record)
    {
        try
        {
            var message = ExchangeMessage.Read(record.Value.Span, lane.Options.Exchange!.Shards);
            var heardAs = exchange.Others.Hear(message, lane.NowMs());
            lane.Counters.ExchangeHeard++;
            if (heardAs == HeardAs.Repetition)
            {
                lane.Counters.ExchangeRepeated++;
                return;
            }

            if (heardAs == HeardAs.NewsAfterLoss)
            {
                lane.Counters.ExchangeLost++;
                lane.Report?.Invoke(string.Create(
                    CultureInfo.InvariantCulture,
                    $"partition {shard.Partition}: messages of partition {message.Sender} in the exchange topic were lost before they were read. Conversion "
                    + $"panes lack what they told until it changes again. Let the topic keep records for longer than an instance is away (retention.ms)."));
            }

            Take(lane, shard, message);
        }
        catch (InvalidDataException e)
        {
            lane.Counters.ExchangeLost++;
            lane.Report?.Invoke(string.Create(
                CultureInfo.InvariantCulture, $"partition {shard.Partition}: a record of the exchange topic cannot be read and is skipped: {e.Message}."));
        }
    }

    private static void Take(LaneContext lane, Shard shard, ExchangeMessage message)
    {
        var entries = message.Entries;
        while (ExchangeMessage.TryTake(ref entries, out var kind, out var name, out var value))
        {
            if (kind != StateKey.Pane || !PaneName.IsValid(name))
            {
                throw new InvalidDataException($"an entry of kind {kind} is unknown; a newer version of the program wrote it");
            }

            var counts = PaneCountsCodec.Read(ref value);
            lane.Counters.PanesClosed += shard.WholePanes.TryTake(message.Sender, name, in counts, shard.ClosedMs) ? 0 : 1;
        }
    }
}
