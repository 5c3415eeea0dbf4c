using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
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

/// <summary>The conversion panes of one shard: those touched since the last commit as mutable copies, the others in the
/// customer store. A pane's name is <c>window length (8 bytes, big-endian) · start (8, sign flipped, big-endian) · by dimension (1) ·
/// value</c>. Its timer is due at the window's end + grace (final) and again a horizon later (cohort final, then deleted).
/// <para>Bound: of the dimension's values, <see cref="ConversionDefinition.DimensionValuesMax"/> are distinguished in one window; the others
/// count as "(other)".</para></summary>
internal sealed class PaneSet(
    ConversionDefinition definition, long graceMs, CustomerStore store, ShardTimers timers) : IConversionPanes
{
    private const int HeadBytes = 16;
    private const int ByDimensionAt = HeadBytes;
    private const int ValueAt = HeadBytes + 1;
    private readonly WorkingTable<WorkingPane> _table = new(StateKey.Pane, () => new WorkingPane());
    private readonly int[] _lastByWindow = NewLast(definition);
    private readonly DimensionValues _values = new(definition.DimensionValuesMax);

    /// <summary>Up to which instant the panes' timers have fired.</summary>
    public long FiredUntilMs { get; set; } = long.MinValue;

    public ReadOnlySpan<WorkingPane> Entries => _table.Entries;

    public bool IsOpen(PaneKey key, long eventTimeMs) =>
        DeletedAtMs(definition.WindowsMs[key.Window], key.StartMs) > Math.Max(FiredUntilMs, eventTimeMs);

    public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[ValueAt + ConversionProgram.ValueBytesMax];
        var name = room[..(ValueAt + value.Length)];
        BinaryPrimitives.WriteInt64BigEndian(name, definition.WindowsMs[key.Window]);
        BinaryPrimitives.WriteInt64BigEndian(name[8..], key.StartMs ^ long.MinValue);
        name[ByDimensionAt] = key.ByDimension ? (byte)1 : (byte)0;
        value.CopyTo(name[ValueAt..]);

        // Neighbouring events count into the same pane.
        ref var last = ref _lastByWindow[(key.Window * 2) + (key.ByDimension ? 1 : 0)];
        if (last < 0 || last >= _table.Count || !_table[last].Name.SequenceEqual(name))
        {
            if (key.ByDimension)
            {
                value = _values.Admit(definition.WindowsMs[key.Window], key.StartMs, value);
                name = room[..(ValueAt + value.Length)];
                value.CopyTo(name[ValueAt..]);
            }

            last = Load(name);
        }

        var entry = _table[last];
        entry.IsDirty = true;
        return ref entry.Counts;
    }

    /// <summary>A pane's timer fired: the pane becomes final, or its horizon passed and it goes.</summary>
    public void OnDue(ReadOnlySpan<byte> name, long dueMs)
    {
        var index = _table.GetOrAdd(name, KeyHash.Of(name), out var added);
        var entry = _table[index];
        if (added)
        {
            entry.IsMissing = !TryLoad(entry);
        }

        if (entry.IsMissing)
        {
            // Armed by a commit that was aborted: the pane never came to be.
            return;
        }

        entry.IsDirty = true;
        var (windowMs, startMs) = Decode(name);
        var deletedAtMs = DeletedAtMs(windowMs, startMs);
        if (dueMs < deletedAtMs)
        {
            entry.Counts.IsFinal = 1;
            timers.Arm(deletedAtMs, entry.StateKeyBytes);
            return;
        }

        entry.IsDeleted = true;
        _values.Forget(windowMs, startMs);
    }

    /// <summary>The pane as subscribers see it.</summary>
    public ConversionPane Describe(WorkingPane entry, int partition, Currency currency)
    {
        var name = entry.Name;
        ref readonly var counts = ref entry.Counts;
        var (windowMs, startMs) = Decode(name);
        var byDimension = name[ByDimensionAt] != 0;
        var funnel = new FunnelStep[definition.Funnel.Count];
        for (var step = 0; step < funnel.Length; step++)
        {
            funnel[step] = new FunnelStep(EventTypes.NameOf(definition.Funnel[step]), counts.Funnel[step]);
        }

        return new ConversionPane(
            windowMs, startMs, startMs + windowMs, partition, byDimension ? definition.Dimension ?? "(none)" : "all",
            byDimension ? Encoding.UTF8.GetString(name[ValueAt..]) : "", counts.Events, counts.Visitors, counts.Sessions,
            counts.SessionsWithCart, counts.SessionsWithOrder, counts.SessionsWithCartAndOrder, funnel, counts.Orders,
            counts.RevenueMinor, currency.IsNone ? null : currency.ToString(), entry.IsDeleted || counts.IsFinal != 0,
            entry.IsDeleted)
        {
            OrdersWithoutValue = counts.Orders - counts.OrdersWithValue, RefundedMinor = counts.RefundedMinor,
        };
    }

    public void Clear()
    {
        _table.Clear();
        Array.Fill(_lastByWindow, -1);
    }

    /// <summary>Arms the timer of a pane that was restored. A window that the definitions no longer have still closes.</summary>
    public void Restore(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value)
    {
        var name = stateKey[1..];
        var (windowMs, startMs) = Decode(name);
        var isFinal = MemoryMarshal.Read<PaneCounts>(value).IsFinal != 0;
        timers.Arm(isFinal ? DeletedAtMs(windowMs, startMs) : FinalAtMs(windowMs, startMs), stateKey);
        if (name[ByDimensionAt] != 0)
        {
            _values.Admit(windowMs, startMs, name[ValueAt..]);
        }
    }

    private static int[] NewLast(ConversionDefinition definition)
    {
        var last = new int[definition.WindowsMs.Count * 2];
        Array.Fill(last, -1);
        return last;
    }

    private static (long WindowMs, long StartMs) Decode(ReadOnlySpan<byte> name) =>
        (BinaryPrimitives.ReadInt64BigEndian(name), BinaryPrimitives.ReadInt64BigEndian(name[8..]) ^ long.MinValue);

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
            var (windowMs, startMs) = Decode(name);
            timers.Arm(FinalAtMs(windowMs, startMs), entry.StateKeyBytes);
        }

        return index;
    }

    private bool TryLoad(WorkingPane entry)
    {
        var found = store.TryRead(entry.StateKeyBytes, out var stored);
        entry.Counts = found ? MemoryMarshal.Read<PaneCounts>(stored) : default;
        return found;
    }

    private long FinalAtMs(long windowMs, long startMs) => startMs + windowMs + graceMs;

    private long DeletedAtMs(long windowMs, long startMs) => FinalAtMs(windowMs, startMs) + definition.HorizonMs;
}
