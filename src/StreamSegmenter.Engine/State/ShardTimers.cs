using StreamSegmenter.Time;

namespace StreamSegmenter.Engine.State;

/// <summary>The due times of a shard's state keys. What popped since the last commit is remembered, so that an aborted commit
/// can put it back: the records that go with it are dropped in the same moment.</summary>
internal sealed class ShardTimers
{
    private readonly TimerWheel _wheel = new();
    private readonly KeyArena _keys = new();
    private readonly List<(long DueMs, int Handle)> _popped = [];

    public int Count => _wheel.Count;

    public long KeyBytes => _keys.Bytes;

    public void Arm(long dueMs, ReadOnlySpan<byte> stateKey) => _wheel.Arm(dueMs, _keys.Add(stateKey));

    /// <summary>The next key due at or before an instant. The key's bytes are valid until the next commit or rollback.</summary>
    public bool TryPop(long untilMs, out long dueMs, out ReadOnlySpan<byte> stateKey)
    {
        if (!_wheel.TryPop(untilMs, out dueMs, out var handle))
        {
            stateKey = default;
            return false;
        }

        _popped.Add((dueMs, handle));
        stateKey = _keys[handle];
        return true;
    }

    public void Commit()
    {
        foreach (var (_, handle) in _popped)
        {
            _keys.Remove(handle);
        }

        _popped.Clear();
    }

    public void Rollback()
    {
        foreach (var (dueMs, handle) in _popped)
        {
            _wheel.Arm(dueMs, handle);
        }

        _popped.Clear();
    }
}
