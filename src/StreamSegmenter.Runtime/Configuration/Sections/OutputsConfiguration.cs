namespace StreamSegmenter.Runtime.Configuration.Sections;

internal sealed record OutputsConfiguration(RecordFormat Format, OutputTopics Topics);

internal sealed record OutputTopics(
    string CartAbandonment, string SuppressedTriggers, string SegmentMembership, string ConversionMetrics, string DeadLetters, string LateEvents,
    string Changelog);
