using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Codecs;

/// <summary>A decoder that reads by a mapping and knows what the mapping was good for.</summary>
internal interface IMappedDecoder : IRecordDecoder
{
    MappingUse Use { get; }
}
