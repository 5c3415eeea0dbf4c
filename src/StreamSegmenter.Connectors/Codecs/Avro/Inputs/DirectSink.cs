using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>Puts decoded values where they belong in an event, and remembers the first that an event may not hold.</summary>
internal ref struct DirectSink(
    ref StorefrontEvent e, EventBatch batch, EventTypeCache types, CompiledMapping mapping, byte[]?[] propertyNames, byte[] path, bool timeIsMicros)
    : IAvroSink
{
    private const long MicrosPerMilli = 1000;

    private readonly ref StorefrontEvent _event = ref e;
    private ReadOnlySpan<byte> _key;
    private int _pathLength;
    private int _arrays;
    private int _maps;
    private bool _isCurrencyUnknown;

    /// <summary>Why the event must be refused; null when it may be kept.</summary>
    public string? Problem { get; private set; }

    /// <summary>What is left out of an event that may be kept; null for nothing.</summary>
    public string? Left { get; private set; }

    public readonly void OnNull(int slot)
    {
    }

    public readonly void OnBoolean(int slot, bool value)
    {
        if (TryName(slot, out ReadOnlySpan<byte> name))
        {
            batch.AddProperty(name, value);
        }
    }

    public void OnLong(int slot, long value)
    {
        switch ((DirectSlot)slot)
        {
            case DirectSlot.EventTime:
                SetTime(timeIsMicros ? value / MicrosPerMilli : value);
                break;
            case DirectSlot.Quantity:
                SetQuantity(value);
                break;
            case DirectSlot.PriceMinor:
                SetAmount(value, DirectSlot.PriceMinor, EventFields.Price, ref _event.PriceMinor);
                break;
            case DirectSlot.TotalMinor:
                SetAmount(value, DirectSlot.TotalMinor, EventFields.Total, ref _event.TotalMinor);
                break;
            default:
                OnDouble(slot, value);
                break;
        }
    }

    public readonly void OnDouble(int slot, double value)
    {
        if (double.IsFinite(value) && TryName(slot, out ReadOnlySpan<byte> name))
        {
            batch.AddProperty(name, value);
        }
    }

    public void OnString(int slot, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > EventDraft.FieldBytesMax && slot < (int)DirectSlot.Properties)
        {
            Leave($"{NameOf((DirectSlot)slot)} is {utf8.Length:N0} bytes long; at most {EventDraft.FieldBytesMax:N0} are taken");
            return;
        }

        switch ((DirectSlot)slot)
        {
            case DirectSlot.EventId: _event.EventId = Id(MappedField.EventId, utf8); break;
            case DirectSlot.EventType: SetType(utf8); break;
            case DirectSlot.CustomerId: _event.CustomerId = Id(MappedField.CustomerId, utf8); break;
            case DirectSlot.AnonymousId: _event.AnonymousId = Id(MappedField.AnonymousId, utf8); break;
            case DirectSlot.SessionId: _event.SessionId = Id(MappedField.SessionId, utf8); break;
            case DirectSlot.CartId: _event.CartId = Id(MappedField.CartId, utf8); break;
            case DirectSlot.OrderId: _event.OrderId = Id(MappedField.OrderId, utf8); break;
            case DirectSlot.ProductId: _event.ProductId = Id(MappedField.ProductId, utf8); break;
            case DirectSlot.Category: _event.Category = batch.Append(utf8); break;
            case DirectSlot.Currency: SetCurrency(utf8); break;
            default:
                if (TryName(slot, out ReadOnlySpan<byte> name))
                {
                    batch.AddProperty(name, utf8);
                }

                break;
        }
    }

    /// <summary>Bytes have no meaning as a property.</summary>
    public readonly void OnBytes(int slot, ReadOnlySpan<byte> value)
    {
    }

    public void OnEnum(int slot, int ordinal, ReadOnlySpan<byte> symbol) => OnString(slot, symbol);

    public readonly void BeginRecord(int slot)
    {
    }

    public readonly void EndRecord(int slot)
    {
    }

    public void BeginArray(int slot) => _arrays++;

    public void EndArray(int slot) => _arrays--;

    public void BeginMap(int slot) => _maps++;

    public void OnMapKey(int slot, ReadOnlySpan<byte> utf8)
    {
        if (slot == (int)DirectSlot.Properties || _arrays > 0 || _maps != 1)
        {
            _key = utf8;
            return;
        }

        // An entry of the writer's own map is named by both, as a nested field would be.
        ReadOnlySpan<byte> outer = propertyNames[slot];
        if (outer.Length + 1 + utf8.Length > path.Length)
        {
            Problem ??= DraftReasons.TooLarge;
            return;
        }

        outer.CopyTo(path);
        path[outer.Length] = (byte)'.';
        utf8.CopyTo(path.AsSpan(outer.Length + 1));
        _pathLength = outer.Length + 1 + utf8.Length;
    }

    public void EndMap(int slot) => _maps--;

    private static string NameOf(DirectSlot slot) => ShippedSchemas.StorefrontEvent.Record!.Fields[(int)slot].Name;

    /// <summary>The property that a value is: one of the map, or a field that only the writer has.</summary>
    private readonly bool TryName(int slot, out ReadOnlySpan<byte> name)
    {
        bool inMap = _maps == 1;
        name = slot == (int)DirectSlot.Properties && inMap ? _key
            : slot > (int)DirectSlot.Properties ? inMap ? path.AsSpan(0, _pathLength) : propertyNames[slot]
            : default;
        return !name.IsEmpty && _arrays == 0 && _maps <= 1;
    }

    private void SetTime(long timeMs)
    {
        _event.EventTimeMs = timeMs;
        _event.Fields |= EventFields.EventTime;
        if (timeMs is <= 0 or >= EventTimeText.TimeMsEnd)
        {
            Problem ??= $"event_time {timeMs} is not epoch milliseconds from 1970 to 9999";
        }
    }

    private void SetType(ReadOnlySpan<byte> name)
    {
        _event.Type = types.TypeOf(name, out bool isEmpty);
        if (isEmpty)
        {
            Problem ??= DraftReasons.NoEventType;
        }
    }

    private void SetQuantity(long value)
    {
        if (value is < -MoneyReader.QuantityMax or > MoneyReader.QuantityMax)
        {
            Leave($"quantity {value} is not a whole number up to {MoneyReader.QuantityMax:N0}");
            return;
        }

        _event.Fields |= EventFields.Quantity;
        _event.Quantity = (int)value;
    }

    private void SetCurrency(ReadOnlySpan<byte> code)
    {
        code = code.Trim((byte)' ');
        if (!code.IsEmpty && !Currency.TryParse(code, out _event.Currency))
        {
            // What the amounts are in is then not known.
            _isCurrencyUnknown = true;
            _event.Fields &= ~(EventFields.Price | EventFields.Total);
            Leave(DraftReasons.NotACurrency(code));
        }
    }

    private void Leave(string what) => Left = Left is null ? what : $"{Left}; {what}";

    private readonly Slice Id(MappedField field, ReadOnlySpan<byte> utf8) =>
        batch.Append(mapping.RulesOf(field) is { } rules ? rules.Clean(utf8) : utf8);

    private void SetAmount(long minor, DirectSlot slot, EventFields present, ref long amount)
    {
        if (minor is < -MoneyReader.AmountMinorMax or > MoneyReader.AmountMinorMax)
        {
            Leave($"{NameOf(slot)} {minor} is more than {MoneyReader.AmountMinorMax:N0} minor units");
            return;
        }

        amount = minor;
        _event.Fields |= _isCurrencyUnknown ? EventFields.None : present;
    }
}
