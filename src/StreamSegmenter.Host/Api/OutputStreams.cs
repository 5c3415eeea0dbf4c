using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using StreamSegmenter.Api;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>The output topics as one stream, to be resumed behind any of its records.</summary>
internal sealed class OutputStreams(OutputFeed feed, TimelineItems timeline, TimeProvider clock)
{
    private const int Portion = 256;
    private const int ValueBytesMax = 2_048;

    public async IAsyncEnumerable<StreamItem> ReadAsync(
        StreamFilter filter, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var position = lastEventId is null ? null : StreamPosition.TryRead(lastEventId)
            ?? throw ApiException.BadRequest("Last-Event-ID is no id of this stream: name the last one that it gave, or none.");
        using var watching = feed.Watch();
        if (await feed.ReadyAsync(cancellation) is { } trouble)
        {
            throw ApiException.NotNow(trouble);
        }

        var journal = feed.Journal;
        var hasGap = false;
        var cursor = position is null ? journal.AtEnd() : journal.Behind(position, out hasGap);
        var items = new FeedItem[Portion];
        while (true)
        {
            var count = journal.Read(cursor, items, out var isTooSlow);
            if (hasGap || isTooSlow)
            {
                hasGap = false;
                yield return new StreamItem(StreamPosition.Write(cursor.Position), FeedKinds.Gap, new StreamGap(
                    "Some records before this are no longer at hand here; the output topics have them."));
            }

            for (var i = 0; i < count; i++)
            {
                cursor.Position[items[i].Place] = items[i].Offset + 1;
                if (Fits(items[i], filter))
                {
                    yield return new StreamItem(StreamPosition.Write(cursor.Position), items[i].Kind, DataOf(items[i].Output));
                }
            }

            if (count == 0)
            {
                await journal.Grown(cursor).WaitAsync(Timeout.InfiniteTimeSpan, clock, cancellation);
            }
        }
    }

    public static PaneReport PaneOf(ConversionPane pane) => new(
        pane.WindowMs, pane.Dimension, ApiTime.Of(pane.StartMs), ApiTime.Of(pane.EndMs), pane.Value, pane.Events, pane.Visitors, pane.Sessions, pane.SessionsWithCart, pane.SessionsWithOrder,
        [.. pane.Funnel.Select(step => new FunnelCount(step.Step, step.Sessions))], pane.Orders, pane.RevenueMinor, pane.RefundedMinor, pane.NetMinor,
        pane.ConversionRate, pane.CartAbandonmentRate, pane.AverageOrderValueMinor, pane.Final, pane.CohortFinal);

    public static DeadLetterRecord LetterOf(DeadLetter letter)
    {
        var value = letter.Value.Span;
        return new DeadLetterRecord(
            letter.Source, letter.Partition, letter.Offset, letter.Kind.ToString().ToLowerInvariant(), letter.Reason, letter.CustomerId,
            !Utf8.IsValid(value) ? null : value.Length <= ValueBytesMax ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..ValueBytesMax]) + "…");
    }

    private object DataOf(object output) => output switch
    {
        MembershipChange change => TimelineItems.Record(change),
        ConversionPane pane => PaneOf(pane),
        DeadLetter letter => LetterOf(letter),
        _ => timeline.Record(output),
    };

    private static bool Fits(in FeedItem item, StreamFilter filter)
    {
        if (filter.Kinds.Count > 0 && !filter.Kinds.Contains(item.Kind))
        {
            return false;
        }

        var trigger = (item.Output as SuppressedTrigger)?.Trigger ?? item.Output as CartAbandoned;
        var change = item.Output as MembershipChange;
        var customer = trigger?.CustomerId ?? change?.CustomerId ?? (item.Output as DeadLetter)?.CustomerId;
        return (filter.Rule is null || trigger is null || trigger.Rule == filter.Rule)
            && (filter.Segment is null || change is null || change.Segment == filter.Segment)
            && (filter.CustomerId is null || customer == filter.CustomerId);
    }
}
