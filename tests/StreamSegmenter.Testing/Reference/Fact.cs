using System.Text;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Testing.Reference;

/// <summary>One thing that happened to one customer, as a test invents it.</summary>
internal sealed record Fact(string Customer, long TimeMs, EventType Type)
{
    /// <summary>Empty: the event has none, and is never taken for another's repetition.</summary>
    public string EventId { get; init; } = "";

    public string CartId { get; init; } = "";

    public string Product { get; init; } = "";

    public int? Quantity { get; init; }

    public long? PriceMinor { get; init; }

    public long? TotalMinor { get; init; }

    public string Currency { get; init; } = "EUR";

    public string Channel { get; init; } = "";

    public void Write(EventBatch batch, int input, int partition, long offset, int indexInRecord)
    {
        ref var e = ref batch.BeginEvent((ushort)input, partition, offset, indexInRecord);
        e.EventTimeMs = TimeMs;
        e.Type = Type;
        e.Quantity = Quantity ?? 0;
        e.PriceMinor = PriceMinor ?? 0;
        e.TotalMinor = TotalMinor ?? 0;
        e.Currency = CurrencyOf(Currency);
        e.Fields = EventFields.EventTime
            | (Quantity is null ? 0 : EventFields.Quantity)
            | (PriceMinor is null ? 0 : EventFields.Price)
            | (TotalMinor is null ? 0 : EventFields.Total);
        e.EventId = batch.Append(Encoding.UTF8.GetBytes(EventId));
        e.CustomerId = batch.Append(Encoding.UTF8.GetBytes(Customer));
        e.CartId = batch.Append(Encoding.UTF8.GetBytes(CartId));
        e.ProductId = batch.Append(Encoding.UTF8.GetBytes(Product));
        if (Channel.Length > 0)
        {
            batch.AddProperty("channel"u8, Encoding.UTF8.GetBytes(Channel));
        }

        Assert.Equal(EventFault.None, batch.CompleteEvent());
    }

    public static Currency CurrencyOf(string code) =>
        Events.Currency.TryParse(code, out var currency) ? currency : throw new ArgumentException(code);
}

/// <summary>A fact with its place in the log: what orders facts of one instant.</summary>
internal readonly record struct PlacedFact(InputPartition Place, long Offset, int Index, Fact Fact);
