using System.Runtime.InteropServices;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>A conversion pane in the working set.</summary>
internal sealed class WorkingPane : WorkingEntry
{
    private readonly PaneCounts[] _counts = new PaneCounts[1];
    private readonly byte[] _value = new byte[PaneCounts.SizeBytes];

    public ref PaneCounts Counts => ref _counts[0];

    /// <summary>Only a timer referred to it: the pane does not exist, and opening it arms its timer.</summary>
    public bool IsMissing { get; set; }

    public override ReadOnlyMemory<byte> Value
    {
        get
        {
            MemoryMarshal.Write(_value, in _counts[0]);
            return _value;
        }
    }
}

/// <summary>One shard's own parts of the conversion panes: those touched since the last commit as mutable copies, the others in the
/// customer store. A part goes when the shard's own watermark has passed the pane's horizon.
/// <para>Bound: of a dimension's values, <see cref="ConversionDefinition.DimensionValuesMax"/> are distinguished in one window; the others
/// count as "(other)".</para></summary>
internal sealed class PaneSet(
    ConversionDefinition definition, PaneTimes times, CustomerStore store, ShardTimers timers) : IConversionPanes
{
    private readonly WorkingTable<WorkingPane> _table = new(StateKey.Pane, () => new WorkingPane());
    private readonly int[] _last = NewLast(definition);
    private readonly byte[] _name = new byte[PaneName.BytesMax];
    private readonly DimensionValues _values = new(definition.DimensionValuesMax);
    private readonly List<byte[]> _untold = [];

    /// <summary>Up to which instant the panes' timers have fired.</summary>
    public long FiredUntilMs { get; set; } = long.MinValue;

    /// <summary>What is restored was never told to the panes' owners: the next commit does.</summary>
    public bool AreUntold { get; init; }

    public ReadOnlySpan<WorkingPane> Entries => _table.Entries;

    public bool IsOpen(PaneKey key, long eventTimeMs) =>
        times.CohortFinalAtMs(key) > Math.Max(FiredUntilMs, eventTimeMs);

    public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value)
    {
        var window = definition.Windows[key.Window];
        var dimension = key.Dimension == PaneKey.AllTraffic ? default : definition.Dimensions[key.Dimension].NameUtf8.AsSpan();
        var name = _name.AsSpan(0, PaneName.Write(_name, window, key.StartMs, dimension, value));

        // Neighbouring events count into the same pane.
        ref var last = ref _last[(key.Window * (definition.Dimensions.Count + 1)) + key.Dimension + 1];
        if (last < 0 || last >= _table.Count || !_table[last].Name.SequenceEqual(name))
        {
            if (!dimension.IsEmpty)
            {
                name = _name.AsSpan(0, PaneName.Write(_name, window, key.StartMs, dimension, _values.Admit(window, key.StartMs, dimension, value)));
            }

            last = Load(name);
        }

        var entry = _table[last];
        entry.IsDirty = true;
        return ref entry.Counts;
    }

    /// <summary>A pane's timer fired: its horizon has passed and this part of it goes.</summary>
    public void OnDue(ReadOnlySpan<byte> name)
    {
        var entry = _table[_table.GetOrAdd(name, KeyHash.Of(name), out var added)];
        if (added)
        {
            entry.IsMissing = !TryLoad(entry);
        }

        if (entry.IsMissing)
        {
            // Armed by a commit that was aborted: the pane never came to be.
            return;
        }

        var (window, startMs) = PaneName.Decode(name);
        entry.IsDeleted = true;
        _values.Forget(window, startMs);
    }

    /// <summary>Brings what was never told to the panes' owners into the next commit.</summary>
    public void TouchUntold()
    {
        foreach (var name in _untold)
        {
            var entry = _table[Load(name)];
            entry.IsDirty |= !entry.IsDeleted;
        }
    }

    public void Commit()
    {
        _untold.Clear();
        Clear();
    }

    public void Clear()
    {
        _table.Clear();
        Array.Fill(_last, -1);
    }

    /// <summary>Arms the timer of a pane that was restored. A window that the definitions no longer have still closes.</summary>
    public void Restore(ReadOnlySpan<byte> stateKey)
    {
        var name = stateKey[1..];
        timers.Arm(times.CohortFinalAtMs(name), stateKey);
        if (PaneName.Dimension(name) is { IsEmpty: false } dimension)
        {
            var (window, startMs) = PaneName.Decode(name);
            _values.Admit(window, startMs, dimension, PaneName.Value(name));
        }

        if (AreUntold)
        {
            _untold.Add(name.ToArray());
        }
    }

    private static int[] NewLast(ConversionDefinition definition)
    {
        var last = new int[definition.Windows.Count * (definition.Dimensions.Count + 1)];
        Array.Fill(last, -1);
        return last;
    }

    private int Load(ReadOnlySpan<byte> name)
    {
        var index = _table.GetOrAdd(name, KeyHash.Of(name), out var added);
        var entry = _table[index];
        if (added)
        {
            entry.IsMissing = !TryLoad(entry);
        }

        if (entry.IsMissing)
        {
            entry.IsMissing = false;
            timers.Arm(times.CohortFinalAtMs(name), entry.StateKeyBytes);
        }

        return index;
    }

    private bool TryLoad(WorkingPane entry)
    {
        var found = store.TryRead(entry.StateKeyBytes, out var stored);
        entry.Counts = found ? MemoryMarshal.Read<PaneCounts>(stored) : default;
        return found;
    }
}
