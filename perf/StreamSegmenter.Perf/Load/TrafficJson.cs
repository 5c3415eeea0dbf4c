using System.Buffers;
using System.Globalization;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Perf.Load;

/// <summary>Writes an event as the JSON that a storefront sends, about 200 bytes.</summary>
internal static class TrafficJson
{
    public static void Write(in TrafficEvent e, ArrayBufferWriter<byte> into)
    {
        Add(into, $"{{\"event_type\":\"{EventTypes.NameOf(e.Type)}\",\"event_time\":{e.EventTimeMs},\"customer_id\":\"{CustomerId(e.Customer)}\",");
        Add(into, $"\"session_id\":\"s{e.Session}\",\"channel\":\"{Channel(e.Customer)}\"");
        if (e.Type == EventTypes.OrderCompleted)
        {
            Add(into, $",\"order_id\":\"o{e.Session}\",\"total\":{Money(e.TotalMinor)},\"currency\":\"EUR\"");
        }
        else if (e.Type == EventTypes.ProductViewed || e.Type == EventTypes.ProductAdded)
        {
            Add(into, $",\"product_id\":\"p{e.Product}\",\"category\":\"c{e.Product % 40}\",\"price\":{Money(e.PriceMinor)},\"currency\":\"EUR\"");
        }

        Add(into, $"}}");
    }

    public static string CustomerId(int customer) => string.Create(CultureInfo.InvariantCulture, $"customer-{customer:0000000}");

    public static string Channel(int customer) => customer % 3 == 0 ? "paid" : "organic";

    private static string Money(int minor) => string.Create(CultureInfo.InvariantCulture, $"{minor / 100}.{minor % 100:00}");

    private static void Add(ArrayBufferWriter<byte> into, FormattableString text) =>
        Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture), into);
}
