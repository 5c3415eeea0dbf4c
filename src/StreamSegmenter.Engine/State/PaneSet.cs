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
/// customer store. A pane's name is <c>window (1 byte) · by dimension (1) · start (8, big-endian) · value</c>.
/// Its timer is due at the window's end + grace (final) and again a horizon later (cohort final, then deleted).</summary>
internal sealed class PaneSet(
    ConversionDefinition definition, long graceMs, CustomerStore store, ShardTimers timers) : IConversionPanes
{
    private const int NameHeadBytes = 10;
    private readonly WorkingTable<WorkingPane> _table = new(StateKey.Pane);
    private int _last = -1;

    /// <summary>Up to which instant the panes' timers have fired.</summary>
    public long FiredUntilMs { get; set; } = long.MinValue;

    public ReadOnlySpan<WorkingPane> Entries => _table.Entries;

    public bool IsOpen(PaneKey key, long eventTimeMs) =>
        DeletedAtMs(key.Window, key.StartMs) > Math.Max(FiredUntilMs, eventTimeMs);

    public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value)
    {
        Span<byte> name = stackalloc byte[NameHeadBytes + ConversionProgram.ValueBytesMax];
        name = name[..(NameHeadBytes + value.Length)];
        name[0] = (byte)key.Window;
        name[1] = key.ByDimension ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(name[2..], key.StartMs);
        value.CopyTo(name[NameHeadBytes..]);

        // Neighbouring events count into the same pane.
        if (_last < 0 || _last >= _table.Count || !_table[_last].Name.SequenceEqual(name))
        {
            _last = Load(name);
        }

        var entry = _table[_last];
        entry.IsDirty = true;
        return ref entry.Counts;
    }

    /// <summary>A pane's timer fired: the pane becomes final, or its horizon passed and it goes.</summary>
    public void OnDue(ReadOnlySpan<byte> name, long dueMs)
    {
        var index = _table.GetOrAdd(name, KeyHash.Of(name), out var added);
        var entry = _table[index];
        if (added && !TryLoad(entry))
        {
            // Armed by a commit that was aborted: the pane never came to be.
            return;
        }

        entry.IsDirty = true;
        var (window, _, startMs) = Decode(name);
        var deletedAtMs = DeletedAtMs(window, startMs);
        if (dueMs < deletedAtMs)
        {
            entry.Counts.IsFinal = 1;
            timers.Arm(deletedAtMs, entry.StateKeyBytes);
            return;
        }

        entry.IsDeleted = true;
    }

    /// <summary>The pane as subscribers see it.</summary>
    public ConversionPane Describe(WorkingPane entry, int partition, Currency currency) =>
        Describe(entry.Name, in entry.Counts, entry.IsDeleted, definition, partition, currency);

    public void Clear()
    {
        _table.Clear();
        _last = -1;
    }

    /// <summary>Arms the timer of a pane that was restored.</summary>
    public void Restore(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value)
    {
        var (window, _, startMs) = Decode(stateKey[1..]);
        var isFinal = MemoryMarshal.Read<PaneCounts>(value).IsFinal != 0;
        timers.Arm(isFinal ? DeletedAtMs(window, startMs) : FinalAtMs(window, startMs), stateKey);
    }

    private static ConversionPane Describe(
        ReadOnlySpan<byte> name, in PaneCounts counts, bool cohortFinal, ConversionDefinition definition, int partition,
        Currency currency)
    {
        var (window, byDimension, startMs) = Decode(name);
        var length = definition.WindowsMs[window];
        var funnel = new FunnelStep[definition.Funnel.Count];
        for (var step = 0; step < funnel.Length; step++)
        {
            funnel[step] = new FunnelStep(EventTypes.NameOf(definition.Funnel[step]), counts.Funnel[step]);
        }

        return new ConversionPane(
            length, startMs, startMs + length, partition, byDimension ? definition.Dimension! : "all",
            byDimension ? Encoding.UTF8.GetString(name[NameHeadBytes..]) : "", counts.Visitors, counts.Sessions,
            counts.SessionsWithCart, counts.SessionsWithOrder, counts.SessionsWithCartAndOrder, funnel, counts.Orders,
            counts.RevenueMinor, currency.IsNone ? null : currency.ToString(), cohortFinal || counts.IsFinal != 0, cohortFinal);
    }

    private static (int Window, bool ByDimension, long StartMs) Decode(ReadOnlySpan<byte> name) =>
        (name[0], name[1] != 0, BinaryPrimitives.ReadInt64BigEndian(name[2..]));

    private int Load(ReadOnlySpan<byte> name)
    {
        var index = _table.GetOrAdd(name, KeyHash.Of(name), out var added);
        if (!added)
        {
            return index;
        }

        var entry = _table[index];
        if (!TryLoad(entry))
        {
            var (window, _, startMs) = Decode(name);
            timers.Arm(FinalAtMs(window, startMs), entry.StateKeyBytes);
        }

        return index;
    }

    private bool TryLoad(WorkingPane entry)
    {
        var found = store.TryRead(entry.StateKeyBytes, out var stored);
        entry.Counts = found ? MemoryMarshal.Read<PaneCounts>(stored) : default;
        return found;
    }

    private long FinalAtMs(int window, long startMs) => startMs + definition.WindowsMs[window] + graceMs;

    private long DeletedAtMs(int window, long startMs) => FinalAtMs(window, startMs) + definition.HorizonMs;
}
