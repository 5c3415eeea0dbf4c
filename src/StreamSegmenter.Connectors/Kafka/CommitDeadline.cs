using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>How long the commit that is running may go on: until its time is over or the lane must stop. Lane's thread only.</summary>
internal sealed class CommitDeadline
{
    private readonly KafkaSettings _settings;
    private readonly TimeProvider _clock;
    private CancellationToken _cancellation;
    private long _startedAt;

    public CommitDeadline(KafkaSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        HasPassed = () => IsCancelled || TimeLeft == TimeSpan.Zero;
    }

    /// <summary>The lane must stop, time left or not.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>There is nothing left to wait for: give up.</summary>
    public Func<bool> HasPassed { get; }

    /// <summary>Why to give up, once it has passed.</summary>
    public string Reason => IsCancelled ? "there is no more time, the process stops" : string.Create(
        CultureInfo.InvariantCulture, $"gave up after {_settings.CommitTimeoutMs} ms (kafka.commitTimeout)");

    private TimeSpan TimeLeft
    {
        get
        {
            var left = TimeSpan.FromMilliseconds(_settings.CommitTimeoutMs) - _clock.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A commit begins now.</summary>
    public void Begin(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _startedAt = _clock.GetTimestamp();
    }

    /// <summary>How long a call may last that cannot be cancelled: a slice, or what is left.</summary>
    public TimeSpan AtMost(TimeSpan slice)
    {
        var left = TimeLeft;
        return left < slice ? left : slice;
    }

    /// <summary>A retriable error means the client could not finish in time and may be asked to go on.</summary>
    /// <exception cref="KafkaException">It cannot, or the deadline has passed.</exception>
    public void Repeat(Action step)
    {
        while (true)
        {
            try
            {
                step();
                return;
            }
            catch (KafkaRetriableException) when (!HasPassed())
            {
            }
        }
    }
}
