using System.Text.Unicode;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Turns the collected values of one event into its fields. Among several sources of a field the one of lowest
/// rank that has a value wins, of one name that stands twice the last; losers stay properties. Without a type, a time or a
/// customer there is no event; any other value that cannot be taken is left out and reported.</summary>
internal sealed class EventDraftWriter(CompiledMapping mapping)
{
    private readonly int[] _best = new int[MappedFieldNames.Count];
    private readonly byte[] _lower = new byte[EventDraft.FieldBytesMax * 2];
    private int _rounded;

    /// <summary>Fills an event that the batch has begun. Returns why it must be refused, or null.</summary>
    public string? Write(in DraftView draft, in SourceRecord record, EventBatch batch, ref StorefrontEvent e)
    {
        _rounded = 0;
        if (draft.Shape is { } shape)
        {
            TakeSources(in draft, shape);
        }
        else
        {
            ChooseSources(in draft);
            ReportComposites(in draft);
        }

        var reason = WriteTime(in draft, in record, ref e) ?? WriteCustomer(in draft, in record, batch, ref e);
        if (reason is not null)
        {
            return reason;
        }

        WriteNumbers(in draft, ref e);
        e.EventId = Append(in draft, MappedField.EventId, batch);
        e.SessionId = Append(in draft, MappedField.SessionId, batch);
        e.CartId = Append(in draft, MappedField.CartId, batch);
        e.OrderId = Append(in draft, MappedField.OrderId, batch);
        e.ProductId = Append(in draft, MappedField.ProductId, batch);
        e.Category = Append(in draft, MappedField.Category, batch);
        if (!e.EventId.IsEmpty && mapping.Unfold.Length > 0 && mapping[draft.Entries[_best[(int)MappedField.EventId]].Binding].IsShared)
        {
            e.Fields |= EventFields.SharedId;
        }

        var fault = WriteType(in draft, ref e);
        WriteProperties(in draft, batch, keepsNulls: e.Type == EventTypes.Identify);
        return fault;
    }

    /// <summary>How many amounts of the event written last had more digits than their currency.</summary>
    public int TakeRounded() => _rounded;

    private void ChooseSources(in DraftView draft)
    {
        Array.Fill(_best, -1);
        for (var i = 0; i < draft.Entries.Length; i++)
        {
            ref readonly var entry = ref draft.Entries[i];
            if (entry.Binding < 0 || entry.ValueLength == 0)
            {
                continue;
            }

            ref readonly var binding = ref mapping[entry.Binding];
            if (binding.Field >= MappedField.Property || !draft.Counts(in binding))
            {
                continue;
            }

            var best = _best[(int)binding.Field];
            if (best < 0 || binding.Rank <= mapping[draft.Entries[best].Binding].Rank)
            {
                Take(in draft, binding.Field, i);
            }
        }
    }

    // A shape has one source of a field at most.
    private void TakeSources(in DraftView draft, ShapePlan shape)
    {
        Array.Fill(_best, -1);
        foreach (var (field, entry) in shape.Sources)
        {
            if (draft.Entries[entry].ValueLength > 0)
            {
                Take(in draft, field, entry);
            }
        }
    }

    // A text that stands for no value leaves the field to another source.
    private void Take(in DraftView draft, MappedField field, int entry)
    {
        if (mapping.RulesOf(field) is not { } rules || !rules.Clean(draft.Value(entry)).IsEmpty)
        {
            _best[(int)field] = entry;
        }
    }

    private void ReportComposites(in DraftView draft)
    {
        for (var field = MappedField.EventId; field < MappedField.Property; field++)
        {
            if (_best[(int)field] < 0 && draft.HasComposite(field))
            {
                draft.Problems.Add(DraftReasons.NotAValue(field));
            }
        }
    }

    // The last step, because a new name takes one of a bounded number of types: refused records must not use them up.
    private string? WriteType(in DraftView draft, ref StorefrontEvent e)
    {
        var name = Text(in draft, MappedField.EventType).Trim((byte)' ');
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

        var text = Text(in draft, MappedField.EventTime);
        if (text.IsEmpty)
        {
            return DraftReasons.Of(EventFault.MissingEventTime, mapping.Mapping);
        }

        return EventTimeText.TryParse(text, mapping.Mapping.TimeFormat, mapping.Mapping.TimeZone, out e.EventTimeMs)
            ? null
            : DraftReasons.NotATime(text, mapping.Mapping.TimeFormat);
    }

    private string? WriteCustomer(in DraftView draft, in SourceRecord record, EventBatch batch, ref StorefrontEvent e)
    {
        if (mapping.Mapping.CustomerFrom == CustomerSource.Field)
        {
            e.CustomerId = Append(in draft, MappedField.CustomerId, batch);
        }
        else
        {
            if (record.Key.Length > EventDraft.FieldBytesMax)
            {
                return DraftReasons.TooLong(MappedField.CustomerId, record.Key.Length);
            }

            if (!Utf8.IsValid(record.Key))
            {
                return DraftReasons.KeyIsNotText;
            }

            var key = mapping.RulesOf(MappedField.CustomerId) is { } rules ? rules.Clean(record.Key) : record.Key;
            e.CustomerId = batch.Append(key);
        }

        e.AnonymousId = Append(in draft, MappedField.AnonymousId, batch);
        return e.CustomerKey.IsEmpty ? DraftReasons.Of(EventFault.MissingCustomer, mapping.Mapping) : null;
    }

    private void WriteNumbers(in DraftView draft, ref StorefrontEvent e)
    {
        var quantity = Text(in draft, MappedField.Quantity);
        if (!quantity.IsEmpty)
        {
            if (MoneyReader.TryReadQuantity(quantity, out e.Quantity))
            {
                e.Fields |= EventFields.Quantity;
            }
            else
            {
                draft.Problems.Add(DraftReasons.NotAQuantity(quantity));
            }
        }

        var code = Text(in draft, MappedField.Currency).Trim((byte)' ');
        e.Currency = mapping.Currency;
        if (!code.IsEmpty && !Currency.TryParse(code, out e.Currency))
        {
            // What the amounts are in is then not known, and a guess would be summed.
            draft.Problems.Add(DraftReasons.NotACurrency(code));
            return;
        }

        WriteMoney(in draft, MappedField.PriceMinor, MappedField.Price, EventFields.Price, ref e, ref e.PriceMinor);
        WriteMoney(in draft, MappedField.TotalMinor, MappedField.Total, EventFields.Total, ref e, ref e.TotalMinor);
    }

    private void WriteMoney(
        in DraftView draft, MappedField minorField, MappedField majorField, EventFields present, ref StorefrontEvent e, ref long minor)
    {
        var isMinor = _best[(int)minorField] >= 0;
        var field = isMinor ? minorField : majorField;
        var text = Text(in draft, field);
        if (text.IsEmpty)
        {
            return;
        }

        var mark = draft.Entries[_best[(int)field]].Kind == DraftKind.Number ? null : mapping.Mapping.DecimalMark;
        if (MoneyReader.TryRead(text, isMinor ? 0 : e.Currency.MinorDigits, isMinor, mark, out minor, out var isRounded))
        {
            e.Fields |= present;
            _rounded += isRounded ? 1 : 0;
        }
        else
        {
            minor = 0;
            draft.Problems.Add(DraftReasons.NotMoney(field, text, isMinor));
        }
    }

    private ReadOnlySpan<byte> Text(scoped in DraftView draft, MappedField field)
    {
        var entry = _best[(int)field];
        if (entry < 0)
        {
            return default;
        }

        var text = draft.Value(entry);
        return mapping.RulesOf(field) is { } rules ? Ready(rules, text) : text;
    }

    private ReadOnlySpan<byte> Ready(FieldRules rules, ReadOnlySpan<byte> text)
    {
        text = rules.Clean(text);
        return rules.Lowers && FieldRules.Lower(text, _lower) is >= 0 and var length ? _lower.AsSpan(0, length) : text;
    }

    private Slice Append(in DraftView draft, MappedField field, EventBatch batch) => batch.Append(Text(in draft, field));

    /// <param name="keepsNulls">What is null is no longer set: of use to who the customer is, not to what happened.</param>
    private void WriteProperties(in DraftView draft, EventBatch batch, bool keepsNulls)
    {
        for (var i = 0; i < draft.Entries.Length; i++)
        {
            ref readonly var entry = ref draft.Entries[i];
            if (entry.Binding < 0)
            {
                if (entry.Kind != DraftKind.Null || keepsNulls)
                {
                    PropertyText.Write(batch, draft.Name(i), entry.Kind, draft.Value(i));
                }

                continue;
            }

            ref readonly var binding = ref mapping[entry.Binding];
            if (binding.PropertyName.Length == 0 || entry.ValueLength == 0)
            {
                continue;
            }

            if (binding.Field < MappedField.Property)
            {
                if (_best[(int)binding.Field] != i)
                {
                    PropertyText.Write(batch, binding.PropertyName, entry.Kind, draft.Value(i));
                }
            }
            else if (IsFirstOf(in draft, i))
            {
                var value = binding.Rules is { } rules ? Ready(rules, draft.Value(i)) : draft.Value(i);
                PropertyText.Write(batch, binding.PropertyName, entry.Kind, value);
            }
        }
    }

    // Of a property with several sources the best that has a value; of one source, all values of a list.
    private bool IsFirstOf(in DraftView draft, int entry)
    {
        ref readonly var binding = ref mapping[draft.Entries[entry].Binding];
        if (!draft.Counts(in binding) || (binding.Rules is { } rules && rules.Clean(draft.Value(entry)).IsEmpty))
        {
            return false;
        }

        for (var i = 0; i < draft.Entries.Length; i++)
        {
            if (draft.Entries[i].Binding < 0 || draft.Entries[i].ValueLength == 0)
            {
                continue;
            }

            ref readonly var other = ref mapping[draft.Entries[i].Binding];
            if (other.Field == MappedField.Property && other.Rank < binding.Rank && draft.Counts(in other)
                && other.PropertyName.AsSpan().SequenceEqual(binding.PropertyName)
                && !(other.Rules is { } own && own.Clean(draft.Value(i)).IsEmpty))
            {
                return false;
            }
        }

        return true;
    }
}
