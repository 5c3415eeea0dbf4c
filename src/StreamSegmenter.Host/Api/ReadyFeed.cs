using StreamSegmenter.Api;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Host.Api;

/// <summary>What was committed to the output topics, once enough of it has been read.</summary>
internal sealed class ReadyFeed(OutputFeed feed, Redactor redactor)
{
    /// <exception cref="ApiException">It is not read yet.</exception>
    public async Task<Journal> JournalAsync(CancellationToken cancellation) => await feed.ReadyAsync(cancellation) is { } trouble
        ? throw ApiException.NotNow(redactor.Redact(trouble))
        : feed.Journal;
}
