using System.Globalization;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>An event of a made-up history. Times are whole hours, so that an answer can change at a whole hour or a millisecond behind it.</summary>
internal sealed record NaiveFact(string Type, long TimeMs)
{
    public int Quantity { get; init; }

    public string Category { get; init; } = "";

    public string CartId { get; init; } = "";

    public string ProductId { get; init; } = "";

    public string OrderId { get; init; } = "";

    public long? TotalMinor { get; init; }

    /// <summary>The property <c>tz</c>.</summary>
    public string? Zone { get; init; }

    /// <summary>Values of the property <c>country</c>: texts, numbers, truth values; one null is "not set". Null: the event does not name it.</summary>
    public IReadOnlyList<object?>? Country { get; init; }

    /// <summary>The property <c>birthday</c>.</summary>
    public string? Birthday { get; init; }

    /// <summary>Its id, by which events of one instant are ordered.</summary>
    public string EventId { get; init; } = "";

    public void Write(EventBatch batch)
    {
        ref var e = ref batch.BeginEvent(0, 0, 0, 0);
        e.EventTimeMs = TimeMs;
        e.Type = EventTypes.Intern(Type);
        e.Quantity = Quantity;
        e.TotalMinor = TotalMinor ?? 0;
        e.Currency = TestDefinitions.Euro;
        e.Fields = EventFields.EventTime | EventFields.Quantity | (TotalMinor is null ? 0 : EventFields.Total);
        e.CustomerId = batch.Append("c"u8);
        e.EventId = batch.Append(Utf8(EventId));
        e.Category = batch.Append(Utf8(Category));
        e.CartId = batch.Append(Utf8(CartId));
        e.ProductId = batch.Append(Utf8(ProductId));
        e.OrderId = batch.Append(Utf8(OrderId));
        foreach (var value in Country ?? [])
        {
            Write(batch, value);
        }

        if (Zone is not null)
        {
            batch.AddProperty("tz"u8, Utf8(Zone));
        }

        if (Birthday is not null)
        {
            batch.AddProperty("birthday"u8, Utf8(Birthday));
        }

        Assert.Equal(EventFault.None, batch.CompleteEvent());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.FromUnixTimeMilliseconds(TimeMs):yyyy-MM-dd HH:mm} {Type} q{Quantity} {Category} cart={CartId} product={ProductId} order={OrderId} total={TotalMinor} tz={Zone} country={(Country is null ? "-" : string.Join('/', Country.Select(value => value ?? "null")))} birthday={Birthday}");

    private static void Write(EventBatch batch, object? value)
    {
        switch (value)
        {
            case null:
                batch.AddNull("country"u8);
                break;
            case string text:
                batch.AddProperty("country"u8, Utf8(text));
                break;
            case bool boolean:
                batch.AddProperty("country"u8, boolean);
                break;
            default:
                batch.AddProperty("country"u8, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>A fact that has arrived, with what was known of the customer's days then.</summary>
/// <param name="Type">That of the fact, or <c>other</c> for an order that is reported again.</param>
/// <param name="ClockMs">The customer's clock behind it: the latest event time so far.</param>
internal sealed record Arrived(NaiveFact Fact, string Type, long ClockMs, DateTime Local)
{
    public DateOnly Day => DateOnly.FromDateTime(Local);

    public long TimeMs => Fact.TimeMs;
}
