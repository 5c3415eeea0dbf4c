using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The keys of an input and of its mapping.</summary>
internal static class InputShape
{
    private static readonly TextShape Source = new(
        "a column's name, a dotted path, a column's number such as $1, or a constant such as =EUR", 512)
    { AnyScalar = true };

    private static readonly ListShape Sources = new(Source, "a list of sources, the first that has a value counts", itemsMin: 1);

    private static readonly ListShape Placeholders = new(
        new TextShape("a text", 256) { AnyScalar = true }, "a list of texts that mean 'no value'");

    private static readonly EitherShape Field = new(
        "a source, a list of sources, or a map with the keys from, lower, trim, missing", Source, Sources,
        new ObjectShape(
            "a field",
            new Key("from", new EitherShape("a source or a list of sources", Source, Sources), "Its source, or several: the first that has a value counts.", Required: true),
            new Key("lower", new BooleanShape(), "Whether the text is brought to lower case: for e-mail addresses as ids.", "false"),
            new Key("trim", new BooleanShape(), "Whether blanks around the text are cut off. Without it: for ids, yes; for others, no."),
            new Key("missing", Placeholders, "Texts that mean 'no value', in upper or lower case. Default: those of the mapping.")));

    private static readonly ObjectShape ItemFields = new(
        "'fields' of items",
        new Key("product_id", Field, "Id of the product."),
        new Key("category", Field, "The product's category."),
        new Key("quantity", Field, "Number of items, a whole number."),
        new Key("price", Field, "Unit price as a decimal of major units."),
        new Key("price_minor", Field, "Unit price as a whole number of minor units; wins over price."),
        new Key("amount", Field, "Price of the line, quantity times unit price, in major units; where there is no unit price."),
        new Key("currency", Field, "Currency of the line; without it, the event's."));

    private static readonly TextShape ListPath = new("the path of a list such as order.lines", 256);

    private static readonly EitherShape Items = new(
        "the path of the list of items, several, or a map with the keys list and fields", ListPath,
        new ListShape(ListPath, "a list of paths, the first that is a list counts"),
        new ObjectShape(
            "'items'",
            new Key("list", new EitherShape("a path or a list of paths", ListPath, new ListShape(ListPath, "a list of paths")),
                "The path of the list; without it, common names such as items, products or line_items."),
            new Key("fields", ItemFields, "From a line's field to its source, from the item on. A field that is not listed is looked for under common names.")));

    private static readonly (string Name, string Description)[] FieldTable =
    [
        ("event_id", "Unique id of the event."),
        ("event_type", "Its type, such as product_viewed; see eventTypes."),
        ("event_time", "When it happened; see timeFormat."),
        ("customer_id", "The customer, when known."),
        ("anonymous_id", "The visitor before a login."),
        ("session_id", "The shop's own session."),
        ("cart_id", "The cart; without it, a customer has one."),
        ("order_id", "Id of the order."),
        ("product_id", "Id of the product."),
        ("category", "The product's category."),
        ("quantity", "Number of items, a whole number."),
        ("price", "Unit price as a decimal of major units."),
        ("price_minor", "Unit price as a whole number of minor units; wins over price."),
        ("total", "Total of an order as a decimal of major units."),
        ("total_minor", "Total of an order as a whole number of minor units; wins over total."),
        ("currency", "Currency of the prices (ISO 4217)."),
    ];

    private static readonly ObjectShape Csv = new(
        "'csv'",
        new Key("header", new BooleanShape(), "Whether a file's first line names the columns.", "true"),
        new Key("columns", new ListShape(new TextShape("a column's name", 256) { AnyScalar = true }, "a list of the columns' names"),
            "The columns' names in their order, for a topic or a file without a header; columns can also be counted: $1."),
        new Key("delimiter", new TextShape("one character, or 'tab'", 3, IsDelimiter), "The character between two columns.", ","));

    private static readonly ObjectShape Fields = new(
        "'fields'", [.. FieldTable.Select(field => new Key(field.Name, Field, field.Description))])
    {
        OpenPrefix = "properties.",
        OpenShape = Field,
    };

    private static readonly ObjectShape Mapping = new(
        "'mapping'",
        new Key("fields", Fields,
            "From this product's field to its source in the record: a column's name, a dotted path (user.id), an element of a list "
            + "(list[0].id, list[key=plan].value), a column's number ($1 is the first), a constant (=EUR), or a field around an unfolded "
            + "array (^.session); optionally followed by 'if PATH' or 'if PATH=VALUE'. A list holds several sources. A field that is not "
            + "listed is looked up under its own name and common spellings of it; properties.NAME makes a property."),
        new Key("items", Items, "The list of items in each record, which become the lines of a cart or an order."),
        new Key("json", new ListShape(new TextShape("a column's name or a dotted path", 256), "a list of columns or paths"),
            "Columns or fields whose text is JSON; it is read as if it were not quoted."),
        new Key("missing", Placeholders,
            "Texts that mean 'no value' in any field. Without it: undefined, null, none, nan, (not set) and the like, for ids."),
        new Key("timeZone", new ZoneShape(), "The zone of times without one; default: UTC."),
        new Key("decimal", new ChoiceShape<char>((",", ','), (".", '.')),
            "The decimal mark of amounts that are texts; the other mark, blanks and apostrophes may then group digits by three."),
        new Key("eventTypes",
            new FreeMapShape(new TextShape("the name of an event type", 128), "a map from foreign to own event types"),
            "Maps the record's event names to event types such as product_viewed. Names that are not listed stay unchanged."),
        new Key("timeFormat", new ChoiceShape<TimeFormat>(
                ("auto", TimeFormat.Auto), ("epoch-ms", TimeFormat.EpochMs), ("epoch-s", TimeFormat.EpochS), ("epoch-us", TimeFormat.EpochUs),
                ("epoch-ns", TimeFormat.EpochNs), ("iso8601", TimeFormat.Iso8601)),
            "How event times are written. auto: whole numbers by their length, anything else as ISO 8601.", "auto"),
        new Key("timestampFrom", new ChoiceShape<TimestampSource>(("field", TimestampSource.Field), ("record", TimestampSource.Record)),
            "record: the event time is the Kafka record's own timestamp.", "field"),
        new Key("customerFrom", new ChoiceShape<CustomerSource>(("field", CustomerSource.Field), ("key", CustomerSource.Key)),
            "key: the customer is the Kafka record's key.", "field"),
        new Key("currency", DefinitionShapes.Currency, "Currency of prices without one; default: the shop's."),
        new Key("unfold", new TextShape("a field's name or dotted path", 256),
            "The array in each record whose elements are the events. Sources then start at the element; ^.NAME reaches the fields "
            + "around it."),
        new Key("csv", Csv, "How CSV is written. Only with format: csv."));

    public static ObjectShape Input { get; } = new(
        "an input",
        new Key("topic", new TextShape("a topic's name", 249), "The Kafka topic that 'run' reads."),
        new Key("file", new TextShape("a file's path"),
            "The file that 'replay' reads; relative to this configuration's folder; .gz is unpacked; '-' is standard input."),
        new Key("preset", new ChoiceShape<string>([.. Presets.Names.Select(name => (name, name))]),
            "A system whose events are read as they are; other keys of the input override the preset."),
        new Key("where", new TextShape("a condition such as not (properties.test = true)", 4096),
            "Which events count: a condition as behind 'where' in segments. The others are counted as filtered."),
        new Key("format", new ChoiceShape<RecordFormat>(
                ("json", RecordFormat.Json), ("jsonl", RecordFormat.Json), ("avro", RecordFormat.Avro), ("csv", RecordFormat.Csv)),
            "Format of the records. Default: by the file's ending (.csv and .tsv, .avro), else json. jsonl is the same as json."),
        new Key("sort", new ChoiceShape<bool>(("event_time", true), ("none", false)),
            "event_time: the file is not sorted by time; sort it while reading. Files only.", "none"),
        new Key("maxOutOfOrderness", new DurationShape(0, 7 * DurationShape.DayMs),
            "How far an event may lag behind the newest one of its partition and still be in time.", "2s"),
        new Key("mapping", Mapping, "How to read a topic or an export whose names differ from this product's."));

    private static string? IsDelimiter(string text) =>
        text == "tab" || (text.Length == 1 && char.IsAscii(text[0]) && text[0] is not ('"' or '\r' or '\n')) ? null : "";
}
