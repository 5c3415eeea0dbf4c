using System.Buffers.Text;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// Hands scalars to a draft under their paths. Numbers become text, since a draft decides later what they mean and money
/// must stay exact. Without unfolding one record is one draft; with it the first pass takes what is outside the array, the
/// second its items.
/// </summary>
internal ref struct MappedSink(EventDraft draft, MappedSlots slots, EventBatch batch, SourceRecord record, bool unfolding)
    : IAvroSink
{
    private const long MicrosPerMilli = 1000;

    private readonly SourceRecord _record = record;
    private readonly EventDraft.Mark _outer = draft.Position;
    private readonly int _bytesMax = batch.BytesUsed + MappedPlan.UnfoldedBytesMax;
    private int _pathLength;
    private int _arrays;
    private int _maps;
    private int _itemSlot = MappedSlots.None;
    private bool _takesItems;

    /// <summary>Why the record must be refused.</summary>
    public string? Problem { get; private set; }

    public bool SawUnfolded { get; private set; }

    /// <summary>Items that were no events.</summary>
    public int RefusedItems { get; private set; }

    /// <summary>The item of the unfolded array that is being read, from 0.</summary>
    public int ItemIndex { get; private set; }

    public readonly void OnNull(int slot)
    {
    }

    public void OnBoolean(int slot, bool value) => Add(
        slot, value ? DraftKind.True : DraftKind.False, value ? "true"u8 : "false"u8);

    public void OnLong(int slot, long value)
    {
        bool toMillis = slot >= 0 && slots.LogicalTypes[slot].Kind == AvroLogicalKind.TimestampMicros && !slots.KeepMicros;
        Span<byte> text = stackalloc byte[MappedSlots.NumberBytesMax];
        Utf8Formatter.TryFormat(toMillis ? value / MicrosPerMilli : value, text, out int length);
        Add(slot, DraftKind.Number, text[..length]);
    }

    public void OnDouble(int slot, double value)
    {
        Span<byte> text = stackalloc byte[MappedSlots.NumberBytesMax];
        if (double.IsFinite(value) && Utf8Formatter.TryFormat(value, text, out int length))
        {
            Add(slot, DraftKind.Number, text[..length]);
        }
    }

    public void OnString(int slot, ReadOnlySpan<byte> utf8) => Add(slot, DraftKind.Text, utf8);

    /// <summary>Bytes that are a decimal are a number; others have no meaning here.</summary>
    public void OnBytes(int slot, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[MappedSlots.NumberBytesMax];
        if (slot >= 0 && slots.LogicalTypes[slot] is { Kind: AvroLogicalKind.Decimal } type
            && AvroDecimal.TryFormat(value, type.Scale, text, out int length))
        {
            Add(slot, DraftKind.Number, text[..length]);
        }
    }

    public void OnEnum(int slot, int ordinal, ReadOnlySpan<byte> symbol) => Add(slot, DraftKind.Text, symbol);

    public void BeginRecord(int slot)
    {
        if (slot >= 0 && slot == _itemSlot && _takesItems && Problem is null)
        {
            draft.Lines.BeginLine(draft.Problems);
        }

        if (!unfolding || slot != slots.UnfoldSlot || Problem is not null)
        {
            return;
        }

        draft.Rewind(_outer);
        if (ItemIndex == MappedPlan.UnfoldedEventsMax || batch.BytesUsed > _bytesMax)
        {
            Problem = $"there are more than {MappedPlan.UnfoldedEventsMax} items, or {MappedPlan.UnfoldedBytesMax} bytes of text";
        }
    }

    public void EndRecord(int slot)
    {
        if (unfolding && slot == slots.UnfoldSlot && Problem is null)
        {
            if (draft.Complete(in _record, batch, ItemIndex) is { } reason)
            {
                RefusedItems++;
                draft.Problems.Add($"item {ItemIndex + 1}: {reason}");
            }

            ItemIndex++;
        }
    }

    public void BeginArray(int slot)
    {
        if (slot == slots.UnfoldSlot)
        {
            SawUnfolded = true;
        }
        else if (slot >= 0 && slots.ItemRanks[slot] >= 0 && _itemSlot == MappedSlots.None && _arrays == 0 && TakesSlot(slot))
        {
            _itemSlot = slot;
            _takesItems = draft.Lines.Begin(slots.ItemRanks[slot]);
        }
        else
        {
            _arrays++;
        }
    }

    public void EndArray(int slot)
    {
        if (slot >= 0 && slot == _itemSlot && _arrays == 0)
        {
            _itemSlot = MappedSlots.None;
        }
        else if (slot != slots.UnfoldSlot)
        {
            _arrays--;
        }
    }

    public void BeginMap(int slot) => _maps++;

    public void OnMapKey(int slot, ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> outer = slot < 0 ? default : slots.Paths[slot];
        _pathLength = 0;
        if (_maps != 1 || _arrays > 0)
        {
            return;
        }

        if (outer.Length + 1 + utf8.Length > EventDraft.PathBytesMax)
        {
            Problem ??= DraftReasons.TooLarge;
            return;
        }

        outer.CopyTo(slots.Scratch);
        slots.Scratch[outer.Length] = (byte)'.';
        utf8.CopyTo(slots.Scratch.AsSpan(outer.Length + 1));
        _pathLength = outer.Length + 1 + utf8.Length;
    }

    public void EndMap(int slot) => _maps--;

    /// <summary>Skips values in maps of maps or of records, or in maps inside arrays: they have no path. The elements of an array
    /// share its path.</summary>
    private readonly void Add(int slot, DraftKind kind, scoped ReadOnlySpan<byte> value)
    {
        if (slot < 0 || _maps > 1 || (_maps == 1 && _arrays > 0) || Problem is not null)
        {
            return;
        }

        ReadOnlySpan<byte> path = _maps == 0 ? slots.Paths[slot] : slots.Scratch.AsSpan(0, _pathLength);
        if (_itemSlot >= 0)
        {
            AddToItem(slot, path, kind, value);
        }
        else if (TakesSlot(slot))
        {
            draft.Add(path, kind, value, _arrays > 0);
        }
        else if (slots.UnfoldSlot >= 0 && !slots.InsideUnfolded[slot] && !unfolding && _arrays == 0)
        {
            draft.AddOuter(path, kind, value);
        }
    }

    /// <summary>Whether the slot's values are those of the event that is being read.</summary>
    private readonly bool TakesSlot(int slot) => slots.UnfoldSlot < 0 || (slots.InsideUnfolded[slot] && unfolding);

    private readonly void AddToItem(int slot, scoped ReadOnlySpan<byte> path, DraftKind kind, scoped ReadOnlySpan<byte> value)
    {
        if (!_takesItems)
        {
            return;
        }

        if (slot == _itemSlot)
        {
            draft.Lines.AddProduct(value, draft.Problems);
        }
        else if (_maps > 0 || slots.ItemPaths[slot] is not { } own || !draft.Lines.Add(own, kind, value, draft.Problems))
        {
            draft.AddProperty(path, kind, value);
        }
    }
}
