using System.Text;
using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// Reads a writer's schema as <c>storefront-event.avsc</c>, by schema resolution, whatever the writer's record is called.
/// Fields that the writer has beyond it are not lost but become properties. The decoder's slots are then the reader's
/// fields in the order of
/// <see cref="DirectSlot"/>, and after them the writer's own.
/// </summary>
internal sealed class DirectPlan : AvroEventPlan
{
    /// <summary>The null branch of the union that the properties are here.</summary>
    private static readonly byte[] NoProperties = [0];

    private readonly AvroDecoder _decoder;
    private readonly CompiledMapping _mapping;
    private readonly byte[]?[] _propertyNames;
    private readonly byte[] _path = new byte[EventDraft.PathBytesMax];
    private readonly bool _timeIsMicros;
    private readonly EventTypeCache _types;

    private DirectPlan(string schemaName, AvroDecoder decoder, CompiledMapping mapping, bool timeIsMicros)
        : base(schemaName)
    {
        _decoder = decoder;
        _mapping = mapping;
        _timeIsMicros = timeIsMicros;
        _types = new EventTypeCache(mapping);
        _propertyNames = new byte[decoder.Slots.Count][];
        for (int slot = (int)DirectSlot.Properties + 1; slot < _propertyNames.Length; slot++)
        {
            // What lies inside an array or a foreign map has no name of its own.
            string path = decoder.Slots[slot].Path;
            _propertyNames[slot] = path.Contains("[]", StringComparison.Ordinal) || path.Contains("{}", StringComparison.Ordinal)
                ? null
                : Encoding.UTF8.GetBytes(path);
        }
    }

    public static bool TryCompile(AvroSchema writer, string schemaName, CompiledMapping mapping, out DirectPlan? plan)
    {
        plan = null;
        RecordSchema record = writer.Record!;
        if (!AllowsDirect(mapping.Mapping) || record.IndexOf("price") >= 0 || record.IndexOf("total") >= 0
            || record.IndexOf("ecommerce") >= 0 || DefaultNames.Items.Any(items => record.IndexOf(items) >= 0))
        {
            // Prices in major units need the rules for decimals, and lists of items those for lines.
            return false;
        }

        AvroSchema reader = ReaderFor(writer);
        if (!AvroDecoder.TryCompile(writer, reader, AvroNameMatching.IgnoreOutermostName, out AvroDecoder? decoder, out _))
        {
            return false;
        }

        Field? time = WrittenAs(record, ShippedSchemas.StorefrontEvent.Record!.Fields[(int)DirectSlot.EventTime]);
        bool isMicros = time is not null && AvroLogicalType.Of(time.Schema).Kind == AvroLogicalKind.TimestampMicros;
        plan = new DirectPlan(schemaName, decoder!, mapping, isMicros);
        return true;
    }

    public override DecodeOutcome Decode(in SourceRecord record, ReadOnlySpan<byte> payload, EventBatch batch)
    {
        ref StorefrontEvent e = ref batch.BeginEvent(record.Input, record.Partition, record.Offset, indexInRecord: 0);
        e.Currency = _mapping.Currency;
        var sink = new DirectSink(ref e, batch, _types, _mapping, _propertyNames, _path, _timeIsMicros);
        if (!_decoder.TryDecode(payload, ref sink, out AvroError error))
        {
            batch.AbandonEvent();
            return Refuse(error);
        }

        string? reason = sink.Problem;
        if (reason is not null)
        {
            batch.AbandonEvent();
            return DecodeOutcome.Refused(reason);
        }

        reason = DraftReasons.Of(batch.CompleteEvent(), _mapping.Mapping);
        return reason is null ? DecodeOutcome.Without(sink.Left) : DecodeOutcome.Refused(reason);
    }

    /// <summary>Names of event types and a default currency cost nothing here; any other wish needs the mapped way.</summary>
    private static bool AllowsDirect(InputMapping mapping) =>
        mapping.Fields.IsEmpty
        && mapping.Unfold is null
        && mapping.Items.From.IsEmpty
        && mapping.Items.Fields.IsEmpty
        && mapping.Missing is null
        && mapping.Where is null
        && mapping.TimestampFrom == TimestampSource.Field
        && mapping.CustomerFrom == CustomerSource.Field
        && mapping.TimeFormat is TimeFormat.Auto or TimeFormat.EpochMs;

    /// <summary>Our schema, more generous where that costs writers nothing, and with the writer's own fields behind it.</summary>
    private static AvroSchema ReaderFor(AvroSchema writer)
    {
        AvroSchema ours = ShippedSchemas.StorefrontEvent;
        var fields = new List<Field>();
        var claimed = new HashSet<Field>(ReferenceEqualityComparer.Instance);
        foreach (Field field in ours.Record!.Fields)
        {
            // Under the name that the writer has: an alias that the writer uses for something else is out of the way then.
            Field? written = WrittenAs(writer.Record!, field);
            bool isProperties = fields.Count == (int)DirectSlot.Properties;
            Schema type = isProperties ? Generous((MapSchema)field.Schema) : field.Schema;
            fields.Add(new Field(type, written?.Name ?? field.Name, fields.Count));
            claimed.Add(written ?? field);
        }

        foreach (Field written in writer.Record!.Fields)
        {
            if (!claimed.Contains(written))
            {
                fields.Add(new Field(written.Schema, written.Name, fields.Count));
            }
        }

        // The record has fields of its own, made from these.
        RecordSchema reader = RecordSchema.Create(ours.Record.Name, fields);
        var defaults = new Dictionary<Field, byte[]>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < ours.Record.Count; i++)
        {
            if ((i == (int)DirectSlot.Properties ? NoProperties : ours.DefaultOf(ours.Record.Fields[i])) is { } encoded)
            {
                defaults.Add(reader.Fields[i], encoded);
            }
        }

        return new AvroSchema(reader, defaults);
    }

    /// <summary>The writer's field that our field is read from: by name, else by the first alias.</summary>
    private static Field? WrittenAs(RecordSchema writer, Field field)
    {
        int index = writer.IndexOf(field.Name);
        foreach (string earlier in field.EarlierNames())
        {
            index = index < 0 ? writer.IndexOf(earlier) : index;
        }

        return index < 0 ? null : writer.Fields[index];
    }

    /// <summary>A null in place of the properties, or of one of them, is the same as none.</summary>
    private static UnionSchema Generous(MapSchema properties)
    {
        Schema nothing = PrimitiveSchema.Create(Schema.Type.Null);
        UnionSchema values = UnionSchema.Create([nothing, .. ((UnionSchema)properties.ValueSchema).Schemas]);
        return UnionSchema.Create([nothing, MapSchema.CreateMap(values)]);
    }
}
