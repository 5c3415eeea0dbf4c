using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Testing.Mutations;

/// <summary>A sink that hands everything on; a mutation overrides what it breaks.</summary>
internal abstract class BrokenSink(ILaneSink inner) : ILaneSink
{
    protected ILaneSink Inner => inner;

    public virtual CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => inner.Commit(unit, cancellation);

    public virtual void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation) =>
        inner.Restore(partition, from, target, cancellation);

    public virtual long ChangelogPosition(int partition) => inner.ChangelogPosition(partition);

    public void Dispose() => inner.Dispose();

    protected static CommitUnit Part(
        Outbox outbox, IEnumerable<ExchangeRecord> exchange, IEnumerable<ChangelogRecord> changelog, IEnumerable<KeyValuePair<InputPartition, long>> offsets)
    {
        var part = new CommitUnit { Outbox = outbox };
        part.Exchange.AddRange(exchange);
        part.Changelog.AddRange(changelog);
        foreach (var (partition, offset) in offsets)
        {
            part.Offsets[partition] = offset;
        }

        return part;
    }
}

/// <summary>How far it is becomes durable before what came of it.</summary>
internal sealed class OffsetsBeforeOutputs(ILaneSink inner) : BrokenSink(inner)
{
    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var outcome = Inner.Commit(Part(new Outbox(), [], unit.Changelog, unit.Offsets), cancellation);
        return outcome.Status == CommitStatus.Committed ? Inner.Commit(Part(unit.Outbox, unit.Exchange, [], []), cancellation) : outcome;
    }
}

/// <summary>The offsets of the first input are never committed.</summary>
internal sealed class ForgottenOffset(ILaneSink inner) : BrokenSink(inner)
{
    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) =>
        Inner.Commit(Part(unit.Outbox, unit.Exchange, unit.Changelog, unit.Offsets.Where(offset => offset.Key.Input > 0)), cancellation);
}

/// <summary>One line of every third commit is not written.</summary>
internal sealed class MissingLine(ILaneSink inner) : BrokenSink(inner)
{
    private int _commits;

    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var missing = _commits++ % 3 == 2 ? unit.Changelog.FindIndex(line => line.Key.Span[0] == StateKey.Customer) : -1;
        return Inner.Commit(Part(unit.Outbox, unit.Exchange, unit.Changelog.Where((_, line) => line != missing), unit.Offsets), cancellation);
    }
}

/// <summary>A commit in doubt is taken for one that failed.</summary>
internal sealed class DoubtIsFailure(ILaneSink inner) : BrokenSink(inner)
{
    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var outcome = Inner.Commit(unit, cancellation);
        return outcome.Status == CommitStatus.InDoubt ? outcome with { Status = CommitStatus.Aborted } : outcome;
    }
}

/// <summary>Nothing is broken here: after every third commit that is durable, the disk turns out to be damaged before the lane hears of it.</summary>
internal sealed class DamageBehindCommit(ILaneSink inner) : BrokenSink(inner)
{
    private int _commits;

    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var outcome = Inner.Commit(unit, cancellation);
        return outcome.Status == CommitStatus.Committed && ++_commits % 3 == 0 ? throw new StateDamagedException("a page does not verify") : outcome;
    }
}

/// <summary>A checkpoint claims two lines more than it has.</summary>
internal sealed class CheckpointAhead(ILaneSink inner) : BrokenSink(inner)
{
    public override long ChangelogPosition(int partition) => Inner.ChangelogPosition(partition) + 2;
}

/// <summary>Restored customers are in no timer wheel.</summary>
internal sealed class LostTimers(ILaneSink inner) : BrokenSink(inner)
{
    public override void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation) =>
        Inner.Restore(partition, from, new Target(target), cancellation);

    private sealed class Target(IRestoreTarget inner) : IRestoreTarget
    {
        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (key[0] == StateKey.Customer && value.Length > 0)
            {
                var changed = value.ToArray();
                MemoryMarshal.AsRef<CustomerHeader>(changed.AsSpan()).WheelDueMs = long.MaxValue;
                inner.Apply(key, changed);
            }
            else
            {
                inner.Apply(key, value);
            }
        }

        public void Unfinished(ReadOnlySpan<byte> key) => inner.Unfinished(key);
    }
}

/// <summary>Nobody is told which keys have lines of a commit that broke off.</summary>
internal sealed class ForgottenUnfinished(ILaneSink inner) : BrokenSink(inner)
{
    public override void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation) =>
        Inner.Restore(partition, from, new Target(target), cancellation);

    private sealed class Target(IRestoreTarget inner) : IRestoreTarget
    {
        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => inner.Apply(key, value);

        public void Unfinished(ReadOnlySpan<byte> key)
        {
        }
    }
}
