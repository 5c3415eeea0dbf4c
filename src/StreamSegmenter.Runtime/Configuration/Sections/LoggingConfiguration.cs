using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

internal sealed record LoggingConfiguration(LogFormat Format);
