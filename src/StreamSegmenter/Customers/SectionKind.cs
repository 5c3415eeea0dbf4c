namespace StreamSegmenter.Customers;

/// <summary>The kinds of sections in a customer's record. Stored: numbers are never reused; 13 and 14 held the history in format 2.</summary>
internal static class SectionKind
{
    /// <summary>One cart; the id is the cart's place among the customer's carts.</summary>
    public const ushort Cart = 1;

    /// <summary>The sparse panes of one windowed aggregate; the id is the aggregate's place in the layout.</summary>
    public const ushort Panes = 2;

    /// <summary>State of an aggregate of variable length other than panes; the id is the aggregate's place in the layout.</summary>
    public const ushort Aggregate = 3;

    /// <summary>Memberships in segments that are no longer defined, whose exit is still to be emitted; id 0.</summary>
    public const ushort LeftSegments = 11;

    /// <summary>Latest value of one attribute that a rule asks for; the id is its slot.</summary>
    public const ushort Attribute = 4;

    /// <summary>What each abandonment rule did for this customer, over all carts; id 0.</summary>
    public const ushort CartRules = 5;

    /// <summary>A trigger that was sent; the id is its slot.</summary>
    public const ushort SentTrigger = 8;

    /// <summary>Event ids seen lately; id 0.</summary>
    public const ushort SeenEvents = 9;

    /// <summary>Orders so recent that older events may still come; id 0.</summary>
    public const ushort RecentOrders = 10;

    /// <summary>Orders by their ids; id 0.</summary>
    public const ushort KnownOrders = 12;

    /// <summary>Event time of the customer's first order, milliseconds; id 0. Only where conversions are counted by it.</summary>
    public const ushort FirstOrder = 15;

    /// <summary>In which conversion panes the customer was counted as a visitor or with an order; the id is a hash of the window's length.</summary>
    public const ushort Visits = 6;

    /// <summary>A dimension's value of the current session; the id is a hash of the field's name.</summary>
    public const ushort SessionDimension = 7;
}
