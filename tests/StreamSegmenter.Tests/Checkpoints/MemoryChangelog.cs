using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>One partition of a changelog. An offset is a line's index.</summary>
internal sealed class MemoryChangelog : ILaneSink
{
    private readonly List<(byte[] Key, byte[] Value)> _lines = [];
    private long _position;

    public long End => _lines.Count;

    /// <summary>Which topic of its name it is.</summary>
    public string Id { get; set; } = "one";

    /// <summary>Lines before it are gone.</summary>
    public int Start { get; set; }

    /// <summary>From where the last restore read.</summary>
    public long RestoredFrom { get; private set; }

    public void Add(byte[] key, byte[] value)
    {
        _lines.Add((key, value));
        if (key.AsSpan().SequenceEqual(StateKey.ShardKey))
        {
            _position = _lines.Count;
        }
    }

    public void CutEnd(int lines) => _lines.RemoveRange(_lines.Count - lines, lines);

    public IEnumerable<(byte[] Key, byte[] Value)> Complete() => _lines.Take(CompleteEnd());

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => CommitOutcome.Committed;

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        if (from > 0 && (from < Start || from > End))
        {
            throw new ChangelogLostException($"the changelog has {Start} to {End}, wanted is {from}");
        }

        RestoredFrom = from;
        _position = CompleteEnd();
        for (var line = (int)Math.Max(from, Start); line < _lines.Count; line++)
        {
            if (line < _position)
            {
                target.Apply(_lines[line].Key, _lines[line].Value);
            }
            else
            {
                target.Unfinished(_lines[line].Key);
            }
        }
    }

    public string ChangelogId(CancellationToken cancellation) => Id;

    public long ChangelogPosition(int partition) => _position;

    public void Dispose()
    {
    }

    private int CompleteEnd() => _lines.FindLastIndex(line => line.Key.AsSpan().SequenceEqual(StateKey.ShardKey)) + 1;
}
