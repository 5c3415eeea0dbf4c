using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Listen">Null: no HTTP.</param>
/// <param name="Token">What the API and the console ask for; null: nothing, and they are for this machine only.</param>
internal sealed record HttpConfiguration(ListenAddress? Listen, string? Token = null);
