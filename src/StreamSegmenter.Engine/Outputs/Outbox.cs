using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Outputs;

/// <summary>What one commit produces. Filled by a lane between commits, cleared after each.</summary>
internal sealed class Outbox
{
    public List<CartAbandoned> CartAbandoned { get; } = [];

    /// <summary>Steps that fell due and were not sent, with the reason.</summary>
    public List<SuppressedTrigger> Suppressed { get; } = [];

    public List<MembershipChange> MembershipChanges { get; } = [];

    public List<ConversionPane> ConversionPanes { get; } = [];

    /// <summary>Only where shards do not exchange their parts (replay).</summary>
    public List<PanePart> PaneParts { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public List<LateEvent> LateEvents { get; } = [];

    public int Count => CartAbandoned.Count + Suppressed.Count + MembershipChanges.Count + ConversionPanes.Count + PaneParts.Count + DeadLetters.Count + LateEvents.Count;

    public void Clear()
    {
        CartAbandoned.Clear();
        Suppressed.Clear();
        MembershipChanges.Clear();
        ConversionPanes.Clear();
        PaneParts.Clear();
        DeadLetters.Clear();
        LateEvents.Clear();
    }
}
