using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Perf.Load;

/// <summary>Counts what every commit holds and hands it on; without an inner sink the outputs are discarded.</summary>
internal sealed class CountingSink(ILaneSink? inner) : ILaneSink
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

        return inner?.Commit(unit, cancellation) ?? CommitOutcome.Committed;
    }

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation) =>
        inner?.Restore(partition, from, target, cancellation);

    public long ChangelogPosition(int partition) => inner?.ChangelogPosition(partition) ?? 0;

    public void Dispose() => inner?.Dispose();
}
