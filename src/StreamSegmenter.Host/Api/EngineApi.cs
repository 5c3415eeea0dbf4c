using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>Answers what <c>/api/v1</c> is asked: customers and members from the lanes' committed state, everything that happened from the output
/// topics, figures from the telemetry.</summary>
internal sealed class EngineApi : IEngineApi, IAsyncDisposable
{
    public const int LimitMax = 1_000;
    public const int CustomerIdBytesMax = 1_024;

    private readonly StreamSegmenterConfiguration _configuration;
    private readonly KafkaEngine _engine;
    private readonly OutputFeed _feed;
    private readonly StatusReports _status;
    private readonly TimelineItems _timeline;
    private readonly OutputStreams _streams;

    public EngineApi(StreamSegmenterConfiguration configuration, KafkaEngine engine, TimeProvider clock)
    {
        _configuration = configuration;
        _engine = engine;
        _feed = new OutputFeed(configuration.Kafka!, configuration.Definitions.Currency, clock);
        _status = new StatusReports(configuration, engine);
        _timeline = new TimelineItems(() => engine.Versions.Latest.Definitions, configuration.Definitions.Currency);
        _streams = new OutputStreams(_feed, _timeline, clock);
    }

    private DefinitionVersion Version => _engine.Versions.Latest;

    private StorefrontDefinitions Definitions => Version.Definitions;

    public EngineStatus Status() => _status.Status();

    public IReadOnlyList<ShardStatus> Shards() => _status.Shards();

    DefinitionReport IEngineApi.Definitions() => DefinitionReports.Of(_configuration.File, Version);

    public async Task<SegmentList> SegmentsAsync(CancellationToken cancellation)
    {
        await FeedReady(cancellation);
        var program = Version.Segments;
        return new SegmentList(ApiTime.OrNever(_feed.Journal.Flows.SinceMs), [.. Definitions.Segments.Select(segment =>
        {
            var index = program.SegmentIds.ToList().IndexOf(segment.Id);
            var flows = _feed.Journal.Flows.Segment(segment.Id);
            return new SegmentSummary(
                segment.Id, segment.Labels?.Name, segment.Labels?.Description, segment.Labels?.Owner, segment.Labels?.Tags ?? [], segment.When,
                program.Versions[index], MembersOf(segment.Id),
                flows.Sum(flow => flow.Counts.Entered), flows.Sum(flow => flow.Counts.Exited),
                [.. flows.Select(flow => new SegmentFlow(ApiTime.Of(flow.MinuteMs), flow.Counts.Entered, flow.Counts.Exited))]);
        })]);
    }

    public async Task<MemberPage> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation)
    {
        CheckLimit(limit);
        if (!Version.Segments.SegmentIds.Contains(segment))
        {
            throw ApiException.NotFound($"There is no segment '{segment}'.{StreamSegmenter.Definitions.NearestName.Hint(segment, Version.Segments.SegmentIds)}");
        }

        var page = await Read(reads => reads.MembersAsync(segment, after ?? "", limit, cancellation), answer => answer.Partitions, needsAll: _ => true, cancellation);
        return new MemberPage(
            segment,
            [.. (page.Members ?? []).Select(member => new Member(member.CustomerId, ApiTime.Of(member.SinceMs), ApiTime.OrNever(member.LeavesMs)))], page.Next);
    }

    public async Task<CustomerReport> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation)
    {
        if (customerId.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(customerId) > CustomerIdBytesMax)
        {
            throw ApiException.BadRequest($"A customer's id has 1 to {CustomerIdBytesMax} bytes.");
        }

        var answer = await Read(
            reads => reads.FindAsync(customerId, cancellation), answer => answer.Partitions, needsAll: answer => answer.Customer is null, cancellation);
        if (answer.Customer is not { } stored)
        {
            throw ApiException.NotFound("There is no such customer: no partition has an event of that id, or none is committed yet.");
        }

        await FeedReady(cancellation);
        var past = TimelineEntry.InOrder(PastOf(customerId));
        return CustomerReports.Of(customerId, stored, past, ApiTime.OrNever(_feed.Journal.Flows.SinceMs), at);
    }

    public async Task<ConversionReport> ConversionsAsync(ConversionQuery query, CancellationToken cancellation)
    {
        CheckLimit(query.Limit);
        var conversions = Definitions.Conversions;
        var windowMs = query.WindowMs ?? conversions.WindowsMs.DefaultIfEmpty(0).Min();
        if (query.WindowMs is { } wanted && !conversions.WindowsMs.Contains(wanted))
        {
            throw ApiException.BadRequest($"There are no windows of {wanted} ms, only of {string.Join(", ", conversions.WindowsMs)} ms.");
        }

        var dimension = query.Dimension ?? "all";
        if (dimension != "all" && dimension != conversions.Dimension)
        {
            throw ApiException.BadRequest($"There is no dimension '{dimension}', only {(conversions.Dimension is { } known ? $"'all' and '{known}'" : "'all'")}.");
        }

        await FeedReady(cancellation);
        var panes = _feed.Journal.Panes.Of(
            windowMs, dimension, query.From is { } from ? ApiTime.Ms(from) : long.MinValue, query.To is { } to ? ApiTime.Ms(to) : long.MaxValue);
        return new ConversionReport(
            conversions.WindowsMs, conversions.Dimension, [.. conversions.Funnel.Select(EventTypes.NameOf)], windowMs,
            CustomerReports.CodeOf(Definitions.Currency), panes.Count == 0 ? null : ApiTime.Of(panes[0].StartMs),
            [.. panes.TakeLast(query.Limit).Select(OutputStreams.PaneOf)]);
    }

    public async Task<OutputPage<TriggerRecord>> TriggersAsync(TriggerQuery query, CancellationToken cancellation)
    {
        CheckLimit(query.Limit);
        await FeedReady(cancellation);
        var all = _feed.Journal.Triggers();
        return new OutputPage<TriggerRecord>(ApiTime.OrNever(_feed.Journal.Flows.SinceMs), [.. all.Where(output => Fits(output, query)).Take(query.Limit).Select(_timeline.Record)]);
    }

    public async Task<OutputPage<MembershipRecord>> MembershipsAsync(string? segment, string? customerId, int limit, CancellationToken cancellation)
    {
        CheckLimit(limit);
        await FeedReady(cancellation);
        return new OutputPage<MembershipRecord>(ApiTime.OrNever(_feed.Journal.Flows.SinceMs), [.. _feed.Journal.Memberships()
            .Where(change => (segment is null || change.Segment == segment) && (customerId is null || change.CustomerId == customerId))
            .Take(limit).Select(TimelineItems.Record)]);
    }

    public async Task<OutputPage<DeadLetterRecord>> DeadLettersAsync(int limit, CancellationToken cancellation)
    {
        CheckLimit(limit);
        await FeedReady(cancellation);
        return new OutputPage<DeadLetterRecord>(null, [.. _feed.Journal.DeadLetters().Take(limit).Select(OutputStreams.LetterOf)]);
    }

    public async Task<RuleList> RulesAsync(CancellationToken cancellation)
    {
        await FeedReady(cancellation);
        return new RuleList(ApiTime.OrNever(_feed.Journal.Flows.SinceMs), [.. Definitions.CartAbandonment.Select(rule => RuleReports.Of(rule, Definitions, _feed.Journal.Flows))]);
    }

    public IAsyncEnumerable<StreamItem> StreamAsync(StreamFilter filter, string? lastEventId, CancellationToken cancellation) =>
        _streams.ReadAsync(filter, lastEventId, cancellation);

    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    private static void CheckLimit(int limit)
    {
        if (limit is < 1 or > LimitMax)
        {
            throw ApiException.BadRequest($"limit={limit}: a page has 1 to {LimitMax} records.");
        }
    }

    private static bool Fits(object output, TriggerQuery query)
    {
        var suppressed = output as SuppressedTrigger;
        var trigger = suppressed?.Trigger ?? (CartAbandoned)output;
        return (query.Rule is null || trigger.Rule == query.Rule)
            && (query.CustomerId is null || trigger.CustomerId == query.CustomerId)
            && (query.Kind is null || query.Kind == (suppressed is null ? trigger.Kind.ToString().ToLowerInvariant() : "suppressed"))
            && (query.Reason is null || (suppressed is not null && TimelineItems.NameOf(suppressed.Reason) == query.Reason));
    }

    private long MembersOf(string segment)
    {
        var place = _engine.Telemetry.Labels.Segments.PlaceOf(segment);
        return _engine.Telemetry.Lanes.Sum(lane => lane.Shards.Sum(shard => place < shard.Members.Count ? shard.Members.Read(place) : 0));
    }

    private IEnumerable<TimelineEntry> PastOf(string customerId)
    {
        // The newest come first, and the order of one instant is that in which they came.
        foreach (var output in _feed.Journal.Triggers().Reverse())
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

        foreach (var change in _feed.Journal.Memberships().Reverse().Where(change => change.CustomerId == customerId))
        {
            yield return new MembershipChanged(change);
        }
    }

    private async Task FeedReady(CancellationToken cancellation)
    {
        if (await _feed.ReadyAsync(cancellation) is { } trouble)
        {
            throw ApiException.NotNow(_configuration.Redactor.Redact(trouble));
        }
    }

    /// <summary>An answer of the lanes, when it is a whole one.</summary>
    /// <param name="needsAll">Whether the answer is right only if every partition was looked into.</param>
    private async Task<T> Read<T>(
        Func<Runtime.Reads.EngineReads, Task<T>> ask, Func<T, IReadOnlyList<int>> partitionsOf, Func<T, bool> needsAll, CancellationToken cancellation)
    {
        try
        {
            var answer = await ask(_engine.Reads);
            return needsAll(answer) && partitionsOf(answer).Count < _engine.Reads.Partitions
                ? throw ApiException.NotNow("Some partitions are being restored, or belong to another instance.")
                : answer;
        }
        catch (ReadRefusedException e)
        {
            throw ApiException.NotNow(_configuration.Redactor.Redact(e.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw ApiException.NotNow($"No answer within {Runtime.Reads.EngineReads.TimeLimit.TotalSeconds:0} s: a lane restores a partition, or is busy.");
        }
    }
}
