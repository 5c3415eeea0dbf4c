namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The keys of what the user defines about customers.</summary>
internal static class DefinitionShapes
{
    public static readonly TextShape EventTypeName = new("the name of an event type such as product_viewed", 128);

    public static TextShape Currency { get; } = new(
        "a currency code of three letters such as EUR", 3, text => Events.Currency.TryParse(text, out _) ? null : "");

    public static ObjectShape Session { get; } = new(
        "'session'",
        new Key("gap", new DurationShape(DurationShape.SecondMs, 30 * DurationShape.DayMs),
            "A session ends this long after its last event; an event at exactly last + gap still belongs to it.", "30m"));

    public static ObjectShape Deduplication { get; } = new(
        "'deduplication'",
        new Key("window", new DurationShape(0, 30 * DurationShape.DayMs),
            "For so long an event id is remembered and its repetition dropped (the last 256 ids of a customer); 0s: not at all.", "10m"));

    public static ObjectShape Orders { get; } = new(
        "'orders'",
        new Key("remember", new DurationShape(0, 366 * DurationShape.DayMs),
            "For so long an order is known by its order_id and counts once, however often it is reported (the last 64 orders of a customer); "
            + "0s: each report is an order.", "30d"));

    public static ObjectShape Segment { get; } = new(
        "a segment",
        new Key("id", TextShape.Name, "Name of the segment, unique.", Required: true),
        new Key("when", new TextShape("a condition such as count(order_completed, 90d) >= 3", 16 * 1024),
            "The condition; true at every instant for exactly the members.", Required: true));

    public static ObjectShape Conversions { get; } = new(
        "'conversions'",
        new Key("windows",
            new ListShape(new DurationShape(DurationShape.SecondMs, 31 * DurationShape.DayMs), "a list of durations", itemsMin: 1),
            "Lengths of the tumbling windows, aligned to 1970-01-01 UTC.", "[1m, 1h, 1d]"),
        new Key("dimension", new TextShape("the name of an event field or property", 255),
            "Event field or property that splits the traffic, beside the numbers of all of it."),
        new Key("dimensionValues", new IntegerShape(1, 10_000),
            "So many values of the dimension are told apart in one window; the others are counted as '(other)'.", "100"),
        new Key("horizon", new DurationShape(0, 366 * DurationShape.DayMs),
            "For so long after a window's end + grace, what its sessions still reach (a cart, an order) is counted; then it is final.", "1d"),
        new Key("funnel", new ListShape(EventTypeName, "a list of event types", itemsMin: 1),
            "The steps in their order; a session reaches a step only after all steps before it.",
            "[product_viewed, product_added, checkout_started, order_completed]"));
}
