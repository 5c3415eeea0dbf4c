using BenchmarkDotNet.Attributes;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Perf.Load;

namespace StreamSegmenter.Perf.Micro;

/// <summary>Records to events: JSON of about 200 bytes, Avro of about 110.</summary>
public class DecodeBench
{
    private const int Operations = 2_000;
    private readonly RecordLog _jsonLog = DecodedTraffic.Log(Operations, LoadCodec.Json);
    private readonly RecordLog _avroLog = DecodedTraffic.Log(Operations, LoadCodec.Avro);
    private readonly IRecordDecoder _json = LoadCodec.Json.Decoder();
    private readonly IRecordDecoder _avro = LoadCodec.Avro.Decoder();
    private readonly EventBatch _batch = new();

    [Benchmark(OperationsPerInvoke = Operations)]
    public int Json() => Decode(_jsonLog, _json);

    [Benchmark(OperationsPerInvoke = Operations)]
    public int Avro() => Decode(_avroLog, _avro);

    private int Decode(RecordLog log, IRecordDecoder decoder)
    {
        _batch.Clear();
        DecodedTraffic.Decode(log, decoder, _batch);
        return _batch.Count;
    }
}
