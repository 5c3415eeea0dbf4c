using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Perf.Load;

namespace StreamSegmenter.Perf.Micro;

/// <summary>The load's session traffic, encoded and decoded, for benchmarks of one part.</summary>
internal static class DecodedTraffic
{
    public static RecordLog Log(int events, LoadCodec codec) =>
        RecordLog.Of(new Traffic(TrafficShape.Sessions), events, partitions: 1, codec);

    public static EventBatch Batch(int events)
    {
        var batch = new EventBatch();
        Decode(Log(events, LoadCodec.Json), LoadCodec.Json.Decoder(), batch);
        return batch;
    }

    public static void Decode(RecordLog log, IRecordDecoder decoder, EventBatch batch)
    {
        for (var offset = 0; offset < log.CountOf(0); offset++)
        {
            var record = new SourceRecord { Input = 0, Partition = 0, Offset = offset, TimestampMs = -1, Value = log[0, offset] };
            if (decoder.Decode(in record, batch).Status != DecodeStatus.Decoded)
            {
                throw new InvalidDataException($"the load's own record {offset} cannot be decoded");
            }
        }
    }
}
