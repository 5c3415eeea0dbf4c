using System.Collections.Immutable;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>What kind of records a mapping is for.</summary>
internal enum RecordShape : byte
{
    Any,

    /// <summary>Rows with columns: CSV.</summary>
    Table,

    /// <summary>Nested fields: JSON, Avro.</summary>
    Tree,
}

/// <summary>Where an event's time comes from.</summary>
internal enum TimestampSource : byte
{
    /// <summary>The field <c>event_time</c>.</summary>
    Field,

    /// <summary>The record's own timestamp, as Kafka keeps it.</summary>
    Record,
}

/// <summary>Where an event's customer id comes from.</summary>
internal enum CustomerSource : byte
{
    /// <summary>The field <c>customer_id</c>.</summary>
    Field,

    /// <summary>The record's key.</summary>
    Key,
}

/// <summary>How foreign records become our events. Everything is optional: without a mapping the canonical names, their
/// camelCase spellings and a few common synonyms are understood (<see cref="DefaultNames"/>).
/// <para>What is not bound to a field becomes a property: a scalar under its name, the scalars of a nested object under
/// their dotted path, those of a top-level object <c>properties</c> under their path without that prefix. The elements of a list
/// share the list's name, so a property may have several values; a list of keys and values is read as an object. A field that a mapping names is read from there
/// alone; its default names are then ordinary columns.</para></summary>
internal sealed record InputMapping
{
    public static InputMapping Default { get; } = new();

    /// <summary>Our field (<see cref="MappedFieldNames"/>, or <c>properties.NAME</c>) to its source
    /// (<see cref="FieldSource"/>): <c>customer_id: user_id</c>, <c>product_id: $2</c>, <c>event_type: =order_completed</c>.</summary>
    public ImmutableDictionary<string, FieldMapping> Fields { get; init; } = ImmutableDictionary<string, FieldMapping>.Empty;

    /// <summary>Foreign event name to event type: <c>pv: product_viewed</c>. A name that is not here is taken as it is,
    /// aliases included.</summary>
    public ImmutableDictionary<string, string> EventTypes { get; init; } = ImmutableDictionary<string, string>.Empty;

    public TimeFormat TimeFormat { get; init; } = TimeFormat.Auto;

    /// <summary>ISO 4217 code of prices whose record names none.</summary>
    public string? Currency { get; init; }

    /// <summary>Dotted path of an array inside a JSON record whose elements are the events. Paths then start at the element;
    /// <c>^.NAME</c> reaches a field of the record around it.</summary>
    public string? Unfold { get; init; }

    /// <summary>The list of items inside each record or, with <see cref="Unfold"/>, inside each element.</summary>
    public ItemsMapping Items { get; init; } = new();

    /// <summary>Paths, or columns of a table, whose text is JSON itself: it is read as if it stood there unquoted.</summary>
    public ImmutableArray<string> Json { get; init; } = [];

    /// <summary>Texts that mean 'no value' in any field. Null: <c>undefined</c>, <c>null</c> and the like, for ids.</summary>
    public ImmutableArray<string>? Missing { get; init; }

    /// <summary>The zone of times that name none; null is UTC.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>The decimal mark of an amount written as text: a comma, or a point; then the other one, blanks and
    /// apostrophes may group digits by three. Null: a point, and no groups.</summary>
    public char? DecimalMark { get; init; }

    /// <summary>Which events count; others are filtered. Null: all.</summary>
    public EventFilter? Where { get; init; }

    public TimestampSource TimestampFrom { get; init; } = TimestampSource.Field;

    public CustomerSource CustomerFrom { get; init; } = CustomerSource.Field;

    /// <summary>Everything that is wrong with the mapping, empty when it may be used.</summary>
    /// <param name="shape">What the records are, so that a source that such records cannot have is an error too.</param>
    public IReadOnlyList<MappingError> Check(RecordShape shape = RecordShape.Any) => MappingCheck.Run(this, shape);
}

/// <summary>One mistake in a mapping.</summary>
/// <param name="Path">Where, inside the mapping: <c>fields.customer_id</c>.</param>
/// <param name="Message">What is wrong and the nearest remedy.</param>
internal sealed record MappingError(string Path, string Message);
