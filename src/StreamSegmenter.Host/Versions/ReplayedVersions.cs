using System.CommandLine;
using System.Globalization;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Versions;

/// <summary>The option <c>--change TIME=FILE</c> of a replay: definitions that take over at an instant, as they did or shall do in a running
/// engine.</summary>
internal static class ReplayedVersions
{
    public static Option<string[]> CreateOption() => new("--change")
    {
        Description = "From an instant of event time on, the segments and rules of another configuration decide: time=file, such as "
            + "2026-11-27T00:00:00Z=new.yaml. May be repeated, in the order of the instants.",
        HelpName = "time=file",
        DefaultValueFactory = _ => [],
    };

    /// <exception cref="CommandFailure">A change cannot be used: exit 2.</exception>
    public static IReadOnlyList<DefinitionVersion> Load(StreamSegmenterConfiguration configuration, string[] changes, Terminal terminal)
    {
        var versions = new List<DefinitionVersion>();
        foreach (var change in changes)
        {
            var at = change.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !CheckedOption.TryInstant(change[..at], out var timeMs))
            {
                throw new CommandFailure($"--change expects time=file, such as 2026-11-27T00:00:00Z=new.yaml, found '{change}'", ExitCode.Usage);
            }

            if (versions.Count > 0 && timeMs <= versions[^1].EffectiveMs)
            {
                throw new CommandFailure($"--change: {change[..at]} does not come after the change before it", ExitCode.Usage);
            }

            versions.Add(Load(configuration, change[(at + 1)..], timeMs, terminal));
        }

        return versions;
    }

    /// <summary>The definitions of another file in this configuration.</summary>
    /// <exception cref="CommandFailure">They cannot be used: exit 2.</exception>
    public static DefinitionVersion Load(StreamSegmenterConfiguration configuration, string file, long effectiveMs, Terminal terminal)
    {
        var loaded = configuration.ReadOther(file);
        if (loaded.Configuration is { } other)
        {
            loaded = configuration.WithDefinitions(other.DefinitionsJson, file);
        }

        if (loaded.Configuration is { } usable)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{file}@{effectiveMs}");
            return new DefinitionVersion(id, effectiveMs, usable.Definitions, usable.Segments);
        }

        foreach (var error in loaded.Errors)
        {
            terminal.Error.WriteLine(error);
        }

        throw new CommandFailure($"the definitions of '{file}' cannot be used", ExitCode.Usage);
    }
}
