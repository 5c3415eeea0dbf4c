using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;

namespace StreamSegmenter.Host.Peers;

/// <summary>Answers out of this instance's own partitions, and never asks another one: so no question goes round in circles.</summary>
internal interface IOwnAnswers
{
    /// <exception cref="ApiException">The question itself is wrong.</exception>
    Task<OwnAnswer<CustomerReport>> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation);

    /// <exception cref="ApiException">The question itself is wrong.</exception>
    Task<OwnAnswer<MembersAnswer>> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation);

    /// <summary>Members of each segment.</summary>
    OwnAnswer<Dictionary<string, long>> Sizes();
}
