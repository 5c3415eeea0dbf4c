using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using static StreamSegmenter.Tests.Codecs.Avro.AvroEvents;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Records of our own schema without a mapping are read by a plan of their own, which must not differ.</summary>
public sealed class DirectPlanTests
{
    private readonly AvroEvents _events = new();

    [Fact]
    public void The_direct_plan_reads_as_the_mapped_plan_does()
    {
        AssertDecoded(_events.Decode(ShippedSchemas.StorefrontEvent, Full));

        // A mapping that binds a field to its own name changes nothing but the plan.
        AssertDecoded(_events.Decode(ShippedSchemas.StorefrontEvent, Full, InputMapping.Default with { Fields = Map(("event_id", "event_id")) }));

        Assert.Equal(_events.Texts(_events.Batch[0]), _events.Texts(_events.Batch[1]));
        Assert.Equal(_events.Properties(_events.Batch[0]), _events.Properties(_events.Batch[1]));
        Assert.Equal(_events.Batch[0].Fields, _events.Batch[1].Fields);
        Assert.Equal(
            (_events.Batch[0].PriceMinor, _events.Batch[0].KeyHash, _events.Batch[0].Type),
            (_events.Batch[1].PriceMinor, _events.Batch[1].KeyHash, _events.Batch[1].Type));
    }

    [Fact]
    public void Slots_of_the_direct_plan_are_the_fields_of_our_schema() =>
        Assert.Equal(
            ShippedSchemas.StorefrontEvent.Record!.Fields.Select(f => f.Name.Replace("_", "", StringComparison.Ordinal)),
            Enum.GetNames(typeof(AvroEventDecoder).Assembly.GetType(typeof(AvroEventDecoder).Namespace + ".DirectSlot")!)
                .Select(n => n.ToLowerInvariant()));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decoding_allocates_nothing(bool mapped)
    {
        const int Rounds = 1000;
        InputMapping mapping = mapped ? InputMapping.Default with { Fields = Map(("event_id", "event_id")) } : InputMapping.Default;
        AvroEventDecoder decoder = Decoder(ShippedSchemas.StorefrontEvent, mapping);
        byte[] record = Frame(AvroText.Encode(ShippedSchemas.StorefrontEvent, Full));
        Run(decoder, record, Rounds);

        Assert.Equal(0, Allocations.LeastOf(() => Run(decoder, record, Rounds)));
        Assert.InRange(record.Length, 100, 160);
    }

    private void Run(AvroEventDecoder decoder, byte[] record, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            _events.Batch.Clear();
            if (decoder.Decode(Record(record), _events.Batch).Status != DecodeStatus.Decoded)
            {
                throw new InvalidOperationException("the record was refused");
            }
        }
    }
}
