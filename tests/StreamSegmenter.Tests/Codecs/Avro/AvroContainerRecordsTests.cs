using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroContainerRecordsTests
{
    [Fact]
    public void The_records_of_a_container_are_events_numbered_from_1()
    {
        using AvroContainerRecords records = AvroContainerRecords.Open(new MemoryStream(File(3)));
        var decoder = new AvroEventDecoder(records.Schema, CompiledMapping.Of(InputMapping.Default));
        var batch = new EventBatch();
        while (records.Read())
        {
            var record = new SourceRecord { Input = 0, Partition = 0, Offset = records.Number, Value = records.Bytes };
            Assert.Equal(DecodeOutcome.Decoded, decoder.Decode(in record, batch));
        }

        Assert.Equal([1L, 2L, 3L], batch.Events.ToArray().Select(e => e.Offset));
        Assert.Equal([1L, 2L, 3L], batch.Events.ToArray().Select(e => e.EventTimeMs));
    }

    [Fact]
    public void Damage_ends_the_file_with_the_documented_exception_and_its_place()
    {
        byte[] file = File(3);
        using AvroContainerRecords records = AvroContainerRecords.Open(new MemoryStream(file[..^1]));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => records.Read());
        Assert.StartsWith($"byte {file.Length - 1}: the file ends here", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => AvroContainerRecords.Open(new MemoryStream("nothing"u8.ToArray())));
    }

    private static byte[] File(int records)
    {
        string text = ApacheAvro.WithoutLogicalTypes(ShippedSchemas.StorefrontEvent.Text);
        return ApacheAvro.Container(text, "deflate", Enumerable.Range(1, records).Select(i => ApacheAvro.Decode(text, text, AvroText.Encode(
            ShippedSchemas.StorefrontEvent, $$"""{"event_type":"page_viewed","event_time":{{i}},"customer_id":"c"}"""))!));
    }
}
