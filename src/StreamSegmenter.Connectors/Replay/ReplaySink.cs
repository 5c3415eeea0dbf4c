using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>Keeps what a lane commits, in the order in which it came. Of a conversion pane only the latest numbers count.</summary>
internal sealed class ReplaySink : ILaneSink
{
    public List<CartAbandoned> CartAbandoned { get; } = [];

    public List<SuppressedTrigger> Suppressed { get; } = [];

    public List<MembershipChange> MembershipChanges { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public List<LateEvent> LateEvents { get; } = [];

    /// <summary>By pane and shard, each shard's part.</summary>
    public Dictionary<(string Name, int Shard), PaneCounts> Panes { get; } = [];

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        CartAbandoned.AddRange(unit.Outbox.CartAbandoned);
        Suppressed.AddRange(unit.Outbox.Suppressed);
        MembershipChanges.AddRange(unit.Outbox.MembershipChanges);
        DeadLetters.AddRange(unit.Outbox.DeadLetters);
        LateEvents.AddRange(unit.Outbox.LateEvents);
        foreach (var part in unit.Outbox.PaneParts)
        {
            // Latin-1 keeps every byte, so this is the name and no reading of it.
            Panes[(Encoding.Latin1.GetString(part.Name.Span), part.Shard)] = part.Counts;
        }

        return CommitOutcome.Committed;
    }

    /// <summary>A replay starts from nothing.</summary>
    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
    }

    public long ChangelogPosition(int partition) => 0;

    public void Dispose()
    {
    }
}
