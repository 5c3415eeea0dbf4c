using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime;

/// <summary>The configuration, or something that it names, is wrong: nothing was started. The message has one line for each error,
/// each with its place and the nearest remedy.</summary>
public sealed class ConfigurationException : Exception
{
    internal ConfigurationException(IReadOnlyList<DefinitionError> errors)
        : base(string.Join(Environment.NewLine, errors))
    {
        Errors = errors;
    }

    internal ConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>The errors of the configuration's file, in its order; empty when the file is valid and what it names is not, such as a
    /// folder of schemas.</summary>
    public IReadOnlyList<DefinitionError> Errors { get; } = [];

    internal static StreamSegmenterConfiguration LoadOrThrow(string path, ConfigurationUse use, StreamSegmenterOptions options)
    {
        var loaded = ConfigurationLoader.Load(path, options.Overrides, use, options.Environment);
        return loaded.Configuration ?? throw new ConfigurationException(loaded.Errors);
    }
}
