namespace StreamSegmenter.Connectors.Generator;

/// <summary>What the generated shop sells, and who comes to it from where. A product's category and price follow from
/// its number, so the catalogue needs no memory.</summary>
internal static class Storefront
{
    private static readonly string[] TypeNames =
    [
        "page_viewed", "products_searched", "product_viewed", "campaign_clicked", "product_added", "product_removed",
        "cart_viewed", "checkout_started", "checkout_step_completed", "payment_failed", "order_completed",
    ];

    // Cheapest price and span of prices, in cents.
    private static readonly (string Name, int From, int Span)[] CategoryTable =
    [
        ("shoes", 3999, 12000), ("dresses", 2999, 9000), ("shirts", 1499, 4000), ("trousers", 2499, 7000),
        ("bags", 1999, 18000), ("jewellery", 999, 25000), ("beauty", 499, 5000), ("home", 799, 15000),
        ("kitchen", 999, 30000), ("toys", 599, 6000), ("books", 399, 3000), ("electronics", 1999, 90000),
    ];

    private static readonly int[] DeviceWeights = [60, 32, 8];
    private static readonly int[] ChannelWeights = [34, 30, 14, 14, 8];
    private static readonly int[] CountryWeights = [40, 15, 12, 9, 8, 7, 5, 4];

    // Carts per million sessions; desktops are better at it. Weighted by device they make one session in ten.
    private static readonly int[] CartChances = [90_000, 120_000, 95_000];

    public static IReadOnlyList<string> Devices { get; } = Array.AsReadOnly(["phone", "desktop", "tablet"]);

    public static IReadOnlyList<string> Channels { get; } = Array.AsReadOnly(["direct", "search", "email", "social", "affiliate"]);

    public static IReadOnlyList<string> Countries { get; } = Array.AsReadOnly(["DE", "FR", "NL", "ES", "IT", "PL", "AT", "SE"]);

    public static IReadOnlyList<string> Categories { get; } = Array.AsReadOnly(CategoryTable.Select(row => row.Name).ToArray());

    /// <summary>Names of <see cref="GeneratedType"/>, in its order.</summary>
    public static IReadOnlyList<string> Types { get; } = Array.AsReadOnly(TypeNames);

    public static string NameOf(GeneratedType type) => TypeNames[(int)type];

    /// <summary>Index of a product's category.</summary>
    public static int CategoryOf(int product) => (int)(Xoshiro256.Mix((ulong)product) % (ulong)CategoryTable.Length);

    /// <summary>A product's price in cents; ends with 49 or 99.</summary>
    public static int PriceOf(int product)
    {
        var hash = Xoshiro256.Mix((ulong)product);
        var (_, from, span) = CategoryTable[CategoryOf(product)];
        return (from + (int)((hash >> 20) % (ulong)span)) / 50 * 50 + 49;
    }

    internal static byte PickDevice(ref Xoshiro256 random) => Pick(DeviceWeights, ref random);

    internal static byte PickChannel(ref Xoshiro256 random) => Pick(ChannelWeights, ref random);

    /// <summary>A customer lives in one country.</summary>
    internal static byte CountryOf(int customer)
    {
        var home = new Xoshiro256((ulong)customer);
        return Pick(CountryWeights, ref home);
    }

    internal static int CartChanceOf(byte device) => CartChances[device];

    // The weights of each table add up to a hundred.
    private static byte Pick(int[] weights, ref Xoshiro256 random)
    {
        var rest = random.Below(100);
        byte index = 0;
        while (rest >= weights[index])
        {
            rest -= weights[index++];
        }

        return index;
    }
}
