using BenchmarkDotNet.Attributes;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Events;
using StreamSegmenter.Perf.Load;

namespace StreamSegmenter.Perf.Micro;

/// <summary>JSON records of about 200 bytes to events.</summary>
public class JsonDecodeBench
{
    private const int Operations = 2_000;
    private readonly RecordLog _log = DecodedTraffic.Log(Operations);
    private readonly JsonEventDecoder _decoder = DecodedTraffic.Decoder();
    private readonly EventBatch _batch = new();

    [Benchmark(OperationsPerInvoke = Operations)]
    public int Decode()
    {
        _batch.Clear();
        DecodedTraffic.Decode(_log, _decoder, _batch);
        return _batch.Count;
    }
}
