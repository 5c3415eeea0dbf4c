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

    /// <summary>Where that does not help, one can only wait.</summary>
    private const int TakeoversMax = 3;

    /// <summary>A coordinator that moves fences a lane once. Another process that has the name does it again and again.</summary>
    private const int FencedJoinsMax = 5;

    private int _silenceMs = settings.SilenceMaxMs;
    private long _begunAt;
    private int _takeovers;
    private int _fencedJoins;
    private bool _isReplaced;

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

    /// <summary>The group fenced the lane while it joined.</summary>
    /// <returns>To join again is worth while.</returns>
    public bool WereFenced()
    {
        RetryDelay = NameRetryDelay;
        return ++_fencedJoins <= FencedJoinsMax;
    }

    /// <summary>The group did not let the lane in under its name.</summary>
    /// <param name="wasMember">It had been in: another process took the name, and will not be robbed of it in turn.</param>
    /// <returns>The lane may take the name over from whoever has it, which was there before it.</returns>
    public bool NameIsHeld(bool wasMember)
    {
        RetryDelay = NameRetryDelay;
        _isReplaced |= wasMember;
        return !_isReplaced && ++_takeovers <= TakeoversMax;
    }

    /// <summary>The name is free.</summary>
    public void HasName() => RetryDelay = TimeSpan.Zero;

    public void WereWedged()
    {
        // It may be that client which has the name now, not having got through to the group to give it back.
        _takeovers = 0;
        var wereInOrder = clock.GetElapsedTime(_begunAt).TotalMilliseconds > LivesInOrder * (double)_silenceMs;
        _silenceMs = wereInOrder ? settings.SilenceMaxMs : Math.Max(settings.SilenceMaxMs, Math.Min(SilenceMsMax, _silenceMs * 2));
    }
}
