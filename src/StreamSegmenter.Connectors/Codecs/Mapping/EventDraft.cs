using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The values of one event between a record's syntax and an <see cref="EventBatch"/>: a decoder adds names and
/// values as they come, in any order, and <see cref="Complete"/> decides what they mean. So every text format obeys the same
/// rules, and a currency may stand behind its price.
/// <para>Copies into its own buffer, which is reused: nothing is allocated in steady state. Its memory is bounded, since
/// an event never has more text than <see cref="EventBatch.EventBytesMax"/>.</para></summary>
public sealed class EventDraft(CompiledMapping mapping)
{
    /// <summary>Longest name or dotted path of a value.</summary>
    public const int PathBytesMax = byte.MaxValue;

    /// <summary>Longest identifier, category or other text field; properties may be longer.</summary>
    public const int FieldBytesMax = 1024;

    private const int EntriesMax = 16 * 1024;

    private readonly EventDraftWriter _writer = new(mapping);
    private DraftEntry[] _entries = new DraftEntry[64];
    private byte[] _bytes = new byte[4096];
    private int _entryCount;
    private int _bytesUsed;
    private bool _tooLarge;

    /// <summary>How much the draft holds, to come back to.</summary>
    public readonly record struct Mark(int Entries, int Bytes);

    /// <summary>Forgets everything but the mapping's constants.</summary>
    public void Clear()
    {
        Rewind(default);
        _tooLarge = false;
        foreach (var (binding, value) in mapping.Constants)
        {
            AddEntry(binding, DraftKind.Text, default, value);
        }
    }

    public Mark Position => new(_entryCount, _bytesUsed);

    /// <summary>Forgets what was added since the mark.</summary>
    public void Rewind(Mark mark)
    {
        _entryCount = mark.Entries;
        _bytesUsed = mark.Bytes;
    }

    /// <summary>Adds a value under its name or dotted path: to the fields that are bound to it, else as a property.</summary>
    public void Add(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value)
    {
        var binding = mapping.FirstOfPath(path);
        if (binding >= 0)
        {
            AddBound(binding, kind, value);
            return;
        }

        AddEntry(-1, kind, path.StartsWith("properties."u8) ? path["properties.".Length..] : path, value);
    }

    /// <summary>Adds a value of the record around an unfolded array; one that no field is bound to is passed over.</summary>
    public void AddOuter(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value) =>
        AddBound(mapping.FirstOfOuterPath(path), kind, value);

    /// <summary>Adds a value to a chain of bindings of the mapping.</summary>
    internal void AddBound(int binding, DraftKind kind, ReadOnlySpan<byte> value)
    {
        for (; binding >= 0; binding = mapping[binding].Next)
        {
            AddEntry(binding, kind, default, value);
        }
    }

    /// <summary>Writes the event behind the last one of the batch.</summary>
    /// <returns>Null, or why the event is refused; then the batch is as it was.</returns>
    public string? Complete(in SourceRecord record, EventBatch batch, int indexInRecord)
    {
        if (_tooLarge)
        {
            return DraftReasons.TooLarge;
        }

        ref var e = ref batch.BeginEvent(record.Input, record.Partition, record.Offset, indexInRecord);
        var reason = _writer.Write(_entries.AsSpan(0, _entryCount), _bytes, in record, batch, ref e);
        if (reason is not null)
        {
            batch.AbandonEvent();
            return reason;
        }

        return DraftReasons.Of(batch.CompleteEvent(), mapping.Mapping);
    }

    private void AddEntry(int binding, DraftKind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        if (length > EventBatch.EventBytesMax - _bytesUsed || _entryCount == EntriesMax)
        {
            _tooLarge = true;
            return;
        }

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
