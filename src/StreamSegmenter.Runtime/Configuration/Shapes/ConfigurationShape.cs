namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The table of all keys of a configuration.</summary>
internal static class ConfigurationShape
{
    public static ObjectShape Root { get; } = new(
        "the configuration",
        new Key("inputs", new ListShape(InputShape.Input, "a list of inputs", itemsMin: 1),
            "The topics and files that are read. At least one.", Required: true),
        new Key("currency", DefinitionShapes.Currency,
            "The shop's currency (ISO 4217): that of prices without one, and the one in which money is compared.", "EUR"),
        new Key("timeZone", new ZoneShape(),
            "The shop's time zone: in which segments count days, weeks and months. Times of events are not changed by it.", "UTC"),
        new Key("timeZoneProperty", new TextShape("the name of an event property", 255),
            "The event property with the customer's own time zone; days are then the customer's, where it is known."),
        new Key("session", DefinitionShapes.Session, "What a session is."),
        new Key("grace", new DurationShape(0, 366 * DurationShape.DayMs),
            "Events behind the watermark by at most this much are still applied; later ones go to the late events.", "5m"),
        new Key("deduplication", DefinitionShapes.Deduplication, "Events that are delivered twice."),
        new Key("orders", DefinitionShapes.Orders, "Orders that are reported more than once."),
        new Key("cartAbandonment", new ListShape(CartRuleShape.Rule, "a list of rules"),
            "When a cart counts as abandoned. Each rule emits its own triggers."),
        new Key("cartHorizon", new DurationShape(DurationShape.MinuteMs, 3660 * DurationShape.DayMs),
            "A cart without activity for this long is forgotten; longer than 'after' and 'steps' of every rule.", "30d"),
        new Key("segments", new ListShape(DefinitionShapes.Segment, "a list of segments"),
            "Groups of customers, each defined by a condition. A record is emitted when a customer enters or leaves one."),
        new Key("conversions", DefinitionShapes.Conversions, "What is counted per window of time."),
        new Key("kafka", OperationShapes.Kafka, "The Kafka cluster. Needed by 'run', not by 'replay'."),
        new Key("outputs", OperationShapes.Outputs, "Where results go on Kafka, and how they are written."),
        new Key("schemas", OperationShapes.Schemas, "Where Avro schemas come from."),
        new Key("engine", OperationShapes.Engine, "Operating limits. The defaults suit most shops."),
        new Key("http", OperationShapes.Http, "Telemetry and health over HTTP."),
        new Key("logging", OperationShapes.Logging, "The log of 'run'."));
}
