using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Listen">Null: no HTTP.</param>
internal sealed record HttpConfiguration(ListenAddress? Listen);
