namespace StreamSegmenter.Events;

/// <summary>Something in an event that was applied but could not be taken as it stands; goes to the dead letters as an error
/// record.</summary>
/// <param name="Description">The event's main fields as JSON text: its original bytes are gone when it is folded.</param>
internal sealed record EventProblem(ushort Input, int Partition, long Offset, string Reason, string CustomerKey, string Description)
{
    /// <summary>The event was not applied at all.</summary>
    public bool IsRefusal { get; init; }

    public static EventProblem Of(in StorefrontEvent e, EventBatch batch, string reason)
    {
        var customer = System.Text.Encoding.UTF8.GetString(batch.Text(in e, e.CustomerKey));
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("event_id", batch.Text(in e, e.EventId));
            json.WriteString("event_type", EventTypes.NameOf(e.Type));
            json.WriteNumber("event_time", e.EventTimeMs);
            json.WriteString("customer_id", customer);
            json.WriteString("cart_id", batch.Text(in e, e.CartId));
            json.WriteString("product_id", batch.Text(in e, e.ProductId));
            json.WriteNumber("price_minor", e.PriceMinor);
            json.WriteString("currency", e.Currency.ToString());
            json.WriteEndObject();
        }

        return new EventProblem(
            e.Input, e.Partition, e.Offset, reason, customer, System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }
}
