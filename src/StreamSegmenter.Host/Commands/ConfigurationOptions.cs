using System.CommandLine;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Commands;

/// <summary>The options <c>--config</c> and <c>--set</c>, the same for every command that has them.</summary>
/// <param name="required">Whether there must be a configuration.</param>
internal sealed class ConfigurationOptions(bool required = true)
{
    private readonly Option<string?> _config = Required(CheckedOption.Text("--config", "The configuration, a YAML file.", "file", "-c"), required);

    private readonly Option<string[]> _sets = new("--set")
    {
        Description = "Override a value of the configuration: path=value, such as inputs[0].file=events.csv. May be repeated.",
        HelpName = "path=value",
        DefaultValueFactory = _ => [],
    };

    private static Option<string?> Required(Option<string?> option, bool required)
    {
        option.Required = required;
        return option;
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_sets);
    }

    /// <exception cref="CommandFailure">Values of a configuration are overridden that is not named: exit 2.</exception>
    public bool IsGiven(ParseResult parsed)
    {
        var isGiven = parsed.GetValue(_config) is not null;
        return isGiven || parsed.GetValue(_sets)!.Length == 0
            ? isGiven
            : throw new CommandFailure("--set overrides a value of a configuration: name that with --config", ExitCode.Usage);
    }

    /// <summary>The configuration or its errors.</summary>
    public LoadedConfiguration TryLoad(ParseResult parsed, ConfigurationUse use, Terminal terminal) =>
        ConfigurationLoader.Load(parsed.GetValue(_config)!, parsed.GetValue(_sets)!, use, terminal.Environment);

    /// <summary>The configuration, or every error of it on <see cref="Terminal.Error"/>.</summary>
    /// <exception cref="CommandFailure">The configuration has errors: exit 2.</exception>
    /// <param name="showsWarnings">False where the same configuration is loaded again.</param>
    public StreamSegmenterConfiguration Load(ParseResult parsed, ConfigurationUse use, Terminal terminal, bool showsWarnings = true)
    {
        var loaded = TryLoad(parsed, use, terminal);
        foreach (var warning in showsWarnings ? loaded.Warnings : [])
        {
            terminal.Error.WriteLine($"{warning.At}: warning: {warning.Message}");
            terminal.Error.Write(loaded.Source?.Of(warning));
        }

        if (loaded.Configuration is { } configuration)
        {
            return configuration;
        }

        foreach (var error in loaded.Errors)
        {
            terminal.Error.WriteLine(error);
            terminal.Error.Write(loaded.Source?.Of(error));
        }

        var count = loaded.Errors.Count == 1 ? "1 error" : $"{loaded.Errors.Count} errors";
        throw new CommandFailure($"{count} in the configuration", ExitCode.Usage);
    }
}
