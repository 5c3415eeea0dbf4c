namespace StreamSegmenter.Testing.Model;

/// <summary>What a transaction writes to.</summary>
internal interface ITransactionalLog
{
    /// <summary>Appends the marker that ends a transaction; it occupies an offset, as in Kafka.</summary>
    void Mark(Transaction transaction);
}

/// <summary>One partition of a topic: records at rising offsets. Offsets have gaps where compaction took records away and where
/// transaction markers stand, which no reader sees.</summary>
internal sealed class PartitionLog<T> : ITransactionalLog
{
    private readonly List<Entry> _entries = [];
    private int _counted;

    private readonly record struct Entry(long Offset, T? Value, Transaction? Writer, bool IsMarker);

    /// <summary>Offset of the next record that is written.</summary>
    public long End { get; private set; }

    /// <summary>Offset behind the last record that all replicas have: nobody can read beyond it.</summary>
    public long HighWatermark { get; private set; }

    /// <summary>Offset of the first record that may not be read yet, because its transaction is open; else the high watermark.</summary>
    public long LastStable
    {
        get
        {
            foreach (var entry in _entries)
            {
                if (entry.Writer is { State: TransactionState.Open })
                {
                    return entry.Offset;
                }
            }

            return HighWatermark;
        }
    }

    /// <summary>Whose transaction holds up readers of committed records; null: nobody's.</summary>
    public string? Holder => _entries.Find(entry => entry.Writer is { State: TransactionState.Open }).Writer?.Writer;

    public bool HasOpenTransaction => LastStable < HighWatermark;

    /// <summary>A record that is acknowledged, as all before it are then.</summary>
    /// <param name="writer">Null: outside of any transaction.</param>
    public long Append(T value, Transaction? writer = null)
    {
        writer?.Touch(this);
        _entries.Add(new Entry(End, value, writer, IsMarker: false));
        Skip(1);
        return End - 1;
    }

    /// <summary>A record that its leader has and not yet every replica: who wrote it does not live to see it acknowledged.</summary>
    public void AppendUnreplicated(T value) => _entries.Add(new Entry(End++, value, null, IsMarker: false));

    /// <summary>The replicas have caught up.</summary>
    public void Replicate() => HighWatermark = End;

    public void Mark(Transaction transaction)
    {
        _entries.Add(new Entry(End, default, transaction, IsMarker: true));
        Skip(1);
    }

    /// <summary>Offsets that readers never see: another producer's markers and aborted records.</summary>
    public void Skip(int offsets)
    {
        End += offsets;
        Replicate();
    }

    /// <summary>The first readable record at or behind an offset, up to the last stable one; false when there is none.</summary>
    public bool TryRead(long from, out long offset, out T value)
    {
        for (var i = IndexOf(from); i < _entries.Count && IsReadable(_entries[i]); i++)
        {
            if (IsVisible(_entries[i]))
            {
                (offset, value) = (_entries[i].Offset, _entries[i].Value!);
                return true;
            }
        }

        (offset, value) = (-1, default!);
        return false;
    }

    /// <summary>Everything that a reader of committed records sees.</summary>
    public IEnumerable<(long Offset, T Value)> ReadCommitted(long from = 0)
    {
        while (TryRead(from, out var offset, out var value))
        {
            yield return (offset, value);
            from = offset + 1;
        }
    }

    /// <summary>What is committed, also where somebody's open transaction still hides it from readers.</summary>
    public IEnumerable<T> Decided() => _entries.Where(entry => IsVisible(entry)).Select(entry => entry.Value!);

    /// <summary>The end of the part whose records all <paramref name="are"/> so; a part that grows from call to call.</summary>
    public long EndWhere(Func<T, bool> are)
    {
        while (_counted < _entries.Count && are(_entries[_counted].Value!))
        {
            _counted++;
        }

        return _counted < _entries.Count ? _entries[_counted].Offset : End;
    }

    /// <summary>Takes away what an aborted transaction left, and records that <paramref name="isObsolete"/>, below an offset: what
    /// a log cleaner does to all but the newest segments.</summary>
    public void Clean(long below, Func<long, T, bool> isObsolete) => _entries.RemoveAll(entry => entry.Offset < Math.Min(below, HighWatermark)
        && (entry.IsMarker || !IsVisible(entry) || isObsolete(entry.Offset, entry.Value!)));

    private bool IsReadable(in Entry entry) =>
        entry.Offset < HighWatermark && entry.Writer is not { State: TransactionState.Open };

    private static bool IsVisible(in Entry entry) =>
        !entry.IsMarker && entry.Writer is null or { State: TransactionState.Committed };

    private int IndexOf(long from)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _entries[middle].Offset < from ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
