namespace StreamSegmenter.Api;

/// <summary>What <c>/api/v1</c> answers, for those who ask within the process. Every method answers from committed state and from what was
/// committed to the output topics, and throws <see cref="ApiException"/> where there is no right answer.</summary>
public interface IEngineApi
{
    EngineStatus Status();

    IReadOnlyList<ShardStatus> Shards();

    Task<SegmentList> SegmentsAsync(CancellationToken cancellation);

    Task<MemberPage> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation);

    /// <param name="at">Not before the engine's state of the customer; null: the instant of that state.</param>
    Task<CustomerReport> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation);

    Task<ConversionReport> ConversionsAsync(ConversionQuery query, CancellationToken cancellation);

    Task<OutputPage<TriggerRecord>> TriggersAsync(TriggerQuery query, CancellationToken cancellation);

    Task<OutputPage<MembershipRecord>> MembershipsAsync(string? segment, string? customerId, int limit, CancellationToken cancellation);

    Task<OutputPage<DeadLetterRecord>> DeadLettersAsync(int limit, CancellationToken cancellation);

    Task<RuleList> RulesAsync(CancellationToken cancellation);

    DefinitionReport Definitions();

    /// <summary>What is committed to the output topics from now on, or from behind <paramref name="lastEventId"/>. Ends with the cancellation, or
    /// when the reader is too slow: it can resume by the last id that it has.</summary>
    IAsyncEnumerable<StreamItem> StreamAsync(StreamFilter filter, string? lastEventId, CancellationToken cancellation);
}
