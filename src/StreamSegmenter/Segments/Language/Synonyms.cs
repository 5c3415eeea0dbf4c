namespace StreamSegmenter.Segments.Language;

/// <summary>What people call events whose well-known names are other ones. Only for hints: such a name stays a name of its own.</summary>
internal static class Synonyms
{
    private static readonly (string Part, string WellKnown)[] Parts =
    [
        ("refund", "order_refunded"), ("return", "order_refunded"), ("cancel", "order_cancelled"),
        ("purchase", "order_completed"), ("order", "order_completed"), ("buy", "order_completed"), ("bought", "order_completed"),
        ("checkout", "checkout_started"), ("cart", "product_added"), ("basket", "product_added"), ("search", "products_searched"),
        ("login", "identify"), ("signup", "identify"), ("signed_up", "identify"), ("register", "identify"),
        ("view", "product_viewed"), ("visit", "page_viewed"), ("page", "page_viewed"), ("campaign", "campaign_clicked"),
    ];

    /// <summary>The well-known event that a name probably stands for; null when it is not like one.</summary>
    public static string? Find(string name)
    {
        foreach (var (part, wellKnown) in Parts)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return wellKnown;
            }
        }

        return null;
    }
}
