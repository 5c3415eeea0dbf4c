using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Host.Peers;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>Answers what <c>/api/v1</c> is asked: customers and members from the lanes' committed state, everything that happened from the output
/// topics, figures from the telemetry.</summary>
internal sealed class EngineApi : IEngineApi, IAsyncDisposable
{
    public const int LimitMax = 1_000;

    private readonly StreamSegmenterConfiguration _configuration;
    private readonly KafkaEngine _engine;
    private readonly OutputFeed _feed;
    private readonly StatusReports _status;
    private readonly TimelineItems _timeline;
    private readonly OutputStreams _streams;
    private readonly ReadyFeed _ready;
    private readonly PeerGroup _peers;

    /// <param name="others">The other instances of the group.</param>
    public EngineApi(StreamSegmenterConfiguration configuration, KafkaEngine engine, TimeProvider clock, Func<IReadOnlyList<Uri>> others)
    {
        _configuration = configuration;
        _engine = engine;
        _feed = new OutputFeed(configuration.Kafka!, configuration.Definitions.Currency, clock);
        _status = new StatusReports(configuration, engine);
        _timeline = new TimelineItems(() => engine.Versions.Latest.Definitions, configuration.Definitions.Currency);
        _streams = new OutputStreams(_feed, _timeline, clock);
        _ready = new ReadyFeed(_feed, configuration.Redactor);
        _peers = new PeerGroup(others, PeerKey.Of(configuration.Http.Tokens));
        Own = new OwnAnswers(engine, _ready, configuration.Redactor);
    }

    /// <summary>What this instance knows by itself.</summary>
    public IOwnAnswers Own { get; }

    private DefinitionVersion Version => _engine.Versions.Latest;

    private StorefrontDefinitions Definitions => Version.Definitions;

    public EngineStatus Status() => _status.Status();

    public IReadOnlyList<ShardStatus> Shards() => _status.Shards();

    DefinitionReport IEngineApi.Definitions() => DefinitionReports.Of(_configuration.File, Version);

    public async Task<SegmentList> SegmentsAsync(CancellationToken cancellation)
    {
        var journal = await _ready.JournalAsync(cancellation);
        var program = Version.Segments;
        OwnAnswer<Dictionary<string, long>>[] sizes = [Own.Sizes(), .. await _peers.SizesAsync(cancellation)];
        WholeAnswer.Require(_engine.Reads.Partitions, sizes);
        return new SegmentList(ApiTime.OrNever(journal.Flows.SinceMs), [.. Definitions.Segments.Select(segment =>
        {
            var index = program.SegmentIds.ToList().IndexOf(segment.Id);
            var flows = journal.Flows.Segment(segment.Id);
            return new SegmentSummary(
                segment.Id, segment.Labels?.Name, segment.Labels?.Description, segment.Labels?.Owner, segment.Labels?.Tags ?? [], segment.When,
                program.Versions[index], sizes.Sum(own => own.Value?.GetValueOrDefault(segment.Id) ?? 0),
                flows.Sum(flow => flow.Counts.Entered), flows.Sum(flow => flow.Counts.Exited),
                [.. flows.Select(flow => new SegmentFlow(ApiTime.Of(flow.MinuteMs), flow.Counts.Entered, flow.Counts.Exited))]);
        })]);
    }

    public async Task<MemberPage> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation)
    {
        var asking = _peers.MembersAsync(segment, after, limit, cancellation);
        OwnAnswer<MembersAnswer>[] answers = [await Own.MembersAsync(segment, after, limit, cancellation), .. await asking];
        WholeAnswer.Require(_engine.Reads.Partitions, answers);
        var page = MembersAnswer.Merge([.. answers.Select(answer => answer.Value).OfType<MembersAnswer>()], limit);
        return new MemberPage(
            segment,
            [.. (page.Members ?? []).Select(member => new Member(member.CustomerId, ApiTime.Of(member.SinceMs), ApiTime.OrNever(member.LeavesMs)))], page.Next);
    }

    public async Task<CustomerReport> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation)
    {
        var own = await Own.CustomerAsync(customerId, at, cancellation);
        if (own.Value is not null)
        {
            return own.Value;
        }

        OwnAnswer<CustomerReport>[] answers = [own, .. await _peers.CustomerAsync(customerId, at, cancellation)];
        if (answers.Select(answer => answer.Value).OfType<CustomerReport>().MaxBy(found => found.Watermark) is { } elsewhere)
        {
            return elsewhere;
        }

        WholeAnswer.Require(_engine.Reads.Partitions, answers);
        throw ApiException.NotFound("There is no such customer: no partition has an event of that id, or none is committed yet.");
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
        string[] dimensions = [.. conversions.Dimensions.Select(known => known.Name)];
        if (dimension != "all" && !dimensions.Contains(dimension))
        {
            throw ApiException.BadRequest($"There is no dimension '{dimension}', only {string.Join(", ", dimensions.Prepend("all").Select(known => $"'{known}'"))}.");
        }

        var journal = await _ready.JournalAsync(cancellation);
        var panes = journal.Panes.Of(
            windowMs, dimension, query.From is { } from ? ApiTime.Ms(from) : long.MinValue, query.To is { } to ? ApiTime.Ms(to) : long.MaxValue);
        return new ConversionReport(
            conversions.WindowsMs, dimensions, [.. conversions.Funnel.Select(EventTypes.NameOf)], windowMs,
            CustomerReports.CodeOf(Definitions.Currency), panes.Count == 0 ? null : ApiTime.Of(panes[0].StartMs),
            [.. panes.TakeLast(query.Limit).Select(OutputStreams.PaneOf)]);
    }

    public async Task<OutputPage<TriggerRecord>> TriggersAsync(TriggerQuery query, CancellationToken cancellation)
    {
        CheckLimit(query.Limit);
        var journal = await _ready.JournalAsync(cancellation);
        var all = journal.Triggers();
        return new OutputPage<TriggerRecord>(ApiTime.OrNever(journal.Flows.SinceMs), [.. all.Where(output => Fits(output, query)).Take(query.Limit).Select(_timeline.Record)]);
    }

    public async Task<OutputPage<MembershipRecord>> MembershipsAsync(string? segment, string? customerId, int limit, CancellationToken cancellation)
    {
        CheckLimit(limit);
        var journal = await _ready.JournalAsync(cancellation);
        return new OutputPage<MembershipRecord>(ApiTime.OrNever(journal.Flows.SinceMs), [.. journal.Memberships()
            .Where(change => (segment is null || change.Segment == segment) && (customerId is null || change.CustomerId == customerId))
            .Take(limit).Select(TimelineItems.Record)]);
    }

    public async Task<OutputPage<DeadLetterRecord>> DeadLettersAsync(int limit, CancellationToken cancellation)
    {
        CheckLimit(limit);
        var journal = await _ready.JournalAsync(cancellation);
        return new OutputPage<DeadLetterRecord>(null, [.. journal.DeadLetters().Take(limit).Select(OutputStreams.LetterOf)]);
    }

    public async Task<RuleList> RulesAsync(CancellationToken cancellation)
    {
        var journal = await _ready.JournalAsync(cancellation);
        return new RuleList(ApiTime.OrNever(journal.Flows.SinceMs), [.. Definitions.CartAbandonment.Select(rule => RuleReports.Of(rule, Definitions, journal.Flows))]);
    }

    public IAsyncEnumerable<StreamItem> StreamAsync(StreamFilter filter, string? lastEventId, CancellationToken cancellation) =>
        _streams.ReadAsync(filter, lastEventId, cancellation);

    public ValueTask DisposeAsync()
    {
        _peers.Dispose();
        return _feed.DisposeAsync();
    }

    internal static void CheckLimit(int limit)
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
}
