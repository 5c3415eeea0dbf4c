using System.Collections.Concurrent;
using System.Text;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Host.Peers;

/// <summary>Who else is in the group, and where: announces this instance every <see cref="Interval"/> in a compacted topic, and follows the
/// announcements of the others. One that has been silent for <see cref="SilenceMax"/> is taken for gone. What is announced is a hint where to ask and no
/// claim to a partition: each answer itself names the partitions that it is about.</summary>
internal sealed class PeerDirectory : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Peer> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly KafkaSettings _settings;
    private readonly string _topic;
    private readonly Announcement _self;
    private readonly TimeProvider _clock;
    private readonly Func<bool> _hasStarted;
    private readonly Action<string> _report;
    private readonly Task _announcing;

    /// <param name="hasStarted">The engine has found its topics.</param>
    public PeerDirectory(KafkaSettings settings, string topic, Uri endpoint, TimeProvider clock, Func<bool> hasStarted, Action<string> report)
    {
        (_settings, _topic, _clock, _hasStarted, _report) = (settings, topic, clock, hasStarted, report);
        _self = new Announcement(Guid.NewGuid().ToString("n"), settings.GroupId, endpoint.GetLeftPart(UriPartial.Authority));
        _announcing = Task.Run(AnnounceAsync);
    }

    public string Endpoint => _self.Endpoint;

    /// <summary>The other instances' addresses, in a fixed order.</summary>
    public IReadOnlyList<Uri> Others
    {
        get
        {
            var now = _clock.GetTimestamp();
            return [.. _known.Where(peer => peer.Key != _self.Endpoint && _clock.GetElapsedTime(peer.Value.HeardAt, now) < SilenceMax)
                .OrderBy(peer => peer.Key, StringComparer.Ordinal).Select(peer => peer.Value.Endpoint)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _announcing;
        _stopping.Dispose();
    }

    internal void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _known.TryRemove(Encoding.UTF8.GetString(key), out _);
        }
        else if (Announcement.Decode(value) is { } heard && heard.Group == _self.Group)
        {
            _known[heard.Endpoint] = new Peer(new Uri(heard.Endpoint), _clock.GetTimestamp());
        }
    }

    private async Task AnnounceAsync()
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            while (!_hasStarted())
            {
                await timer.WaitForNextTickAsync(_stopping.Token);
            }

            using var reader = new CompactedTopicReader(_settings, _topic, "instances", Take, _report);
            while (true)
            {
                await AnnounceUntilItFailsAsync(timer);
            }
        }
        catch (OperationCanceledException)
        {
            // The instance ends.
        }
    }

    /// <exception cref="OperationCanceledException">The instance ends, and the others know.</exception>
    private async Task AnnounceUntilItFailsAsync(PeriodicTimer timer)
    {
        var key = Encoding.UTF8.GetBytes(_self.Endpoint);
        var value = _self.Encode();
        try
        {
            using var writer = new TopicProducer(_settings, _topic);
            try
            {
                do
                {
                    writer.Send(CompactedTopicReader.Partition, key, value, _stopping.Token);
                    writer.Poll();
                }
                while (await timer.WaitForNextTickAsync(_stopping.Token));
            }
            catch (OperationCanceledException)
            {
                writer.Send(CompactedTopicReader.Partition, key, default, CancellationToken.None);
                writer.Flush(Interval);
                throw;
            }
        }
        catch (KafkaLaneException e)
        {
            // Until it can be written again, the others take this one for gone, and answer 503 where it is needed.
            _report($"this instance could not be announced to the others, and tries on: {e.Message}");
            await timer.WaitForNextTickAsync(_stopping.Token);
        }
    }

    private sealed record Peer(Uri Endpoint, long HeardAt);
}
