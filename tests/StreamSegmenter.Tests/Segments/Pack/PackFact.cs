using System.Globalization;

namespace StreamSegmenter.Tests.Segments.Pack;

/// <summary>One event of a raw file, as the recomputation reads it.</summary>
internal sealed record PackFact(string Customer, string Type, long TimeMs)
{
    public string Product { get; init; } = "";

    public string Category { get; init; } = "";

    public string OrderId { get; init; } = "";

    public long TotalMinor { get; init; }

    /// <summary>Taobao's lines that can be read; the last one is cut off.</summary>
    public static List<PackFact> Taobao(string path)
    {
        var facts = new List<PackFact>();
        foreach (var cells in File.ReadLines(path).Select(line => line.Split(',')))
        {
            if (cells.Length == 5 && cells[4].Length == 10 && long.TryParse(cells[4], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                facts.Add(new PackFact(cells[0], TypeOf(cells[3]), seconds * 1000) { Product = cells[1], Category = cells[2] });
            }
        }

        return [.. facts.OrderBy(fact => fact.TimeMs)];
    }

    /// <summary>The invoices of UCI's Online Retail with a customer: an order each, with the sum of its lines; one whose number begins with C
    /// takes money back.</summary>
    public static List<PackFact> Retail(string folder)
    {
        var lines = Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadLines(file).Skip(1)).Select(Cells).Where(cells => cells[^2].Length > 0);
        var invoices = lines.GroupBy(cells => (Invoice: cells[0], Customer: cells[^2])).Select(invoice =>
        {
            var totalMinor = (long)Math.Round(invoice.Sum(cells => Number(cells[3]) * Number(cells[^3])) * 100, MidpointRounding.AwayFromZero);
            var time = DateTime.ParseExact(invoice.First()[^4], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var timeMs = (long)(time - DateTime.UnixEpoch).TotalMilliseconds;
            return new PackFact(invoice.Key.Customer, invoice.Key.Invoice.StartsWith('C') ? "order_refunded" : "order_completed", timeMs)
            {
                OrderId = invoice.Key.Invoice, TotalMinor = Math.Abs(totalMinor),
            };
        });
        return [.. invoices.OrderBy(fact => fact.TimeMs)];
    }

    private static string TypeOf(string action) => action switch
    {
        "pv" => "product_viewed",
        "cart" => "product_added",
        "buy" => "order_completed",
        _ => "product_favorited",
    };

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    // Descriptions in quotes have commas; the cells that are looked at stand before and behind them.
    private static string[] Cells(string line)
    {
        var cells = new List<string>();
        var isQuoted = false;
        var from = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == ',' && !isQuoted))
            {
                cells.Add(line[from..i]);
                from = i + 1;
            }
            else if (line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
        }

        return [.. cells];
    }
}
