using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Shards;

/// <summary>Where a released event stands.</summary>
internal readonly record struct ReleasedEvent(long EventTimeMs, int Batch, int Index);

/// <summary>Holds the events of a shard until the watermark passes them, and releases them in the order of their times; those of one
/// instant in the order of <see cref="EventOrder"/>. What a poll brings is <i>incoming</i>; on release, what the watermark has
/// passed goes out straight from there, and the rest moves into a bucket by event time. So an event is copied at most
/// twice, and a release looks only at what is new and at the oldest buckets.
/// <para>Released events are valid until the next <see cref="Add"/>.</para></summary>
internal sealed class ReorderBuffer(long bucketMs)
{
    private const int InitialEvents = 32;
    private const int PooledMax = 64;
    private readonly SortedList<long, EventBatch> _buckets = [];
    private readonly Stack<EventBatch> _pool = [];
    private readonly List<EventBatch> _sources = [];
    private readonly EventBatch _incoming = new(InitialEvents);
    private Comparison<ReleasedEvent>? _compare;
    private ReleasedEvent[] _released = new ReleasedEvent[256];
    private bool _recycle;

    /// <summary>Events held back, after a release.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<ReleasedEvent> Released => _released.AsSpan(0, ReleasedCount);

    public int ReleasedCount { get; private set; }

    /// <summary>The batch that a released event lies in.</summary>
    public EventBatch Batch(int index) => _sources[index];

    /// <summary>The hash of the customer of a released event.</summary>
    public ulong HashOf(ReleasedEvent released) => _sources[released.Batch][released.Index].KeyHash;

    public void Add(EventBatch batch, in StorefrontEvent e)
    {
        if (_recycle)
        {
            Recycle();
        }

        _incoming.CopyFrom(batch, in e);
    }

    /// <summary>Releases the events before the watermark: an event at exactly the watermark may still have company.</summary>
    public void Release(long watermarkMs)
    {
        if (_recycle)
        {
            Recycle();
        }

        _recycle = true;
        _sources.Add(_incoming);
        foreach (ref readonly var e in _incoming.Events)
        {
            if (e.EventTimeMs >= watermarkMs)
            {
                BucketOf(e.EventTimeMs).CopyFrom(_incoming, in e);
                Count++;
            }
        }

        Take(0, watermarkMs);
        while (_buckets.Count > 0 && _buckets.GetKeyAtIndex(0) + bucketMs <= watermarkMs)
        {
            _sources.Add(_buckets.GetValueAtIndex(0));
            _buckets.RemoveAt(0);
            Count -= Take(_sources.Count - 1, watermarkMs);
        }

        if (_buckets.Count > 0 && _buckets.GetKeyAtIndex(0) < watermarkMs)
        {
            TakePart(watermarkMs);
        }

        Sort();
    }

    /// <summary>Calls <paramref name="visit"/> with the position of every event held back.</summary>
    public void VisitHeld(Action<StorefrontEvent> visit)
    {
        foreach (var bucket in _buckets.Values)
        {
            foreach (ref readonly var e in bucket.Events)
            {
                visit(e);
            }
        }
    }

    /// <summary>Forgets everything: the lane reads it again from the committed offsets.</summary>
    public void Clear()
    {
        Recycle();
        foreach (var bucket in _buckets.Values)
        {
            Return(bucket);
        }

        _buckets.Clear();
        Count = 0;
    }

    /// <summary>The watermark stands inside the oldest bucket: what lies beyond it stays there.</summary>
    private void TakePart(long watermarkMs)
    {
        var bucket = _buckets.GetValueAtIndex(0);
        _sources.Add(bucket);
        var taken = Take(_sources.Count - 1, watermarkMs);
        if (taken == 0)
        {
            _sources.RemoveAt(_sources.Count - 1);
            return;
        }

        Count -= taken;
        var rest = Rent();
        _buckets.SetValueAtIndex(0, rest);
        foreach (ref readonly var e in bucket.Events)
        {
            if (e.EventTimeMs >= watermarkMs)
            {
                rest.CopyFrom(bucket, in e);
            }
        }
    }

    private int Take(int source, long watermarkMs)
    {
        var batch = _sources[source];
        var before = ReleasedCount;
        if (_released.Length < ReleasedCount + batch.Count)
        {
            Array.Resize(ref _released, Math.Max(_released.Length * 2, ReleasedCount + batch.Count));
        }

        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var e = ref batch[i];
            if (e.EventTimeMs < watermarkMs)
            {
                _released[ReleasedCount++] = new ReleasedEvent(e.EventTimeMs, source, i);
            }
        }

        return ReleasedCount - before;
    }

    private void Sort()
    {
        var released = _released.AsSpan(0, ReleasedCount);
        for (var i = 1; i < released.Length; i++)
        {
            if (Compare(released[i - 1], released[i]) > 0)
            {
                released.Sort(_compare ??= Compare);
                return;
            }
        }
    }

    private int Compare(ReleasedEvent a, ReleasedEvent b)
    {
        var order = a.EventTimeMs.CompareTo(b.EventTimeMs);
        return order != 0 ? order : EventOrder.Compare(in _sources[a.Batch][a.Index], _sources[a.Batch], in _sources[b.Batch][b.Index], _sources[b.Batch]);
    }

    private EventBatch BucketOf(long eventTimeMs)
    {
        var start = Windows.Tumbling.StartOf(eventTimeMs, bucketMs);
        if (!_buckets.TryGetValue(start, out var bucket))
        {
            bucket = Rent();
            _buckets.Add(start, bucket);
        }

        return bucket;
    }

    private EventBatch Rent() => _pool.TryPop(out var batch) ? batch : new EventBatch(InitialEvents);

    private void Return(EventBatch batch)
    {
        batch.Clear();
        if (_pool.Count < PooledMax)
        {
            _pool.Push(batch);
        }
    }

    private void Recycle()
    {
        for (var i = 1; i < _sources.Count; i++)
        {
            Return(_sources[i]);
        }

        _sources.Clear();
        _incoming.Clear();
        ReleasedCount = 0;
        _recycle = false;
    }
}
