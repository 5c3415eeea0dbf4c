using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Runtime;

/// <summary>What the engine needs of a configuration's inputs.</summary>
internal static class EngineSetup
{
    /// <param name="inputNames">How telemetry and dead letters call the inputs.</param>
    public static EngineOptions OptionsOf(StreamSegmenterConfiguration configuration, IEnumerable<string> inputNames) =>
        configuration.Engine.Limits with
        {
            Inputs = [.. inputNames.Zip(configuration.Inputs, (name, input) => new InputTiming(name, input.MaxOutOfOrdernessMs))],
        };

    /// <summary>The inputs' files. Each goes by its file name alone: its folder is no part of a result.</summary>
    public static IReadOnlyList<FileInput> FilesOf(StreamSegmenterConfiguration configuration) =>
        [.. configuration.Inputs.Select(input => new FileInput
        {
            Path = input.File!,
            Name = Path.GetFileName(input.File!),
            Format = input.Format,
            Csv = input.Csv,
            Mapping = input.Mapping,
            SortByEventTime = input.SortByEventTime,
        })];
}
