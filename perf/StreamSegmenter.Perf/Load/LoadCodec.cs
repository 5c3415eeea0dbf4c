using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Perf.Load;

/// <summary>How the load's records are written.</summary>
internal enum LoadCodec
{
    Json,
    Avro,
}

internal static class LoadCodecs
{
    /// <summary>A decoder for one lane.</summary>
    public static IRecordDecoder Decoder(this LoadCodec codec)
    {
        var mapping = CompiledMapping.Of(InputMapping.Default);
        return codec == LoadCodec.Avro ? new AvroEventDecoder(ShippedSchemas.StorefrontEvent, mapping) : new JsonEventDecoder(mapping);
    }
}
