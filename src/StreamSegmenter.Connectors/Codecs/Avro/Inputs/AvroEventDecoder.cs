using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// Reads a record that is one Avro value as an event, or with <see cref="InputMapping.Unfold"/> as several. The value says
/// itself which schema wrote it: Confluent framing starts with byte 00, single-object encoding with C3. How a writer's
/// schema is read is compiled when its first record comes (<see cref="AvroEventPlan"/>) and kept; from then on decoding
/// allocates nothing.
/// </summary>
internal sealed class AvroEventDecoder : IMappedDecoder
{
    // Found schemas only, so what bounds the cache in practice is the registry.
    private const int PlansMax = 1024;
    private const byte ConfluentMagic = 0x00;
    private const byte SingleObjectMagic = 0xC3;

    private readonly ISchemaSource? _schemas;
    private readonly CompiledMapping _mapping;
    private readonly AvroEventPlan? _unframed;
    private readonly Dictionary<int, AvroEventPlan> _byId = [];
    private readonly Dictionary<ulong, AvroEventPlan> _byFingerprint = [];

    /// <summary>For records that name their schema.</summary>
    public AvroEventDecoder(ISchemaSource schemas, CompiledMapping mapping)
    {
        _schemas = schemas;
        _mapping = mapping;
        Use = new MappingUse(mapping);
    }

    /// <summary>For the records of a container file: values with no frame, all written with the file's schema.</summary>
    public AvroEventDecoder(AvroSchema writer, CompiledMapping mapping)
    {
        _mapping = mapping;
        Use = new MappingUse(mapping);
        _unframed = AvroEventPlan.Compile(writer, "the file's schema", mapping, Use);
    }

    public MappingUse Use { get; }

    public DecodeOutcome Decode(in SourceRecord record, EventBatch batch)
    {
        if (_unframed is not null)
        {
            return _unframed.Decode(in record, record.Value, batch);
        }

        if (record.Value.IsEmpty)
        {
            return DecodeOutcome.Refused("the record is empty; expected an Avro value");
        }

        switch (record.Value[0])
        {
            case ConfluentMagic:
                if (!AvroFraming.TryReadConfluent(record.Value, out int id, out ReadOnlySpan<byte> payload, out AvroError error))
                {
                    return DecodeOutcome.Refused(error.ToString());
                }

                return _byId.TryGetValue(id, out AvroEventPlan? plan) || TryPlan(id, out plan, out DecodeOutcome failed)
                    ? plan!.Decode(in record, payload, batch)
                    : failed;
            case SingleObjectMagic:
                if (!AvroFraming.TryReadSingleObject(record.Value, out ulong fingerprint, out payload, out error))
                {
                    return DecodeOutcome.Refused(error.ToString());
                }

                return _byFingerprint.TryGetValue(fingerprint, out plan) || TryPlan(fingerprint, out plan, out failed)
                    ? plan!.Decode(in record, payload, batch)
                    : failed;
            default:
                return DecodeOutcome.Refused($"the record starts with byte {record.Value[0]:x2}; expected Confluent framing (00) "
                    + "or single-object encoding (C3 01). If it is JSON, set the input's format to json");
        }
    }

    private bool TryPlan(int id, out AvroEventPlan? plan, out DecodeOutcome failed) =>
        TryPlan(_schemas!.ById(id), $"schema id {id}", id, _byId, out plan, out failed);

    private bool TryPlan(ulong fingerprint, out AvroEventPlan? plan, out DecodeOutcome failed) =>
        TryPlan(
            _schemas!.ByFingerprint(fingerprint), $"schema {fingerprint:x16}", fingerprint, _byFingerprint, out plan, out failed);

    private bool TryPlan<TKey>(
        SchemaLookup lookup,
        string name,
        TKey key,
        Dictionary<TKey, AvroEventPlan> plans,
        out AvroEventPlan? plan,
        out DecodeOutcome failed)
        where TKey : struct
    {
        plan = null;
        failed = lookup.Outcome == SchemaOutcome.Unavailable
            ? DecodeOutcome.Unavailable(lookup.Reason ?? name)
            : DecodeOutcome.Refused(lookup.Reason ?? name);
        if (lookup.Outcome != SchemaOutcome.Found)
        {
            return false;
        }

        if (plans.Count >= PlansMax)
        {
            plans.Clear();
        }

        plan = AvroEventPlan.Compile(lookup.Schema!, name, _mapping, Use);
        plans[key] = plan;
        return true;
    }
}
