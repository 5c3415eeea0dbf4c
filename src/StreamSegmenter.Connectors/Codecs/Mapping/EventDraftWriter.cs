using System.Text.Unicode;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Turns the collected values of one event into its fields. Among several sources of a field the one of lowest
/// rank that has a value wins, of one name that stands twice the last; losers stay properties.</summary>
internal sealed class EventDraftWriter(CompiledMapping mapping)
{
    private readonly int[] _best = new int[MappedFieldNames.Count];
    private MappedField _tooLong;

    /// <summary>Fills an event that the batch has begun. Returns why it must be refused, or null.</summary>
    public string? Write(
        ReadOnlySpan<DraftEntry> entries, byte[] bytes, in SourceRecord record, EventBatch batch, ref StorefrontEvent e)
    {
        ChooseSources(entries);
        _tooLong = MappedField.Property;
        var draft = new DraftView(entries, bytes, _best);
        var reason = WriteTime(in draft, in record, ref e) ?? WriteCustomer(in draft, in record, batch, ref e)
            ?? WriteNumbers(in draft, ref e);
        if (reason is not null)
        {
            return reason;
        }

        e.EventId = Append(in draft, MappedField.EventId, batch);
        e.AnonymousId = Append(in draft, MappedField.AnonymousId, batch);
        e.SessionId = Append(in draft, MappedField.SessionId, batch);
        e.CartId = Append(in draft, MappedField.CartId, batch);
        e.OrderId = Append(in draft, MappedField.OrderId, batch);
        e.ProductId = Append(in draft, MappedField.ProductId, batch);
        e.Category = Append(in draft, MappedField.Category, batch);
        WriteProperties(entries, bytes, batch);
        return _tooLong == MappedField.Property
            ? WriteType(in draft, ref e)
            : DraftReasons.TooLong(_tooLong, draft[_tooLong].Length);
    }

    private void ChooseSources(ReadOnlySpan<DraftEntry> entries)
    {
        Array.Fill(_best, -1);
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Binding < 0 || entries[i].ValueLength == 0)
            {
                continue;
            }

            ref readonly var binding = ref mapping[entries[i].Binding];
            if (binding.Field == MappedField.Property)
            {
                continue;
            }

            ref var best = ref _best[(int)binding.Field];
            if (best < 0 || binding.Rank <= mapping[entries[best].Binding].Rank)
            {
                best = i;
            }
        }
    }

    // The last step, because a new name takes one of a bounded number of types: refused records must not use them up.
    private string? WriteType(in DraftView draft, ref StorefrontEvent e)
    {
        if (e.CustomerKey.IsEmpty)
        {
            return DraftReasons.Of(EventFault.MissingCustomer, mapping.Mapping);
        }

        var name = draft[MappedField.EventType].Trim((byte)' ');
        if (name.IsEmpty)
        {
            return DraftReasons.NoEventType;
        }

        e.Type = mapping.TypeOf(name);
        return null;
    }

    private string? WriteTime(in DraftView draft, in SourceRecord record, ref StorefrontEvent e)
    {
        e.Fields |= EventFields.EventTime;
        if (mapping.Mapping.TimestampFrom == TimestampSource.Record)
        {
            e.EventTimeMs = record.TimestampMs;
            return record.TimestampMs is > 0 and < EventTimeText.TimeMsEnd ? null : DraftReasons.NoRecordTimestamp;
        }

        var text = draft[MappedField.EventTime];
        if (text.IsEmpty)
        {
            return DraftReasons.Of(EventFault.MissingEventTime, mapping.Mapping);
        }

        return EventTimeText.TryParse(text, mapping.Mapping.TimeFormat, out e.EventTimeMs)
            ? null
            : DraftReasons.NotATime(text, mapping.Mapping.TimeFormat);
    }

    private string? WriteCustomer(in DraftView draft, in SourceRecord record, EventBatch batch, ref StorefrontEvent e)
    {
        if (mapping.Mapping.CustomerFrom == CustomerSource.Field)
        {
            e.CustomerId = Append(in draft, MappedField.CustomerId, batch);
            return null;
        }

        if (record.Key.Length > EventDraft.FieldBytesMax)
        {
            return DraftReasons.TooLong(MappedField.CustomerId, record.Key.Length);
        }

        e.CustomerId = batch.Append(record.Key);
        return Utf8.IsValid(record.Key) ? null : DraftReasons.KeyIsNotText;
    }

    private string? WriteNumbers(in DraftView draft, ref StorefrontEvent e)
    {
        var quantity = draft[MappedField.Quantity];
        if (!quantity.IsEmpty)
        {
            e.Fields |= EventFields.Quantity;
            if (!MoneyReader.TryReadQuantity(quantity, out e.Quantity))
            {
                return DraftReasons.NotAQuantity(quantity);
            }
        }

        var code = draft[MappedField.Currency].Trim((byte)' ');
        e.Currency = mapping.Currency;
        if (!code.IsEmpty && !Currency.TryParse(code, out e.Currency))
        {
            return DraftReasons.NotACurrency(code);
        }

        return WriteMoney(in draft, MappedField.PriceMinor, MappedField.Price, EventFields.Price, ref e, ref e.PriceMinor)
            ?? WriteMoney(in draft, MappedField.TotalMinor, MappedField.Total, EventFields.Total, ref e, ref e.TotalMinor);
    }

    private string? WriteMoney(
        in DraftView draft, MappedField minorField, MappedField majorField, EventFields present, ref StorefrontEvent e, ref long minor)
    {
        var (field, digits) = draft[minorField].IsEmpty ? (majorField, e.Currency.MinorDigits) : (minorField, 0);
        var text = draft[field];
        if (text.IsEmpty)
        {
            return null;
        }

        e.Fields |= present;
        return MoneyReader.TryRead(text, digits, exact: field == minorField, out minor)
            ? null
            : DraftReasons.NotMoney(field, text, field == minorField);
    }

    private Slice Append(in DraftView draft, MappedField field, EventBatch batch)
    {
        var text = draft[field];
        if (text.Length > EventDraft.FieldBytesMax)
        {
            _tooLong = field;
            return default;
        }

        return batch.Append(text);
    }

    private void WriteProperties(ReadOnlySpan<DraftEntry> entries, byte[] bytes, EventBatch batch)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            if (entry.Binding < 0)
            {
                PropertyText.Write(batch, entry.Name(bytes), entry.Kind, entry.Value(bytes));
                continue;
            }

            ref readonly var binding = ref mapping[entry.Binding];
            if (binding.PropertyName.Length > 0 && (binding.Field == MappedField.Property || _best[(int)binding.Field] != i)
                && entry.ValueLength > 0)
            {
                PropertyText.Write(batch, binding.PropertyName, entry.Kind, entry.Value(bytes));
            }
        }
    }

    /// <summary>The chosen value of each field; empty when there is none.</summary>
    private readonly ref struct DraftView(ReadOnlySpan<DraftEntry> entries, byte[] bytes, int[] best)
    {
        private readonly ReadOnlySpan<DraftEntry> _entries = entries;

        public ReadOnlySpan<byte> this[MappedField field] =>
            best[(int)field] < 0 ? default : _entries[best[(int)field]].Value(bytes);
    }
}
