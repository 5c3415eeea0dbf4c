using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Events;

namespace StreamSegmenter.Host.Feed;

/// <summary>Follows the output topics while somebody looks: the same records that subscribers read, of all instances. It starts with the first
/// question, reads the topics' last records, and stops <see cref="IdleMax"/> after the last one.</summary>
internal sealed class OutputFeed(KafkaSettings settings, Currency shop, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(8);

    private readonly FeedTopics _topics = new(settings.Outputs);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _following = Task.CompletedTask;
    private volatile string _trouble = "the output topics are being read";
    private long _usedAt;
    private int _watchers;

    public Journal Journal { get; } = new(shop);

    /// <summary>Waits until everything was read that was there at the start.</summary>
    /// <returns>Null, or why that is not to be had now.</returns>
    public async Task<string?> ReadyAsync(CancellationToken cancellation)
    {
        var caughtUp = Use();
        var waiting = await Task.WhenAny(caughtUp, Task.Delay(StartMax, clock, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return waiting == caughtUp ? null : _trouble;
    }

    /// <summary>Somebody reads on: the feed does not stop until this is disposed of.</summary>
    public IDisposable Watch()
    {
        Interlocked.Increment(ref _watchers);
        Use();
        return new Watcher(this);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private Task Use()
    {
        lock (_gate)
        {
            Volatile.Write(ref _usedAt, clock.GetTimestamp());
            if (_following.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _following = Task.Factory.StartNew(Follow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return _caughtUp.Task;
        }
    }

    private bool IsWanted => !_stopping.IsCancellationRequested
        && (Volatile.Read(ref _watchers) > 0 || clock.GetElapsedTime(Volatile.Read(ref _usedAt)) < IdleMax);

    private void Leave()
    {
        Volatile.Write(ref _usedAt, clock.GetTimestamp());
        Interlocked.Decrement(ref _watchers);
    }

    private void Follow()
    {
        while (IsWanted)
        {
            try
            {
                FollowOnce();
            }
            catch (KafkaLaneException e)
            {
                _trouble = e.Message;
                _stopping.Token.WaitHandle.WaitOne(RetryDelay);
            }
        }
    }

    private void FollowOnce()
    {
        using var tail = new TopicTail(settings, _topics.Names);
        Journal.Begin(tail.Begin(_topics.LastRecords));
        while (IsWanted)
        {
            tail.Read(ReadTimeout, (topic, place, offset, value) =>
            {
                if (_topics.Decode(topic, value) is { } output)
                {
                    Journal.Add(new FeedItem(place, offset, output));
                }
            });
            if (tail.IsCaughtUp)
            {
                _caughtUp.TrySetResult();
            }
        }
    }

    private sealed class Watcher(OutputFeed feed) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                feed.Leave();
            }
        }
    }
}
