namespace StreamSegmenter.Triggers;

/// <summary>What is said of a trigger. Each kind is said at most once of a trigger id.</summary>
public enum TriggerKind : byte
{
    /// <summary>The cart is abandoned: act.</summary>
    Emitted,

    /// <summary>It was not: an order, or other activity in the cart, from before the firing arrived late. Take back what has not gone
    /// out.</summary>
    Retracted,

    /// <summary>The customer ordered within the attribution window after this step.</summary>
    Recovered,
}

/// <summary>How far a cart came; the highest stage wins.</summary>
public enum CartStage : byte
{
    Browse,
    Cart,
    Checkout,
}

/// <summary>One product in a cart.</summary>
/// <param name="ProductId">Empty when the events named no product.</param>
/// <param name="Quantity">Number of items.</param>
/// <param name="PriceMinor">Unit price in minor units of the trigger's currency; null when no event carried it.</param>
public sealed record CartLine(string ProductId, int Quantity, long? PriceMinor);

/// <summary>A cart-abandonment trigger, as remarketing systems receive it. Times are epoch milliseconds of event time.</summary>
/// <param name="TriggerId">Hash of rule, definition version, customer, cart, step and arming time: equal on every
/// replay, so a subscriber can deduplicate by it for ever. 32 hexadecimal digits.</param>
/// <param name="RuleVersion">Hash of the rule's definition, 8 hexadecimal digits.</param>
/// <param name="Step">Escalation step, from 1.</param>
/// <param name="CartId">Null for the customer's one implicit cart.</param>
/// <param name="TotalMinor">Sum over the lines in minor units; null when no line has a price, or when the prices are in
/// different currencies.</param>
/// <param name="Currency">ISO 4217 code of total and prices; null when no line has a price.</param>
/// <param name="CartCreatedAtMs">Event time of the cart's first event.</param>
/// <param name="LastActivityAtMs">Event time of the cart's last re-arming event; what the deadline was counted from.</param>
/// <param name="FiredAtMs">When the step fired: last activity + the step's <c>after</c>, or the end of the quiet hours it fell into.</param>
/// <param name="Attributes">The attributes that the rule asks for, those of them that are known.</param>
public sealed record CartAbandoned(
    string TriggerId, string Rule, string RuleVersion, TriggerKind Kind, int Step, CartStage Stage,
    string CustomerId, string? CartId, IReadOnlyList<CartLine> Lines, long? TotalMinor, string? Currency,
    long CartCreatedAtMs, long LastActivityAtMs, long FiredAtMs, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Revenue of the order that recovered the cart, minor units; null for other kinds, and when the order carried no total.</summary>
    public long? RevenueMinor { get; init; }

    /// <summary>Currency of <see cref="RevenueMinor"/>.</summary>
    public string? RevenueCurrency { get; init; }

    /// <summary>The order that recovered or retracted; null when it had no id, when no order retracted, and for emitted triggers.</summary>
    public string? OrderId { get; init; }

    /// <summary>Event time of that order; null when no order retracted, and for emitted triggers.</summary>
    public long? OrderedAtMs { get; init; }

    /// <summary>How old the cart was when the trigger fired, in milliseconds.</summary>
    public long CartAgeMs => FiredAtMs - CartCreatedAtMs;
}
