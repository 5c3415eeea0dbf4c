using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Api;
using StreamSegmenter.Host.Feed;

namespace StreamSegmenter.Host.Api;

/// <summary>Server-sent events: <c>id</c>, <c>event</c> (the kind) and <c>data</c> (one line of JSON); a comment every <see cref="HeartbeatInterval"/> in
/// which nothing happens, so that a dead connection is noticed. At most <see cref="StreamsMax"/> at a time in this process.</summary>
internal sealed class EventStream(IEngineApi api, TimeProvider clock)
{
    public const int StreamsMax = 200;

    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    private static int _streams;

    private static ReadOnlySpan<byte> Heartbeat => ": nothing new\n\n"u8;

    public async Task WriteAsync(HttpContext context, string? kinds, StreamFilter filter, string? lastEventId)
    {
        var stopping = context.RequestAborted;
        string[] wanted = kinds is null ? [] : kinds.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (Array.Find(wanted, kind => !FeedKinds.All.Contains(kind)) is { } unknown)
        {
            throw ApiException.BadRequest($"kinds: there is no kind '{unknown}', only {string.Join(", ", FeedKinds.All)}.");
        }

        if (Interlocked.Increment(ref _streams) > StreamsMax)
        {
            Interlocked.Decrement(ref _streams);
            throw new ApiException(503, "Too many streams", $"{StreamsMax} streams are open already.") { RetryAfterSeconds = 30 };
        }

        try
        {
            await using var items = api.StreamAsync(filter with { Kinds = wanted }, lastEventId, stopping).GetAsyncEnumerator(stopping);
            await FollowAsync(context.Response, items, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task FollowAsync(HttpResponse response, IAsyncEnumerator<StreamItem> items, CancellationToken stopping)
    {
        var next = items.MoveNextAsync().AsTask();
        // What is wrong with the request shows at the first step, before there is a status.
        if (next.IsCompleted || await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(200), clock, stopping)) == next)
        {
            await next;
        }

        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.Body.WriteAsync("retry: 2000\n\n"u8.ToArray(), stopping);
        await response.Body.FlushAsync(stopping);
        while (true)
        {
            if (await Task.WhenAny(next, Task.Delay(HeartbeatInterval, clock, stopping)) != next)
            {
                stopping.ThrowIfCancellationRequested();
                await response.Body.WriteAsync(Heartbeat.ToArray(), stopping);
                await response.Body.FlushAsync(stopping);
                continue;
            }

            if (!await next)
            {
                return;
            }

            Write(items.Current, response.BodyWriter);
            next = items.MoveNextAsync().AsTask();
            if (!next.IsCompleted)
            {
                await response.BodyWriter.FlushAsync(stopping);
            }
        }
    }

    private static void Write(StreamItem item, IBufferWriter<byte> into)
    {
        into.Write(Encoding.ASCII.GetBytes($"id: {item.Id}\nevent: {item.Kind}\ndata: "));
        using (var json = new Utf8JsonWriter(into, new JsonWriterOptions { Encoder = ApiJson.Relaxed.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, item.Data, ApiJson.Relaxed.GetTypeInfo(item.Data.GetType())!);
        }

        into.Write("\n\n"u8);
    }
}
