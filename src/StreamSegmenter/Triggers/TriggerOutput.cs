using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>Where triggers go.</summary>
/// <param name="triggers">Emitted, retracted and recovered.</param>
/// <param name="suppressed">Fell due and were not sent.</param>
/// <param name="problems">What was wrong in events that were applied.</param>
public sealed class TriggerOutput(
    List<CartAbandoned> triggers, List<SuppressedTrigger> suppressed, List<EventProblem> problems)
{
    public List<CartAbandoned> Triggers { get; } = triggers;

    public List<SuppressedTrigger> Suppressed { get; } = suppressed;

    public List<EventProblem> Problems { get; } = problems;

    /// <summary>Processing time, against which a trigger may be stale; null on a replay.</summary>
    public long? ClockMs { get; set; }
}
