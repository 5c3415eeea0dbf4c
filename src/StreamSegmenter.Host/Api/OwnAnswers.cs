using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Host.Peers;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Reads;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>Customers, members and sizes out of the committed state of this process's lanes.</summary>
internal sealed class OwnAnswers(KafkaEngine engine, ReadyFeed feed, Redactor redactor) : IOwnAnswers
{
    public const int CustomerIdBytesMax = 1_024;

    public async Task<OwnAnswer<CustomerReport>> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation)
    {
        if (customerId.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(customerId) > CustomerIdBytesMax)
        {
            throw ApiException.BadRequest($"A customer's id has 1 to {CustomerIdBytesMax} bytes.");
        }

        var own = await AskAsync(reads => reads.FindAsync(customerId, cancellation), answer => answer.Partitions, cancellation);
        if (own.Value?.Customer is not { } stored)
        {
            return new OwnAnswer<CustomerReport>(own.Partitions, null, own.Trouble);
        }

        var journal = await feed.JournalAsync(cancellation);
        var past = TimelineEntry.InOrder(PastOf(customerId, journal));
        return new OwnAnswer<CustomerReport>(
            own.Partitions, CustomerReports.Of(customerId, stored, past, ApiTime.OrNever(journal.Flows.SinceMs), at), own.Trouble);
    }

    public async Task<OwnAnswer<MembersAnswer>> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation)
    {
        EngineApi.CheckLimit(limit);
        var known = engine.Versions.Latest.Segments.SegmentIds;
        return known.Contains(segment)
            ? await AskAsync(reads => reads.MembersAsync(segment, after ?? "", limit, cancellation), answer => answer.Partitions, cancellation)
            : throw ApiException.NotFound($"There is no segment '{segment}'.{StreamSegmenter.Definitions.NearestName.Hint(segment, known)}");
    }

    public OwnAnswer<Dictionary<string, long>> Sizes()
    {
        var labels = engine.Telemetry.Labels.Segments;
        var shards = engine.Telemetry.Lanes.SelectMany(lane => lane.Shards).Where(shard => shard.RestoreRemaining == 0).ToArray();
        return new OwnAnswer<Dictionary<string, long>>(
            [.. shards.Select(shard => shard.Partition).Order()],
            engine.Versions.Latest.Segments.SegmentIds.ToDictionary(segment => segment, segment =>
            {
                var place = labels.PlaceOf(segment);
                return shards.Sum(shard => place < shard.Members.Count ? shard.Members.Read(place) : 0);
            }));
    }

    private static IEnumerable<TimelineEntry> PastOf(string customerId, Journal journal)
    {
        // The newest come first, and the order of one instant is that in which they came.
        foreach (var output in journal.Triggers().Reverse())
        {
            if (output is CartAbandoned trigger && trigger.CustomerId == customerId)
            {
                yield return new TriggerRecorded(trigger);
            }
            else if (output is SuppressedTrigger suppressed && suppressed.Trigger.CustomerId == customerId)
            {
                yield return new TriggerSuppressed(suppressed);
            }
        }

        foreach (var change in journal.Memberships().Reverse().Where(change => change.CustomerId == customerId))
        {
            yield return new MembershipChanged(change);
        }
    }

    /// <returns>The lanes' answer; one about no partition, with the reason, where there is none now.</returns>
    private async Task<OwnAnswer<T>> AskAsync<T>(
        Func<EngineReads, Task<T>> ask, Func<T, IReadOnlyList<int>> partitionsOf, CancellationToken cancellation)
    {
        try
        {
            var answer = await ask(engine.Reads);
            return new OwnAnswer<T>(partitionsOf(answer), answer);
        }
        catch (ReadRefusedException e)
        {
            return new OwnAnswer<T>([], default, redactor.Redact(e.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new OwnAnswer<T>([], default, $"no answer within {EngineReads.TimeLimit.TotalSeconds:0} s: a lane restores a partition, or is busy");
        }
    }
}
