using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Runtime.Configuration.Sections;

internal sealed record OutputsConfiguration(RecordFormat Format, KafkaOutputs Topics);
