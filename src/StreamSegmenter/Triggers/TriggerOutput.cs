using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>Where triggers go.</summary>
internal sealed class TriggerOutput
{
    /// <summary>Emitted, retracted and recovered.</summary>
    public List<CartAbandoned> Triggers { get; } = [];

    /// <summary>Fell due and were not sent.</summary>
    public List<SuppressedTrigger> Suppressed { get; } = [];

    /// <summary>What was wrong in events that were applied.</summary>
    public List<EventProblem> Problems { get; } = [];

    /// <summary>Processing time, against which a trigger may be stale; null on a replay.</summary>
    public long? ClockMs { get; set; }

    public void Clear()
    {
        Triggers.Clear();
        Suppressed.Clear();
        Problems.Clear();
    }
}
