using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Runtime;

/// <summary>When a lane's clients are made anew, one after the other: never two at a time. Each replacement in a row waits twice as long before
/// it finds the next client silent, so that one which is merely slow comes through.</summary>
internal sealed class LaneClients(KafkaSettings settings, TimeProvider clock)
{
    private const int SilenceMsMax = 300_000;

    /// <summary>Clients that lived for so many times the silence were in order.</summary>
    private const int LivesInOrder = 3;

    /// <summary>A group keeps a name for an instance that died for as long as a session lasts.</summary>
    private static readonly TimeSpan NameRetryDelay = TimeSpan.FromSeconds(2);

    private int _silenceMs = settings.SilenceMaxMs;
    private long _begunAt;

    /// <summary>What each lane leaves to the next.</summary>
    public LaneHandover Handover { get; } = new();

    /// <summary>How long to wait before the next are made.</summary>
    public TimeSpan RetryDelay { get; private set; }

    /// <summary>How to make the next clients.</summary>
    public KafkaSettings Begin()
    {
        _begunAt = clock.GetTimestamp();
        RetryDelay = TimeSpan.Zero;
        return settings with { SilenceMaxMs = _silenceMs };
    }

    public void NameIsHeld() => RetryDelay = NameRetryDelay;

    public void WereWedged()
    {
        var wereInOrder = clock.GetElapsedTime(_begunAt).TotalMilliseconds > LivesInOrder * (double)_silenceMs;
        _silenceMs = wereInOrder ? settings.SilenceMaxMs : Math.Max(settings.SilenceMaxMs, Math.Min(SilenceMsMax, _silenceMs * 2));
    }
}
