using System.Collections.Concurrent;
using System.Text;

namespace StreamSegmenter.Events;

/// <summary>The event types known to this process: the well-known names, their aliases ("Product Added",
/// GA4's <c>add_to_cart</c>), and whatever else appears in definitions, mappings or traffic. Thread-safe.
/// At most <see cref="TypesMax"/> types; what comes beyond is <see cref="Other"/>.</summary>
internal static class EventTypes
{
    public const int TypesMax = 4096;

    private const int NameBytesMax = 128;
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<string, EventType> ByName = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, EventType>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        ByName.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly string[] Names = new string[TypesMax];
    private static readonly byte[][] Utf8Names = new byte[TypesMax][];
    private static int _count;

    public static readonly EventType Other = Intern("other");
    public static readonly EventType ProductViewed = Intern("product_viewed");
    public static readonly EventType ProductAdded = Intern("product_added");
    public static readonly EventType ProductRemoved = Intern("product_removed");
    public static readonly EventType CartViewed = Intern("cart_viewed");
    public static readonly EventType CheckoutStarted = Intern("checkout_started");
    public static readonly EventType CheckoutStepCompleted = Intern("checkout_step_completed");
    public static readonly EventType PaymentFailed = Intern("payment_failed");
    public static readonly EventType OrderCompleted = Intern("order_completed");
    public static readonly EventType OrderRefunded = Intern("order_refunded");
    public static readonly EventType OrderCancelled = Intern("order_cancelled");
    public static readonly EventType PageViewed = Intern("page_viewed");
    public static readonly EventType ProductsSearched = Intern("products_searched");
    public static readonly EventType CampaignClicked = Intern("campaign_clicked");
    public static readonly EventType Identify = Intern("identify");
    public static readonly EventType ConsentChanged = Intern("consent_changed");
    public static readonly EventType EraseRequested = Intern("erase_requested");
    public static readonly EventType ExperimentViewed = Intern("experiment_viewed");
    public static readonly EventType FeedbackSubmitted = Intern("feedback_submitted");
    public static readonly EventType QuantityChanged = Intern("quantity_changed");
    public static readonly EventType CartReplaced = Intern("cart_replaced");

    /// <summary>The names that the product itself gives a meaning to, in the order of the documentation.</summary>
    public static IReadOnlyList<string> WellKnown { get; } = Array.AsReadOnly(Names[1.._count]);

    private static readonly (string Alias, EventType Type)[] Aliases =
    [
        ("view_item", ProductViewed), ("add_to_cart", ProductAdded), ("remove_from_cart", ProductRemoved),
        ("view_cart", CartViewed), ("begin_checkout", CheckoutStarted), ("add_payment_info", CheckoutStepCompleted),
        ("add_shipping_info", CheckoutStepCompleted), ("purchase", OrderCompleted), ("refund", OrderRefunded),
        ("page_view", PageViewed), ("search", ProductsSearched), ("view_search_results", ProductsSearched),
        ("campaign_details", CampaignClicked), ("payment_info_failed", PaymentFailed),
        ("product_quantity_changed", QuantityChanged), ("cart_updated", QuantityChanged), ("order_canceled", OrderCancelled), ("page", PageViewed), ("screen", PageViewed), ("payment_info_entered", CheckoutStepCompleted),
        ("shipping_info_entered", CheckoutStepCompleted), ("checkout_step_viewed", CheckoutStepCompleted),
    ];

    static EventTypes()
    {
        foreach (var (alias, type) in Aliases)
        {
            ByName[alias] = type;
        }
    }

    /// <summary>How many types exist; ids run from 0 to <c>Count - 1</c>.</summary>
    public static int Count => Volatile.Read(ref _count);

    public static string NameOf(EventType type) => Names[type.Id];

    public static ReadOnlySpan<byte> Utf8NameOf(EventType type) => Utf8Names[type.Id];

    /// <summary>The type of that name, made if it is new. Accepts snake_case, "Title Case" and GA4 spellings.</summary>
    public static EventType Intern(string name)
    {
        if (ByName.TryGetValue(name, out var known))
        {
            return known;
        }

        var canonical = ToSnakeCase(name);
        lock (Gate)
        {
            if (!ByName.TryGetValue(canonical, out var type))
            {
                if (_count >= TypesMax)
                {
                    return Other;
                }

                type = new EventType((ushort)_count);
                Names[_count] = canonical;
                Utf8Names[_count] = Encoding.UTF8.GetBytes(canonical);
                Volatile.Write(ref _count, _count + 1);
                ByName[canonical] = type;
            }

            // A spelling is remembered too, within the same bound, so that the next one is one look-up.
            if (ByName.Count < TypesMax * 2)
            {
                ByName[name] = type;
            }

            return type;
        }
    }

    /// <summary>The same from UTF-8 text as a record holds it, without an allocation for a known name.
    /// A name longer than 128 bytes is <see cref="Other"/>.</summary>
    public static EventType Intern(ReadOnlySpan<byte> utf8Name)
    {
        if (utf8Name.Length > NameBytesMax)
        {
            return Other;
        }

        Span<char> name = stackalloc char[NameBytesMax];
        name = name[..Encoding.UTF8.GetChars(utf8Name, name)];
        return BySpan.TryGetValue(name, out var known) ? known : Intern(name.ToString());
    }

    /// <summary>Looks a type up without making it.</summary>
    public static bool TryFind(string name, out EventType type) =>
        ByName.TryGetValue(name, out type) || ByName.TryGetValue(ToSnakeCase(name), out type);

    private static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name.Trim())
        {
            text.Append(c is ' ' or '-' ? '_' : char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
