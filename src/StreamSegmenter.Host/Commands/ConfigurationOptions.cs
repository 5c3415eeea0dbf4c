using System.CommandLine;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Commands;

/// <summary>The options <c>--config</c> and <c>--set</c>, the same for every command that has them.</summary>
/// <param name="required">Whether there must be a configuration.</param>
internal sealed class ConfigurationOptions(bool required = true)
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        Description = "The configuration, a YAML file.",
        HelpName = "file",
        Required = required,
    };

    private readonly Option<string[]> _sets = new("--set")
    {
        Description = "Override a value of the configuration: path=value, such as inputs[0].file=events.csv. May be repeated.",
        HelpName = "path=value",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_sets);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_config) is not null;

    /// <summary>The configuration, or every error of it on <see cref="Terminal.Error"/>.</summary>
    /// <exception cref="CommandFailure">The configuration has errors: exit 2.</exception>
    public StreamSegmenterConfiguration Load(ParseResult parsed, ConfigurationUse use, Terminal terminal)
    {
        var path = parsed.GetValue(_config)!;
        var loaded = ConfigurationLoader.Load(path, parsed.GetValue(_sets)!, use, terminal.Environment);
        if (loaded.Configuration is { } configuration)
        {
            return configuration;
        }

        foreach (var error in loaded.Errors)
        {
            terminal.Error.WriteLine(error);
        }

        var count = loaded.Errors.Count == 1 ? "1 error" : $"{loaded.Errors.Count} errors";
        throw new CommandFailure($"{count} in the configuration", ExitCode.Usage);
    }
}
