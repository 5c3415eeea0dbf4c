using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Codecs.Json.Outputs;

/// <summary>Writes each output as one JSON object without line breaks.
/// <para>The form is a contract: names in camelCase and in a fixed order, so equal outputs are equal bytes; what is unknown is
/// <c>null</c> and never left out, so every object of a kind has the same names; times are ISO 8601 in UTC with
/// milliseconds, under names without a unit (<c>firedAt</c>); durations stay milliseconds (<c>cartAgeMs</c>); money is
/// an integer of minor units beside its <c>currency</c>; numbers with a fraction have the shortest digits that
/// read back to the same double. The bytes of a dead letter are text where they are UTF-8 (<c>key</c>, <c>value</c>),
/// else Base64 (<c>keyBase64</c>, <c>valueBase64</c>).</para></summary>
internal sealed class JsonOutputEncoder : IOutputEncoder, IDisposable
{
    // Relaxed: the objects go to files and topics, not into HTML, so "ü" and "'" may stay what they are.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = false,
    };

    private readonly Utf8JsonWriter _writer = new(new ArrayBufferWriter<byte>(1), Options);

    public void Encode(CartAbandoned trigger, IBufferWriter<byte> into)
    {
        Open(into);
        WriteTrigger(trigger);
        Close();
    }

    public void Encode(SuppressedTrigger suppressed, IBufferWriter<byte> into)
    {
        Open(into);
        _writer.WriteString("reason"u8, JsonNamingPolicy.CamelCase.ConvertName(suppressed.Reason.ToString()));
        _writer.WriteStartObject("trigger"u8);
        WriteTrigger(suppressed.Trigger);
        _writer.WriteEndObject();
        Close();
    }

    private void WriteTrigger(CartAbandoned trigger)
    {
        _writer.WriteString("triggerId"u8, trigger.TriggerId);
        _writer.WriteString("rule"u8, trigger.Rule);
        _writer.WriteString("ruleVersion"u8, trigger.RuleVersion);
        _writer.WriteString("kind"u8, NameOf(trigger.Kind));
        _writer.WriteNumber("step"u8, trigger.Step);
        _writer.WriteString("stage"u8, NameOf(trigger.Stage));
        _writer.WriteString("customerId"u8, trigger.CustomerId);
        _writer.WriteString("cartId"u8, trigger.CartId);
        WriteLines(trigger.Lines);
        WriteNumber("totalMinor"u8, trigger.TotalMinor);
        _writer.WriteString("currency"u8, trigger.Currency);
        WriteTime("cartCreatedAt"u8, trigger.CartCreatedAtMs);
        _writer.WriteNumber("cartAgeMs"u8, trigger.CartAgeMs);
        WriteTime("lastActivityAt"u8, trigger.LastActivityAtMs);
        WriteTime("firedAt"u8, trigger.FiredAtMs);
        WriteAttributes(trigger.Attributes);
        _writer.WriteString("orderId"u8, trigger.OrderId);
        WriteTime("orderedAt"u8, trigger.OrderedAtMs);
        WriteNumber("revenueMinor"u8, trigger.RevenueMinor);
        _writer.WriteString("revenueCurrency"u8, trigger.RevenueCurrency);
    }

    public void Encode(MembershipChange change, IBufferWriter<byte> into)
    {
        Open(into);
        _writer.WriteString("segment"u8, change.Segment);
        _writer.WriteString("definitionVersion"u8, change.DefinitionVersion);
        _writer.WriteString("kind"u8, change.Kind == MembershipKind.Entered ? "entered"u8 : "exited"u8);
        _writer.WriteString("customerId"u8, change.CustomerId);
        WriteTime("at"u8, change.AtMs);
        WriteTime("since"u8, change.SinceMs);
        _writer.WriteStartArray("traits"u8);
        foreach (var trait in change.Traits)
        {
            _writer.WriteStartObject();
            _writer.WriteString("trait"u8, trait.Trait);
            _writer.WriteString("value"u8, trait.Value);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        Close();
    }

    public void Encode(ConversionPane pane, IBufferWriter<byte> into)
    {
        Open(into);
        _writer.WriteString("window"u8, pane.Window);
        _writer.WriteNumber("windowMs"u8, pane.WindowMs);
        WriteTime("start"u8, pane.StartMs);
        WriteTime("end"u8, pane.EndMs);
        _writer.WriteString("dimension"u8, pane.Dimension);
        _writer.WriteString("value"u8, pane.Value);
        _writer.WriteNumber("events"u8, pane.Events);
        _writer.WriteNumber("visitors"u8, pane.Visitors);
        _writer.WriteNumber("sessions"u8, pane.Sessions);
        _writer.WriteNumber("sessionsWithCart"u8, pane.SessionsWithCart);
        _writer.WriteNumber("sessionsWithOrder"u8, pane.SessionsWithOrder);
        _writer.WriteNumber("sessionsWithCartAndOrder"u8, pane.SessionsWithCartAndOrder);
        WriteFunnel(pane.Funnel);
        _writer.WriteNumber("orders"u8, pane.Orders);
        _writer.WriteNumber("ordersWithoutValue"u8, pane.OrdersWithoutValue);
        _writer.WriteNumber("revenueMinor"u8, pane.RevenueMinor);
        _writer.WriteNumber("refundedMinor"u8, pane.RefundedMinor);
        _writer.WriteNumber("netMinor"u8, pane.NetMinor);
        _writer.WriteString("currency"u8, pane.Currency);
        _writer.WriteNumber("customers"u8, pane.Customers);
        _writer.WriteNumber("newCustomers"u8, pane.NewCustomers);
        _writer.WriteNumber("returningCustomers"u8, pane.ReturningCustomers);
        _writer.WriteNumber("repeatCustomers"u8, pane.RepeatCustomers);
        WriteNumber("repeatPurchaseRate"u8, pane.RepeatPurchaseRate);
        WriteNumber("conversionRate"u8, pane.ConversionRate);
        WriteNumber("cartAbandonmentRate"u8, pane.CartAbandonmentRate);
        WriteNumber("averageOrderValueMinor"u8, pane.AverageOrderValueMinor);
        _writer.WriteBoolean("final"u8, pane.Final);
        _writer.WriteBoolean("cohortFinal"u8, pane.CohortFinal);
        _writer.WriteNumber("corrections"u8, pane.Corrections);
        Close();
    }

    public void Encode(DeadLetter letter, IBufferWriter<byte> into)
    {
        Open(into);
        WritePlace(letter.Source, letter.Partition, letter.Offset);
        _writer.WriteString("kind"u8, letter.Kind == DeadLetterKind.Partial ? "partial"u8 : "refused"u8);
        _writer.WriteString("reason"u8, letter.Reason);
        _writer.WriteString("customerId"u8, letter.CustomerId);
        if (letter.Key.IsEmpty)
        {
            _writer.WriteNull("key"u8);
        }
        else
        {
            WriteBytes("key"u8, "keyBase64"u8, letter.Key.Span);
        }

        WriteBytes("value"u8, "valueBase64"u8, letter.Value.Span);
        Close();
    }

    public void Encode(LateEvent late, IBufferWriter<byte> into)
    {
        Open(into);
        WritePlace(late.Source, late.Partition, late.Offset);
        _writer.WriteString("customerId"u8, late.CustomerId);
        _writer.WriteString("eventType"u8, late.EventType);
        WriteTime("eventTime"u8, late.EventTimeMs);
        WriteTime("watermark"u8, late.WatermarkMs);
        Close();
    }

    public void Dispose() => _writer.Dispose();

    private static ReadOnlySpan<byte> NameOf(TriggerKind kind) => kind switch
    {
        TriggerKind.Emitted => "emitted"u8,
        TriggerKind.Retracted => "retracted"u8,
        TriggerKind.Recovered => "recovered"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static ReadOnlySpan<byte> NameOf(CartStage stage) => stage switch
    {
        CartStage.Browse => "browse"u8,
        CartStage.Cart => "cart"u8,
        CartStage.Checkout => "checkout"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    private void Open(IBufferWriter<byte> into)
    {
        _writer.Reset(into);
        _writer.WriteStartObject();
    }

    private void Close()
    {
        _writer.WriteEndObject();
        _writer.Flush();
    }

    private void WritePlace(string source, int partition, long offset)
    {
        _writer.WriteString("source"u8, source);
        _writer.WriteNumber("partition"u8, partition);
        _writer.WriteNumber("offset"u8, offset);
    }

    private void WriteLines(IReadOnlyList<CartLine> lines)
    {
        _writer.WriteStartArray("lines"u8);
        foreach (var line in lines)
        {
            _writer.WriteStartObject();
            _writer.WriteString("productId"u8, line.ProductId);
            _writer.WriteNumber("quantity"u8, line.Quantity);
            WriteNumber("priceMinor"u8, line.PriceMinor);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteFunnel(IReadOnlyList<FunnelStep> funnel)
    {
        _writer.WriteStartArray("funnel"u8);
        foreach (var step in funnel)
        {
            _writer.WriteStartObject();
            _writer.WriteString("step"u8, step.Step);
            _writer.WriteNumber("sessions"u8, step.Sessions);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    // A dictionary has no order of its own; by name, equal attributes are equal bytes.
    private void WriteAttributes(IReadOnlyDictionary<string, string> attributes)
    {
        _writer.WriteStartObject("attributes"u8);
        foreach (var (name, value) in attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _writer.WriteString(name, value);
        }

        _writer.WriteEndObject();
    }

    private void WriteTime(ReadOnlySpan<byte> name, long timeMs)
    {
        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Write(timeMs, text);
        _writer.WriteString(name, text);
    }

    private void WriteTime(ReadOnlySpan<byte> name, long? timeMs)
    {
        if (timeMs is { } value)
        {
            WriteTime(name, value);
        }
        else
        {
            _writer.WriteNull(name);
        }
    }

    private void WriteNumber(ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } value)
        {
            _writer.WriteNumber(name, value);
        }
        else
        {
            _writer.WriteNull(name);
        }
    }

    private void WriteNumber(ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } value)
        {
            _writer.WriteNumber(name, value);
        }
        else
        {
            _writer.WriteNull(name);
        }
    }

    private void WriteBytes(ReadOnlySpan<byte> textName, ReadOnlySpan<byte> base64Name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            _writer.WriteString(textName, bytes);
        }
        else
        {
            _writer.WriteBase64String(base64Name, bytes);
        }
    }
}
