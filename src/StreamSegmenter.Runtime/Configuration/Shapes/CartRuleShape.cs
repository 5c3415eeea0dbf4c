using System.Globalization;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The keys of a cart-abandonment rule.</summary>
internal static class CartRuleShape
{
    private const int StepsMax = 16;
    private static readonly DurationShape After = new(1, 366 * DurationShape.DayMs);

    private static readonly ObjectShape Cooldown = new(
        "'reentry'",
        new Key("cooldown", new DurationShape(1, 3660 * DurationShape.DayMs), "Time since the last firing after which activity arms again.",
            Required: true));

    private static readonly ObjectShape FrequencyCap = new(
        "'frequencyCap'",
        new Key("max", new IntegerShape(1, TriggerHistory.EntriesMax),
            "Most triggers of the rule for one customer.", Required: true),
        new Key("per", new DurationShape(DurationShape.MinuteMs, 366 * DurationShape.DayMs), "In any period of this length.", Required: true));

    private static readonly ObjectShape QuietHours = new(
        "'quietHours'",
        new Key("from", TimeOfDay, "First quiet minute, local time.", Required: true),
        new Key("to", TimeOfDay, "First minute after the quiet hours; earlier than 'from' when midnight lies between.", Required: true),
        new Key("timeZone", new TextShape("an IANA time zone such as Europe/Berlin", 64, text =>
            Time.TimeZones.TryFind(text, out _)
                ? null
                : ": this system knows no such zone (Debian's package 'tzdata' brings them)"),
            "Time zone of customers whose own is unknown.", "UTC"),
        new Key("timeZoneProperty", new TextShape("the name of an event property", 255),
            "Event property that carries the customer's own time zone."),
        new Key("action", new ChoiceShape<QuietHoursAction>(("defer", QuietHoursAction.Defer), ("skip", QuietHoursAction.Skip)),
            "defer: a step that falls due waits for the end and is checked again; skip: it is suppressed.", "defer"));

    /// <summary>Of a steps list, at most so many.</summary>
    public static int StepsCountMax => StepsMax;

    public static ObjectShape Rule { get; } = new(
        "a rule of 'cartAbandonment'",
        new Key("id", TextShape.Name, "Name of the rule, unique; part of every trigger.", Required: true),
        new Key("after", After, "A cart is abandoned after this long without activity. This or 'steps'."),
        new Key("steps", new ListShape(After, "a list of durations", itemsMin: 1),
            "Escalation: a trigger after each of these times, ascending, all counted from the last activity; an order stops the rest."),
        new Key("stage", new ChoiceShape<CartStage>(("browse", CartStage.Browse), ("cart", CartStage.Cart), ("checkout", CartStage.Checkout)),
            "The stage to which the rule applies; the rules of the highest stage that a cart has reached apply to it.", "cart"),
        new Key("rearmOn",
            new EitherShape("'any' or a list of event types",
                new ChoiceShape<bool>(("any", true)), new ListShape(DefinitionShapes.EventTypeName, "a list of event types")),
            "Event types that restart the time, in addition to those that always do (add, remove, quantity change, checkout "
            + "steps, failed payment); any: every event of the customer."),
        new Key("reentry",
            new EitherShape("'per-new-cart', 'at-once', 'never' or { cooldown: 7d }",
                new ChoiceShape<Reentry>(
                    ("per-new-cart", Reentry.PerNewCart), ("at-once", Reentry.AtOnce), ("never", Reentry.Never)),
                map: Cooldown),
            "When a cart that fired may fire again: once per cart, after any new activity, never, or after a cooldown.", "per-new-cart"),
        new Key("minTotal", new AmountShape(), "Only carts worth at least this much, in major units of the shop's currency."),
        new Key("maxTotal", new AmountShape(), "Only carts worth at most this much."),
        new Key("minItemPrice", new AmountShape(), "Only carts with an item that costs at least this much."),
        new Key("minItems", new IntegerShape(0, 1_000_000), "Only carts with at least so many items.", "0"),
        new Key("maxItems", new IntegerShape(1, 1_000_000), "Only carts with at most so many items."),
        new Key("inSegment", TextShape.Name, "Only members of this segment."),
        new Key("notInSegment", TextShape.Name, "Customers in this segment never."),
        new Key("frequencyCap", FrequencyCap, "How many triggers of the rule one customer gets at most."),
        new Key("quietHours", QuietHours, "Hours of the customer's local time in which no trigger is emitted."),
        new Key("holdout", new TextShape("a share such as 10%", 8, text => TryParsePercent(text, out _) ? null : ""),
            "Share of customers whose triggers are recorded but never sent, so that lift can be measured.", "0%"),
        new Key("maxStaleness", new DurationShape(DurationShape.SecondMs, 366 * DurationShape.DayMs),
            "A trigger that would be emitted more than this after its deadline is suppressed. Not on a replay, which has no clock."),
        new Key("attribution", new DurationShape(0, 366 * DurationShape.DayMs),
            "An order up to this long after a trigger counts as its recovery; 0s turns recovery records off.", "7d"),
        new Key("recoveredBy", new ChoiceShape<bool>(("customer", false), ("cart", true)),
            "Which orders count as a recovery: any of the customer, or those that take the trigger's cart.", "customer"),
        new Key("orderTakes", new ChoiceShape<bool>(("cart", false), ("all-carts", true)),
            "What an order with a cart id disarms: that cart, or all carts of the customer.", "cart"),
        new Key("attributes", new ListShape(new TextShape("the name of an event property", 255), "a list of property names"),
            "Event properties whose latest values are added to the trigger."));

    private static TextShape TimeOfDay => new("a time of day such as 21:00", 5, text => TryParseTime(text, out _) ? null : "");

    public static bool TryParseTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>A percentage with up to two digits behind the point, as 1/10,000.</summary>
    public static bool TryParsePercent(string text, out int perTenThousand)
    {
        perTenThousand = 0;
        if (!text.EndsWith('%')
            || !decimal.TryParse(text[..^1].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            || percent is < 0 or > 100 || percent * 100 != decimal.Truncate(percent * 100))
        {
            return false;
        }

        perTenThousand = (int)(percent * 100);
        return true;
    }
}
