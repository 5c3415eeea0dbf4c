using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The values of one event between a record's syntax and an <see cref="EventBatch"/>: a decoder adds names and
/// values as they come, in any order, and <see cref="Complete"/> decides what they mean. So every text format obeys the same
/// rules, and a currency may stand behind its price.
/// <para>Copies into its own buffer, which is reused: nothing is allocated in steady state. Its memory is bounded by
/// <see cref="PropertyBytesMax"/>, <see cref="LineBytesMax"/> and <see cref="FieldBytesMax"/>, whose sum an event can hold; what is
/// beyond them is left out and reported.</para></summary>
internal sealed class EventDraft(CompiledMapping mapping, MappingUse? use = null)
{
    /// <summary>Longest name or dotted path of a value.</summary>
    public const int PathBytesMax = byte.MaxValue;

    /// <summary>Longest identifier, category or other text field; properties may be longer.</summary>
    public const int FieldBytesMax = 1024;

    /// <summary>All properties of an event, names included.</summary>
    public const int PropertyBytesMax = 40 * 1024;

    /// <summary>All values of the fields of an event's items.</summary>
    public const int LineBytesMax = 12 * 1024;

    /// <summary>Items of an event that become lines.</summary>
    public const int LinesMax = 200;

    private const int EntriesMax = 16 * 1024;

    // What surrounds a property in the event's bytes.
    private const int PropertyOverhead = 10;

    private readonly EventDraftWriter _writer = new(mapping);
    private readonly LineDraft _lines = new(mapping);
    private DraftEntry[] _entries = new DraftEntry[64];
    private byte[] _bytes = new byte[4096];
    private int _entryCount;
    private int _bytesUsed;
    private int _propertyBytes;
    private ulong _conditions;
    private uint _composites;

    /// <summary>How much the draft holds, to come back to.</summary>
    public readonly record struct Mark(int Entries, int Bytes, int PropertyBytes, ulong Conditions, uint Composites);

    /// <summary>What became of the values so far.</summary>
    public MappingUse Use { get; } = use ?? new MappingUse(mapping);

    /// <summary>What was left out of the event completed last, or of the one that is being read; null when nothing was.</summary>
    public string? Problem => Problems.Text();

    internal DraftProblems Problems { get; } = new();

    /// <summary>True while an element of a list is read for the paths that select it: what they do not name is no property, since the
    /// element is read once more.</summary>
    internal bool IsSelecting { get; set; }

    internal CompiledMapping Compiled => mapping;

    internal LineDraft Lines => _lines;

    /// <summary>Forgets everything but the mapping's constants.</summary>
    public void Clear()
    {
        Rewind(default);
        Problems.Clear();
        foreach (ref readonly var constant in mapping.Constants)
        {
            AddEntry(constant.Binding, DraftKind.Text, default, constant.Value);
        }
    }

    public Mark Position => new(_entryCount, _bytesUsed, _propertyBytes, _conditions, _composites);

    /// <summary>Forgets what was added since the mark.</summary>
    public void Rewind(Mark mark)
    {
        (_entryCount, _bytesUsed, _propertyBytes, _conditions, _composites) = mark;
        _lines.Clear();
    }

    /// <summary>Adds a value under its name or dotted path: to the fields that are bound to it, else as a property.</summary>
    public void Add(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value) => Add(path, kind, value, isInList: false);

    /// <param name="isInList">It is one of several values of that path: enough for a property, too many for a field.</param>
    internal void Add(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value, bool isInList)
    {
        var binding = mapping.FirstOfPath(path);
        if (binding < 0)
        {
            AddProperty(path, kind, value);
            return;
        }

        if (isInList)
        {
            AddPresence(binding);
        }

        AddBound(binding, kind, value, isInList);
    }

    /// <summary>Says that a property is null. A field that is null is missing; so is a property where values are many.</summary>
    internal void AddNull(ReadOnlySpan<byte> path)
    {
        if (mapping.FirstOfPath(path) < 0 && _entryCount < EntriesMax / 2 && _propertyBytes < PropertyBytesMax / 2)
        {
            AddProperty(path, DraftKind.Null, default);
        }
    }

    /// <summary>Adds a value under a name of its own.</summary>
    internal void AddProperty(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value)
    {
        if (IsSelecting)
        {
            return;
        }

        var name = PropertyName(path);
        var length = name.Length + value.Length + PropertyOverhead;
        if (length > PropertyBytesMax - _propertyBytes || _entryCount >= EntriesMax)
        {
            Problems.Add(DraftReasons.PropertyTooMany(name));
            return;
        }

        _propertyBytes += length;
        AddEntry(-1, kind, name, value);
    }

    /// <summary>The name of the property that a path without a binding becomes.</summary>
    internal static ReadOnlySpan<byte> PropertyName(ReadOnlySpan<byte> path) =>
        path.StartsWith("properties."u8) ? path["properties.".Length..] : path;

    /// <summary>Adds a value of the record around an unfolded array; one that no field is bound to is passed over.</summary>
    public void AddOuter(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value) =>
        AddBound(mapping.FirstOfOuterPath(path), kind, value);

    /// <summary>Says that an object or a list stands at a path.</summary>
    internal void AddComposite(ReadOnlySpan<byte> path, bool outer)
    {
        var binding = outer ? mapping.FirstOfOuterPath(path) : mapping.FirstOfPath(path);
        if (binding >= 0)
        {
            AddPresence(binding);
        }
    }

    /// <summary>Adds a value to a chain of bindings of the mapping.</summary>
    internal void AddBound(int binding, DraftKind kind, ReadOnlySpan<byte> value, bool isInList = false)
    {
        for (; binding >= 0; binding = mapping[binding].Next)
        {
            ref readonly var bound = ref mapping[binding];
            if (bound.Field == MappedField.Condition)
            {
                _conditions |= mapping.Fulfils(bound.Rank, value) ? 1UL << bound.Rank : 0;
                continue;
            }

            if (isInList && bound.TakesOne)
            {
                continue;
            }

            Use.Saw(binding);
            AddField(binding, in bound, kind, value);
        }
    }

    /// <summary>Writes the event behind the last one of the batch; it may be filtered, and then none is there.</summary>
    /// <returns>Null, or why the event is refused; then the batch is as it was. <see cref="Problem"/> says what was left out of an event
    /// that is not refused.</returns>
    public string? Complete(in SourceRecord record, EventBatch batch, int indexInRecord) => Write(
        new DraftView(_entries.AsSpan(0, _entryCount), _bytes, _conditions, _composites, Problems), in record, batch, indexInRecord);

    /// <summary>Writes an event whose values lie in its record, in a known shape.</summary>
    internal string? CompleteInPlace(
        ReadOnlySpan<DraftEntry> entries, ReadOnlySpan<byte> text, ShapePlan shape, in SourceRecord record, EventBatch batch)
    {
        Problems.Clear();
        _lines.Clear();
        return Write(new DraftView(entries, text, 0, 0, Problems, shape), in record, batch, 0);
    }

    private string? Write(in DraftView draft, in SourceRecord record, EventBatch batch, int indexInRecord)
    {
        ref var e = ref batch.BeginEvent(record.Input, record.Partition, record.Offset, indexInRecord);
        var reason = _writer.Write(in draft, in record, batch, ref e) ?? _lines.Write(Problems, batch, ref e);
        if (reason is null)
        {
            Use.RoundedAmounts += _writer.TakeRounded() + _lines.TakeRounded();
            reason = DraftReasons.Of(batch.CompleteEvent(), mapping.Mapping);
        }
        else
        {
            batch.AbandonEvent();
        }

        if (reason is not null)
        {
            return Problem is { } problem ? $"{reason} ({problem})" : reason;
        }

        Use.Events++;
        if (mapping.Mapping.Where is { } where && !where.Holds(in batch[batch.Count - 1], batch))
        {
            batch.TruncateTo(batch.Count - 1);
            Problems.Clear();
            Use.Filtered++;
        }

        return null;
    }

    private void AddPresence(int binding)
    {
        for (; binding >= 0; binding = mapping[binding].Next)
        {
            ref readonly var bound = ref mapping[binding];
            if (bound.Field == MappedField.Condition)
            {
                _conditions |= mapping.IsFulfilledByPresence(bound.Rank) ? 1UL << bound.Rank : 0;
            }
            else if (bound.TakesOne)
            {
                _composites |= 1U << (int)bound.Field;
            }
        }
    }

    private void AddField(int binding, in SourceBinding bound, DraftKind kind, ReadOnlySpan<byte> value)
    {
        if (bound.Field == MappedField.Property)
        {
            var length = bound.PropertyName.Length + value.Length + PropertyOverhead;
            if (length > PropertyBytesMax - _propertyBytes || _entryCount >= EntriesMax)
            {
                Problems.Add(DraftReasons.PropertyTooMany(bound.PropertyName));
                return;
            }

            _propertyBytes += length;
        }
        else if (value.Length > FieldBytesMax)
        {
            Problems.Add(DraftReasons.TooLong(bound.Field, value.Length));
            return;
        }

        AddEntry(binding, kind, default, value);
    }

    private void AddEntry(int binding, DraftKind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        if (_bytes.Length - _bytesUsed < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _bytesUsed + length));
        }

        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        name.CopyTo(_bytes.AsSpan(_bytesUsed));
        value.CopyTo(_bytes.AsSpan(_bytesUsed + name.Length));
        _entries[_entryCount++] = new DraftEntry(binding, kind, _bytesUsed, name.Length, value.Length);
        _bytesUsed += length;
    }
}
