using System.Buffers.Binary;

namespace StreamSegmenter.Events;

/// <summary>A growable batch of decoded events: one array of structs, one array of bytes that holds all their texts.
/// Reused poll after poll, so decoding allocates nothing in steady state. One writer, one thread.
/// <para>A decoder writes an event so: <see cref="BeginEvent"/>, fill the numbers, <see cref="Append"/> each text,
/// <see cref="AddProperty(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>, <see cref="AddLine"/>, then <see cref="CompleteEvent"/>.</para></summary>
/// <param name="initialEvents">Room for so many events before the first growth.</param>
internal sealed class EventBatch(int initialEvents = 1024)
{
    /// <summary>Longest text of one event, all fields and properties together.</summary>
    public const int EventBytesMax = ushort.MaxValue;

    private StorefrontEvent[] _events = new StorefrontEvent[initialEvents];
    private byte[] _bytes = new byte[initialEvents * 64];
    private byte[] _properties = new byte[256];
    private byte[] _lines = new byte[256];
    private int _bytesUsed;
    private int _eventStart;
    private int _propertiesUsed;
    private int _linesUsed;
    private bool _tooLarge;

    public int Count { get; private set; }

    /// <summary>Bytes held by the completed events: what a bound on memory counts.</summary>
    public int BytesUsed => _bytesUsed;

    public ref StorefrontEvent this[int index] => ref _events[index];

    public Span<StorefrontEvent> Events => _events.AsSpan(0, Count);

    /// <summary>The text of a field; valid until the batch is cleared or grows.</summary>
    public ReadOnlySpan<byte> Text(scoped in StorefrontEvent e, Slice slice) =>
        _bytes.AsSpan(e.BytesStart + slice.Start, slice.Length);

    public PropertyReader Properties(scoped in StorefrontEvent e) => new(Text(in e, e.Properties));

    /// <summary>The event's lines. An event whose record had no items has one, made of its own product, category, quantity and
    /// price.</summary>
    public LineReader Lines(scoped in StorefrontEvent e) => e.Lines.IsEmpty
        ? new LineReader(
            Text(in e, e.ProductId), Text(in e, e.Category), e.Has(EventFields.Quantity) ? e.Quantity : null,
            e.Has(EventFields.Price) ? e.PriceMinor : null)
        : new LineReader(Text(in e, e.Lines));

    public void Clear()
    {
        Count = 0;
        _bytesUsed = 0;
    }

    /// <summary>Starts an event behind the last one; it counts only once it is completed.</summary>
    public ref StorefrontEvent BeginEvent(ushort input, int partition, long offset, int indexInRecord)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, _events.Length * 2);
        }

        _eventStart = _bytesUsed;
        _propertiesUsed = 0;
        _linesUsed = 0;
        _tooLarge = false;
        ref var e = ref _events[Count];
        e = default;
        e.BytesStart = _eventStart;
        e.Input = input;
        e.Partition = partition;
        e.Offset = offset;
        e.IndexInRecord = indexInRecord;
        return ref e;
    }

    /// <summary>Copies a text into the event being written.</summary>
    public Slice Append(ReadOnlySpan<byte> text)
    {
        var start = _bytesUsed - _eventStart;
        if (text.Length > EventBytesMax - start)
        {
            _tooLarge = true;
            return default;
        }

        Ensure(ref _bytes, _bytesUsed, text.Length);
        text.CopyTo(_bytes.AsSpan(_bytesUsed));
        _bytesUsed += text.Length;
        return new Slice((ushort)start, (ushort)text.Length);
    }

    public void AddProperty(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (text.Length > EventBytesMax)
        {
            _tooLarge = true;
            return;
        }

        var value = OpenProperty(PropertyKind.Text, name, 2 + text.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)text.Length);
        text.CopyTo(value[2..]);
    }

    public void AddProperty(ReadOnlySpan<byte> name, double number) =>
        BinaryPrimitives.WriteDoubleLittleEndian(OpenProperty(PropertyKind.Number, name, 8), number);

    /// <summary>A property that the record says is not set.</summary>
    public void AddNull(ReadOnlySpan<byte> name) => OpenProperty(PropertyKind.Null, name, 1)[0] = 0;

    public void AddProperty(ReadOnlySpan<byte> name, bool value) =>
        OpenProperty(PropertyKind.Boolean, name, 1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Adds a line to the event being written. The caller keeps all lines within <see cref="EventBytesMax"/>.</summary>
    public void AddLine(ReadOnlySpan<byte> productId, ReadOnlySpan<byte> category, int? quantity, long? priceMinor)
    {
        var length = LineReader.LengthOf(productId, category);
        Ensure(ref _lines, _linesUsed, length);
        LineReader.Write(_lines.AsSpan(_linesUsed, length), productId, category, quantity, priceMinor);
        _linesUsed += length;
    }

    /// <summary>Gives the event being written properties and items in their stored form, as <see cref="PropertyReader"/> and
    /// <see cref="LineReader"/> read them.</summary>
    internal void AddStored(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> lines)
    {
        Ensure(ref _properties, _propertiesUsed, properties.Length);
        properties.CopyTo(_properties.AsSpan(_propertiesUsed));
        _propertiesUsed += properties.Length;
        Ensure(ref _lines, _linesUsed, lines.Length);
        lines.CopyTo(_lines.AsSpan(_linesUsed));
        _linesUsed += lines.Length;
    }

    /// <summary>Checks what every event must have and adds it to the batch; a refused event leaves no trace.</summary>
    public EventFault CompleteEvent()
    {
        ref var e = ref _events[Count];
        e.Properties = Append(_properties.AsSpan(0, _propertiesUsed));
        e.Lines = Append(_lines.AsSpan(0, _linesUsed));
        var fault = Check(in e);
        if (fault != EventFault.None)
        {
            AbandonEvent();
            return fault;
        }

        e.BytesLength = (ushort)(_bytesUsed - _eventStart);
        e.KeyHash = KeyHash.Of(Text(in e, e.CustomerKey));
        Count++;
        return EventFault.None;
    }

    /// <summary>Forgets the event being written.</summary>
    public void AbandonEvent() => _bytesUsed = _eventStart;

    /// <summary>Takes the batch back to an earlier length: a record that fails half-way leaves no event.</summary>
    public void TruncateTo(int count)
    {
        if (count < Count)
        {
            _bytesUsed = _events[count].BytesStart;
            Count = count;
        }
    }

    /// <summary>Copies a completed event of another batch behind the last one of this.</summary>
    public void CopyFrom(EventBatch other, in StorefrontEvent e)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, _events.Length * 2);
        }

        Ensure(ref _bytes, _bytesUsed, e.BytesLength);
        other._bytes.AsSpan(e.BytesStart, e.BytesLength).CopyTo(_bytes.AsSpan(_bytesUsed));
        ref var copy = ref _events[Count++];
        copy = e;
        copy.BytesStart = _bytesUsed;
        _bytesUsed += e.BytesLength;
    }

    /// <summary>Exchanges the contents of two batches that hold completed events: handing over without copying.</summary>
    public void Swap(EventBatch other)
    {
        (_events, other._events) = (other._events, _events);
        (_bytes, other._bytes) = (other._bytes, _bytes);
        (_bytesUsed, other._bytesUsed) = (other._bytesUsed, _bytesUsed);
        (Count, other.Count) = (other.Count, Count);
    }

    private EventFault Check(in StorefrontEvent e)
    {
        if (_tooLarge)
        {
            return EventFault.TooLarge;
        }

        if (!e.Has(EventFields.EventTime))
        {
            return EventFault.MissingEventTime;
        }

        return e.CustomerKey.IsEmpty ? EventFault.MissingCustomer : EventFault.None;
    }

    private Span<byte> OpenProperty(PropertyKind kind, ReadOnlySpan<byte> name, int valueLength)
    {
        if (name.Length > byte.MaxValue)
        {
            _tooLarge = true;
            name = name[..byte.MaxValue];
        }

        var length = 2 + name.Length + valueLength;
        Ensure(ref _properties, _propertiesUsed, length);
        var entry = _properties.AsSpan(_propertiesUsed, length);
        entry[0] = (byte)kind;
        entry[1] = (byte)name.Length;
        name.CopyTo(entry[2..]);
        _propertiesUsed += length;
        return entry[(2 + name.Length)..];
    }

    private static void Ensure(ref byte[] bytes, int used, int more)
    {
        if (bytes.Length - used < more)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + more));
        }
    }
}
