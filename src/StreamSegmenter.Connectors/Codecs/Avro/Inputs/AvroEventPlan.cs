using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// How the records of one writer's schema become events. <see cref="DirectPlan"/> where no mapping is asked for and the schema
/// resolves to <c>schemas/storefront-event.avsc</c>: straight into the event's fields. <see cref="MappedPlan"/> otherwise: the
/// record as it was written, by the same rules for names and values that JSON obeys. One per lane: not thread-safe.
/// </summary>
internal abstract class AvroEventPlan(string schemaName)
{
    public static AvroEventPlan Compile(AvroSchema writer, string schemaName, CompiledMapping mapping, MappingUse use)
    {
        if (writer.Record is null)
        {
            return new RefusingPlan(schemaName, $"{schemaName} is of type {writer.Root.DisplayName()}; an event is a record");
        }

        if (DirectPlan.TryCompile(writer, schemaName, mapping, out DirectPlan? direct))
        {
            return direct!;
        }

        return MappedPlan.TryCompile(writer, schemaName, mapping, use, out MappedPlan? mapped, out string reason)
            ? mapped!
            : new RefusingPlan(schemaName, $"{schemaName}: {reason}");
    }

    /// <summary>Appends the events of one value, or leaves the batch as it was.</summary>
    public abstract DecodeOutcome Decode(in SourceRecord record, ReadOnlySpan<byte> payload, EventBatch batch);

    protected DecodeOutcome Refuse(AvroError error) => DecodeOutcome.Refused($"not readable with {schemaName}: {error}");

    /// <summary>The schema itself is of no use, and so is every record that it wrote.</summary>
    private sealed class RefusingPlan(string schemaName, string reason) : AvroEventPlan(schemaName)
    {
        private readonly DecodeOutcome _refused = DecodeOutcome.Refused(reason);

        public override DecodeOutcome Decode(in SourceRecord record, ReadOnlySpan<byte> payload, EventBatch batch) => _refused;
    }
}
