namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The keys of the definitions about customers.</summary>
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
            "How long an event id is remembered and its repetition dropped (the last 256 ids of a customer); 0s turns deduplication off.", "10m"));

    public static ObjectShape Orders { get; } = new(
        "'orders'",
        new Key("remember", new DurationShape(0, 366 * DurationShape.DayMs),
            "How long an order_id is remembered, so that the order counts once however often it is reported (the last 64 orders of a customer); "
            + "0s: each report is an order.", "30d"));

    public static ObjectShape Segment { get; } = new(
        "a segment",
        new Key("id", TextShape.Name, "Name of the segment, unique.", Required: true),
        new Key("when", new TextShape("a condition such as count(order_completed, 90d) >= 3", 16 * 1024),
            "The condition; true at every instant for exactly the members.", Required: true),
        new Key("minStay", new DurationShape(0, 3660 * DurationShape.DayMs),
            "A member stays at least this long, whatever the condition answers meanwhile.", "0s"),
        new Key("cooldown", new DurationShape(0, 3660 * DurationShape.DayMs),
            "For so long after an exit the customer does not enter again.", "0s"),
        new Key("name", new TextShape("a name for people", 200), "What people call it. Shown by 'validate'; the engine decides nothing by it."),
        new Key("description", new TextShape("a text", 2_000), "What it is for."),
        new Key("owner", new TextShape("a person or a team", 200), "Whom to ask."),
        new Key("tags", new ListShape(new TextShape("a tag", 64), "a list of tags", itemsMin: 1), "Words to find it by."));

    public static ObjectShape Conversions { get; } = new(
        "'conversions'",
        new Key("windows",
            new ListShape(new WindowShape(), "a list of windows", itemsMin: 1),
            "The tumbling windows: a duration, aligned to 1970-01-01 UTC, or day, week (from Monday on) or month of the shop's 'timeZone'.", "[1m, 1h, 1d]"),
        new Key("dimensions", new ListShape(new TextShape("the name of an event field or property, or two with + between them", 255), "a list of event fields and properties", itemsMin: 1),
            "Event fields and properties by each of which the traffic is split, in addition to the numbers for all traffic; channel+device splits by both together."),
        new Key("dimension", new TextShape("the name of an event field or property, or two with + between them", 255), "The same as 'dimensions' with one entry."),
        new Key("dimensionValues", new IntegerShape(1, 10_000),
            "How many values of each dimension a shard distinguishes in one window; further ones count as '(other)'.", "100"),
        new Key("horizon", new DurationShape(0, 366 * DurationShape.DayMs),
            "How long after a window's end + grace a cart or an order of its sessions still counts in it; then the window is final.", "1d"),
        new Key("funnel", new ListShape(EventTypeName, "a list of event types", itemsMin: 1),
            "The steps in their order; a session reaches a step only after all steps before it.",
            "[product_viewed, product_added, checkout_started, order_completed]"));
}
