using System.CommandLine;
using System.Text.Json.Nodes;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Validation;

/// <summary><c>validate</c>: shows every error of a configuration, or what was understood of it.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "validate",
            "Check a configuration: shows every error with its place, or what was understood.",
            """
            streamsegmenter validate --config samples/shop.yaml
            streamsegmenter validate --config samples/shop.yaml --json
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var json = JsonOption.Create();
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                return WriteJson(options.TryLoad(parsed, ConfigurationUse.Check, terminal), terminal);
            }

            ConfigurationSummary.Write(options.Load(parsed, ConfigurationUse.Check, terminal), terminal.Out);
            return ExitCode.Fine;
        });
        return command;
    }

    /// <summary>For editors and scripts: where each error is, and what.</summary>
    private static int WriteJson(LoadedConfiguration loaded, Terminal terminal)
    {
        var errors = loaded.Errors.Select(error => (JsonNode)new JsonObject
        {
            ["file"] = error.File, ["line"] = error.Line, ["column"] = error.Column, ["message"] = error.Message,
        });
        terminal.Out.WriteLine(new JsonObject
        {
            ["valid"] = loaded.Configuration is not null,
            ["errors"] = new JsonArray([.. errors]),
        }.ToJsonString());
        return loaded.Configuration is null ? ExitCode.Usage : ExitCode.Fine;
    }
}
