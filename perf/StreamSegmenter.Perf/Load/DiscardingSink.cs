using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Perf.Load;

/// <summary>Takes every commit and counts what was in it.</summary>
internal sealed class DiscardingSink : ILaneSink
{
    public SortedDictionary<string, long> Outputs { get; } = new(StringComparer.Ordinal)
    {
        ["changelog"] = 0, ["commits"] = 0, ["memberships"] = 0, ["panes"] = 0, ["triggers"] = 0,
    };

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        Outputs["commits"]++;
        Outputs["changelog"] += unit.Changelog.Count;
        Outputs["triggers"] += unit.Outbox.CartAbandoned.Count;
        Outputs["memberships"] += unit.Outbox.MembershipChanges.Count;
        Outputs["panes"] += unit.Outbox.ConversionPanes.Count;
        if (unit.Outbox.DeadLetters.Count + unit.Outbox.LateEvents.Count > 0)
        {
            throw new InvalidDataException("the load has neither bad nor late events, but the engine found some");
        }

        return CommitOutcome.Committed;
    }

    public void Restore(int partition, IRestoreTarget target, CancellationToken cancellation)
    {
    }

    public void Dispose()
    {
    }
}
