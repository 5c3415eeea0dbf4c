using System.Buffers.Text;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Generator;

/// <summary>Writes generated events as our canonical JSON, as CSV, or straight into a batch. Into buffers of the caller's, without
/// allocation: it is also the load of the bench.</summary>
internal static class GeneratedEventWriter
{
    /// <summary>No event is longer, in any form.</summary>
    public const int BytesMax = 640;

    private static readonly byte[][] Types = Bytes(Storefront.Types);
    private static readonly byte[][] Categories = Bytes(Storefront.Categories);
    private static readonly byte[][] Devices = Bytes(Storefront.Devices);
    private static readonly byte[][] Channels = Bytes(Storefront.Channels);
    private static readonly byte[][] Countries = Bytes(Storefront.Countries);
    private static readonly EventType[] TypeIds = [.. Storefront.Types.Select(EventTypes.Intern)];
    private static readonly Currency Euro = Currency.TryParse("EUR"u8, out var euro) ? euro : default;

    /// <summary>The header line of <see cref="WriteCsv"/>, without a line end.</summary>
    public static ReadOnlySpan<byte> CsvHeader =>
        "event_id,event_type,event_time,customer_id,anonymous_id,session_id,cart_id,order_id,product_id,category,quantity,price,total,currency,device,channel,country"u8;

    /// <summary>The record's key: the customer's or the anonymous id. Returns its length.</summary>
    public static int WriteKey(in GeneratedEvent e, Span<byte> into)
    {
        var text = new TextCursor(into);
        text.Id(e.Anonymous ? (byte)'a' : (byte)'c', e.Customer + 1L);
        return text.Length;
    }

    /// <summary>One JSON object without a line end. Returns its length.</summary>
    public static int WriteJson(in GeneratedEvent e, Span<byte> into)
    {
        var text = new TextCursor(into);
        text.Add("{\"event_id\":\""u8);
        text.Hex(e.Id);
        text.Add("\",\"event_type\":\""u8);
        text.Add(Types[(int)e.Type]);
        text.Add("\",\"event_time\":"u8);
        text.Number(e.EventTimeMs);
        text.Add(e.Anonymous ? ",\"anonymous_id\":\""u8 : ",\"customer_id\":\""u8);
        text.Id(e.Anonymous ? (byte)'a' : (byte)'c', e.Customer + 1L);
        text.Add("\""u8);
        text.JsonId(",\"session_id\":\""u8, (byte)'s', e.SessionNumber);
        text.JsonId(",\"cart_id\":\""u8, (byte)'k', e.CartNumber);
        text.JsonId(",\"order_id\":\""u8, (byte)'o', e.OrderNumber);
        if (e.Product > 0)
        {
            text.JsonId(",\"product_id\":\""u8, (byte)'p', e.Product);
            text.Add(",\"category\":\""u8);
            text.Add(Categories[Storefront.CategoryOf(e.Product)]);
            text.Add("\",\"price\":\""u8);
            text.Cents(e.PriceMinor);
            text.Add("\",\"currency\":\"EUR\""u8);
        }

        if (e.Quantity > 0)
        {
            text.Add(",\"quantity\":"u8);
            text.Number(e.Quantity);
        }

        if (e.TotalMinor > 0)
        {
            text.Add(",\"total\":\""u8);
            text.Cents(e.TotalMinor);
            text.Add("\",\"currency\":\"EUR\""u8);
        }

        text.Add(",\"properties\":{\"device\":\""u8);
        text.Add(Devices[e.Device]);
        text.Add("\",\"channel\":\""u8);
        text.Add(Channels[e.Channel]);
        text.Add("\",\"country\":\""u8);
        text.Add(Countries[e.Country]);
        text.Add("\"}}"u8);
        return text.Length;
    }

    /// <summary>One line of CSV without a line end. Returns its length.</summary>
    public static int WriteCsv(in GeneratedEvent e, Span<byte> into)
    {
        var text = new TextCursor(into);
        text.Hex(e.Id);
        text.Cell(Types[(int)e.Type]);
        text.Cell(default);
        text.Number(e.EventTimeMs);
        text.CellId((byte)'c', e.Anonymous ? 0 : e.Customer + 1L);
        text.CellId((byte)'a', e.Anonymous ? e.Customer + 1L : 0);
        text.CellId((byte)'s', e.SessionNumber);
        text.CellId((byte)'k', e.CartNumber);
        text.CellId((byte)'o', e.OrderNumber);
        text.CellId((byte)'p', e.Product);
        text.Cell(e.Product > 0 ? Categories[Storefront.CategoryOf(e.Product)] : default);
        text.Cell(default);
        if (e.Quantity > 0)
        {
            text.Number(e.Quantity);
        }

        text.CellCents(e.PriceMinor);
        text.CellCents(e.TotalMinor);
        text.Cell(e.PriceMinor + e.TotalMinor > 0 ? "EUR"u8 : default);
        text.Cell(Devices[e.Device]);
        text.Cell(Channels[e.Channel]);
        text.Cell(Countries[e.Country]);
        return text.Length;
    }

    /// <summary>Appends the event to a batch, as its JSON would decode.</summary>
    public static void Append(in GeneratedEvent generated, EventBatch batch, ushort input, int partition, long offset)
    {
        Span<byte> buffer = stackalloc byte[24];
        ref var e = ref batch.BeginEvent(input, partition, offset, 0);
        e.Type = TypeIds[(int)generated.Type];
        e.EventTimeMs = generated.EventTimeMs;
        e.Fields = EventFields.EventTime | (generated.Quantity > 0 ? EventFields.Quantity : 0)
            | (generated.Product > 0 ? EventFields.Price : 0) | (generated.TotalMinor > 0 ? EventFields.Total : 0);
        e.Quantity = generated.Quantity;
        e.PriceMinor = generated.PriceMinor;
        e.TotalMinor = generated.TotalMinor;
        e.Currency = generated.Product > 0 || generated.TotalMinor > 0 ? Euro : default;
        var key = batch.Append(buffer[..WriteKey(in generated, buffer)]);
        (e.CustomerId, e.AnonymousId) = generated.Anonymous ? (default, key) : (key, default(Slice));
        e.EventId = AppendHex(generated.Id, buffer, batch);
        e.SessionId = AppendId((byte)'s', generated.SessionNumber, buffer, batch);
        e.CartId = AppendId((byte)'k', generated.CartNumber, buffer, batch);
        e.OrderId = AppendId((byte)'o', generated.OrderNumber, buffer, batch);
        e.ProductId = AppendId((byte)'p', generated.Product, buffer, batch);
        e.Category = generated.Product > 0 ? batch.Append(Categories[Storefront.CategoryOf(generated.Product)]) : default;
        batch.AddProperty("device"u8, Devices[generated.Device]);
        batch.AddProperty("channel"u8, Channels[generated.Channel]);
        batch.AddProperty("country"u8, Countries[generated.Country]);
        batch.CompleteEvent();
    }

    private static Slice AppendHex(ulong id, Span<byte> buffer, EventBatch batch)
    {
        Utf8Formatter.TryFormat(id, buffer, out var length, new('x', 16));
        return batch.Append(buffer[..length]);
    }

    private static Slice AppendId(byte letter, long number, Span<byte> buffer, EventBatch batch)
    {
        if (number == 0)
        {
            return default;
        }

        buffer[0] = letter;
        Utf8Formatter.TryFormat(number, buffer[1..], out var length);
        return batch.Append(buffer[..(1 + length)]);
    }

    private static byte[][] Bytes(IReadOnlyList<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
