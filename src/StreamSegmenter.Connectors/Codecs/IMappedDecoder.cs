using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Codecs;

/// <summary>A decoder that reads by a mapping and counts how the mapping was used.</summary>
internal interface IMappedDecoder : IRecordDecoder
{
    MappingUse Use { get; }
}
