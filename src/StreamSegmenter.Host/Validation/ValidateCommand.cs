using System.CommandLine;
using System.Text.Json.Nodes;
using StreamSegmenter.Definitions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Validation;

/// <summary><c>validate</c>: shows every error of a configuration, or the effective configuration.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "validate",
            "Check a configuration: show every error with its place, or the effective configuration.",
            """
            streamsegmenter validate --config samples/shop.yaml
            streamsegmenter validate --config samples/shop.yaml --json
            streamsegmenter validate --preset shopify
            """);
        var options = new ConfigurationOptions(required: false);
        var preset = CheckedOption.Text("--preset", "Print a preset instead: what an input that names it has.", "name");
        preset.CompletionSources.Add([.. Presets.Names]);
        command.Options.Add(preset);
        options.AddTo(command);
        var json = JsonOption.Create();
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(preset) is { } name)
            {
                terminal.Out.Write(PresetText(name));
                return ExitCode.Fine;
            }

            if (!options.IsGiven(parsed))
            {
                throw new CommandFailure("validate needs --config FILE, or --preset NAME", ExitCode.Usage);
            }

            if (parsed.GetValue(json))
            {
                return WriteJson(options.TryLoad(parsed, ConfigurationUse.Check, terminal), terminal);
            }

            ConfigurationSummary.Write(options.Load(parsed, ConfigurationUse.Check, terminal), terminal.Out);
            return ExitCode.Fine;
        });
        return command;
    }

    private static string PresetText(string name) => Presets.Names.Contains(name)
        ? Presets.TextOf(name)!
        : throw new CommandFailure(
            $"--preset: unknown preset '{name}'{NearestName.HintOrList(name, Presets.Names)}", ExitCode.Usage);

    /// <summary>For editors and scripts: where each error is, and what.</summary>
    private static int WriteJson(LoadedConfiguration loaded, Terminal terminal)
    {
        terminal.Out.WriteLine(new JsonObject
        {
            ["valid"] = loaded.Configuration is not null,
            ["errors"] = Array(loaded.Errors),
            ["warnings"] = Array(loaded.Warnings),
        }.ToJsonString());
        return loaded.Configuration is null ? ExitCode.Usage : ExitCode.Fine;
    }

    private static JsonArray Array(IReadOnlyList<DefinitionError> errors) => new([.. errors.Select(error => (JsonNode)new JsonObject
    {
        ["file"] = error.File, ["line"] = error.Line, ["column"] = error.Column, ["message"] = error.Message,
    })]);
}
