namespace StreamSegmenter.Customers;

/// <summary>The layout that records have now, and those that stored records may still have.</summary>
internal sealed class RecordLayouts(RecordLayout current)
{
    private readonly Dictionary<uint, RecordLayout> _known = [];

    public RecordLayout Current { get; private set; } = current;

    /// <summary>From which instant on the present definitions decide, where a record has older ones; epoch milliseconds of event
    /// time. A record that was evaluated later keeps its instant.</summary>
    public long EffectiveMs { get; set; } = long.MinValue;

    /// <summary>Other definitions decide from an instant on.</summary>
    public void ChangeTo(RecordLayout layout, long effectiveMs)
    {
        Current = layout;
        EffectiveMs = effectiveMs;
    }

    /// <summary>Whether the changelog has the present layout.</summary>
    public bool IsCurrentStored => _known.ContainsKey(Current.Hash);

    /// <summary>Takes over one that is stored.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Add(ReadOnlySpan<byte> encoded)
    {
        var layout = RecordLayout.Decode(encoded);
        _known[layout.Hash] = layout;
    }

    /// <summary>It is no longer stored.</summary>
    public void Remove(uint hash) => _known.Remove(hash);

    /// <summary>Null: the meaning of records of that layout is not known.</summary>
    public RecordLayout? Find(uint hash) => _known.GetValueOrDefault(hash);
}
