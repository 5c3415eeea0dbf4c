namespace StreamSegmenter.Engine.Telemetry;

/// <summary>A row of counters with one writing thread: <c>counters[i]++</c> is a plain increment, with no lock and no call
/// into a metrics library. Any thread may read.
/// <para>Behind the row stands one unused cache line, so that what the next lane allocates never shares a line with it.</para></summary>
internal readonly struct PaddedCounters
{
    private const int PaddingLongs = 8;

    private readonly long[] _values;

    public PaddedCounters(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _values = new long[count + PaddingLongs];
    }

    public int Count => _values.Length - PaddingLongs;

    /// <summary>For the owning thread.</summary>
    public ref long this[int index] => ref _values[index];

    /// <summary>For every other thread: a value that was current a moment ago; 0 beyond the row, which may be about to grow.</summary>
    public long Read(int index) => index < Count ? Volatile.Read(ref _values[index]) : 0;

    /// <summary>The same values in a row that is at least so long.</summary>
    public PaddedCounters Grown(int count)
    {
        if (count <= Count)
        {
            return this;
        }

        var grown = new PaddedCounters(count);
        _values.AsSpan(0, Count).CopyTo(grown._values);
        return grown;
    }
}
