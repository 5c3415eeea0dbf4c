namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The fields of an item in a record's list.</summary>
internal enum LineField : byte
{
    ProductId,
    Category,
    Quantity,

    /// <summary>Unit price as a decimal of major units.</summary>
    Price,

    /// <summary>Unit price as an integer of minor units; wins over <see cref="Price"/>.</summary>
    PriceMinor,

    /// <summary>Price of the whole line, quantity times unit price, as a decimal of major units; counts where there is no unit price.</summary>
    Amount,
    Currency,
}

/// <summary>Their names in a mapping, and where they are found without a mapping.</summary>
internal static class LineFieldNames
{
    public const int Count = (int)LineField.Currency + 1;

    private static readonly string[] Names = ["product_id", "category", "quantity", "price", "price_minor", "amount", "currency"];

    private static readonly string[][] Defaults =
    [
        ["product_id", "productId", "item_id", "itemId", "sku", "SKU", "id"],
        ["category", "item_category"],
        ["quantity", "qty"],
        ["price", "unit_price", "unitPrice"],
        ["price_minor", "priceMinor"],
        [],
        ["currency", "currencyCode"],
    ];

    public static IReadOnlyList<string> All { get; } = Array.AsReadOnly(Names);

    public static string NameOf(LineField field) => Names[(int)field];

    /// <summary>The names under which the field is found in an item, the best first.</summary>
    public static IReadOnlyList<string> DefaultsOf(LineField field) => Defaults[(int)field];

    public static bool TryParse(string name, out LineField field)
    {
        var index = Array.IndexOf(Names, name);
        field = (LineField)Math.Max(index, 0);
        return index >= 0;
    }
}
