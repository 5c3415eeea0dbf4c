using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;

namespace StreamSegmenter.Host.Peers;

/// <summary>Asks all other instances at once, out of their own partitions. A customer's partition follows from the producer's partitioner, of which
/// there are several and which the engine does not know, so the owner is found by asking; each looks the key up in memory.</summary>
/// <param name="others">The others' addresses; none: this instance is alone, or has no topic to hear of others.</param>
internal sealed class PeerGroup(Func<IReadOnlyList<Uri>> others, string? key) : IDisposable
{
    /// <summary>Longer than a lane lets a question wait.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(6);

    private const int AnswerBytesMax = 8 * 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = TimeLimit, MaxResponseContentBufferSize = AnswerBytesMax };

    public Task<OwnAnswer<CustomerReport>[]> CustomerAsync(string customerId, DateTime? at, CancellationToken cancellation) => AskAsync(
        $"{PeerEndpoints.Customer}?id={Uri.EscapeDataString(customerId)}{(at is { } time ? $"&at={Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture))}" : "")}",
        PeerJson.Default.OwnAnswerCustomerReport, cancellation);

    public Task<OwnAnswer<MembersAnswer>[]> MembersAsync(string segment, string? after, int limit, CancellationToken cancellation) => AskAsync(
        string.Create(CultureInfo.InvariantCulture, $"{PeerEndpoints.Members}?segment={Uri.EscapeDataString(segment)}&after={Uri.EscapeDataString(after ?? "")}&limit={limit}"),
        PeerJson.Default.OwnAnswerMembersAnswer, cancellation);

    public Task<OwnAnswer<Dictionary<string, long>>[]> SizesAsync(CancellationToken cancellation) =>
        AskAsync(PeerEndpoints.Sizes, PeerJson.Default.OwnAnswerDictionaryStringInt64, cancellation);

    public void Dispose() => _client.Dispose();

    private Task<OwnAnswer<T>[]> AskAsync<T>(string path, JsonTypeInfo<OwnAnswer<T>> type, CancellationToken cancellation) =>
        Task.WhenAll(others().Select(peer => AskAsync(peer, path, type, cancellation)));

    /// <returns>What the other one knows; nothing, with the reason, where it does not answer.</returns>
    private async Task<OwnAnswer<T>> AskAsync<T>(Uri peer, string path, JsonTypeInfo<OwnAnswer<T>> type, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, path));
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue(PeerKey.Scheme, key);
            using var response = await _client.SendAsync(request, cancellation);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync(type, cancellation) ?? Nothing("answers nothing")
                : Nothing(string.Create(CultureInfo.InvariantCulture, $"answers {(int)response.StatusCode}{((int)response.StatusCode is 401 or 429 ? ": its http.tokens are others" : "")}"));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return Nothing("does not answer");
        }

        OwnAnswer<T> Nothing(string trouble) => new([], default, $"{peer.Authority} {trouble}");
    }
}
