using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Why an event is refused, in words for the dead letters. Built for refused and partial events only.</summary>
internal static class DraftReasons
{
    private const int PreviewBytesMax = 40;

    public const string NoEventType =
        "event_type is missing; name its source in the mapping, or give a constant (event_type: =NAME)";

    public const string NoRecordTimestamp =
        "the record has no usable timestamp of its own; take the time from a field (timestampFrom: field)";

    public const string KeyIsNotText = "the record's key is not UTF-8 text; take the customer from a field (customerFrom: field)";

    public static string TooLarge { get; } =
        $"the event has more than {EventBatch.EventBytesMax:N0} bytes of text, or more values than that allows";

    /// <summary>The reason of a fault that the batch found; null for none.</summary>
    public static string? Of(EventFault fault, InputMapping mapping) => fault switch
    {
        EventFault.None => null,
        EventFault.MissingEventTime => "event_time is missing; name its source in the mapping, or use timestampFrom: record",
        EventFault.MissingCustomer => mapping.CustomerFrom == CustomerSource.Key
            ? "the record has no key, and anonymous_id is missing"
            : "neither customer_id nor anonymous_id is there; name the source of one of them in the mapping",
        EventFault.MissingEventType => NoEventType,
        _ => TooLarge,
    };

    public static string NotATime(ReadOnlySpan<byte> text, TimeFormat format) =>
        $"event_time '{Preview(text)}' is not a time from 1970 to 9999; expected {EventTimeText.Expected(format)}";

    public static string NotAQuantity(ReadOnlySpan<byte> text) =>
        $"quantity '{Preview(text)}' is not a whole number up to {MoneyReader.QuantityMax:N0}";

    public static string NotACurrency(ReadOnlySpan<byte> text) =>
        $"currency '{Preview(text)}' is not a three-letter ISO 4217 code such as EUR";

    public static string NotMoney(MappedField field, ReadOnlySpan<byte> text, bool minor) =>
        NotMoney(MappedFieldNames.NameOf(field), text, minor);

    public static string NotMoney(string field, ReadOnlySpan<byte> text, bool minor) =>
        $"{field} '{Preview(text)}' is not {(minor ? "a whole number of minor units" : "a decimal amount such as 35.79")}"
        + $" up to {MoneyReader.AmountMinorMax:N0} minor units";

    public static string TooLong(MappedField field, int length) =>
        $"{MappedFieldNames.NameOf(field)} is {length:N0} bytes long; at most {EventDraft.FieldBytesMax:N0} are taken";

    public static string PropertyTooMany(ReadOnlySpan<byte> name) =>
        $"the properties have more than {EventDraft.PropertyBytesMax:N0} bytes, or more values than that allows; '{Preview(name)}' is left out";

    public static string NotAValue(MappedField field) =>
        $"{MappedFieldNames.NameOf(field)} is an object or a list here; name a value inside it in the mapping, such as "
        + $"{MappedFieldNames.NameOf(field)}: NAME.id or NAME[0]";

    /// <summary>The beginning of a text, fit for a message.</summary>
    public static string Preview(ReadOnlySpan<byte> text)
    {
        var shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, PreviewBytesMax)]).ToCharArray();
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = char.IsControl(shown[i]) || char.IsSurrogate(shown[i]) ? '?' : shown[i];
        }

        return text.Length > PreviewBytesMax ? new string(shown) + "…" : new string(shown);
    }
}
