using System.CommandLine;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Validation;

/// <summary><c>validate</c>: tells every error of a configuration, or what was understood of it.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "validate",
            "Check a configuration: shows every error with its place, or what was understood.",
            "streamsegmenter validate --config samples/shop.yaml");
        var options = new ConfigurationOptions();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            ConfigurationSummary.Write(options.Load(parsed, ConfigurationUse.Check, terminal), terminal.Out);
            return ExitCode.Fine;
        });
        return command;
    }
}
