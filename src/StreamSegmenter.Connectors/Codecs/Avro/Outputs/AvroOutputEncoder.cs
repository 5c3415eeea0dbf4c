using System.Buffers;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>
/// Writes outputs by the schemas of <c>schemas/</c>, field by field in their order; a test holds this file, the schemas and the
/// record types together.
/// </summary>
internal sealed class AvroOutputEncoder(AvroOutputFrames frames) : IOutputEncoder
{
    // In every union of the output schemas null stands first.
    private const int NullBranch = 0;
    private const int ValueBranch = 1;

    public void Encode(CartAbandoned trigger, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.CartAbandoned, into);
        WriteTrigger(writer, trigger);
    }

    public void Encode(SuppressedTrigger suppressed, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.SuppressedTrigger, into);
        WriteTrigger(writer, suppressed.Trigger);
        writer.WriteEnum(OrdinalOf((int)suppressed.Reason));
    }

    private static void WriteTrigger(AvroWriter writer, CartAbandoned trigger)
    {
        writer.WriteString(trigger.TriggerId);
        writer.WriteString(trigger.Rule);
        writer.WriteString(trigger.RuleVersion);
        writer.WriteEnum(OrdinalOf((int)trigger.Kind));
        writer.WriteInt(trigger.Step);
        writer.WriteEnum(OrdinalOf((int)trigger.Stage));
        writer.WriteString(trigger.CustomerId);
        WriteNullable(writer, trigger.CartId);
        writer.WriteBlock(trigger.Lines.Count);
        foreach (CartLine line in trigger.Lines)
        {
            writer.WriteString(line.ProductId);
            writer.WriteInt(line.Quantity);
            WriteNullable(writer, line.PriceMinor);
        }

        writer.WriteEnd();
        WriteNullable(writer, trigger.TotalMinor);
        WriteNullable(writer, trigger.Currency);
        writer.WriteLong(trigger.CartCreatedAtMs);
        writer.WriteLong(trigger.LastActivityAtMs);
        writer.WriteLong(trigger.FiredAtMs);
        writer.WriteBlock(trigger.Attributes.Count);
        foreach ((string name, string value) in trigger.Attributes)
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }

        writer.WriteEnd();
        WriteNullable(writer, trigger.RevenueMinor);
        WriteNullable(writer, trigger.RevenueCurrency);
        WriteNullable(writer, trigger.OrderId);
        WriteNullable(writer, trigger.OrderedAtMs);
        writer.WriteLong(trigger.CartAgeMs);
    }

    public void Encode(MembershipChange change, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.MembershipChange, into);
        writer.WriteString(change.Segment);
        writer.WriteString(change.DefinitionVersion);
        writer.WriteEnum(OrdinalOf((int)change.Kind));
        writer.WriteString(change.CustomerId);
        writer.WriteLong(change.AtMs);
        writer.WriteLong(change.SinceMs);
        writer.WriteBlock(change.Traits.Count);
        foreach (TraitValue trait in change.Traits)
        {
            writer.WriteString(trait.Trait);
            writer.WriteString(trait.Value);
        }

        writer.WriteEnd();
    }

    public void Encode(ConversionPane pane, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.ConversionPane, into);
        writer.WriteLong(pane.WindowMs);
        writer.WriteLong(pane.StartMs);
        writer.WriteLong(pane.EndMs);
        writer.WriteString(pane.Dimension);
        writer.WriteString(pane.Value);
        writer.WriteLong(pane.Events);
        writer.WriteLong(pane.Visitors);
        writer.WriteLong(pane.Sessions);
        writer.WriteLong(pane.SessionsWithCart);
        writer.WriteLong(pane.SessionsWithOrder);
        writer.WriteLong(pane.SessionsWithCartAndOrder);
        writer.WriteBlock(pane.Funnel.Count);
        foreach (FunnelStep step in pane.Funnel)
        {
            writer.WriteString(step.Step);
            writer.WriteLong(step.Sessions);
        }

        writer.WriteEnd();
        writer.WriteLong(pane.Orders);
        writer.WriteLong(pane.RevenueMinor);
        WriteNullable(writer, pane.Currency);
        writer.WriteBoolean(pane.Final);
        writer.WriteBoolean(pane.CohortFinal);
        WriteNullable(writer, pane.ConversionRate);
        WriteNullable(writer, pane.CartAbandonmentRate);
        WriteNullable(writer, pane.AverageOrderValueMinor);
        writer.WriteLong(pane.OrdersWithoutValue);
        writer.WriteLong(pane.RefundedMinor);
        writer.WriteLong(pane.NetMinor);
        writer.WriteInt(pane.Corrections);
        writer.WriteString(pane.Window);
        writer.WriteLong(pane.Customers);
        writer.WriteLong(pane.NewCustomers);
        writer.WriteLong(pane.ReturningCustomers);
        writer.WriteLong(pane.RepeatCustomers);
        WriteNullable(writer, pane.RepeatPurchaseRate);
    }

    public void Encode(DeadLetter letter, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.DeadLetter, into);
        writer.WriteString(letter.Source);
        writer.WriteInt(letter.Partition);
        writer.WriteLong(letter.Offset);
        writer.WriteString(letter.Reason);
        writer.WriteBytes(letter.Key.Span);
        writer.WriteBytes(letter.Value.Span);
        writer.WriteString(letter.Kind == DeadLetterKind.Partial ? "partial" : "refused");
        writer.WriteUnionIndex(letter.CustomerId is null ? 0 : 1);
        if (letter.CustomerId is { } customer)
        {
            writer.WriteString(customer);
        }
    }

    public void Encode(LateEvent late, IBufferWriter<byte> into)
    {
        AvroWriter writer = Open(OutputKind.LateEvent, into);
        writer.WriteString(late.Source);
        writer.WriteInt(late.Partition);
        writer.WriteLong(late.Offset);
        writer.WriteString(late.CustomerId);
        writer.WriteString(late.EventType);
        writer.WriteLong(late.EventTimeMs);
        writer.WriteLong(late.WatermarkMs);
    }

    private AvroWriter Open(OutputKind output, IBufferWriter<byte> into)
    {
        into.Write(frames.HeaderOf(output));
        return new AvroWriter(into);
    }

    /// <summary>The schemas' enums start with "unknown", which readers of older schemas see in place of a symbol added
    /// later.</summary>
    private static int OrdinalOf(int value) => value + 1;

    private static void WriteNullable(AvroWriter writer, string? value)
    {
        writer.WriteUnionIndex(value is null ? NullBranch : ValueBranch);
        if (value is not null)
        {
            writer.WriteString(value);
        }
    }

    private static void WriteNullable(AvroWriter writer, long? value)
    {
        writer.WriteUnionIndex(value is null ? NullBranch : ValueBranch);
        if (value is { } number)
        {
            writer.WriteLong(number);
        }
    }

    private static void WriteNullable(AvroWriter writer, double? value)
    {
        writer.WriteUnionIndex(value is null ? NullBranch : ValueBranch);
        if (value is { } number)
        {
            writer.WriteDouble(number);
        }
    }
}
